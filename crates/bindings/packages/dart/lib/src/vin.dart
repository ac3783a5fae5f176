import 'value.dart';

/// A vehicle identification number. The core checks it: 17 ASCII letters or digits.
final class Vin {
  const Vin(this.text);

  /// The whole number, which must not get into logs or errors (GEN-6).
  final String text;

  /// Reads what the channel carries.
  static Vin fromWire(Object? wire) => Vin(readAs<String>(wire));

  @override
  bool operator ==(Object other) => other is Vin && other.text == text;

  @override
  int get hashCode => text.hashCode;

  @override
  String toString() => 'Vin(…)';
}
