/// What the example draws for each page, without a widget.
library;

import 'package:digital_key/digital_key.dart';

/// A button and what it does.
typedef Button = ({String label, Tap tap});

/// A page as text and buttons.
final class Screen {
  const Screen({required this.title, this.lines = const [], this.buttons = const []});

  /// Lays out a view. The buttons are the taps that the page offers (GEN-8).
  factory Screen.of(ViewState view) => Screen(
        title: _title(view.page),
        lines: _lines(view),
        buttons: [for (final tap in view.offers) (label: _label(tap), tap: tap)],
      );

  final String title;
  final List<String> lines;
  final List<Button> buttons;
}

String _title(KeyPage page) => switch (page) {
      KeyPageVehicleTab() => 'Your vehicle',
      KeyPageWelcome(moveFlow: true) => 'Move your digital key',
      KeyPageWelcome() => 'Welcome',
      KeyPageGrabYourTwoKeys() => 'Grab your two keys',
      KeyPageReadyToPair() => 'Ready to pair',
      KeyPagePairingError() => 'The pairing failed',
      KeyPageTutorial1() => 'Unlock your car',
      KeyPageTutorial2() => 'Start your car',
      KeyPageOverview() => 'Your digital key',
      KeyPageMoveKeyWarning() => 'Move the key to this phone?',
      KeyPageError(page: ErrorPageBlocked(:final by)) => by.code,
      KeyPageError(page: ErrorPagePairingAttemptsExhausted()) => 'No attempt is left',
      KeyPageError(page: ErrorPageKeyDeleted()) => 'The key was deleted',
    };

List<String> _lines(ViewState view) => [
      ...switch (view.page) {
        KeyPageVehicleTab(:final opening, :final hidden) => [
            if (opening) 'Opening…',
            if (hidden != null) _hidden(hidden),
          ],
        KeyPageWelcome(:final blockers) => [for (final it in blockers) it.code],
        KeyPageReadyToPair(:final checked, :final highlighted) => [
            if (checked) 'Both keys are in the car',
            if (highlighted) 'Check the box first',
          ],
        KeyPagePairingError(:final reason, :final advice, :final refreshing) => [
            if (reason != null) reason.name,
            if (advice != null) advice.name,
            if (refreshing) 'Fetching a new password…',
          ],
        KeyPageOverview(:final card, :final moreInformation) => [
            if (card.cannotUnlock) 'The key cannot unlock the car yet',
            moreInformation,
          ],
        KeyPageGrabYourTwoKeys() ||
        KeyPageTutorial1() ||
        KeyPageTutorial2() ||
        KeyPageMoveKeyWarning() ||
        KeyPageError() =>
          const [],
      },
      if (view.vehicleUpgradeRequired) 'The software of the vehicle must be upgraded',
      if (view.wait case final wait?) 'Try again in $wait seconds',
      if (view.notice case final notice?) notice.name,
      if (view.warning case final warning?) warning.name,
    ];

String _hidden(HiddenReason reason) => switch (reason) {
      HiddenReasonNoVehicle() => 'No vehicle is selected',
      HiddenReasonPlatform() => 'This phone cannot have a key',
      HiddenReasonNotSupported() => 'This vehicle has no digital key',
      HiddenReasonAsking() => 'Asking…',
      HiddenReasonFailed(:final kind) => 'No answer: ${kind.wireTag}',
      HiddenReasonUnknownValue() => 'Update the app',
    };

String _label(Tap tap) => switch (tap) {
      Tap.entry => 'Digital key',
      Tap.continue_ => 'Continue',
      Tap.retry => 'Retry',
      Tap.tickBox => 'Both keys are in the car',
      Tap.untickBox => 'Uncheck the box',
      Tap.cardAction => 'Open the card',
      Tap.tutorial => 'Tutorial',
      Tap.confirmMove => 'Move to this phone',
      Tap.cancelMove => 'Cancel',
      Tap.confirmError => 'OK',
      Tap.back => 'Back',
      Tap.close => 'Close',
    };
