import 'bad_input.dart';
import 'errors.dart';
import 'harness.dart';
import 'pairing.dart';
import 'values.dart';

/// Runs all tests against the native half on this port.
Future<void> main(List<String> arguments) {
  port = int.parse(arguments.single);
  return run({...values, ...pairing, ...errors, ...badInput});
}
