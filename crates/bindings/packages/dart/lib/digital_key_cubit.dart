/// A cubit whose state is the view of the core.
library;

import 'dart:async';

import 'package:flutter_bloc/flutter_bloc.dart';

import 'digital_key.dart';

/// Shows the views of a started core, and passes on what the user taps.
class DigitalKeyCubit extends Cubit<ViewState> {
  /// Takes a core whose [DigitalKey.start] has ended. Closing the cubit does not stop the core.
  DigitalKeyCubit(this._key) : super(_key.view) {
    _views = _key.views.listen(emit, onError: addError);
  }

  final DigitalKey _key;
  late final StreamSubscription<ViewState> _views;

  /// Shows this vehicle on the vehicle tab.
  Future<void> select(Vin vin) => _dispatch(KeyIntent.selectVehicle(vin));

  /// Passes on a tap. A tap that the page does not offer is ignored (GEN-8).
  Future<void> tap(Tap tap) => _dispatch(KeyIntent.tap(tap));

  /// A failed call reaches the observer of the bloc library, and changes no state.
  Future<void> _dispatch(KeyIntent intent) async {
    try {
      await _key.dispatch(intent);
    } on DigitalKeyException catch (error, stack) {
      addError(error, stack);
    }
  }

  @override
  Future<void> close() async {
    await _views.cancel();
    await super.close();
  }
}
