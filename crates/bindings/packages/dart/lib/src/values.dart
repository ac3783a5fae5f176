// Written by `cargo xtask codegen dart`.
// ignore_for_file: library_private_types_in_public_api

import 'value.dart';
import 'vin.dart';

/// The error codes of Apple's pairing API (CBK-6).
enum AppleErrorCode implements WireName {
  /// 0: anything else.
  genericError('GENERIC_ERROR'),

  /// 1: the user closed the sheet.
  userCanceled('USER_CANCELED'),

  /// 2: not available on this device, or the app lacks its entitlement.
  unavailable('UNAVAILABLE'),

  /// 3: the configuration is invalid for the wallet or for the vehicle.
  invalidConfiguration('INVALID_CONFIGURATION'),

  /// 4: the vehicle or the phone is not supported.
  deviceNotSupported('DEVICE_NOT_SUPPORTED'),

  /// 5: the vehicle or the phone is not ready.
  deviceNotReady('DEVICE_NOT_READY'),

  /// 6: iOS is too old.
  osVersionNotSupported('OS_VERSION_NOT_SUPPORTED');

  const AppleErrorCode(this.wireName);

  @override
  final String wireName;

  /// Reads what the channel carries.
  static AppleErrorCode fromWire(Object? wire) =>
      values.firstWhere((it) => it.wireName == wire, orElse: () => throw unknownWire('AppleErrorCode'));
}

/// Something that keeps the user from pairing; each is also an error page (WEL-5, WEL-6).
enum Blocker implements WireName {
  /// The status could not be fetched (WEL-5).
  backendError('BACKEND_ERROR'),

  /// The phone's model or platform cannot carry a key.
  phoneNotSupported('PHONE_NOT_SUPPORTED'),

  /// The phone's software cannot make a key; `BlockerView.issue` says why.
  phoneSoftwareUpdateRequired('PHONE_SOFTWARE_UPDATE_REQUIRED'),

  /// The user is not the primary subscriber.
  notPrimarySubscriber('NOT_PRIMARY_SUBSCRIBER'),

  /// The vehicle is not prepared.
  vehicleNotPrepared('VEHICLE_NOT_PREPARED'),

  /// There is no password with a use left.
  pairingPasswordUnavailable('PAIRING_PASSWORD_UNAVAILABLE');

  const Blocker(this.wireName);

  @override
  final String wireName;

  /// Reads what the channel carries.
  static Blocker fromWire(Object? wire) =>
      values.firstWhere((it) => it.wireName == wire, orElse: () => throw unknownWire('Blocker'));
}

/// A blocker with what an app needs to show it (WEL-7).
final class BlockerView extends Value {
  const BlockerView({required this.blocker, this.issue, required this.code, required this.remedy, required this.retryable});

  final Blocker blocker;

  final PhoneSoftwareIssue? issue;

  final String code;

  final Remedy remedy;

  final bool retryable;

  @override
  String get wireType => 'BlockerView';

  @override
  String? get wireTag => null;

  @override
  List<Object?> get fields => [blocker, issue, code, remedy, retryable];

  /// Reads what the channel carries.
  static BlockerView fromWire(Object? wire) => switch (wire) {
        [final blocker, final issue, final code, final remedy, final retryable] => BlockerView(blocker: Blocker.fromWire(blocker), issue: issue == null ? null : PhoneSoftwareIssue.fromWire(issue), code: readAs<String>(code), remedy: Remedy.fromWire(remedy), retryable: readAs<bool>(retryable)),
        _ => throw unknownWire('BlockerView'),
      };
}

/// The action of the key's card (OVR-4).
enum CardAction implements WireName {
  /// Opens the wallet app at this key.
  editInWallet('EDIT_IN_WALLET'),

  /// Opens MoveKeyWarning.
  moveToThisPhone('MOVE_TO_THIS_PHONE');

  const CardAction(this.wireName);

  @override
  final String wireName;

  /// Reads what the channel carries.
  static CardAction fromWire(Object? wire) =>
      values.firstWhere((it) => it.wireName == wire, orElse: () => throw unknownWire('CardAction'));
}

/// The card of the owner key on Overview.
final class CardView extends Value {
  const CardView({required this.cannotUnlock, required this.action});

  final bool cannotUnlock;

  final CardAction action;

  @override
  String get wireType => 'CardView';

  @override
  String? get wireTag => null;

  @override
  List<Object?> get fields => [cannotUnlock, action];

  /// Reads what the channel carries.
  static CardView fromWire(Object? wire) => switch (wire) {
        [final cannotUnlock, final action] => CardView(cannotUnlock: readAs<bool>(cannotUnlock), action: CardAction.fromWire(action)),
        _ => throw unknownWire('CardView'),
      };
}

/// Why a call of the app, or of a value that crosses the boundary, failed.
sealed class DigitalKeyException extends Value implements Exception {
  const DigitalKeyException();

  /// `start` was not called yet.
  const factory DigitalKeyException.notStarted() = DigitalKeyExceptionNotStarted;

  /// `start` was called before.
  const factory DigitalKeyException.alreadyStarted() = DigitalKeyExceptionAlreadyStarted;

  /// The core has ended.
  const factory DigitalKeyException.shutDown() = DigitalKeyExceptionShutDown;

  /// More intents wait than a person can tap.
  const factory DigitalKeyException.overloaded() = DigitalKeyExceptionOverloaded;

  /// An argument is malformed.
  const factory DigitalKeyException.invalid({required String argument, required String reason}) = DigitalKeyExceptionInvalid;

  /// A call of a port failed.
  const factory DigitalKeyException.portFailed(PortFailure failure) = DigitalKeyExceptionPortFailed;

  /// The system has no threads left.
  const factory DigitalKeyException.noThreads(String reason) = DigitalKeyExceptionNoThreads;

  /// The call works only on an iPhone, on its main thread.
  const factory DigitalKeyException.notHere(String reason) = DigitalKeyExceptionNotHere;

  /// The system has no randomness for a key.
  const factory DigitalKeyException.noRandomness() = DigitalKeyExceptionNoRandomness;

