import 'bad_input.dart';
import 'errors.dart';
import 'fake_half.dart';
import 'harness.dart';
import 'misuse.dart';
import 'pairing.dart';
import 'restart.dart';
import 'values.dart';

/// Runs all tests against the native half on this port.
Future<void> main(List<String> arguments) {
  port = int.parse(arguments.single);
  return run({
    ...values,
    ...pairing,
    ...errors,
    ...badInput,
    ...misuse,
    ...restarts,
    ...fakeHalf,
    'each kind of error was provoked': everyKindWasProvoked,
  });
}
