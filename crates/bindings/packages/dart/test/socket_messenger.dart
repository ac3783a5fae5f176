import 'dart:async';
import 'dart:convert';
import 'dart:io';
import 'dart:typed_data';

import 'package:flutter/services.dart';

/// A binary messenger over a socket.
///
/// It begins with the number of its engine in four bytes. A messenger with the number of another one takes
/// its place, as the isolate of a hot restart does.
///
/// A frame is the length of the rest in four bytes, a kind, the number of the call in four bytes, and for
/// a call the length of the channel's name in one byte, the name and the message; for an answer the
/// message, and for a call without a handler no message.
class SocketMessenger implements BinaryMessenger {
  SocketMessenger._(this._socket, int engine) {
    // Otherwise the second of two small frames waits for the acknowledgement of the first.
    _socket.setOption(SocketOption.tcpNoDelay, true);
    _socket.add(Uint8List.sublistView(ByteData(4)..setUint32(0, engine)));
    _socket.listen(_onBytes);
  }

  static Future<SocketMessenger> connect(int port, int engine) async =>
      SocketMessenger._(await Socket.connect(InternetAddress.loopbackIPv4, port), engine);

  static const _call = 0, _answer = 1, _noHandler = 2;

  final Socket _socket;
  final _handlers = <String, Future<ByteData?> Function(ByteData)>{};
  final _waiting = <int, Completer<ByteData?>>{};
  var _calls = 0;
  var _bytes = Uint8List(0);

  @override
  void setMessageHandler(String channel, Future<ByteData?> Function(ByteData)? handler) {
    handler == null ? _handlers.remove(channel) : _handlers[channel] = handler;
  }

  @override
  Future<ByteData?> send(String channel, ByteData message) {
    final waiting = _waiting[++_calls] = Completer();
    _frame(_call, _calls, [channel.length, ...ascii.encode(channel), ...Uint8List.sublistView(message)]);
    return waiting.future;
  }

  void _frame(int kind, int number, List<int> rest) {
    final head = ByteData(9)
      ..setUint32(0, rest.length + 5)
      ..setUint8(4, kind)
      ..setUint32(5, number);
    _socket.add([...head.buffer.asUint8List(), ...rest]);
  }

  void _onBytes(Uint8List bytes) {
    _bytes = Uint8List.fromList([..._bytes, ...bytes]);
    while (_bytes.length >= 4) {
      final size = ByteData.sublistView(_bytes).getUint32(0);
      if (_bytes.length < size + 4) return;
      final frame = _bytes.sublist(4, size + 4);
      _bytes = _bytes.sublist(size + 4);
      unawaited(_onFrame(frame[0], ByteData.sublistView(frame, 1).getUint32(0), frame.sublist(5)));
    }
  }

  Future<void> _onFrame(int kind, int number, Uint8List rest) async {
    if (kind != _call) {
      final message = kind == _answer ? ByteData.sublistView(rest) : null;
      _waiting.remove(number)?.complete(message);
      return;
    }
    final name = ascii.decode(rest.sublist(1, rest[0] + 1));
    final handler = _handlers[name];
    final answer = await handler?.call(ByteData.sublistView(rest, rest[0] + 1));
    if (answer == null) return _frame(_noHandler, number, []);
    _frame(_answer, number, Uint8List.sublistView(answer));
  }
}