  /// The scripted phone shows no pairing sheet.
  const factory DigitalKeyException.noSheet() = DigitalKeyExceptionNoSheet;

  /// The native half is missing, or its answer makes no sense.
  const factory DigitalKeyException.channel(String reason) = DigitalKeyExceptionChannel;

  /// Reads what the channel carries.
  static DigitalKeyException fromWire(Object? wire) => switch (wire) {
        ['NotStarted'] => DigitalKeyExceptionNotStarted(),
        ['AlreadyStarted'] => DigitalKeyExceptionAlreadyStarted(),
        ['ShutDown'] => DigitalKeyExceptionShutDown(),
        ['Overloaded'] => DigitalKeyExceptionOverloaded(),
        ['Invalid', final argument, final reason] => DigitalKeyExceptionInvalid(argument: readAs<String>(argument), reason: readAs<String>(reason)),
        ['PortFailed', final failure] => DigitalKeyExceptionPortFailed(PortFailure.fromWire(failure)),
        ['NoThreads', final reason] => DigitalKeyExceptionNoThreads(readAs<String>(reason)),
        ['NotHere', final reason] => DigitalKeyExceptionNotHere(readAs<String>(reason)),
        ['NoRandomness'] => DigitalKeyExceptionNoRandomness(),
        ['NoSheet'] => DigitalKeyExceptionNoSheet(),
        ['Channel', final reason] => DigitalKeyExceptionChannel(readAs<String>(reason)),
        _ => throw unknownWire('DigitalKeyException'),
      };
}

/// `start` was not called yet.
final class DigitalKeyExceptionNotStarted extends DigitalKeyException {
  const DigitalKeyExceptionNotStarted();

  @override
  String get wireType => 'DigitalKeyExceptionNotStarted';

  @override
  String? get wireTag => 'NotStarted';

  @override
  List<Object?> get fields => [];

  @override
  String toString() => '`start` was not called yet.';
}

/// `start` was called before.
final class DigitalKeyExceptionAlreadyStarted extends DigitalKeyException {
  const DigitalKeyExceptionAlreadyStarted();

  @override
  String get wireType => 'DigitalKeyExceptionAlreadyStarted';

  @override
  String? get wireTag => 'AlreadyStarted';

  @override
  List<Object?> get fields => [];

  @override
  String toString() => '`start` was called before.';
}

/// The core has ended.
final class DigitalKeyExceptionShutDown extends DigitalKeyException {
  const DigitalKeyExceptionShutDown();

  @override
  String get wireType => 'DigitalKeyExceptionShutDown';

  @override
  String? get wireTag => 'ShutDown';

  @override
  List<Object?> get fields => [];

  @override
  String toString() => 'The core has ended.';
}

/// More intents wait than a person can tap.
final class DigitalKeyExceptionOverloaded extends DigitalKeyException {
  const DigitalKeyExceptionOverloaded();

  @override
  String get wireType => 'DigitalKeyExceptionOverloaded';

  @override
  String? get wireTag => 'Overloaded';

  @override
  List<Object?> get fields => [];

  @override
  String toString() => 'More intents wait than a person can tap.';
}

/// An argument is malformed.
final class DigitalKeyExceptionInvalid extends DigitalKeyException {
  const DigitalKeyExceptionInvalid({required this.argument, required this.reason});

  final String argument;

  final String reason;

  @override
  String get wireType => 'DigitalKeyExceptionInvalid';

  @override
  String? get wireTag => 'Invalid';

  @override
  List<Object?> get fields => [argument, reason];

  @override
  String toString() => 'An argument is malformed: $argument, $reason';
}

/// A call of a port failed.
final class DigitalKeyExceptionPortFailed extends DigitalKeyException {
  const DigitalKeyExceptionPortFailed(this.failure);

  final PortFailure failure;

  @override
  String get wireType => 'DigitalKeyExceptionPortFailed';

  @override
  String? get wireTag => 'PortFailed';

  @override
  List<Object?> get fields => [failure];

  @override
  String toString() => 'A call of a port failed: $failure';
}

/// The system has no threads left.
final class DigitalKeyExceptionNoThreads extends DigitalKeyException {
  const DigitalKeyExceptionNoThreads(this.reason);

  final String reason;

  @override
  String get wireType => 'DigitalKeyExceptionNoThreads';

  @override
  String? get wireTag => 'NoThreads';

  @override
  List<Object?> get fields => [reason];

  @override
  String toString() => 'The system has no threads left: $reason';
}

/// The call works only on an iPhone, on its main thread.
final class DigitalKeyExceptionNotHere extends DigitalKeyException {
  const DigitalKeyExceptionNotHere(this.reason);

  final String reason;

  @override
  String get wireType => 'DigitalKeyExceptionNotHere';

  @override
  String? get wireTag => 'NotHere';

  @override
  List<Object?> get fields => [reason];

  @override
  String toString() => 'The call works only on an iPhone, on its main thread: $reason';
}

/// The system has no randomness for a key.
final class DigitalKeyExceptionNoRandomness extends DigitalKeyException {
  const DigitalKeyExceptionNoRandomness();

  @override
  String get wireType => 'DigitalKeyExceptionNoRandomness';

  @override
  String? get wireTag => 'NoRandomness';

  @override
  List<Object?> get fields => [];

  @override
  String toString() => 'The system has no randomness for a key.';
}

/// The scripted phone shows no pairing sheet.
final class DigitalKeyExceptionNoSheet extends DigitalKeyException {
  const DigitalKeyExceptionNoSheet();

  @override
  String get wireType => 'DigitalKeyExceptionNoSheet';

  @override
  String? get wireTag => 'NoSheet';

  @override
  List<Object?> get fields => [];

  @override
  String toString() => 'The scripted phone shows no pairing sheet.';
}

/// The native half is missing, or its answer makes no sense.
final class DigitalKeyExceptionChannel extends DigitalKeyException {
  const DigitalKeyExceptionChannel(this.reason);

  final String reason;

