import 'dart:async';

import 'package:digital_key/digital_key.dart';

import 'bad_input.dart';
import 'harness.dart';

/// Calls that cross each other, an engine that goes in the middle of a call, and code of the app that misbehaves.
final misuse = <String, Future<void> Function(App)>{
  'a second start while the first one runs': _secondStart,
  'a shutdown while the core starts': _shutdownWhileStarting,
  'an engine that goes while the sheet is up': _detachWithSheet,
  'an engine that goes while a call waits': _detachWithCall,
  'a text of any kind': _texts,
  'a listener that throws': _listener,
  'a provider that throws at once': (app) => noEntry(app, () => throw StateError(secret)),
  'a provider that answers an empty text': (app) => noEntry(app, () async => ''),
  'a provider that answers more than a header may have': (app) =>
      noEntry(app, () async => secret * 10000, kind: const FailureKind.status(431)),
  'a provider that calls the core': _callingProvider,
  'a refresh that throws': (app) => _refresh(app, () async => throw StateError(secret)),
  'a refresh that hangs': (app) => _refresh(app, () => Completer<String>().future,
      kind: const FailureKind.deadlineExceeded()),
};

Future<void> _secondStart(App app) async {
  final first = app.key.start(app.setup);
  await expect<DigitalKeyExceptionAlreadyStarted>(() => app.key.start(app.setup));
  await first;
  check(await app.control('launches') == 1);
}

/// The start ends with an error or without one, and leaves no core behind.
Future<void> _shutdownWhileStarting(App app) async {
  final start = app.key.start(app.setup).then((_) => null, onError: (Object error) => error);
  await app.key.shutdown().timeout(patience);
  final failure = await start.timeout(patience);
  check(failure == null || failure == const DigitalKeyException.shutDown(), failure);
  await expect<DigitalKeyExceptionShutDown>(() => app.tap(Tap.entry));
  app.key = DigitalKey(tokens: app.signIn);
  await app.launch();
  await app.openWelcome();
}

Future<void> _detachWithSheet(App app) async {
  await app.launch();
  await app.openWelcome();
  await app.startPairing();
  await app.key.sheets.firstWhere((it) => it != null).timeout(patience);
  await app.control('detach');
  await app.control('untilNoSheet').timeout(patience);
  await expect<DigitalKeyExceptionShutDown>(() => app.tap(Tap.close));
}

/// The call ends with the core.
Future<void> _detachWithCall(App app) async {
  await app.launch();
  await app.openWelcome();
  await app.control('hold');
  await app.tap(Tap.close);
  final call = app.key.background().then((_) => null, onError: (Object error) => error);
  final detached = app.control('detach');
  await app.control('release');
  await detached.timeout(patience);
  final failure = await call.timeout(patience);
  check(failure == null || failure == const DigitalKeyException.shutDown(), failure);
}

/// The text for Apple's sheet reaches the launcher as it is.
Future<void> _texts(App app) async {
  for (final text in ['', 'Škoda – 我的車 🚗', 'a\u0000b\n', 'x' * 253, 'x' * 254, 'x' * 70000]) {
    final setup =
        DigitalKeySetup(bff: Uri.parse(app.bff), account: 'account-1', passDescription: text);
    await app.key.start(setup);
    check(await app.control('description') == text, text.length);
    await app.key.shutdown();
    app.key = DigitalKey(tokens: app.signIn);
  }
}

/// Its error is the app's own, and the other listeners go on.
Future<void> _listener(App app) async {
  final errors = <Object>[];
  runZonedGuarded(() {
    app.key.views.listen((_) => throw StateError('a listener'));
    app.key.funnel.listen((_) => throw StateError('a listener'));
  }, (error, _) => errors.add(error));
  await app.launch();
  await app.openWelcome();
  check(errors.length > 1 && errors.every((it) => it is StateError), errors);
}

Future<void> _callingProvider(App app) async {
  app.signIn.answer = () async {
    await app.tap(Tap.confirmMove);
    await app.key.refresh(app.vin);
    return 'a-token';
  };
  await app.launch();
  await app.openWelcome();
}

/// The backend rejects the token, and there is no other one.
Future<void> _refresh(
  App app,
  Future<String> Function() answer, {
  FailureKind kind = const FailureKind.noToken(),
}) async {
  await app.control('put', ['/endpoints/support/fault', '{"fault":"401"}']);
  app.signIn.refreshAnswer = answer;
  await noEntry(app, () async => 'a-token', kind: kind);
  check(app.signIn.refreshed > 0);
}
