import 'dart:async';
import 'dart:typed_data';

import 'package:flutter/services.dart';

import 'ports.dart';
import 'value.dart';
import 'values.dart';
import 'vin.dart';

/// The digital key core, which runs in the native half of the plugin.
///
/// It starts once; after [shutdown] make a new one. One object has the core at a time: the newest that
/// was started. So a hot restart, which forgets the old object, takes over the running core.
///
/// A failed call throws a [DigitalKeyException].
class DigitalKey {
  DigitalKey({
    required TokenProvider tokens,
    MethodChannel channel = const MethodChannel('digital_key'),
  })  : _tokens = tokens,
        _channel = channel;

  final TokenProvider _tokens;
  final MethodChannel _channel;

  /// Names this object to the native half, which adds it to its calls. A call for an object that a hot
  /// restart has forgotten is recognized by it.
  final int id = DateTime.now().microsecondsSinceEpoch;
  final _firstView = Completer<void>();
  final _views = StreamController<ViewState>.broadcast();
  final _funnel = StreamController<FunnelEvent>.broadcast();
  final _failures = StreamController<PortFailure>.broadcast();
  final _sheets = StreamController<SimulatedSheet?>.broadcast();
  var _state = _State.fresh;
  ViewState? _view;
  SimulatedSheet? _sheet;

  /// Starts the core at the vehicle tab, or takes over the running one after a hot restart. It ends
  /// when the first view is there.
  Future<void> start(DigitalKeySetup setup) async {
    if (_state == _State.running) throw const DigitalKeyException.alreadyStarted();
    if (_state == _State.stopped) throw const DigitalKeyException.shutDown();
    _state = _State.running;
    // An error before the wait below must not count as unhandled.
    _firstView.future.ignore();
    _channel.setMethodCallHandler(_onCall);
    try {
      await _invoke('start', [id, '${setup.bff}', setup.account, setup.passDescription]);
    } on DigitalKeyException {
      _state = _State.fresh;
      rethrow;
    }
    await _firstView.future;
  }

  /// The newest view.
  ViewState get view => switch (_view) {
        final view? => view,
        null => throw const DigitalKeyException.notStarted(),
      };

  /// The views; each listener begins with the newest. The stream ends with the core.
  Stream<ViewState> get views => _withNewest(_views, () => _view);

  Stream<T> _withNewest<T>(StreamController<T> controller, T? Function() newest) =>
      Stream.multi((listener) {
        if (newest() case final value?) listener.add(value);
        final changes = controller.stream.listen(
          listener.add,
          onError: listener.addError,
          onDone: listener.close,
        );
        listener.onCancel = changes.cancel;
      });

  /// What happens to the driver on the way to a key, for analytics.
  Stream<FunnelEvent> get funnel => _funnel.stream;

  /// The failed calls of ports.
  Stream<PortFailure> get portFailures => _failures.stream;

  /// The simulated pairing sheet of a debug build; null = it is closed. A listener that comes while a
  /// sheet is up begins with it.
  Stream<SimulatedSheet?> get sheets => _withNewest(_sheets, () => _sheet);

  /// Passes on what the user wants; the view shows the consequence.
  Future<void> dispatch(KeyIntent intent) => _call('dispatch', toWire(intent));

  /// Reports that the app lost focus. The cache closes after its pending writes.
  Future<void> background() => _call('background');

  /// Reports that the app regained focus.
  Future<void> foreground() => _call('foreground');

  /// Erases all data of the account (GEN-5). When the call is made, the view forgets it at once.
  Future<void> signOut() => _call('signOut');

  /// Asks again whether a vehicle supports Smart Access (ENT-10).
  Future<void> refresh(Vin vin) => _call('refresh', vin.text);

  /// Forgets a vehicle that left the account (GEN-9).
  Future<void> forget(Vin vin) => _call('forget', vin.text);

  /// Returns what the flight recorder has recorded, as a file; null if the native half records none.
  Future<Uint8List?> recording() => _recording('recording');