  @override
  String get wireType => 'DigitalKeyExceptionChannel';

  @override
  String? get wireTag => 'Channel';

  @override
  List<Object?> get fields => [reason];

  @override
  String toString() => 'The native half is missing, or its answer makes no sense: $reason';
}

/// The entry on the vehicle tab (ENT-1 to ENT-7).
enum EntryView implements WireName {
  /// Not shown.
  hidden('HIDDEN'),

  /// A "coming soon" label that leads nowhere.
  comingSoon('COMING_SOON'),

  /// Shown; a tap opens the flow.
  digitalKey('DIGITAL_KEY');

  const EntryView(this.wireName);

  @override
  final String wireName;

  /// Reads what the channel carries.
  static EntryView fromWire(Object? wire) =>
      values.firstWhere((it) => it.wireName == wire, orElse: () => throw unknownWire('EntryView'));
}

/// The error pages, `PairingError` aside.
sealed class ErrorPage extends Value {
  const ErrorPage();

  /// Something keeps the user from pairing (WEL-5, WEL-6).
  const factory ErrorPage.blocked(BlockerView by) = ErrorPageBlocked;

  /// Every use of the password is taken, or there is none (ERR-3).
  const factory ErrorPage.pairingAttemptsExhausted() = ErrorPagePairingAttemptsExhausted;

  /// The key was deleted (OVR-2, OVR-7).
  const factory ErrorPage.keyDeleted() = ErrorPageKeyDeleted;

  /// Reads what the channel carries.
  static ErrorPage fromWire(Object? wire) => switch (wire) {
        ['Blocked', final by] => ErrorPageBlocked(BlockerView.fromWire(by)),
        ['PairingAttemptsExhausted'] => ErrorPagePairingAttemptsExhausted(),
        ['KeyDeleted'] => ErrorPageKeyDeleted(),
        _ => throw unknownWire('ErrorPage'),
      };
}

/// Something keeps the user from pairing (WEL-5, WEL-6).
final class ErrorPageBlocked extends ErrorPage {
  const ErrorPageBlocked(this.by);

  final BlockerView by;

  @override
  String get wireType => 'ErrorPageBlocked';

  @override
  String? get wireTag => 'Blocked';

  @override
  List<Object?> get fields => [by];
}

/// Every use of the password is taken, or there is none (ERR-3).
final class ErrorPagePairingAttemptsExhausted extends ErrorPage {
  const ErrorPagePairingAttemptsExhausted();

  @override
  String get wireType => 'ErrorPagePairingAttemptsExhausted';

  @override
  String? get wireTag => 'PairingAttemptsExhausted';

  @override
  List<Object?> get fields => [];
}

/// The key was deleted (OVR-2, OVR-7).
final class ErrorPageKeyDeleted extends ErrorPage {
  const ErrorPageKeyDeleted();

  @override
  String get wireType => 'ErrorPageKeyDeleted';

  @override
  String? get wireTag => 'KeyDeleted';

  @override
  List<Object?> get fields => [];
}

/// Why the backend did not answer.
sealed class FailureKind extends Value {
  const FailureKind();

  /// There was no connection.
  const factory FailureKind.unreachable() = FailureKindUnreachable;

  /// The connection broke before the whole answer was there.
  const factory FailureKind.interrupted() = FailureKindInterrupted;

  /// No complete answer came in time.
  const factory FailureKind.deadlineExceeded() = FailureKindDeadlineExceeded;

  /// The backend answered with a status other than success.
  const factory FailureKind.status(int status) = FailureKindStatus;

  /// The backend rejects the token; the user has to sign in.
  const factory FailureKind.unauthorized() = FailureKindUnauthorized;

  /// The host has no token to give; the user has to sign in.
  const factory FailureKind.noToken() = FailureKindNoToken;

  /// The answer is broken.
  const factory FailureKind.malformed() = FailureKindMalformed;

  /// The request was not sent, since the backend failed too often in a row.
  const factory FailureKind.circuitOpen() = FailureKindCircuitOpen;

  /// The adapter failed in another way.
  const factory FailureKind.other() = FailureKindOther;

  /// Reads what the channel carries.
  static FailureKind fromWire(Object? wire) => switch (wire) {
        ['Unreachable'] => FailureKindUnreachable(),
        ['Interrupted'] => FailureKindInterrupted(),
        ['DeadlineExceeded'] => FailureKindDeadlineExceeded(),
        ['Status', final status] => FailureKindStatus(readAs<int>(status)),
        ['Unauthorized'] => FailureKindUnauthorized(),
        ['NoToken'] => FailureKindNoToken(),
        ['Malformed'] => FailureKindMalformed(),
        ['CircuitOpen'] => FailureKindCircuitOpen(),
        ['Other'] => FailureKindOther(),
        _ => throw unknownWire('FailureKind'),
      };
}

/// There was no connection.
final class FailureKindUnreachable extends FailureKind {
  const FailureKindUnreachable();

  @override
  String get wireType => 'FailureKindUnreachable';

  @override
  String? get wireTag => 'Unreachable';

  @override
  List<Object?> get fields => [];
}

/// The connection broke before the whole answer was there.
final class FailureKindInterrupted extends FailureKind {
  const FailureKindInterrupted();

  @override
  String get wireType => 'FailureKindInterrupted';

  @override
  String? get wireTag => 'Interrupted';

  @override
  List<Object?> get fields => [];
}

/// No complete answer came in time.
final class FailureKindDeadlineExceeded extends FailureKind {
  const FailureKindDeadlineExceeded();

  @override
  String get wireType => 'FailureKindDeadlineExceeded';

  @override
  String? get wireTag => 'DeadlineExceeded';

  @override
  List<Object?> get fields => [];
}

/// The backend answered with a status other than success.
final class FailureKindStatus extends FailureKind {
  const FailureKindStatus(this.status);

  final int status;

  @override
  String get wireType => 'FailureKindStatus';

  @override
  String? get wireTag => 'Status';

  @override
  List<Object?> get fields => [status];
}

