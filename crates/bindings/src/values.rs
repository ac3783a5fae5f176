//! The values of the core that cross the boundary.
//!
//! `remote` declares a type of another crate again, with the documentation for the packages. The
//! compiler compares every variant and field with the original.

use digital_key_domain::{
    AppleErrorCode, CacheFailure, CardAction, CardView, DigitalKeyId, EntryMode, EntryView,
    FailureKind, KeyState, Notice, PairingAdvice, PairingAnswer, PairingStatus, PhoneSoftwareIssue,
    Presence, Remedy, ReportedKey, Support, SupportAnswer, Tap,
};
use digital_key_ports::LifecycleEvent;

use crate::error::DigitalKeyError;

uniffi::custom_type!(DigitalKeyId, String, {
    remote,
    try_lift: |text| {
        DigitalKeyId::try_from(text.as_str())
            .map_err(|error| DigitalKeyError::invalid("key", &error).into())
    },
    lower: |id| id.as_str().to_owned(),
});

/// Something that a user can tap.
#[uniffi::remote(Enum)]
pub enum Tap {
    /// The entry on the vehicle tab.
    Entry,
    /// Continue.
    Continue,
    /// Retry.
    Retry,
    /// The checkbox, so that it is checked.
    TickBox,
    /// The checkbox, so that it is unchecked.
    UntickBox,
    /// The action of the key's card on Overview.
    CardAction,
    /// The tutorial button on Overview.
    Tutorial,
    /// "Move to this phone" on MoveKeyWarning.
    ConfirmMove,
    /// "Cancel" on MoveKeyWarning.
    CancelMove,
    /// "OK" on an error page.
    ConfirmError,
    /// Back.
    Back,
    /// Close: leave the flow.
    Close,
}

/// What the entry on the vehicle tab leads to (ENT-7).
#[uniffi::remote(Enum)]
pub enum EntryMode {
    /// A label that leads nowhere.
    ComingSoon,
    /// The flow.
    OwnerPairing,
}

/// The entry on the vehicle tab (ENT-1 to ENT-7).
#[uniffi::remote(Enum)]
pub enum EntryView {
    /// Not shown.
    Hidden,
    /// A "coming soon" label that leads nowhere.
    ComingSoon,
    /// Shown; a tap opens the flow.
    DigitalKey,
}

/// The card of the owner key on Overview.
#[uniffi::remote(Record)]
pub struct CardView {
    /// The card is marked as unable to unlock or start (OVR-3).
    pub cannot_unlock: bool,
    /// What a tap on its action does.
    pub action: CardAction,
}

/// The action of the key's card (OVR-4).
#[uniffi::remote(Enum)]
pub enum CardAction {
    /// Opens the wallet app at this key.
    EditInWallet,
    /// Opens MoveKeyWarning.
    MoveToThisPhone,
}

/// The state of a vehicle's owner key, seen from this phone.
#[uniffi::remote(Enum)]
pub enum KeyState {
    /// The backend was never asked.
    Unknown,
    /// The vehicle has no owner key.
    None,
    /// The vehicle has an owner key, and it is not on this phone.
    OtherDevice,
    /// On this phone, and it can unlock and start the car.
    ActiveTracked,
    /// On this phone, and it can neither unlock nor start the car yet (OVR-3).
    ActiveUntracked,
}

/// Why the phone's software cannot make a key (WEL-6.3).
#[uniffi::remote(Enum)]
pub enum PhoneSoftwareIssue {
    /// iOS is older than 13.6.
    IosTooOld,
    /// Apple's API says that a key cannot be created, for example without an iCloud account.
    AppleRefuses,
    /// Apple's API did not answer in time.
    AppleDidNotAnswer,
}

/// Where a blocker can be fixed (WEL-7).
#[uniffi::remote(Enum)]
pub enum Remedy {
    /// The user, on the phone.
    Phone,
    /// The vehicle: it must be reached by the backend first.
    Vehicle,
    /// The user's account.
    Account,
    /// The backend.
    Backend,
}

/// The error codes of Apple's pairing API (CBK-6).
#[uniffi::remote(Enum)]
pub enum AppleErrorCode {
    /// 0: anything else.
    GenericError,
    /// 1: the user closed the sheet.
    UserCanceled,
    /// 2: not available on this device, or the app lacks its entitlement.
    Unavailable,
    /// 3: the configuration is invalid for the wallet or for the vehicle.
    InvalidConfiguration,
    /// 4: the vehicle or the phone is not supported.
    DeviceNotSupported,
    /// 5: the vehicle or the phone is not ready.
    DeviceNotReady,
    /// 6: iOS is too old.
    OsVersionNotSupported,
}

