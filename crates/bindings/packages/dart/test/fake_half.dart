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
  'a native half whose recording is nonsense': (app) => _with(app, (half, key) async {
        final view = ((await app.control('canned') as List<Object?>).first as List<Object?>)[2];
        half.answer = (call) async => switch (call.method) {
              'start' => await half.call('view', [key.id, view]),
              _ => 'no recording',
            };
        await key.start(app.setup);
        await expect<DigitalKeyExceptionChannel>(key.recording);
        await expect<DigitalKeyExceptionChannel>(key.lastRecording);
      }),
};

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

  /// Calls Dart.
  Future<Object?> call(String method, Object? arguments) async {
    await _dart!(_codec.encodeMethodCall(MethodCall(method, arguments)));
    return null;
  }
}
