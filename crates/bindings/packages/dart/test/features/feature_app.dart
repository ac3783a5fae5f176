import 'dart:async';
import 'dart:convert';
import 'dart:io';

import 'package:digital_key/digital_key.dart';
import 'package:flutter/services.dart';

import '../socket_messenger.dart';

/// A line: a JSON object of texts. crates/acceptance/README.md describes the lines.
typedef Message = Map<String, String>;

/// How long a view may take from the core to Dart on a busy machine.
const patience = Duration(seconds: 30);

/// The native half gets through it what a client's launcher knows by itself, and asks for the phone.
const _control = MethodChannel('control');

/// The app under test of the feature files: a client in Dart whose standard input says what to do.
Future<void> main(List<String> arguments) async {
  messenger = await SocketMessenger.connect(int.parse(arguments.single), 0);
  _control.setMethodCallHandler(_ask);
  await for (final line in stdin.transform(utf8.decoder).transform(const LineSplitter())) {
    final message = _message(jsonDecode(line));
    switch (message['reply']) {
      case final question?:
        _questions.remove(question)?.complete(message);
      case null:
        unawaited(_answer(message));
    }
  }
  exit(0);
}

Message _message(Object? fields) => (fields as Map<Object?, Object?>).cast<String, String>();

void _write(Message message) => stdout.writeln(jsonEncode(message));

final _questions = <String, Completer<Message>>{};

/// Passes on a question of the native half to the phone of the scenario, or that nobody waits for one any
/// more.
Future<Object?> _ask(MethodCall call) async {
  switch (call.method) {
    case 'ask':
      final question = _message(call.arguments);
      final answer = _questions[question['ask']!] = Completer();
      _write(question);
      return answer.future;
    case 'cancel':
      final question = call.arguments as String;
      _questions.remove(question);
      _write({'cancel': question});
      return null;
    default:
      throw MissingPluginException();
  }
}

Future<void> _answer(Message message) async {
  final id = {'id': message['id']!};
  try {
    _write({...await _call(message), ...id});
  } catch (error) {
    _write({'error': '$error', ...id});
  }
}

/// The sign-in of the scenario.
class _SignIn implements TokenProvider {
  _SignIn(this._token);
  final String _token;

  @override
  Future<String> token() async => _token;

  @override
  Future<String> refresh() => token();
}

DigitalKey? _started;

DigitalKey get _key => _started ?? (throw StateError('no app is started'));

/// Ends the app of the last scenario, and starts one.
Future<void> _start(Message message) async {
  await _started?.shutdown();
  await _control.invokeMethod<void>('line', message);
  final key = _started = DigitalKey(tokens: _SignIn(message['token']!));
  await key.start(DigitalKeySetup(
    bff: Uri.parse(message['bff']!),
    account: message['account'] ?? '',
    passDescription: 'The car',
  ));
}

/// Does what a line says, and returns the answer.
Future<Message> _call(Message message) async {
  Vin vin() => Vin(message['vin']!);
  switch (message['call']) {
    case 'start':
      await _start(message);
    case 'select':
      await _key.dispatch(KeyIntent.selectVehicle(vin()));
    case 'tap':
      await _key.dispatch(KeyIntent.tap(Tap.fromWire(message['tap'])));
    case 'refresh':
      await _key.refresh(vin());
    case 'forget':
      await _key.forget(vin());
    case 'sign_out':
      await _key.signOut();
    case 'suspend':
      await _key.background();
    case 'resume':
      await _key.foreground();
    case 'idle':
      await _control.invokeMethod<void>('idle', int.parse(message['held']!));
    case 'pairing_ended':
      await _key.views.firstWhere((it) => !it.pairingRuns);
    case 'view':
      return _screen(await _newest().timeout(patience));
    case 'recording':
      return {'recording': base64Encode((await _key.recording())!)};
    case final call:
      throw UnsupportedError('there is no call $call');
  }
  return {};
}

/// Waits until Dart has the view that the core has, since views arrive after the core is idle.
Future<ViewState> _newest() async {
  while (true) {
    final newest = ViewState.fromWire(await _control.invokeMethod<Object?>('view'));
    if (_key.view == newest) return newest;
  }
}

/// What the feature files check on the screen.
Message _screen(ViewState view) {
  final shown = {
    'page': view.pageName,
    'entry': view.entry.wireName,
    'offers': view.offers.map((it) => it.wireName).join(','),
    'key_state': view.keyState.wireName,
    'pairing_runs': '${view.pairingRuns}',
    'warning': view.warning?.wireName,
    'notice': view.notice?.wireName,
    'wait': view.wait?.toString(),
    ...switch (view.page) {
      KeyPageVehicleTab(:final hidden) => {'hidden': hidden?.wireTag},
      KeyPageWelcome(:final blockers) => {'blockers': blockers.map((it) => it.code).join(',')},
      KeyPageReadyToPair(:final checked, :final highlighted) => {
          'checked': '$checked',
          'highlighted': '$highlighted',
        },
      KeyPagePairingError(:final reason, :final refreshing) => {
          'reason': reason?.wireName,
          'refreshing': '$refreshing',
        },
      KeyPageOverview(:final card, :final moreInformation) => {
          'card': card.action.wireName,
          'cannot_unlock': '${card.cannotUnlock}',
          'more_information': moreInformation,
        },
      KeyPageError(page: ErrorPageBlocked(:final by)) => {'issue': by.issue?.wireName},
      _ => const <String, String?>{},
    },
  };
  return {
    for (final MapEntry(key: field, :value) in shown.entries)
      if (value != null) field: value,
  };
}