/// The backend rejects the token; the user has to sign in.
final class FailureKindUnauthorized extends FailureKind {
  const FailureKindUnauthorized();

  @override
  String get wireType => 'FailureKindUnauthorized';

  @override
  String? get wireTag => 'Unauthorized';

  @override
  List<Object?> get fields => [];
}

/// The host has no token to give; the user has to sign in.
final class FailureKindNoToken extends FailureKind {
  const FailureKindNoToken();

  @override
  String get wireType => 'FailureKindNoToken';

  @override
  String? get wireTag => 'NoToken';

  @override
  List<Object?> get fields => [];
}

/// The answer is broken.
final class FailureKindMalformed extends FailureKind {
  const FailureKindMalformed();

  @override
  String get wireType => 'FailureKindMalformed';

  @override
  String? get wireTag => 'Malformed';

  @override
  List<Object?> get fields => [];
}

/// The request was not sent, since the backend failed too often in a row.
final class FailureKindCircuitOpen extends FailureKind {
  const FailureKindCircuitOpen();

  @override
  String get wireType => 'FailureKindCircuitOpen';

  @override
  String? get wireTag => 'CircuitOpen';

  @override
  List<Object?> get fields => [];
}

/// The adapter failed in another way.
final class FailureKindOther extends FailureKind {
  const FailureKindOther();

  @override
  String get wireType => 'FailureKindOther';

  @override
  String? get wireTag => 'Other';

  @override
  List<Object?> get fields => [];
}

/// One thing that happened to a driver on the way to a key.
sealed class FunnelEvent extends Value {
  const FunnelEvent();

  /// The entry of the selected vehicle became visible (ENT-2).
  const factory FunnelEvent.entryShown() = FunnelEventEntryShown;

  /// Welcome opened (ENT-9).
  const factory FunnelEvent.welcomeShown(bool moveFlow) = FunnelEventWelcomeShown;

  /// An error page opened, PairingError among them.
  const factory FunnelEvent.errorShown(PageName page) = FunnelEventErrorShown;

  /// A use of the password was taken, and Apple's sheet is opened (RDY-4).
  const factory FunnelEvent.pairingStarted() = FunnelEventPairingStarted;

  /// Apple's API answered, or the sheet is gone without an answer (CBK-1 to CBK-4, GEN-2).
  const factory FunnelEvent.appleAnswered({required bool madeKey, AppleErrorCode? error, required bool late}) = FunnelEventAppleAnswered;

  /// The key is recorded (CBK-5).
  const factory FunnelEvent.paired() = FunnelEventPaired;

  /// The user is back at the vehicle tab, by a tap, by selecting another vehicle, by signing out, or since the vehicle left the account.
  const factory FunnelEvent.left(PageName page) = FunnelEventLeft;

  /// Reads what the channel carries.
  static FunnelEvent fromWire(Object? wire) => switch (wire) {
        ['EntryShown'] => FunnelEventEntryShown(),
        ['WelcomeShown', final moveFlow] => FunnelEventWelcomeShown(readAs<bool>(moveFlow)),
        ['ErrorShown', final page] => FunnelEventErrorShown(PageName.fromWire(page)),
        ['PairingStarted'] => FunnelEventPairingStarted(),
        ['AppleAnswered', final madeKey, final error, final late] => FunnelEventAppleAnswered(madeKey: readAs<bool>(madeKey), error: error == null ? null : AppleErrorCode.fromWire(error), late: readAs<bool>(late)),
        ['Paired'] => FunnelEventPaired(),
        ['Left', final page] => FunnelEventLeft(PageName.fromWire(page)),
        _ => throw unknownWire('FunnelEvent'),
      };
}

/// The entry of the selected vehicle became visible (ENT-2).
final class FunnelEventEntryShown extends FunnelEvent {
  const FunnelEventEntryShown();

  @override
  String get wireType => 'FunnelEventEntryShown';

  @override
  String? get wireTag => 'EntryShown';

  @override
  List<Object?> get fields => [];
}

/// Welcome opened (ENT-9).
final class FunnelEventWelcomeShown extends FunnelEvent {
  const FunnelEventWelcomeShown(this.moveFlow);

  final bool moveFlow;

  @override
  String get wireType => 'FunnelEventWelcomeShown';

  @override
  String? get wireTag => 'WelcomeShown';

  @override
  List<Object?> get fields => [moveFlow];
}

/// An error page opened, PairingError among them.
final class FunnelEventErrorShown extends FunnelEvent {
  const FunnelEventErrorShown(this.page);

  final PageName page;

  @override
  String get wireType => 'FunnelEventErrorShown';

  @override
  String? get wireTag => 'ErrorShown';

  @override
  List<Object?> get fields => [page];
}

/// A use of the password was taken, and Apple's sheet is opened (RDY-4).
final class FunnelEventPairingStarted extends FunnelEvent {
  const FunnelEventPairingStarted();

  @override
  String get wireType => 'FunnelEventPairingStarted';

  @override
  String? get wireTag => 'PairingStarted';

  @override
  List<Object?> get fields => [];
}

/// Apple's API answered, or the sheet is gone without an answer (CBK-1 to CBK-4, GEN-2).
final class FunnelEventAppleAnswered extends FunnelEvent {
  const FunnelEventAppleAnswered({required this.madeKey, this.error, required this.late});

  final bool madeKey;

  final AppleErrorCode? error;

  final bool late;

  @override
  String get wireType => 'FunnelEventAppleAnswered';

  @override
  String? get wireTag => 'AppleAnswered';

  @override
  List<Object?> get fields => [madeKey, error, late];
}

/// The key is recorded (CBK-5).
final class FunnelEventPaired extends FunnelEvent {
  const FunnelEventPaired();

  @override
  String get wireType => 'FunnelEventPaired';

  @override
  String? get wireTag => 'Paired';

  @override
  List<Object?> get fields => [];
}

/// The user is back at the vehicle tab, by a tap, by selecting another vehicle, by signing out, or since the vehicle left the account.
final class FunnelEventLeft extends FunnelEvent {
  const FunnelEventLeft(this.page);

  final PageName page;

