import 'dart:io';

import 'package:digital_key/digital_key.dart';
import 'package:digital_key/digital_key_cubit.dart';
import 'package:digital_key_example/main.dart';
import 'package:digital_key_pages/first_page.dart' as first_page;
import 'package:digital_key_pages/first_widget.dart' as first_widget;
import 'package:digital_key_pages/pairing_test.dart' as pairing_test;
import 'package:flutter/material.dart';
import 'package:flutter_bloc/flutter_bloc.dart';

import 'harness.dart';

/// Pairs a car from Dart, against the running backend.
final pairing = <String, Future<void> Function(App)>{
  'success': _success,
  'failure and retry': _failureAndRetry,
  'each answer of the sheet': _eachAnswer,
  'a sheet that never answers': _silence,
  'deletion in the background': _deletion,
  'the cache in the background': _cacheInTheBackground,
  'move': _move,
  'sign-out': _signOut,
  'refresh and forget': _refreshAndForget,
  'hot restart': _hotRestart,
  'a recording': _recording,
  'the cubit': _cubit,
  'the widget of the example': _widget,
  'the first page': _firstPage,
  'the same screen': _sameScreen,
};

Future<void> _success(App app) async {
  final funnel = <FunnelEvent>[];
  app.key.funnel.listen(funnel.add);
  await app.launch();
  await app.pair();
  final view = await app.until((it) => it.keyState == KeyState.activeTracked);
  check(view.page is KeyPageOverview && view.passwordUses == null && view.vehicle == app.vin, view);
  check('$funnel' == '${const [
        FunnelEvent.entryShown(),
        FunnelEvent.welcomeShown(false),
        FunnelEvent.pairingStarted(),
        FunnelEvent.appleAnswered(madeKey: true, error: null, late: false),
        FunnelEvent.paired(),
      ]}', funnel);
}

Future<void> _failureAndRetry(App app) async {
  await app.launch();
  await app.openWelcome();
  await app.startPairing();
  await app.key.sheets.firstWhere((it) => it != null).timeout(patience);
  final wrong = await expect<DigitalKeyExceptionInvalid>(() => app.key.answerSheet(99));
  check(wrong.argument == 'SimulatedAnswer', wrong);
  await app.answer('Device not ready');
  final view = await app.until((it) => it.page is KeyPagePairingError && it.offers.contains(Tap.retry));
  check((view.page as KeyPagePairingError).reason == AppleErrorCode.deviceNotReady, view);
  // The next attempt uses the fresh password (ERR-4).
  await app.until((it) => it.passwordUses == 0 && !it.pairingRuns);
  await expect<DigitalKeyExceptionNoSheet>(() => app.key.answerSheet(0));
  await app.tap(Tap.retry);
  await app.until((it) => it.pairingRuns);
  await app.finish();
}

Future<void> _eachAnswer(App app) async {
  await app.launch();
  await app.openWelcome();
  // No fresh password arrives, so that each attempt counts.
  await app.control('put', ['/endpoints/password/fault', '{"fault":"404"}']);
  await app.startPairing();
  for (final (place, answer) in const ['User canceled', 'Generic error', 'Neither a pass nor an error'].indexed) {
    await app.answer(answer);
    final view = await app.until((it) => it.page is KeyPagePairingError && !it.pairingRuns);
    check(view.passwordUses == place + 1, view);
    await app.tap(Tap.retry);
    await app.until((it) => it.pairingRuns || it.page is KeyPageError);
  }
  final page = (await app.page<KeyPageError>()).page as KeyPageError;
  check(page.page == const ErrorPage.pairingAttemptsExhausted(), page);
  final failure = await expect<DigitalKeyException>(() => app.key.answerSheet(0));
  check(failure == const DigitalKeyException.noSheet(), failure);
}

/// The next foreground ends the pairing (GEN-2). Dart reports it.
Future<void> _silence(App app) async {
  await app.launch();
  await app.openWelcome();
  await app.startPairing();
  await app.answer('Close without an answer');
  await app.key.background();
  check(app.key.view.pairingRuns, app.key.view);
  await app.key.foreground();
  final view = await app.until((it) => !it.pairingRuns);
  check(view.page is! KeyPageOverview, view);
}

Future<void> _deletion(App app) async {
  await app.launch();
  await app.pair();
  await app.key.background();
  await app.control('deleteKeys');
  await app.key.foreground();
  final view = await app.page<KeyPageError>();
  check((view.page as KeyPageError).page == const ErrorPage.keyDeleted(), view);
  await app.tap(Tap.confirmError);
  check((await app.page<KeyPageVehicleTab>()).keyState == KeyState.otherDevice);
}

/// The cache is closed in the background, and open in the foreground (GEN-10). Dart reports both.
Future<void> _cacheInTheBackground(App app) async {
  final folder = Directory.systemTemp.createTempSync('digital-key').path;
  await app.control('directory', [folder]);
  Future<bool> isOpen() async => await app.control('openFiles', [folder]) as int > 0;
  await app.launch();
  for (var time = 0; time < 2; time++) {
    await app.key.foreground();
    check(await isOpen(), 'foreground');
    await app.key.background();
    final since = Stopwatch()..start();
    while (await isOpen()) {
      check(since.elapsed < patience, 'background');
    }
  }
}

