import 'package:digital_key/digital_key.dart';

import 'bad_input.dart';
import 'harness.dart';

/// An error page of each kind, each error of Apple's, and each error of a start.
final errors = <String, Future<void> Function(App)>{
  'BackendError': (app) => _blocked(app, Blocker.backendError,
      cause: () => app.control('put', ['/endpoints/status/fault', '{"fault":"500"}']),
      remedy: () => app.control('delete', ['/faults'])),
  'PhoneNotSupported': (app) => _blocked(app, Blocker.phoneNotSupported,
      cause: () => app.control('model', ['iPhone9,1', '14.2'])),
  'PhoneSoftwareUpdateRequired': (app) => _blocked(app, Blocker.phoneSoftwareUpdateRequired,
      issue: PhoneSoftwareIssue.iosTooOld, cause: () => app.control('model', ['iPhone12,1', '13.5'])),
  'NotPrimarySubscriber': (app) => _blocked(app, Blocker.notPrimarySubscriber,
      cause: () => app.change('{"primarySubscriber":false}')),
  'VehicleNotPrepared': (app) => _blocked(app, Blocker.vehicleNotPrepared,
      cause: () => app.change('{"prepared":false}'), remedy: () => app.change('{"prepared":true}')),
  'PairingPasswordUnavailable': (app) => _blocked(app, Blocker.pairingPasswordUnavailable,
      cause: () => app.control('put', ['/endpoints/password/fault', '{"fault":"404"}']),
      remedy: () => app.control('delete', ['/faults'])),
  for (final error in AppleErrorCode.values)
    "Apple's error ${error.name}": (app) => _refused(app, error),
  'a start without a cache': (app) async {
    await app.control('directory', ['/dev/null/cache']);
    final error = await expect<DigitalKeyExceptionPortFailed>(() => app.key.start(app.setup));
    check(error.failure.port == Port.cache && error.failure.call == PortCall.openCache, error);
    await _startsAgain(app);
  },
  'a start with a version that is none': (app) async {
    await app.control('model', ['iPhone12,1', 'fourteen']);
    final error = await expect<DigitalKeyExceptionInvalid>(() => app.key.start(app.setup));
    check(error.reason.isNotEmpty, error);
    await _startsAgain(app);
  },
  // A test cannot take threads and randomness from the system: the launcher throws what the core throws.
  for (final error in const [
    DigitalKeyException.noThreads('no more threads'),
    DigitalKeyException.noRandomness(),
    DigitalKeyException.notHere('this is not an iPhone'),
  ])
    'a start that throws ${error.wireTag}': (app) async {
      await app.control('launcherThrows', [error.wireTag]);
      final thrown = await expect<DigitalKeyException>(() => app.key.start(app.setup));
      check(thrown == error && '$thrown' == '$error', thrown);
      await _startsAgain(app);
    },
  'more intents than a person can tap': (app) async {
    await app.key.start(app.setup);
    await app.control('hold');
    await app.key.dispatch(KeyIntent.selectVehicle(app.vin));
    final error = await expect<DigitalKeyExceptionOverloaded>(() async {
      for (var taps = 0; taps < 10000; taps++) {
        await app.tap(Tap.entry);
      }
    });
    check('$error' == 'More intents wait than a person can tap.', error);
    await app.control('release');
    // The taps before came while the page did not offer them, or opened Welcome.
    await app.until((it) => it.entry == EntryView.digitalKey);
    if (app.key.view.page is KeyPageVehicleTab) await app.tap(Tap.entry);
    await app.until((it) => it.page is KeyPageWelcome && it.offers.contains(Tap.continue_));
  },
  'a launcher that throws': (app) async {
    await app.control('launcherThrows', [secret]);
    final error = await expect<DigitalKeyExceptionChannel>(() => app.key.start(app.setup));
    check(!'$error'.contains(secret), error);
    await _startsAgain(app);
  },
};

/// Continue leads to the page of this blocker (WEL-4). Retry is there if it can help (ERR-5), and shows
/// Welcome again, from where the pairing goes on after the remedy.
Future<void> _blocked(
  App app,
  Blocker blocker, {
  PhoneSoftwareIssue? issue,
  required Future<Object?> Function() cause,
  Future<Object?> Function()? remedy,
}) async {
  await cause();
  await app.launch();
  await app.openWelcome();
  await app.tap(Tap.continue_);
  final view = await app.page<KeyPageError>();
  check(view.pageName == '${blocker.name[0].toUpperCase()}${blocker.name.substring(1)}', view);
  final page = (view.page as KeyPageError).page as ErrorPageBlocked;
  check(page.by.blocker == blocker && page.by.issue == issue, page);
  check(page.by.retryable == (remedy != null), page);
  check(view.offers.contains(Tap.retry) == (remedy != null), view);
  if (remedy == null) {
    await app.tap(Tap.close);
    await app.page<KeyPageVehicleTab>();
    return;
  }
  await remedy();
  await app.tap(Tap.retry);
  await app.until((it) => it.page is KeyPageWelcome && it.offers.contains(Tap.continue_));
  await app.tap(Tap.continue_);
  await app.page<KeyPageGrabYourTwoKeys>();
}

/// The page says which error it was (CBK-6), and so does the funnel.
Future<void> _refused(App app, AppleErrorCode error) async {
  final answered = app.key.funnel.firstWhere((it) => it is FunnelEventAppleAnswered);
  await app.launch();
  await app.openWelcome();
  await app.startPairing();
  await app.answer(error.wireName[0] + error.wireName.substring(1).toLowerCase().replaceAll('_', ' '));
  final view = await app.until((it) => it.page is KeyPagePairingError && !it.pairingRuns);
  check((view.page as KeyPagePairingError).reason == error, view);
  check(await answered == FunnelEvent.appleAnswered(madeKey: false, error: error, late: false));
}

/// The failed start has left no half of a core behind.
Future<void> _startsAgain(App app) async {
  await app.control('repair');
  await app.launch();
  await app.openWelcome();
}
