import 'vin.dart';

/// An enum with the name that the channel carries.
abstract interface class WireName {
  String get wireName;
}

/// A value of the core. Values with equal fields are equal.
abstract class Value {
  const Value();

  /// The name of the class, which stays readable in an obfuscated build.
  String get wireType;

  /// The name of the variant; null for a record.
  String? get wireTag;

  /// The fields, in the order of the channel.
  List<Object?> get fields;

  @override
  bool operator ==(Object other) =>
      other is Value && other.wireType == wireType && _equal(other.fields, fields);

  @override
  int get hashCode => Object.hash(wireType, _hash(fields));

  @override
  String toString() => '$wireType(${fields.join(', ')})';
}

bool _equal(Object? a, Object? b) {
  if (a is! List || b is! List) return a == b;
  if (a.length != b.length) return false;
  for (var i = 0; i < a.length; i++) {
    if (!_equal(a[i], b[i])) return false;
  }
  return true;
}

int _hash(Object? value) => value is List ? Object.hashAll(value.map(_hash)) : value.hashCode;

/// What the channel carries for a value.
Object? toWire(Object? value) => switch (value) {
      Value(:final wireTag?, :final fields) => [wireTag, ...fields.map(toWire)],
      Value(:final fields) => [...fields.map(toWire)],
      WireName(:final wireName) => wireName,
      Vin(:final text) => text,
      List<Object?> list => [...list.map(toWire)],
      _ => value,
    };

/// Reads a value of a type of Dart.
T readAs<T>(Object? wire) => wire is T ? wire : throw unknownWire('$T');

/// Reads a list.
List<T> readList<T>(Object? wire, T Function(Object?) read) =>
    List.unmodifiable(readAs<List<Object?>>(wire).map(read));

/// The error for something that is no value of this type. It repeats no part of it (GEN-6).
FormatException unknownWire(String type) => FormatException('the channel carries no $type');