Future<void> _move(App app) async {
  await app.change('{"ownerKey":{"id":"KEY-2","tracked":true}}');
  await app.launch();
  await app.openWelcome();
  await app.tap(Tap.continue_);
  final view = await app.page<KeyPageOverview>();
  check((view.page as KeyPageOverview).card.action == CardAction.moveToThisPhone, view);
  await app.tap(Tap.cardAction);
  await app.page<KeyPageMoveKeyWarning>();
  await app.tap(Tap.confirmMove);
  await app.until((it) => switch (it.page) {
        KeyPageWelcome(moveFlow: true) => it.offers.contains(Tap.continue_),
        _ => false,
      });
  await app.startPairing();
  await app.finish();
}

Future<void> _signOut(App app) async {
  await app.launch();
  await app.pair();
  await app.key.signOut();
  final view = await app.page<KeyPageVehicleTab>();
  check(view.vehicle == null, view);
}

Future<void> _refreshAndForget(App app) async {
  await app.launch();
  await app.until((it) => it.entry == EntryView.digitalKey);
  await app.key.refresh(app.vin);
  await app.key.forget(app.vin);
  check((await app.until((it) => it.vehicle == null)).entry == EntryView.hidden);
}

/// The new object takes over the running core, with its page and its sheet; the old one gets no more.
Future<void> _hotRestart(App app) async {
  await app.launch();
  await app.openWelcome();
  await app.startPairing();
  await app.key.sheets.firstWhere((it) => it != null).timeout(patience);
  final old = app.key;
  final before = old.view;
  app.key = DigitalKey(tokens: app.signIn);
  await app.key.start(app.setup);
  check(app.key.view.page is KeyPageReadyToPair && app.key.view.pairingRuns, app.key.view);
  await app.finish();
  check(await app.control('launches') == 1);
  check(old.view == before, old.view);
  final refused = await expect<DigitalKeyException>(() => old.dispatch(const KeyIntent.tap(Tap.close)));
  check(refused == const DigitalKeyException.shutDown(), refused);
  // The core is the new object's, so the end of the old one does not end it.
  await old.shutdown();
  await app.key.refresh(app.vin);
  check(app.key.view.page is KeyPageOverview);
}

Future<void> _recording(App app) async {
  await app.launch();
  await app.openWelcome();
  final recording = await app.key.recording();
  check(recording != null && recording.isNotEmpty, recording);
  check(!String.fromCharCodes(recording!).contains(app.vin.text));
  check(await app.key.lastRecording() == null, 'it has no file');
}

Future<void> _cubit(App app) async {
  await expect<DigitalKeyExceptionNotStarted>(() => DigitalKeyCubit(app.key));
  await app.key.start(app.setup);
  final cubit = DigitalKeyCubit(app.key);
  check(cubit.state == app.key.view);
  await cubit.select(app.vin);
  await cubit.stream.firstWhere((it) => it.entry == EntryView.digitalKey).timeout(patience);
  await cubit.tap(Tap.entry);
  await cubit.stream.firstWhere((it) => it.page is KeyPageWelcome).timeout(patience);
  await cubit.select(const Vin('short'));
  check(cubit.errors.single is DigitalKeyExceptionInvalid, cubit.errors);
  await cubit.close();
  await app.tap(Tap.close);
  await app.page<KeyPageVehicleTab>();
  check(cubit.state.page is KeyPageWelcome, 'a closed cubit changed');
}

/// The example's widget shows the page and its buttons, which work. Flutter's own widgets are stubs.
Future<void> _widget(App app) async {
  await app.launch();
  await app.until((it) => it.entry == EntryView.digitalKey);
  final context = BuildContext(DigitalKeyCubit(app.key));
  Scaffold drawn() =>
      (const KeyScreen().build(context) as StatelessWidget).build(context) as Scaffold;
  String title() => (drawn().appBar!.title as Text).data;
  check(title() == 'Your vehicle', title());
  final button = (drawn().body as ListView).children.whereType<TextButton>().first;
  check((button.child as Text).data == 'Digital key');
  button.onPressed!();
  await app.page<KeyPageWelcome>();
  check(title() == 'Welcome', title());
}

/// The code of the page for Flutter.
Future<void> _firstPage(App app) async {
  app.key = await first_page.startDigitalKey(app.signIn, Uri.parse(app.bff), app.vin);
  final view = await app.until((it) => it.entry == EntryView.digitalKey);
  check(first_page.title(view) == 'Your vehicle', first_page.title(view));
  await app.openWelcome();
  check(first_page.title(app.key.view) == 'Welcome');
  final provider = first_widget.page(app.key) as BlocProvider<DigitalKeyCubit>;
  final context = BuildContext(provider.create(BuildContext(app.key)));
  final column = (provider.child as StatelessWidget).build(context);
  final texts = (column as Column).children.whereType<Text>().map((it) => it.data);
  check(texts.single == 'Welcome', texts);
}

/// The screen that all languages draw.
Future<void> _sameScreen(App app) async {
  await app.key.start(app.setup);
  final screens = await pairing_test.pairing(app.key, app.vin).timeout(patience);
  const expected = [
    'Your vehicle <Digital key>',
    'Welcome <Continue>',
    'Take both keys <Continue>',
    '[ ] Both keys are in the car <Continue> <Check>',
    '[x] Both keys are in the car <Continue> <Uncheck>',
    'It did not work: the phone is not ready <Retry>',
    'Tutorial1 <Continue>',
    'Your vehicle',
  ];
  check(screens.join('\n') == expected.join('\n'), screens);
}
