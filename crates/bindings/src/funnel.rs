//! The funnel as the packages see it; see `remote` in `values`.

use digital_key_app::FunnelEvent;
use digital_key_domain::{AppleErrorCode, PageName};

/// One thing that happened to a driver on the way to a key.
///
/// It carries no VIN, no key and no free text, so that a host can send it to any analytics service.
#[uniffi::remote(Enum)]
pub enum FunnelEvent {
    /// The entry of the selected vehicle became visible (ENT-2).
    EntryShown,
    /// Welcome opened (ENT-9).
    WelcomeShown {
        /// The user moves an existing key to this phone (MOV-3).
        move_flow: bool,
    },
    /// An error page opened, PairingError among them.
    ErrorShown {
        /// The page.
        page: PageName,
    },
    /// A use of the password was taken, and Apple's sheet is opened (RDY-4).
    PairingStarted,
    /// Apple's API answered, or the sheet is gone without an answer (CBK-1 to CBK-4, GEN-2).
    AppleAnswered {
        /// There is a pass.
        made_key: bool,
        /// Apple's error, with or without a pass.
        error: Option<AppleErrorCode>,
        /// The sheet had ended before, with another answer or without one (CBK-7).
        late: bool,
    },
    /// The key is recorded (CBK-5).
    Paired,
    /// The user is back at the vehicle tab, by a tap, by selecting another vehicle, by signing out, or
    /// since the vehicle left the account.
    Left {
        /// The page that was left; never the vehicle tab.
        page: PageName,
    },
}

/// The name of a page, without what the page shows.
#[uniffi::remote(Enum)]
pub enum PageName {
    /// The vehicle tab.
    VehicleTab,
    /// Welcome.
    Welcome,
    /// GrabYourTwoKeys.
    GrabYourTwoKeys,
    /// ReadyToPair.
    ReadyToPair,
    /// PairingError.
    PairingError,
    /// Tutorial1.
    Tutorial1,
    /// Tutorial2.
    Tutorial2,
    /// Overview.
    Overview,
    /// MoveKeyWarning.
    MoveKeyWarning,
    /// BackendError (WEL-5).
    BackendError,
    /// PhoneNotSupported (WEL-6.2).
    PhoneNotSupported,
    /// PhoneSoftwareUpdateRequired (WEL-6.3).
    PhoneSoftwareUpdateRequired,
    /// NotPrimarySubscriber (WEL-6.4).
    NotPrimarySubscriber,
    /// VehicleNotPrepared (WEL-6.5).
    VehicleNotPrepared,
    /// PairingPasswordUnavailable (WEL-6.6).
    PairingPasswordUnavailable,
    /// PairingAttemptsExhausted (ERR-3).
    PairingAttemptsExhausted,
    /// KeyDeleted (OVR-2, OVR-7).
    KeyDeleted,
}
