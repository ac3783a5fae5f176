import 'dart:async';
import 'dart:isolate';

import 'package:digital_key/digital_key.dart';

import 'harness.dart';

/// A hot restart: the isolate ends without a word, and a new one attaches to the same native half.
final restarts = <String, Future<void> Function(App)>{
  'a hot restart while the sheet is up': _sheetIsUp,
  'a hot restart while the core waits for a token': _tokenIsAwaited,
  'a hot restart with another account': _anotherAccount,
};

/// Runs an isolate until it is ready, kills it, and attaches this one in its place.
Future<void> _restart(App app, void Function(List<Object>) before) async {
  final (ready, ended) = (ReceivePort(), ReceivePort());
  final arguments = [port, app.engine, app.vin.text, ready.sendPort];
  final isolate = await Isolate.spawn(before, arguments, onExit: ended.sendPort);
  check(await ready.first.timeout(patience) == 'ready');
  isolate.kill(priority: Isolate.immediate);
  await ended.first.timeout(patience);
  await app.attach();
}

/// Gives the isolate before the restart its app, and what reports that it is ready.
Future<(App, void Function())> _attached(List<Object> arguments) async {
  final [givenPort as int, engine as int, vin as String, ready as SendPort] = arguments;
  port = givenPort;
  final app = App(engine, Vin(vin));
  await app.attach();
  return (app, () => ready.send('ready'));
}

Future<void> _untilTheSheet(List<Object> arguments) async {
  final (app, ready) = await _attached(arguments);
  await app.launch();
  await app.openWelcome();
  await app.startPairing();
  await app.key.sheets.firstWhere((it) => it != null);
  ready();
}

Future<void> _sheetIsUp(App app) async {
  await _restart(app, _untilTheSheet);
  await app.key.start(app.setup);
  check(app.key.view.page is KeyPageReadyToPair && app.key.view.pairingRuns, app.key.view);
  await app.finish();
  check(await app.control('launches') == 1);
}

Future<void> _untilTheToken(List<Object> arguments) async {
  final (app, ready) = await _attached(arguments);
  app.signIn.answer = () {
    ready();
    return Completer<String>().future;
  };
  await app.launch();
}

/// Nobody answers the call to the isolate that has ended. It fails at its deadline, as a sign-in that hangs,
/// and the next call asks the new object.
Future<void> _tokenIsAwaited(App app) async {
  await _restart(app, _untilTheToken);
  await app.key.start(app.setup);
  await app.until((it) => switch (it.page) {
        KeyPageVehicleTab(hidden: HiddenReasonFailed()) => true,
        _ => false,
      });
  await app.key.refresh(app.vin);
  await app.openWelcome();
  check(await app.control('launches') == 1);
}

/// Another account gets a core of its own, which does not know the vehicle of the last one.
Future<void> _anotherAccount(App app) async {
  await _restart(app, _untilTheSheet);
  final setup =
      DigitalKeySetup(bff: Uri.parse(app.bff), account: 'account-2', passDescription: 'My car');
  await app.key.start(setup);
  check(app.key.view.vehicle == null && !app.key.view.pairingRuns, app.key.view);
  check(await app.control('launches') == 2);
  await app.control('untilNoSheet').timeout(patience);
}