  @override
  String get wireType => 'FunnelEventLeft';

  @override
  String? get wireTag => 'Left';

  @override
  List<Object?> get fields => [page];
}

/// Why the entry is not shown on the vehicle tab.
sealed class HiddenReason extends Value {
  const HiddenReason();

  /// No vehicle is selected.
  const factory HiddenReason.noVehicle() = HiddenReasonNoVehicle;

  /// The phone's platform cannot have a key (ENT-1).
  const factory HiddenReason.platform() = HiddenReasonPlatform;

  /// The vehicle does not support Smart Access (ENT-2).
  const factory HiddenReason.notSupported() = HiddenReasonNotSupported;

  /// The cache or the backend has not answered yet (ENT-4).
  const factory HiddenReason.asking() = HiddenReasonAsking;

  /// The backend could not be asked (ENT-4).
  const factory HiddenReason.failed({required FailureKind kind, int? wait}) = HiddenReasonFailed;

  /// The backend's answer has a state or a package that this version does not know (REQ-5).
  const factory HiddenReason.unknownValue() = HiddenReasonUnknownValue;

  /// Reads what the channel carries.
  static HiddenReason fromWire(Object? wire) => switch (wire) {
        ['NoVehicle'] => HiddenReasonNoVehicle(),
        ['Platform'] => HiddenReasonPlatform(),
        ['NotSupported'] => HiddenReasonNotSupported(),
        ['Asking'] => HiddenReasonAsking(),
        ['Failed', final kind, final wait] => HiddenReasonFailed(kind: FailureKind.fromWire(kind), wait: wait == null ? null : readAs<int>(wait)),
        ['UnknownValue'] => HiddenReasonUnknownValue(),
        _ => throw unknownWire('HiddenReason'),
      };
}

/// No vehicle is selected.
final class HiddenReasonNoVehicle extends HiddenReason {
  const HiddenReasonNoVehicle();

  @override
  String get wireType => 'HiddenReasonNoVehicle';

  @override
  String? get wireTag => 'NoVehicle';

  @override
  List<Object?> get fields => [];
}

/// The phone's platform cannot have a key (ENT-1).
final class HiddenReasonPlatform extends HiddenReason {
  const HiddenReasonPlatform();

  @override
  String get wireType => 'HiddenReasonPlatform';

  @override
  String? get wireTag => 'Platform';

  @override
  List<Object?> get fields => [];
}

/// The vehicle does not support Smart Access (ENT-2).
final class HiddenReasonNotSupported extends HiddenReason {
  const HiddenReasonNotSupported();

  @override
  String get wireType => 'HiddenReasonNotSupported';

  @override
  String? get wireTag => 'NotSupported';

  @override
  List<Object?> get fields => [];
}

/// The cache or the backend has not answered yet (ENT-4).
final class HiddenReasonAsking extends HiddenReason {
  const HiddenReasonAsking();

  @override
  String get wireType => 'HiddenReasonAsking';

  @override
  String? get wireTag => 'Asking';

  @override
  List<Object?> get fields => [];
}

/// The backend could not be asked (ENT-4).
final class HiddenReasonFailed extends HiddenReason {
  const HiddenReasonFailed({required this.kind, this.wait});

  final FailureKind kind;

  final int? wait;

  @override
  String get wireType => 'HiddenReasonFailed';

  @override
  String? get wireTag => 'Failed';

  @override
  List<Object?> get fields => [kind, wait];
}

/// The backend's answer has a state or a package that this version does not know (REQ-5).
final class HiddenReasonUnknownValue extends HiddenReason {
  const HiddenReasonUnknownValue();

  @override
  String get wireType => 'HiddenReasonUnknownValue';

  @override
  String? get wireTag => 'UnknownValue';

  @override
  List<Object?> get fields => [];
}

/// Something that the user wants.
sealed class KeyIntent extends Value {
  const KeyIntent();

  /// Show this vehicle on the vehicle tab.
  const factory KeyIntent.selectVehicle(Vin vin) = KeyIntentSelectVehicle;

  /// The user tapped a control.
  const factory KeyIntent.tap(Tap tap) = KeyIntentTap;

  /// Reads what the channel carries.
  static KeyIntent fromWire(Object? wire) => switch (wire) {
        ['SelectVehicle', final vin] => KeyIntentSelectVehicle(Vin.fromWire(vin)),
        ['Tap', final tap] => KeyIntentTap(Tap.fromWire(tap)),
        _ => throw unknownWire('KeyIntent'),
      };
}

/// Show this vehicle on the vehicle tab.
final class KeyIntentSelectVehicle extends KeyIntent {
  const KeyIntentSelectVehicle(this.vin);

  final Vin vin;

  @override
  String get wireType => 'KeyIntentSelectVehicle';

  @override
  String? get wireTag => 'SelectVehicle';

  @override
  List<Object?> get fields => [vin];
}

/// The user tapped a control.
final class KeyIntentTap extends KeyIntent {
  const KeyIntentTap(this.tap);

  final Tap tap;

  @override
  String get wireType => 'KeyIntentTap';

  @override
  String? get wireTag => 'Tap';

  @override
  List<Object?> get fields => [tap];
}

/// The state of a vehicle's owner key, seen from this phone.
enum KeyState implements WireName {
  /// The backend was never asked.
  unknown('UNKNOWN'),

  /// The vehicle has no owner key.
  none('NONE'),

  /// The vehicle has an owner key, and it is not on this phone.
  otherDevice('OTHER_DEVICE'),

  /// On this phone, and it can unlock and start the car.
  activeTracked('ACTIVE_TRACKED'),

  /// On this phone, and it can neither unlock nor start the car yet (OVR-3).
  activeUntracked('ACTIVE_UNTRACKED');

  const KeyState(this.wireName);

  @override
  final String wireName;

  /// Reads what the channel carries.
  static KeyState fromWire(Object? wire) =>
      values.firstWhere((it) => it.wireName == wire, orElse: () => throw unknownWire('KeyState'));
}

