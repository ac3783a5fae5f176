//! The view, which an app draws.

use digital_key_domain::{
    AppleErrorCode, Blocker as CoreBlocker, CardView, EntryView, FailureKind, KeyState, NoAnswer,
    Notice, PairingAdvice, PhoneSoftwareIssue, Remedy, Tap, UsageCounter,
};

use digital_key_domain::Vin;

/// All that an app needs to draw its screen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
#[uniffi::export(Eq, Hash)]
pub struct ViewState {
    /// The selected vehicle.
    pub vehicle: Option<Vin>,
    /// The entry on the vehicle tab.
    pub entry: EntryView,
    /// The vehicle's software must be upgraded before it can be paired (REQ-5); a hint.
    pub vehicle_upgrade_required: bool,
    /// The page.
    pub page: PageView,
    /// The page's name, such as `GrabYourTwoKeys`.
    pub page_name: String,
    /// The taps that the page offers now; every other tap is ignored (GEN-8).
    pub offers: Vec<Tap>,
    /// The state of the selected vehicle's owner key.
    pub key_state: KeyState,
    /// How often the cached password was used; none = no password is cached.
    pub password_uses: Option<UsageCounter>,
    /// Apple's sheet is up, or about to be.
    pub pairing_runs: bool,
    /// The error that came with a key (CBK-3), until the flow ends.
    pub warning: Option<AppleErrorCode>,
    /// How many seconds the page asks to wait before the next try, as of the failure that led to it
    /// (GEN-11). It does not count down.
    pub wait: Option<u64>,
    /// What the page reports, until the next tap (OVR-4).
    pub notice: Option<Notice>,
}

/// The page on the screen, with its content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum PageView {
    /// The vehicle tab.
    VehicleTab {
        /// The entry was tapped, and the page behind it is about to open.
        opening: bool,
        /// Why the entry is not shown; none = it is shown.
        hidden: Option<HiddenReason>,
    },
    /// Welcome.
    Welcome {
        /// All that is known to keep the user from pairing (WEL-7), in order; empty while Continue is
        /// not offered.
        blockers: Vec<BlockerView>,
        /// An existing key is to be moved to this phone (MOV-3).
        move_flow: bool,
    },
    /// Both keys of the vehicle have to be at hand.
    GrabYourTwoKeys,
    /// The last page before Apple's sheet.
    ReadyToPair {
        /// The checkbox is checked.
        checked: bool,
        /// The checkbox is highlighted (RDY-2).
        highlighted: bool,
    },
    /// Apple's API made no key.
    PairingError {
        /// Apple's reason, if it gave one (CBK-6).
        reason: Option<AppleErrorCode>,
        /// What the user can do about it.
        advice: Option<PairingAdvice>,
        /// A new password is being fetched for the next attempt (ERR-3); an app can show it beside
        /// Retry.
        refreshing: bool,
    },
    /// The first page of the tutorial.
    Tutorial1,
    /// The second page of the tutorial.
    Tutorial2,
    /// The card of the owner key.
    Overview {
        /// The card.
        card: CardView,
        /// The link behind "More information" (OVR-6).
        more_information: String,
    },
    /// The warning before an existing key is moved (MOV-1).
    MoveKeyWarning,
    /// Another error page.
    Error {
        /// The page.
        page: ErrorPage,
    },
}

/// Why the entry is not shown on the vehicle tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum HiddenReason {
    /// No vehicle is selected.
    NoVehicle,
    /// The phone's platform cannot have a key (ENT-1).
    Platform,
    /// The vehicle does not support Smart Access (ENT-2).
    NotSupported,
    /// The cache or the backend has not answered yet (ENT-4).
    Asking,
    /// The backend could not be asked (ENT-4).
    Failed {
        /// Why, as the error of the port says it.
        kind: FailureKind,
        /// How many seconds the backend asks to wait, as of the failure.
        wait: Option<u64>,
    },
    /// The backend's answer has a state or a package that this version does not know (REQ-5).
    UnknownValue,
}

/// The error pages, `PairingError` aside.
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum ErrorPage {
    /// Something keeps the user from pairing (WEL-5, WEL-6).
    Blocked {
        /// What it is.
        by: BlockerView,
    },
    /// Every use of the password is taken, or there is none (ERR-3).
    PairingAttemptsExhausted,
    /// The key was deleted (OVR-2, OVR-7).
    KeyDeleted,
}

/// Something that keeps the user from pairing; each is also an error page (WEL-5, WEL-6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Blocker {
    /// The status could not be fetched (WEL-5).
    BackendError,
    /// The phone's model or platform cannot carry a key.
    PhoneNotSupported,
    /// The phone's software cannot make a key; `BlockerView.issue` says why.
    PhoneSoftwareUpdateRequired,
    /// The user is not the primary subscriber.
    NotPrimarySubscriber,
    /// The vehicle is not prepared.
    VehicleNotPrepared,
    /// There is no password with a use left.
    PairingPasswordUnavailable,
}