/// What a user can do after a failed pairing (CBK-6).
#[uniffi::remote(Enum)]
pub enum PairingAdvice {
    /// Try again.
    TryAgain,
    /// The user cancelled: say so, and offer to try again.
    Cancelled,
    /// The app or the phone cannot pair: report it, another try does not help.
    ReportFault,
    /// A fresh password may help, then support.
    TryAgainThenSupport,
    /// Check the software of the vehicle and of the phone.
    CheckVehicleAndPhoneSoftware,
    /// The vehicle or the phone was not ready: show the checklist again.
    CheckVehicleIsReady,
    /// Update iOS.
    UpdateIos,
}

/// Apple's answer to a pairing, in all four shapes (CBK-1 to CBK-4).
#[uniffi::remote(Record)]
pub struct PairingAnswer {
    /// The key that was made, 1 to 256 bytes; a key is a success, with or without an error (CBK-3).
    #[uniffi(default = None)]
    pub pass: Option<DigitalKeyId>,
    /// The error of Apple's API.
    #[uniffi(default = None)]
    pub error: Option<AppleErrorCode>,
}

/// The wallet's answer to "is this key on this phone?".
#[uniffi::remote(Enum)]
pub enum Presence {
    /// A definite yes.
    Present,
    /// A definite no: the only answer that counts as a deletion (OVR-2).
    Absent,
    /// The wallet is not able to know. Such an answer changes nothing.
    CannotSay,
}

/// A change in the life of the app.
#[uniffi::remote(Enum)]
pub enum LifecycleEvent {
    /// The app lost focus.
    WentToBackground,
    /// The app regained focus.
    CameToForeground,
}

/// How the cache failed.
#[uniffi::remote(Enum)]
pub enum CacheFailure {
    /// Its content is lost; it is empty and works (GEN-7).
    Lost,
    /// It is unavailable at the moment.
    Unavailable,
}

/// Why the backend did not answer.
#[uniffi::remote(Enum)]
pub enum FailureKind {
    /// There was no connection.
    Unreachable,
    /// The connection broke before the whole answer was there.
    Interrupted,
    /// No complete answer came in time.
    DeadlineExceeded,
    /// The backend answered with a status other than success.
    Status {
        /// The HTTP status.
        status: u16,
    },
    /// The backend rejects the token; the user has to sign in.
    Unauthorized,
    /// The host has no token to give; the user has to sign in.
    NoToken,
    /// The answer is broken.
    Malformed,
    /// The request was not sent, since the backend failed too often in a row.
    CircuitOpen,
    /// The adapter failed in another way.
    Other,
}

/// Something that a page reports beside what it shows.
#[uniffi::remote(Enum)]
pub enum Notice {
    /// The wallet app could not be opened (OVR-4).
    WalletNotOpened,
}

/// The BFF's answer about one VIN.
#[uniffi::remote(Record)]
pub struct PairingStatus {
    /// The vehicle's owner key, if it has one.
    pub owner_key: Option<ReportedKey>,
    /// The user is the vehicle's primary subscriber.
    pub primary_subscriber: bool,
    /// The vehicle is prepared for pairing.
    pub prepared: bool,
}

/// An owner key as the backend reports it.
#[uniffi::remote(Record)]
pub struct ReportedKey {
    /// Its identifier, 1 to 256 bytes.
    pub id: DigitalKeyId,
    /// The key is registered with the maker's key tracking service.
    pub tracked: bool,
}

/// What a support answer says about a vehicle (REQ-5).
#[uniffi::remote(Enum)]
pub enum SupportAnswer {
    /// A definite answer, which is cached for this VIN.
    Known(Support),
    /// A value that this version does not know. It is neither shown nor cached, and the core asks again.
    Unknown,
}

/// A definite answer about a vehicle (REQ-5).
#[uniffi::remote(Enum)]
pub enum Support {
    /// The vehicle supports Smart Access.
    Supported {
        /// The vehicle's software must be upgraded first; shown, and no blocker.
        upgrade_required: bool,
    },
    /// It does not.
    NotSupported,
}

/// The `digitalKey` object of the BFF's support answer, as far as a rule needs it. Each member is read
/// by itself: one that is missing, null or of another type is none.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Capability {
    /// The member `state`, such as `ACTIVATED`.
    #[uniffi(default = None)]
    pub state: Option<String>,
    /// The member `bookedServicePackage`, such as `SMACC_1_5`.
    #[uniffi(default = None)]
    pub package: Option<String>,
    /// The member `vehicleSoftwareUpgradeRequired`; none means no.
    #[uniffi(default = None)]
    pub upgrade_required: Option<bool>,
}

/// Decides about support from the `digitalKey` object, or from its absence in a valid answer (REQ-5);
/// for a client's BFF adapter.
#[uniffi::export]
#[must_use]
pub fn decide_support(capability: Option<Capability>) -> SupportAnswer {
    SupportAnswer::decide(capability.as_ref().map(|it| digital_key_domain::DigitalKeyCapability {
        state: it.state.as_deref(),
        package: it.package.as_deref(),
        upgrade_required: it.upgrade_required,
    }))
}