/// Something that a page reports beside what it shows.
enum Notice implements WireName {
  /// The wallet app could not be opened (OVR-4).
  walletNotOpened('WALLET_NOT_OPENED');

  const Notice(this.wireName);

  @override
  final String wireName;

  /// Reads what the channel carries.
  static Notice fromWire(Object? wire) =>
      values.firstWhere((it) => it.wireName == wire, orElse: () => throw unknownWire('Notice'));
}

/// The name of a page, without what the page shows.
enum PageName implements WireName {
  /// The vehicle tab.
  vehicleTab('VEHICLE_TAB'),

  /// Welcome.
  welcome('WELCOME'),

  /// GrabYourTwoKeys.
  grabYourTwoKeys('GRAB_YOUR_TWO_KEYS'),

  /// ReadyToPair.
  readyToPair('READY_TO_PAIR'),

  /// PairingError.
  pairingError('PAIRING_ERROR'),

  /// Tutorial1.
  tutorial1('TUTORIAL1'),

  /// Tutorial2.
  tutorial2('TUTORIAL2'),

  /// Overview.
  overview('OVERVIEW'),

  /// MoveKeyWarning.
  moveKeyWarning('MOVE_KEY_WARNING'),

  /// BackendError (WEL-5).
  backendError('BACKEND_ERROR'),

  /// PhoneNotSupported (WEL-6.2).
  phoneNotSupported('PHONE_NOT_SUPPORTED'),

  /// PhoneSoftwareUpdateRequired (WEL-6.3).
  phoneSoftwareUpdateRequired('PHONE_SOFTWARE_UPDATE_REQUIRED'),

  /// NotPrimarySubscriber (WEL-6.4).
  notPrimarySubscriber('NOT_PRIMARY_SUBSCRIBER'),

  /// VehicleNotPrepared (WEL-6.5).
  vehicleNotPrepared('VEHICLE_NOT_PREPARED'),

  /// PairingPasswordUnavailable (WEL-6.6).
  pairingPasswordUnavailable('PAIRING_PASSWORD_UNAVAILABLE'),

  /// PairingAttemptsExhausted (ERR-3).
  pairingAttemptsExhausted('PAIRING_ATTEMPTS_EXHAUSTED'),

  /// KeyDeleted (OVR-2, OVR-7).
  keyDeleted('KEY_DELETED');

  const PageName(this.wireName);

  @override
  final String wireName;

  /// Reads what the channel carries.
  static PageName fromWire(Object? wire) =>
      values.firstWhere((it) => it.wireName == wire, orElse: () => throw unknownWire('PageName'));
}

/// The page on the screen, with its content.
sealed class KeyPage extends Value {
  const KeyPage();

  /// The vehicle tab.
  const factory KeyPage.vehicleTab({required bool opening, HiddenReason? hidden}) = KeyPageVehicleTab;

  /// Welcome.
  const factory KeyPage.welcome({required List<BlockerView> blockers, required bool moveFlow}) = KeyPageWelcome;

  /// Both keys of the vehicle have to be at hand.
  const factory KeyPage.grabYourTwoKeys() = KeyPageGrabYourTwoKeys;

  /// The last page before Apple's sheet.
  const factory KeyPage.readyToPair({required bool checked, required bool highlighted}) = KeyPageReadyToPair;

  /// Apple's API made no key.
  const factory KeyPage.pairingError({AppleErrorCode? reason, PairingAdvice? advice, required bool refreshing}) = KeyPagePairingError;

  /// The first page of the tutorial.
  const factory KeyPage.tutorial1() = KeyPageTutorial1;

  /// The second page of the tutorial.
  const factory KeyPage.tutorial2() = KeyPageTutorial2;

  /// The card of the owner key.
  const factory KeyPage.overview({required CardView card, required String moreInformation}) = KeyPageOverview;

  /// The warning before an existing key is moved (MOV-1).
  const factory KeyPage.moveKeyWarning() = KeyPageMoveKeyWarning;

  /// Another error page.
  const factory KeyPage.error(ErrorPage page) = KeyPageError;

  /// Reads what the channel carries.
  static KeyPage fromWire(Object? wire) => switch (wire) {
        ['VehicleTab', final opening, final hidden] => KeyPageVehicleTab(opening: readAs<bool>(opening), hidden: hidden == null ? null : HiddenReason.fromWire(hidden)),
        ['Welcome', final blockers, final moveFlow] => KeyPageWelcome(blockers: readList(blockers, (it) => BlockerView.fromWire(it)), moveFlow: readAs<bool>(moveFlow)),
        ['GrabYourTwoKeys'] => KeyPageGrabYourTwoKeys(),
        ['ReadyToPair', final checked, final highlighted] => KeyPageReadyToPair(checked: readAs<bool>(checked), highlighted: readAs<bool>(highlighted)),
        ['PairingError', final reason, final advice, final refreshing] => KeyPagePairingError(reason: reason == null ? null : AppleErrorCode.fromWire(reason), advice: advice == null ? null : PairingAdvice.fromWire(advice), refreshing: readAs<bool>(refreshing)),
        ['Tutorial1'] => KeyPageTutorial1(),
        ['Tutorial2'] => KeyPageTutorial2(),
        ['Overview', final card, final moreInformation] => KeyPageOverview(card: CardView.fromWire(card), moreInformation: readAs<String>(moreInformation)),
        ['MoveKeyWarning'] => KeyPageMoveKeyWarning(),
        ['Error', final page] => KeyPageError(ErrorPage.fromWire(page)),
        _ => throw unknownWire('KeyPage'),
      };
}

/// The vehicle tab.
final class KeyPageVehicleTab extends KeyPage {
  const KeyPageVehicleTab({required this.opening, this.hidden});

  final bool opening;

  final HiddenReason? hidden;

  @override
  String get wireType => 'KeyPageVehicleTab';

  @override
  String? get wireTag => 'VehicleTab';

  @override
  List<Object?> get fields => [opening, hidden];
}

/// Welcome.
final class KeyPageWelcome extends KeyPage {
  const KeyPageWelcome({required this.blockers, required this.moveFlow});

