/// The part of Flutter's library of this name that the plugin uses, over a messenger of the tests.
library;

import 'dart:convert';
import 'dart:typed_data';

/// Sends a message on a channel, and handles messages; an answer without bytes = no handler.
abstract interface class BinaryMessenger {
  Future<ByteData?> send(String channel, ByteData message);
  void setMessageHandler(String channel, Future<ByteData?> Function(ByteData)? handler);
}

/// The messenger of the process, as `ServicesBinding` has one.
late BinaryMessenger messenger;

class MethodCall {
  const MethodCall(this.method, [this.arguments]);
  final String method;
  final dynamic arguments;
}

class PlatformException implements Exception {
  PlatformException({required this.code, this.message, this.details});
  final String code;
  final String? message;
  final dynamic details;

  @override
  String toString() => 'PlatformException($code, $message, $details)';
}

class MissingPluginException implements Exception {
  MissingPluginException([this.message]);
  final String? message;
}

class MethodChannel {
  const MethodChannel(this.name);
  final String name;
  static const _codec = StandardMethodCodec();

  Future<T?> invokeMethod<T>(String method, [dynamic arguments]) async {
    final call = _codec.encodeMethodCall(MethodCall(method, arguments));
    final answer = await messenger.send(name, call);
    if (answer == null) throw MissingPluginException('no implementation of $method on $name');
    return _codec.decodeEnvelope(answer) as T?;
  }

  void setMethodCallHandler(Future<dynamic> Function(MethodCall call)? handler) {
    messenger.setMessageHandler(name, handler == null ? null : (message) => _handle(message, handler));
  }

  Future<ByteData?> _handle(ByteData message, Future<dynamic> Function(MethodCall) handler) async {
    try {
      return _codec.encodeSuccessEnvelope(await handler(_codec.decodeMethodCall(message)));
    } on PlatformException catch (error) {
      return _codec.encodeErrorEnvelope(error.code, error.message, error.details);
    } on MissingPluginException {
      return null;
    } catch (error) {
      return _codec.encodeErrorEnvelope('error', '$error', null);
    }
  }
}

/// Flutter's format for calls and their answers.
class StandardMethodCodec {
  const StandardMethodCodec();

  ByteData encodeMethodCall(MethodCall call) =>
      (_Writer()..value(call.method)..value(call.arguments)).done();

  MethodCall decodeMethodCall(ByteData message) {
    final reader = _Reader(message);
    return MethodCall(reader.value() as String, reader.value());
  }

  ByteData encodeSuccessEnvelope(Object? result) => (_Writer()..byte(0)..value(result)).done();

  ByteData encodeErrorEnvelope(String code, String? message, Object? details) =>
      (_Writer()..byte(1)..value(code)..value(message)..value(details)).done();

  Object? decodeEnvelope(ByteData envelope) {
    final reader = _Reader(envelope);
    if (reader.byte() == 0) return reader.value();
    throw PlatformException(
      code: reader.value() as String,
      message: reader.value() as String?,
      details: reader.value(),
    );
  }
}

class _Writer {
  final _bytes = BytesBuilder();

  void byte(int byte) => _bytes.addByte(byte);

  void _number(int bytes, void Function(ByteData) set) {
    final data = ByteData(bytes);
    set(data);
    _bytes.add(data.buffer.asUint8List());
  }

  void _size(int size) {
    if (size < 254) return byte(size);
    byte(size < 65536 ? 254 : 255);
    if (size < 65536) return _number(2, (it) => it.setUint16(0, size, Endian.little));
    _number(4, (it) => it.setUint32(0, size, Endian.little));
  }

  void value(Object? value) {
    switch (value) {
      case null:
        byte(0);
      case bool():
        byte(value ? 1 : 2);
      case int() when value >= -0x80000000 && value <= 0x7fffffff:
        byte(3);
        _number(4, (it) => it.setInt32(0, value, Endian.little));
      case int():
        byte(4);
        _number(8, (it) => it.setInt64(0, value, Endian.little));
      case String():
        byte(7);
        final text = utf8.encode(value);
        _size(text.length);
        _bytes.add(text);
      case List<Object?>():
        byte(12);
        _size(value.length);
        value.forEach(this.value);
      case Map<Object?, Object?>():
        byte(13);
        _size(value.length);
        value.forEach((key, it) => this
          ..value(key)
          ..value(it));
      default:
        throw ArgumentError('the codec has no ${value.runtimeType}');
    }
  }

  ByteData done() => ByteData.sublistView(_bytes.toBytes());
}

class _Reader {
  _Reader(this._data);
  final ByteData _data;
  var _place = 0;

  int byte() => _data.getUint8(_place++);

  int _advance(int bytes) {
    _place += bytes;
    return _place - bytes;
  }

  int _size() => switch (byte()) {
        254 => _data.getUint16(_advance(2), Endian.little),
        255 => _data.getUint32(_advance(4), Endian.little),
        final size => size,
      };

  Object? value() {
    switch (byte()) {
      case 0:
        return null;
      case 1:
        return true;
      case 2:
        return false;
      case 3:
        return _data.getInt32(_advance(4), Endian.little);
      case 4:
        return _data.getInt64(_advance(8), Endian.little);
      case 7:
        final size = _size();
        return utf8.decode(Uint8List.sublistView(_data, _place, _advance(size) + size));
      case 8:
        final size = _size();
        return Uint8List.sublistView(_data, _place, _advance(size) + size);
      case 12:
        return List<Object?>.generate(_size(), (_) => value());
      case 13:
        return {for (var left = _size(); left > 0; left--) value(): value()};
      case final type:
        throw FormatException('the codec has no type $type');
    }
  }
}
