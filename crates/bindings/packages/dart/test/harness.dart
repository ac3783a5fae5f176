import 'dart:async';
import 'dart:io';

import 'package:digital_key/digital_key.dart';
import 'package:flutter/services.dart';

import 'socket_messenger.dart';

/// How long a step may take on a busy machine.
const patience = Duration(seconds: 30);

late int port;
var _engines = 0;
var _cars = 0;

void check(bool holds, [Object? found]) {
  if (!holds) throw StateError('check failed: $found');
}

/// Returns what the call throws, which has to be of this type.
Future<T> expect<T extends Object>(FutureOr<void> Function() call) async {
  try {
    await call();
  } on T catch (thrown) {
    if (thrown is DigitalKeyException) _provoked.add(_kind(thrown));
    return thrown;
  }
  throw StateError('the call threw no $T');
}

final _provoked = <int>{};

/// The number of a kind of error. The compiler reports a kind that is missing here.
int _kind(DigitalKeyException error) => switch (error) {
      DigitalKeyExceptionNotStarted() => 0,
      DigitalKeyExceptionAlreadyStarted() => 1,
      DigitalKeyExceptionShutDown() => 2,
      DigitalKeyExceptionOverloaded() => 3,
      DigitalKeyExceptionInvalid() => 4,
      DigitalKeyExceptionPortFailed() => 5,
      DigitalKeyExceptionNoThreads() => 6,
      DigitalKeyExceptionNotHere() => 7,
      DigitalKeyExceptionNoRandomness() => 8,
      DigitalKeyExceptionNoSheet() => 9,
      DigitalKeyExceptionChannel() => 10,
    };

/// Checks that the tests before have provoked every kind of error.
Future<void> everyKindWasProvoked(App _) async {
  final missing = {for (var kind = 0; kind <= 10; kind++) kind}.difference(_provoked);
  check(missing.isEmpty, missing);
}

/// A sign-in whose answer a test can replace.
class SignIn implements TokenProvider {
  Future<String> Function() answer = () async => 'a-token';
  late Future<String> Function() refreshAnswer = answer;
  var refreshed = 0;

  @override
  Future<String> token() => answer();

  @override
  Future<String> refresh() {
    refreshed += 1;
    return refreshAnswer();
  }
}

/// An engine of its own, with a car and a core that is not started yet.
class App {
  App(this.engine, this.vin);

  static Future<App> open() async {
    final app = App(++_engines, Vin('WBADKEY00000003${'${++_cars}'.padLeft(2, '0')}'));
    await app.attach();
    await app.control('put', ['/vehicles/${app.vin.text}']);
    await app.control('delete', ['/faults']);
    return app;
  }

  static const _control = MethodChannel('control');

  /// The number of its engine.
  final int engine;
  final Vin vin;
  final signIn = SignIn();
  late String bff;
  late DigitalKey key = DigitalKey(tokens: signIn);

  /// Connects this isolate to the engine, with an object that is not started yet.
  Future<void> attach() async {
    messenger = await SocketMessenger.connect(port, engine);
    bff = await control('bff') as String;
    key = DigitalKey(tokens: signIn);
  }

  /// Plays the phone and the backend.
  Future<Object?> control(String method, [List<Object?>? arguments]) =>
      _control.invokeMethod<Object?>(method, arguments);

  Future<void> change(String change) => control('patch', ['/vehicles/${vin.text}', change]);

  DigitalKeySetup get setup =>
      DigitalKeySetup(bff: Uri.parse(bff), account: 'account-1', passDescription: 'My car');

  Future<void> launch() async {
    await key.start(setup);
    await key.dispatch(KeyIntent.selectVehicle(vin));
  }

  Future<ViewState> until(bool Function(ViewState) shown) =>
      key.views.firstWhere(shown).timeout(patience, onTimeout: () => throw StateError('${key.view}'));

  Future<ViewState> page<T extends KeyPage>() => until((it) => it.page is T);

  Future<void> tap(Tap tap) => key.dispatch(KeyIntent.tap(tap));

  Future<void> openWelcome() async {
    await until((it) => it.entry == EntryView.digitalKey);
    await tap(Tap.entry);
    await until((it) => it.page is KeyPageWelcome && it.offers.contains(Tap.continue_));
  }

  Future<void> startPairing() async {
    await tap(Tap.continue_);
    await page<KeyPageGrabYourTwoKeys>();
    await tap(Tap.continue_);
    await page<KeyPageReadyToPair>();
    await tap(Tap.tickBox);
    await tap(Tap.continue_);
  }

  /// Waits for the sheet and answers with the choice of this name.
  Future<void> answer(String choice) async {
    await for (final sheet in key.sheets.timeout(patience)) {
      if (sheet != null) return key.answerSheet(sheet.choices.indexOf(choice));
    }
  }

  Future<void> pair() async {
    await openWelcome();
    await startPairing();
    await finish();
  }

  Future<void> finish() async {
    await change('{"ownerKey":{"id":"SIMULATED-1","tracked":true}}');
    await answer('Success');
    await page<KeyPageTutorial1>();
    await tap(Tap.continue_);
    await tap(Tap.continue_);
    await page<KeyPageOverview>();
  }
}

/// Runs the tests, and ends with 1 if one has failed.
Future<void> run(Map<String, Future<void> Function(App app)> tests) async {
  var failed = 0;
  for (final MapEntry(key: name, value: test) in tests.entries) {
    try {
      final app = await App.open();
      await test(app).timeout(patience * 3);
      await app.control('detach');
      stdout.writeln('ok      $name');
    } catch (error, stack) {
      failed += 1;
      stdout.writeln('FAILED  $name\n$error\n$stack');
    }
  }
  stdout.writeln('${tests.length} tests, $failed failed');
  await stdout.flush();
  exit(failed == 0 ? 0 : 1);
}