  final List<BlockerView> blockers;

  final bool moveFlow;

  @override
  String get wireType => 'KeyPageWelcome';

  @override
  String? get wireTag => 'Welcome';

  @override
  List<Object?> get fields => [blockers, moveFlow];
}

/// Both keys of the vehicle have to be at hand.
final class KeyPageGrabYourTwoKeys extends KeyPage {
  const KeyPageGrabYourTwoKeys();

  @override
  String get wireType => 'KeyPageGrabYourTwoKeys';

  @override
  String? get wireTag => 'GrabYourTwoKeys';

  @override
  List<Object?> get fields => [];
}

/// The last page before Apple's sheet.
final class KeyPageReadyToPair extends KeyPage {
  const KeyPageReadyToPair({required this.checked, required this.highlighted});

  final bool checked;

  final bool highlighted;

  @override
  String get wireType => 'KeyPageReadyToPair';

  @override
  String? get wireTag => 'ReadyToPair';

  @override
  List<Object?> get fields => [checked, highlighted];
}

/// Apple's API made no key.
final class KeyPagePairingError extends KeyPage {
  const KeyPagePairingError({this.reason, this.advice, required this.refreshing});

  final AppleErrorCode? reason;

  final PairingAdvice? advice;

  final bool refreshing;

  @override
  String get wireType => 'KeyPagePairingError';

  @override
  String? get wireTag => 'PairingError';

  @override
  List<Object?> get fields => [reason, advice, refreshing];
}

/// The first page of the tutorial.
final class KeyPageTutorial1 extends KeyPage {
  const KeyPageTutorial1();

  @override
  String get wireType => 'KeyPageTutorial1';

  @override
  String? get wireTag => 'Tutorial1';

  @override
  List<Object?> get fields => [];
}

/// The second page of the tutorial.
final class KeyPageTutorial2 extends KeyPage {
  const KeyPageTutorial2();

  @override
  String get wireType => 'KeyPageTutorial2';

  @override
  String? get wireTag => 'Tutorial2';

  @override
  List<Object?> get fields => [];
}

/// The card of the owner key.
final class KeyPageOverview extends KeyPage {
  const KeyPageOverview({required this.card, required this.moreInformation});

  final CardView card;

  final String moreInformation;

  @override
  String get wireType => 'KeyPageOverview';

  @override
  String? get wireTag => 'Overview';

  @override
  List<Object?> get fields => [card, moreInformation];
}

/// The warning before an existing key is moved (MOV-1).
final class KeyPageMoveKeyWarning extends KeyPage {
  const KeyPageMoveKeyWarning();

  @override
  String get wireType => 'KeyPageMoveKeyWarning';

  @override
  String? get wireTag => 'MoveKeyWarning';

  @override
  List<Object?> get fields => [];
}

/// Another error page.
final class KeyPageError extends KeyPage {
  const KeyPageError(this.page);

  final ErrorPage page;

  @override
  String get wireType => 'KeyPageError';

  @override
  String? get wireTag => 'Error';

  @override
  List<Object?> get fields => [page];
}

/// What a user can do after a failed pairing (CBK-6).
enum PairingAdvice implements WireName {
  /// Try again.
  tryAgain('TRY_AGAIN'),

  /// The user cancelled: say so, and offer to try again.
  cancelled('CANCELLED'),

  /// The app or the phone cannot pair: report it, another try does not help.
  reportFault('REPORT_FAULT'),

  /// A fresh password may help, then support.
  tryAgainThenSupport('TRY_AGAIN_THEN_SUPPORT'),

  /// Check the software of the vehicle and of the phone.
  checkVehicleAndPhoneSoftware('CHECK_VEHICLE_AND_PHONE_SOFTWARE'),

  /// The vehicle or the phone was not ready: show the checklist again.
  checkVehicleIsReady('CHECK_VEHICLE_IS_READY'),

  /// Update iOS.
  updateIos('UPDATE_IOS');

  const PairingAdvice(this.wireName);

  @override
  final String wireName;

  /// Reads what the channel carries.
  static PairingAdvice fromWire(Object? wire) =>
      values.firstWhere((it) => it.wireName == wire, orElse: () => throw unknownWire('PairingAdvice'));
}

/// Why the phone's software cannot make a key (WEL-6.3).
enum PhoneSoftwareIssue implements WireName {
  /// iOS is older than 13.6.
  iosTooOld('IOS_TOO_OLD'),

  /// Apple's API says that a key cannot be created, for example without an iCloud account.
  appleRefuses('APPLE_REFUSES'),

  /// Apple's API did not answer in time.
  appleDidNotAnswer('APPLE_DID_NOT_ANSWER');

  const PhoneSoftwareIssue(this.wireName);

  @override
  final String wireName;

  /// Reads what the channel carries.
  static PhoneSoftwareIssue fromWire(Object? wire) =>
      values.firstWhere((it) => it.wireName == wire, orElse: () => throw unknownWire('PhoneSoftwareIssue'));
}

/// A port of the core.
enum Port implements WireName {
  /// The backend for frontend.
  bff('BFF'),

  /// The wallet.
  wallet('WALLET'),

  /// Apple's pairing API.
  applePairing('APPLE_PAIRING'),

  /// The cache.
  cache('CACHE'),

  /// Background and foreground.
  appLifecycle('APP_LIFECYCLE');

  const Port(this.wireName);

  @override
  final String wireName;

  /// Reads what the channel carries.
  static Port fromWire(Object? wire) =>
      values.firstWhere((it) => it.wireName == wire, orElse: () => throw unknownWire('Port'));
}

/// A call of a port.
enum PortCall implements WireName {
  /// `support` of the BFF.
  support('SUPPORT'),

  /// `pairing_status` of the BFF.
  pairingStatus('PAIRING_STATUS'),

  /// `pairing_password` of the BFF.
  pairingPassword('PAIRING_PASSWORD'),

  /// `presence` of the wallet.
  presence('PRESENCE'),

  /// `open_wallet` of the wallet.
  openWallet('OPEN_WALLET'),

