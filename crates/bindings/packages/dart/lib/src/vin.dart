import 'value.dart';

/// A vehicle identification number: 17 ASCII letters or digits, in which the case does not matter.
///
/// The core checks it, and refuses any other text. Printing it shows the short form, such as `WBA…MO03`
/// (GEN-6).
final class Vin {
  const Vin(this.text);

  /// The whole number, which must not get into logs or errors (GEN-6).
  final String text;

  /// Reads what the channel carries.
  static Vin fromWire(Object? wire) => Vin(readAs<String>(wire));

  @override
  bool operator ==(Object other) => other is Vin && other.text.toUpperCase() == text.toUpperCase();

  @override
  int get hashCode => text.toUpperCase().hashCode;

  /// Of a text that is no number, it shows no part.
  @override
  String toString() {
    if (text.length != 17) return '…';
    final upper = text.toUpperCase();
    return '${upper.substring(0, 3)}…${upper.substring(13)}';
  }
}