  /// Returns the recording of the run before this one; null if there is none.
  Future<Uint8List?> lastRecording() => _recording('lastRecording');

  Future<Uint8List?> _recording(String method) async {
    final answer = await _call(method);
    if (answer is Uint8List?) return answer;
    throw const DigitalKeyException.channel('the channel carries no recording');
  }

  /// Lets the simulated sheet answer with this choice.
  Future<void> answerSheet(int choice) async {
    final answered = _sheet;
    await _call('answerSheet', choice);
    // The native half reports later that it is closed.
    if (identical(_sheet, answered)) _onSheet(null);
  }

  /// Ends the core after the pending writes of the cache. A second call does nothing.
  Future<void> shutdown() async {
    if (_state != _State.running) return;
    await _invoke('shutdown', [id]);
    _end();
  }

  void _end() {
    if (_state == _State.stopped) return;
    _state = _State.stopped;
    if (!_firstView.isCompleted) {
      _firstView.completeError(const DigitalKeyException.shutDown());
    }
    for (final stream in [_views, _funnel, _failures, _sheets]) {
      unawaited(stream.close());
    }
  }

  Future<Object?> _call(String method, [Object? argument]) => switch (_state) {
        _State.fresh => Future.error(const DigitalKeyException.notStarted(), StackTrace.current),
        _State.stopped => Future.error(const DigitalKeyException.shutDown(), StackTrace.current),
        _State.running => _invoke(method, [id, argument]),
      };

  Future<Object?> _invoke(String method, List<Object?> arguments) async {
    try {
      return await _channel.invokeMethod<Object?>(method, arguments);
    } on PlatformException catch (error) {
      throw _exception(error);
    } on MissingPluginException {
      throw const DigitalKeyException.channel('the native half of the plugin is missing');
    }
  }

  DigitalKeyException _exception(PlatformException error) {
    try {
      return DigitalKeyException.fromWire(error.details);
    } on FormatException {
      return DigitalKeyException.channel(error.message ?? 'the native half failed');
    }
  }

  /// Handles a call of the native half.
  Future<Object?> _onCall(MethodCall call) async {
    final (int session, Object? argument) = switch (call.arguments) {
      [final int session, final argument] => (session, argument),
      _ => (-1, null),
    };
    if (session != id || _state != _State.running) return null;
    switch (call.method) {
      case 'view':
        _read(_views, () => _onView(ViewState.fromWire(argument)));
      case 'funnel':
        _read(_funnel, () => _funnel.add(FunnelEvent.fromWire(argument)));
      case 'portFailure':
        _read(_failures, () => _failures.add(PortFailure.fromWire(argument)));
      case 'sheet':
        _read(_sheets, () {
          _onSheet(argument == null ? null : SimulatedSheet(readList(argument, readAs<String>)));
        });
      case 'ended':
        _end();
      case 'token':
        return _token(_tokens.token);
      case 'refreshToken':
        return _token(_tokens.refresh);
      default:
        throw MissingPluginException();
    }
    return null;
  }

  void _onView(ViewState view) {
    if (_view == view) return;
    _view = view;
    if (!_firstView.isCompleted) _firstView.complete();
    _views.add(view);
  }

  void _onSheet(SimulatedSheet? sheet) {
    if (_sheets.isClosed) return;
    _sheet = sheet;
    _sheets.add(sheet);
  }

  /// A value that makes no sense becomes an error of its stream.
  void _read(StreamController<Object?> stream, void Function() read) {
    try {
      read();
    } on FormatException catch (error) {
      final failure = DigitalKeyException.channel(error.message);
      if (stream.hasListener) stream.addError(failure);
      if (stream == _views && !_firstView.isCompleted) _firstView.completeError(failure);
    }
  }

  Future<Object?> _token(Future<String> Function() ask) async {
    try {
      return ['Token', await ask()];
    } on NotSignedIn catch (error) {
      return ['NotSignedIn', error.reason];
    } on Offline catch (error) {
      return ['Offline', error.reason];
    } catch (_) {
      return ['Unexpected'];
    }
  }
}

enum _State { fresh, running, stopped }