  /// `next_change` of the wallet.
  nextChange('NEXT_CHANGE'),

  /// `can_create_key` of Apple's pairing API.
  canCreateKey('CAN_CREATE_KEY'),

  /// `start` of Apple's pairing API.
  startPairing('START_PAIRING'),

  /// `sheet_is_up` of Apple's pairing API.
  sheetIsUp('SHEET_IS_UP'),

  /// `next_late_answer` of Apple's pairing API.
  nextLateAnswer('NEXT_LATE_ANSWER'),

  /// The opening of the cache.
  openCache('OPEN_CACHE'),

  /// `load` of the cache.
  load('LOAD'),

  /// `store` of the cache.
  store('STORE'),

  /// `store_password` of the cache.
  storePassword('STORE_PASSWORD'),

  /// `take_use` of the cache.
  takeUse('TAKE_USE'),

  /// `erase` of the cache.
  erase('ERASE'),

  /// `erase_all` of the cache.
  eraseAll('ERASE_ALL'),

  /// `suspend` of the cache.
  suspend('SUSPEND'),

  /// `resume` of the cache.
  resume('RESUME'),

  /// `next_event` of the app's life.
  nextEvent('NEXT_EVENT');

  const PortCall(this.wireName);

  @override
  final String wireName;

  /// Reads what the channel carries.
  static PortCall fromWire(Object? wire) =>
      values.firstWhere((it) => it.wireName == wire, orElse: () => throw unknownWire('PortCall'));
}

/// A failed call of a port, of a client's adapter or a built-in one.
final class PortFailure extends Value {
  const PortFailure({required this.port, required this.call, required this.retryable, required this.reason});

  final Port port;

  final PortCall call;

  final bool retryable;

  final String reason;

  @override
  String get wireType => 'PortFailure';

  @override
  String? get wireTag => null;

  @override
  List<Object?> get fields => [port, call, retryable, reason];

  /// Reads what the channel carries.
  static PortFailure fromWire(Object? wire) => switch (wire) {
        [final port, final call, final retryable, final reason] => PortFailure(port: Port.fromWire(port), call: PortCall.fromWire(call), retryable: readAs<bool>(retryable), reason: readAs<String>(reason)),
        _ => throw unknownWire('PortFailure'),
      };
}

/// Where a blocker can be fixed (WEL-7).
enum Remedy implements WireName {
  /// The user, on the phone.
  phone('PHONE'),

  /// The vehicle: it must be reached by the backend first.
  vehicle('VEHICLE'),

  /// The user's account.
  account('ACCOUNT'),

  /// The backend.
  backend('BACKEND');

  const Remedy(this.wireName);

  @override
  final String wireName;

  /// Reads what the channel carries.
  static Remedy fromWire(Object? wire) =>
      values.firstWhere((it) => it.wireName == wire, orElse: () => throw unknownWire('Remedy'));
}

/// Something that a user can tap.
enum Tap implements WireName {
  /// The entry on the vehicle tab.
  entry('ENTRY'),

  /// Continue.
  continue_('CONTINUE'),

  /// Retry.
  retry('RETRY'),

  /// The checkbox, so that it is checked.
  tickBox('TICK_BOX'),

  /// The checkbox, so that it is unchecked.
  untickBox('UNTICK_BOX'),

  /// The action of the key's card on Overview.
  cardAction('CARD_ACTION'),

  /// The tutorial button on Overview.
  tutorial('TUTORIAL'),

  /// "Move to this phone" on MoveKeyWarning.
  confirmMove('CONFIRM_MOVE'),

  /// "Cancel" on MoveKeyWarning.
  cancelMove('CANCEL_MOVE'),

  /// "OK" on an error page.
  confirmError('CONFIRM_ERROR'),

  /// Back.
  back('BACK'),

  /// Close: leave the flow.
  close('CLOSE');

  const Tap(this.wireName);

  @override
  final String wireName;

  /// Reads what the channel carries.
  static Tap fromWire(Object? wire) =>
      values.firstWhere((it) => it.wireName == wire, orElse: () => throw unknownWire('Tap'));
}

/// All that an app needs to draw its screen.
final class ViewState extends Value {
  const ViewState({this.vehicle, required this.entry, required this.vehicleUpgradeRequired, required this.page, required this.pageName, required this.offers, required this.keyState, this.passwordUses, required this.pairingRuns, this.warning, this.wait, this.notice});

  final Vin? vehicle;

  final EntryView entry;

  final bool vehicleUpgradeRequired;

  final KeyPage page;

  final String pageName;

  final List<Tap> offers;

  final KeyState keyState;

  final int? passwordUses;

  final bool pairingRuns;

  final AppleErrorCode? warning;

  final int? wait;

  final Notice? notice;

  @override
  String get wireType => 'ViewState';

  @override
  String? get wireTag => null;

  @override
  List<Object?> get fields => [vehicle, entry, vehicleUpgradeRequired, page, pageName, offers, keyState, passwordUses, pairingRuns, warning, wait, notice];

  /// Reads what the channel carries.
  static ViewState fromWire(Object? wire) => switch (wire) {
        [final vehicle, final entry, final vehicleUpgradeRequired, final page, final pageName, final offers, final keyState, final passwordUses, final pairingRuns, final warning, final wait, final notice] => ViewState(vehicle: vehicle == null ? null : Vin.fromWire(vehicle), entry: EntryView.fromWire(entry), vehicleUpgradeRequired: readAs<bool>(vehicleUpgradeRequired), page: KeyPage.fromWire(page), pageName: readAs<String>(pageName), offers: readList(offers, (it) => Tap.fromWire(it)), keyState: KeyState.fromWire(keyState), passwordUses: passwordUses == null ? null : readAs<int>(passwordUses), pairingRuns: readAs<bool>(pairingRuns), warning: warning == null ? null : AppleErrorCode.fromWire(warning), wait: wait == null ? null : readAs<int>(wait), notice: notice == null ? null : Notice.fromWire(notice)),
        _ => throw unknownWire('ViewState'),
      };
}
