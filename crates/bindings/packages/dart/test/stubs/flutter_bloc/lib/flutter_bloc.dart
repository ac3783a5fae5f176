/// The part of the library of this name that the plugin uses.
library;

import 'dart:async';

import 'package:flutter/material.dart';

abstract class Cubit<State> {
  Cubit(this._state);

  State _state;
  final _states = StreamController<State>.broadcast();
  final errors = <Object>[];

  State get state => _state;

  Stream<State> get stream => _states.stream;

  void emit(State state) {
    if (_states.isClosed) throw StateError('emit after close');
    if (state == _state) return;
    _state = state;
    _states.add(state);
  }

  void addError(Object error, [StackTrace? stack]) => errors.add(error);

  Future<void> close() => _states.close();
}

class BlocProvider<B> extends Widget {
  const BlocProvider({required this.create, required this.child});
  final B Function(BuildContext context) create;
  final Widget child;
}

class BlocBuilder<B extends Cubit<S>, S> extends StatelessWidget {
  const BlocBuilder({required this.builder});
  final Widget Function(BuildContext context, S state) builder;

  @override
  Widget build(BuildContext context) => builder(context, context.read<B>().state);
}

extension Providing on BuildContext {
  B read<B>() => provided as B;
}
