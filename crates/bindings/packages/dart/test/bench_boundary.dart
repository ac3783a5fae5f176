import 'dart:async';
import 'dart:io';

import 'package:digital_key/digital_key.dart';

import 'harness.dart';

/// How often all is repeated before: the virtual machines still compile.
const warmUp = 3;

/// Measures how a view reaches Dart, beside the echo of a view by the same native half over the same socket.
///
/// Prints a line for each figure: its name, and the median in microseconds. The arguments are the number of
/// repetitions and the port of the native half.
Future<void> main(List<String> arguments) async {
  final [repetitions, socket] = arguments.map(int.parse).toList();
  port = socket;
  final app = await App.open();
  await app.launch();
  await app.openWelcome();
  await app.tap(Tap.continue_);
  await app.page<KeyPageGrabYourTwoKeys>();
  await app.tap(Tap.continue_);
  await app.page<KeyPageReadyToPair>();
  final canned = await app.control('canned') as List<Object?>;
  final [_, _, view] = canned.first as List<Object?>;

  var ticked = false;
  final views = StreamIterator(app.key.views);
  await views.moveNext();

  Future<void> streamed() async {
    await app.tap(ticked ? Tap.untickBox : Tap.tickBox);
    ticked = !ticked;
    await views.moveNext();
    final page = views.current.page;
    check(page is KeyPageReadyToPair && page.checked == ticked, page);
  }

  Future<int> median(Future<void> Function() repeat) async {
    final durations = <int>[];
    for (var done = 0; done < repetitions; done += 1) {
      final watch = Stopwatch()..start();
      await repeat();
      durations.add(watch.elapsedMicroseconds);
    }
    durations.sort();
    return durations[repetitions ~/ 2];
  }

  final figures = {
    'floor': () => median(() => app.control('echo', [view])),
    'streamed': () => median(streamed),
  };
  for (var round = 0; round < warmUp; round += 1) {
    for (final measure in figures.values) {
      await measure();
    }
  }
  for (final MapEntry(key: name, value: measure) in figures.entries) {
    stdout.writeln('$name ${await measure()}');
  }
  await app.key.shutdown();
  exit(0);
}
