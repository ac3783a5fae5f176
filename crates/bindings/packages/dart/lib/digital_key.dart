/// The digital car key core for Flutter.
library;

export 'src/digital_key.dart';
export 'src/ports.dart';
export 'src/value.dart' show Value;
export 'src/values.dart';
export 'src/vin.dart';
