import 'package:digital_key/digital_key.dart';
import 'package:digital_key/src/value.dart';
import 'package:digital_key_example/screen.dart';

import 'harness.dart';

/// The values that cross the channel.
final values = <String, Future<void> Function(App)>{
  'each page crosses the channel, and the example draws it': (app) async {
    final canned = await app.control('canned') as List<Object?>;
    final names = <String>{};
    for (final it in canned) {
      final [_, name as String, wire] = it as List<Object?>;
      final view = ViewState.fromWire(wire);
      check('${toWire(view)}' == '$wire', wire);
      check(view == ViewState.fromWire(wire) && view.hashCode == ViewState.fromWire(wire).hashCode);
      check(view.pageName == name, view);
      names.add(name);
      check(Screen.of(view).buttons.map((it) => it.tap).toSet().containsAll(view.offers), name);
    }
    check(names.length == 17, names);
  },
  'a value with another field is another value': (_) async {
    check(const KeyPage.tutorial1() != const KeyPage.tutorial2());
    const one = KeyPage.readyToPair(checked: true, highlighted: false);
    check(one != const KeyPage.readyToPair(checked: true, highlighted: true));
    check(one == KeyPage.fromWire(['ReadyToPair', true, false]));
  },
  'what is no value is refused': (_) async {
    for (final wire in [
      null, 'Welcome', [], ['Nowhere'], ['ReadyToPair', true], ['ReadyToPair', true, 'no'],
      ['ReadyToPair', true, false, 1], ['Error', ['Blocked', null]],
    ]) {
      await expect<FormatException>(() => KeyPage.fromWire(wire));
    }
    await expect<FormatException>(() => ViewState.fromWire(['WBADKEY0000000001']));
  },
  'a VIN prints the short form of the other languages': (app) async {
    for (final text in ['WBA00000000DEMO03', 'wbadkey0000000001']) {
      check('${Vin(text)}' == await app.control('shortVin', [text]), Vin(text));
      check(Vin(text) == Vin(text.toUpperCase()) && Vin(text).hashCode == Vin(text.toUpperCase()).hashCode);
    }
    check('${const Vin('WBA00000000DEMO03')}' == 'WBA…MO03');
    check(const Vin('WBA00000000DEMO03') != const Vin('WBA00000000DEMO04'));
    for (final text in ['', 'WBA', 'WBADKEY', 'WBA00000000DEMO0333']) {
      check('${Vin(text)}' == '…', Vin(text));
    }
    check(!'${const KeyIntent.selectVehicle(Vin('WBADKEY0000000001'))}'.contains('WBADKEY'));
  },
  'on Android there is no entry': (app) async {
    final view = ViewState.fromWire(await app.control('android'));
    check(view.entry == EntryView.hidden, view);
  },
};
