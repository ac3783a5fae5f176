import 'dart:async';

import 'package:digital_key/digital_key.dart';
import 'package:flutter/services.dart';

import 'harness.dart';

/// A text that ports throw, and that must not appear anywhere (GEN-6).
const secret = 'sesame-4711';

/// Ports that throw, hang or answer nonsense, and calls in the wrong order.
final badInput = <String, Future<void> Function(App)>{
  'calls before the start': _beforeTheStart,
  'a second start': _secondStart,
  'calls after the shutdown': _afterTheShutdown,
  'calls after the engine has gone': _afterTheEngine,
  'arguments': _arguments,
  'a start that fails can be tried again': _failedStart,
  'no native half': _noNativeHalf,
  'a native half that sends nonsense': _nonsense,
  'a provider that says that nobody is signed in': (app) =>
      noEntry(app, () async => throw const NotSignedIn('expired'), says: 'expired'),
  'a provider that is offline': (app) => noEntry(app, () async => throw const Offline('no network'),
      kind: const FailureKind.unreachable(), says: 'no network'),
  'a provider that throws': (app) => noEntry(app, () async => throw StateError(secret)),
  'a provider that answers nonsense': (app) => noEntry(app, () async => '$secret\n'),
  'a provider that hangs': (app) => noEntry(app, () => Completer<String>().future,
      kind: const FailureKind.deadlineExceeded()),
  'a rejected token is replaced': _rejectedToken,
};

Future<void> _throws(DigitalKeyException error, FutureOr<void> Function() call) async {
  final thrown = await expect<DigitalKeyException>(call);
  check(thrown == error, thrown);
}

Future<void> _beforeTheStart(App app) async {
  const error = DigitalKeyException.notStarted();
  await _throws(error, () => app.key.view);
  await _throws(error, () => app.tap(Tap.entry));
  await _throws(error, app.key.signOut);
  await app.key.shutdown();
  // The native half checks by itself.
  const channel = MethodChannel('digital_key');
  final thrown = await expect<PlatformException>(() => channel.invokeMethod('signOut', [1, null]));
  check(DigitalKeyException.fromWire(thrown.details) == error, thrown);
  await expect<MissingPluginException>(() => channel.invokeMethod('fly', [1, null]));
  for (final arguments in [null, 'x', [], ['x', null]]) {
    await expect<PlatformException>(() => channel.invokeMethod('start', arguments));
  }
}

Future<void> _secondStart(App app) async {
  await app.launch();
  await _throws(const DigitalKeyException.alreadyStarted(), () => app.key.start(app.setup));
  await app.openWelcome();
}

Future<void> _afterTheShutdown(App app) async {
  await app.launch();
  final rest = app.key.views.drain<void>();
  await app.key.shutdown();
  await app.key.shutdown();
  await rest.timeout(patience);
  const error = DigitalKeyException.shutDown();
  await _throws(error, () => app.key.start(app.setup));
  await _throws(error, () => app.tap(Tap.entry));
  await _throws(error, app.key.background);
  app.key = DigitalKey(tokens: app.signIn);
  await app.launch();
  await app.openWelcome();
}

Future<void> _afterTheEngine(App app) async {
  await app.launch();
  await app.openWelcome();
  await app.control('detach');
  const error = DigitalKeyException.shutDown();
  await _throws(error, () => app.tap(Tap.close));
  app.key = DigitalKey(tokens: app.signIn);
  await _throws(error, () => app.key.start(app.setup));
}

Future<void> _arguments(App app) async {
  await app.launch();
  final thrown = await expect<DigitalKeyExceptionInvalid>(
      () => app.key.dispatch(const KeyIntent.selectVehicle(Vin(secret))));
  check(!'$thrown'.contains(secret), thrown);
  check('$thrown' == 'An argument is malformed: ${thrown.argument}, ${thrown.reason}', thrown);
  await expect<DigitalKeyExceptionInvalid>(() => app.key.forget(const Vin('')));
  const channel = MethodChannel('digital_key');
  for (final intent in [null, 7, ['Tap'], ['Tap', 'FLY'], ['SelectVehicle', 7], ['Fly']]) {
    final call = [app.key.id, intent];
    final refused = await expect<PlatformException>(() => channel.invokeMethod('dispatch', call));
    check(DigitalKeyException.fromWire(refused.details) is DigitalKeyExceptionInvalid, intent);
  }
  await app.openWelcome();
}

Future<void> _failedStart(App app) async {
  final setup =
      DigitalKeySetup(bff: Uri.parse('http://bff.example.com'), account: '', passDescription: '');
  await expect<DigitalKeyExceptionInvalid>(() => app.key.start(setup));
  await app.launch();
  await app.openWelcome();
}

Future<void> _noNativeHalf(App app) async {
  final key = DigitalKey(tokens: app.signIn, channel: const MethodChannel('nowhere'));
  await expect<DigitalKeyExceptionChannel>(() => key.start(app.setup));
}

Future<void> _nonsense(App app) async {
  await app.launch();
  await app.openWelcome();
  final view = app.key.view;
  final session = app.key.id;
  final failure = expect<DigitalKeyExceptionChannel>(() => app.key.views.drain<void>());
  await app.control('nonsense', ['view', [session, ['no view']]]);
  await failure.timeout(patience);
  await app.control('nonsense', ['view', 'no list']);
  await app.control('nonsense', ['funnel', [session, 7]]);
  await app.control('nonsense', ['ended', [session + 1, null]]);
  check(app.key.view == view);
  await app.tap(Tap.close);
  await app.page<KeyPageVehicleTab>();
}

/// Without an answer the entry stays hidden (ENT-4), and the tab says why.
Future<void> noEntry(
  App app,
  Future<String> Function() answer, {
  FailureKind kind = const FailureKind.noToken(),
  String says = '',
}) async {
  app.signIn.answer = answer;
  final failure = app.key.portFailures.firstWhere((it) => it.call == PortCall.support);
  await app.launch();
  final found = await failure.timeout(patience);
  check(found.port == Port.bff && !'$found'.contains(secret) && found.reason.contains(says), found);
  final view = await app.until((it) => switch (it.page) {
        KeyPageVehicleTab(hidden: HiddenReasonFailed(kind: final found)) => found == kind,
        _ => false,
      });
  check(view.entry == EntryView.hidden && !'$view'.contains(secret), view);
}

Future<void> _rejectedToken(App app) async {
  await app.control('put', ['/endpoints/support/fault', '{"fault":"401"}']);
  final failure = app.key.portFailures.first;
  await app.launch();
  await failure.timeout(patience);
  check(app.signIn.refreshed > 0);
}
