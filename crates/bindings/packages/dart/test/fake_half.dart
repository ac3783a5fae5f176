import 'dart:typed_data';

import 'package:digital_key/digital_key.dart';
import 'package:flutter/services.dart';

import 'harness.dart';

/// A native half that answers nonsense, which the real one never does, in the format of the real one.
final fakeHalf = <String, Future<void> Function(App)>{
  'a native half whose first view is nonsense': (app) => _with(app, (half, key) async {
        half.answer = (call) async => half.call('view', [key.id, 'no view']);
        await expect<DigitalKeyExceptionChannel>(() => key.start(app.setup));
        await expect<DigitalKeyExceptionNotStarted>(() => key.view);
      }),
  'a native half whose error is nonsense': (app) => _with(app, (half, key) async {
        for (final details in [null, 7, ['Fly'], ['Invalid', 'an argument']]) {
          half.answer = (_) => throw PlatformException(code: 'digital_key', message: 'why', details: details);
          final error = await expect<DigitalKeyExceptionChannel>(() => key.start(app.setup));
          check(error.reason == 'why', error);
        }
      }),
  'a native half whose recording is nonsense': (app) => _started(app, (half, key, _) async {
        half.answer = (call) async => 'no recording';
        await expect<DigitalKeyExceptionChannel>(key.recording);
        await expect<DigitalKeyExceptionChannel>(key.lastRecording);
      }),
  'a core that ends before its first view': (app) => _with(app, (half, key) async {
        half.answer = (_) async => null;
        final start = expect<DigitalKeyExceptionShutDown>(() => key.start(app.setup));
        await half.call('ended', [key.id, null]);
        await start.timeout(patience);
      }),
  'a core that ends by itself': (app) => _started(app, (half, key, canned) async {
        final rest = key.views.drain<void>();
        await half.call('ended', [key.id, null]);
        await rest.timeout(patience);
        await expect<DigitalKeyExceptionShutDown>(key.foreground);
        // What was under way changes nothing.
        final last = key.view;
        await half.call('view', [key.id, canned[1]]);
        await half.call('sheet', [key.id, ['Success']]);
        check(key.view == last, key.view);
      }),
  'a view that comes twice': (app) => _started(app, (half, key, canned) async {
        final all = key.views.toList();
        for (final place in [0, 0, 1, 1, 0]) {
          await half.call('view', [key.id, canned[place]]);
        }
        await half.call('ended', [key.id, null]);
        final views = await all.timeout(patience);
        check(views.length == 3 && views.first == views.last && views.first != views[1], views);
      }),
  'a sheet is gone once it is answered': (app) => _started(app, (half, key, _) async {
        final all = key.sheets.map((it) => it?.choices.length).toList();
        await half.call('sheet', [key.id, ['Success', 'Neither']]);
        half.answer = (_) async => null;
        await key.answerSheet(1);
        await half.call('ended', [key.id, null]);
        final sheets = await all.timeout(patience);
        check('$sheets' == '[2, null]', sheets);
      }),
};

/// With an object that is started, and two views as the channel carries them.
Future<void> _started(
  App app,
  Future<void> Function(FakeHalf half, DigitalKey key, List<Object?> canned) test,
) =>
    _with(app, (half, key) async {
      final canned = [
        for (final it in (await app.control('canned') as List<Object?>).take(2)) (it as List<Object?>)[2],
      ];
      half.answer = (call) => half.call('view', [key.id, canned[0]]);
      await key.start(app.setup);
      await test(half, key, canned);
    });

Future<void> _with(App app, Future<void> Function(FakeHalf half, DigitalKey key) test) async {
  final half = FakeHalf(messenger);
  messenger = half;
  try {
    await test(half, DigitalKey(tokens: app.signIn));
  } finally {
    messenger = half.real;
  }
}

/// Stands in for the native half on its channel. The others go to the real engine.
class FakeHalf implements BinaryMessenger {
  FakeHalf(this.real);

  final BinaryMessenger real;
  late Future<Object?> Function(MethodCall call) answer;
  Future<ByteData?> Function(ByteData)? _dart;

  static const _name = 'digital_key';
  static const _codec = StandardMethodCodec();

  @override
  Future<ByteData?> send(String channel, ByteData message) async {
    if (channel != _name) return real.send(channel, message);
    try {
      return _codec.encodeSuccessEnvelope(await answer(_codec.decodeMethodCall(message)));
    } on PlatformException catch (error) {
      return _codec.encodeErrorEnvelope(error.code, error.message, error.details);
    }
  }

  @override
  void setMessageHandler(String channel, Future<ByteData?> Function(ByteData)? handler) {
    channel == _name ? _dart = handler : real.setMessageHandler(channel, handler);
  }

  /// Calls Dart. An error of its handler throws.
  Future<Object?> call(String method, Object? arguments) async =>
      _codec.decodeEnvelope((await _dart!(_codec.encodeMethodCall(MethodCall(method, arguments))))!);
}