/// A blocker with what an app needs to show it (WEL-7).
#[derive(Debug, Clone, PartialEq, Eq, Hash, uniffi::Record)]
pub struct BlockerView {
    /// What it is.
    pub blocker: Blocker,
    /// Why the phone's software cannot make a key; none for every other blocker (WEL-6.3).
    pub issue: Option<PhoneSoftwareIssue>,
    /// A code that never changes; it is the name of the error page.
    pub code: String,
    /// Where it can be fixed.
    pub remedy: Remedy,
    /// Whether trying again can help.
    pub retryable: bool,
}

impl From<&digital_key_domain::View> for ViewState {
    fn from(view: &digital_key_domain::View) -> Self {
        Self {
            vehicle: view.vehicle,
            entry: view.entry,
            vehicle_upgrade_required: view.vehicle_upgrade_required,
            page: (&view.page).into(),
            page_name: view.page.name().to_owned(),
            offers: view.offers.iter().collect(),
            key_state: view.key_state,
            password_uses: view.password_uses,
            pairing_runs: view.pairing_runs,
            warning: view.warning,
            wait: view.wait,
            notice: view.notice,
        }
    }
}

impl From<&digital_key_domain::PageView> for PageView {
    fn from(page: &digital_key_domain::PageView) -> Self {
        use digital_key_domain::PageView as Core;
        match page {
            Core::VehicleTab { opening, hidden } => {
                Self::VehicleTab { opening: *opening, hidden: hidden.map(HiddenReason::from) }
            }
            Core::Welcome { blockers, move_flow } => Self::Welcome {
                blockers: blockers.iter().map(BlockerView::from).collect(),
                move_flow: *move_flow,
            },
            Core::GrabYourTwoKeys => Self::GrabYourTwoKeys,
            Core::ReadyToPair { checked, highlighted } => {
                Self::ReadyToPair { checked: *checked, highlighted: *highlighted }
            }
            Core::PairingError { reason, refreshing } => Self::PairingError {
                reason: *reason,
                advice: reason.map(AppleErrorCode::advice),
                refreshing: *refreshing,
            },
            Core::Tutorial1 => Self::Tutorial1,
            Core::Tutorial2 => Self::Tutorial2,
            Core::Overview { card, more_information } => {
                Self::Overview { card: *card, more_information: more_information.to_string() }
            }
            Core::MoveKeyWarning => Self::MoveKeyWarning,
            Core::Error(page) => Self::Error { page: (*page).into() },
        }
    }
}

impl From<digital_key_domain::HiddenReason> for HiddenReason {
    fn from(reason: digital_key_domain::HiddenReason) -> Self {
        use digital_key_domain::HiddenReason as Core;
        match reason {
            Core::NoVehicle => Self::NoVehicle,
            Core::Platform => Self::Platform,
            Core::NotSupported => Self::NotSupported,
            Core::Asking => Self::Asking,
            Core::Failed(NoAnswer { kind, wait }) => Self::Failed { kind, wait },
            Core::UnknownValue => Self::UnknownValue,
        }
    }
}

impl From<digital_key_domain::ErrorPage> for ErrorPage {
    fn from(page: digital_key_domain::ErrorPage) -> Self {
        use digital_key_domain::ErrorPage as Core;
        match page {
            Core::Blocked(blocker) => Self::Blocked { by: blocker.into() },
            Core::PairingAttemptsExhausted => Self::PairingAttemptsExhausted,
            Core::KeyDeleted => Self::KeyDeleted,
        }
    }
}

impl From<CoreBlocker> for BlockerView {
    fn from(core: CoreBlocker) -> Self {
        let (blocker, issue) = match core {
            CoreBlocker::BackendError => (Blocker::BackendError, None),
            CoreBlocker::PhoneNotSupported => (Blocker::PhoneNotSupported, None),
            CoreBlocker::PhoneSoftwareUpdateRequired(issue) => {
                (Blocker::PhoneSoftwareUpdateRequired, Some(issue))
            }
            CoreBlocker::NotPrimarySubscriber => (Blocker::NotPrimarySubscriber, None),
            CoreBlocker::VehicleNotPrepared => (Blocker::VehicleNotPrepared, None),
            CoreBlocker::PairingPasswordUnavailable => (Blocker::PairingPasswordUnavailable, None),
        };
        Self {
            blocker,
            issue,
            code: core.code().to_owned(),
            remedy: core.remedy(),
            retryable: core.is_retryable(),
        }
    }
}
