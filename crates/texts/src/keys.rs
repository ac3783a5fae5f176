//! The keys of the texts: which text belongs to which value of the core.

use digital_key_domain::{
    AppleErrorCode, Blocker, CardAction, ErrorPage, FailureKind, HiddenReason, KeyState, PageView,
    PairingAdvice, PhoneSoftwareIssue, Reason, Remedy, Tap,
};

/// The keys of one kind.
type Keys = &'static [&'static str];

/// Declares keys that belong to no enum, and the list of them.
macro_rules! keys {
    ($list:ident { $($(#[$doc:meta])* $name:ident = $key:literal,)+ }) => {
        $($(#[$doc])* pub const $name: &str = $key;)+
        const $list: Keys = &[$($key),+];
    };
}

/// Declares a function that returns the key of each variant of an enum, and the list of these keys.
/// The compiler asks for the key of a new variant.
macro_rules! keys_of {
    (
        $(#[$doc:meta])*
        $visible:vis fn $function:ident($value:ident: $enum:ty) in $list:ident {
            $($variant:pat => $key:literal,)+
        }
    ) => {
        $(#[$doc])*
        #[must_use]
        $visible fn $function($value: $enum) -> &'static str {
            match $value { $($variant => $key,)+ }
        }
        const $list: Keys = &[$($key),+];
    };
}

keys!(LINES {
    /// The selected vehicle on the vehicle tab; `vin`.
    VEHICLE_TAB_VEHICLE = "vehicle-tab-vehicle",
    /// The label of ENT-7.
    VEHICLE_TAB_COMING_SOON = "vehicle-tab-coming-soon",
    /// The vehicle's software must be upgraded first (REQ-5).
    VEHICLE_TAB_UPDATE = "vehicle-tab-update",
    /// What the feature does.
    WELCOME_BODY = "welcome-body",
    /// Welcome in the move flow.
    WELCOME_MOVE = "welcome-move",
    /// What to bring (KEY-1).
    GRAB_YOUR_TWO_KEYS_BODY = "grab-your-two-keys-body",
    /// What to do before pairing.
    READY_TO_PAIR_BODY = "ready-to-pair-body",
    /// Beside the highlighted checkbox (RDY-2).
    READY_TO_PAIR_HINT = "ready-to-pair-hint",
    /// Apple gave no reason (CBK-4).
    PAIRING_ERROR_NO_REASON = "pairing-error-no-reason",
    /// A new password is being fetched (ERR-3).
    PAIRING_ERROR_REFRESHING = "pairing-error-refreshing",
    /// How to unlock.
    TUTORIAL1_BODY = "tutorial1-body",
    /// How to start.
    TUTORIAL2_BODY = "tutorial2-body",
    /// On the card of an untracked key (OVR-3).
    OVERVIEW_CANNOT_UNLOCK = "overview-cannot-unlock",
    /// The vehicle has no owner key any more, and the wallet may still hold the pass (OVR-7).
    OVERVIEW_KEY_REMOVED = "overview-key-removed",
    /// The link of OVR-6; `link`.
    OVERVIEW_MORE_INFORMATION = "overview-more-information",
    /// What a move means (MOV-1).
    MOVE_KEY_WARNING_BODY = "move-key-warning-body",
    /// No attempt is left (ERR-3).
    PAIRING_ATTEMPTS_EXHAUSTED_BODY = "pairing-attempts-exhausted-body",
    /// The key was deleted (OVR-2, OVR-7).
    KEY_DELETED_BODY = "key-deleted-body",
    /// The page waits for an answer.
    LOADING = "loading",
    /// Apple's sheet is up.
    PAIRING_RUNS = "pairing-runs",
    /// A key came with an error (CBK-3); `problem`.
    WARNING = "warning",
    /// How long to wait before the next try (GEN-11); `seconds`.
    WAIT = "wait",
    /// The wallet could not be opened (OVR-4).
    NOTICE_WALLET_NOT_OPENED = "notice-wallet-not-opened",
    /// The counter; `used` and `limit`.
    PASSWORD_USES = "password-uses",
    /// No password is cached.
    PASSWORD_NONE = "password-none",
    /// The action of the key's card when the key is on this phone (OVR-4).
    TAP_EDIT_IN_WALLET = "tap-edit-in-wallet",
});

/// A placeholder of a text, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    /// A text takes its place.
    Text(&'static str),
    /// A number takes its place.
    Number(&'static str),
}

impl Placeholder {
    /// Returns its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let (Self::Text(name) | Self::Number(name)) = self;
        name
    }
}

/// Returns the placeholders of a text. Where a platform's format numbers them, it is in this order.
#[must_use]
pub fn placeholders(key: &str) -> &'static [Placeholder] {
    use Placeholder::{Number, Text};
    match key {
        VEHICLE_TAB_VEHICLE => &[Text("vin")],
        OVERVIEW_MORE_INFORMATION => &[Text("link")],
        WARNING => &[Text("problem")],
        HIDDEN_FAILED => &[Text("problem")],
        FAILURE_STATUS => &[Number("status")],
        WAIT => &[Number("seconds")],
        PASSWORD_USES => &[Number("used"), Number("limit")],
        _ => &[],
    }
}

/// Returns the keys of all texts.
pub fn all() -> impl Iterator<Item = &'static str> {
    let kinds = [
        LINES,
        TITLES,
        HIDDEN_REASONS,
        FAILURES,
        TAPS,
        BLOCKERS,
        REMEDIES,
        ADVICE,
        APPLE_ERRORS,
        KEY_STATES,
        REASONS,
    ];
    kinds.into_iter().flatten().copied()
}

keys_of! {
    /// Returns the key of a page's title.
    pub fn title(page: &PageView) in TITLES {
        PageView::VehicleTab { .. } => "vehicle-tab-title",
        PageView::Welcome { .. } => "welcome-title",
        PageView::GrabYourTwoKeys => "grab-your-two-keys-title",
        PageView::ReadyToPair { .. } => "ready-to-pair-title",
        PageView::PairingError { .. } => "pairing-error-title",
        PageView::Tutorial1 => "tutorial1-title",
        PageView::Tutorial2 => "tutorial2-title",
        PageView::Overview { .. } => "overview-title",
        PageView::MoveKeyWarning => "move-key-warning-title",
        PageView::Error(ErrorPage::Blocked(_)) => "blocked-title",
        PageView::Error(ErrorPage::PairingAttemptsExhausted) => "pairing-attempts-exhausted-title",
        PageView::Error(ErrorPage::KeyDeleted) => "key-deleted-title",
    }
}

/// The entry is not shown, since the backend could not be asked; `problem`.
pub const HIDDEN_FAILED: &str = "hidden-failed";

keys_of! {
    /// Returns the key of why there is no entry.
    pub fn hidden(reason: HiddenReason) in HIDDEN_REASONS {
        HiddenReason::NoVehicle => "hidden-no-vehicle",
        HiddenReason::Platform => "hidden-platform",
        HiddenReason::NotSupported => "hidden-not-supported",
        HiddenReason::Asking => "hidden-asking",
        HiddenReason::Failed(_) => "hidden-failed",
        HiddenReason::UnknownValue => "hidden-unknown-value",
    }
}

/// The backend answered with an error; `status`.
pub const FAILURE_STATUS: &str = "failure-status";

keys_of! {
    /// Returns the key of why the backend did not answer.
    pub fn failure(kind: FailureKind) in FAILURES {
        FailureKind::Unreachable => "failure-unreachable",
        FailureKind::Interrupted => "failure-interrupted",
        FailureKind::DeadlineExceeded => "failure-deadline-exceeded",
        FailureKind::Status { .. } => "failure-status",
        FailureKind::Unauthorized => "failure-unauthorized",
        FailureKind::NoToken => "failure-no-token",
        FailureKind::Malformed => "failure-malformed",
        FailureKind::CircuitOpen => "failure-circuit-open",
        FailureKind::Other => "failure-other",
    }
}

/// Returns the key of the label of a tap. The label of the card's action depends on where the key is;
/// give `None` on a page without a card.
#[must_use]
pub fn tap(tap: Tap, card: Option<CardAction>) -> &'static str {
    match (tap, card) {
        (Tap::CardAction, Some(CardAction::EditInWallet)) => TAP_EDIT_IN_WALLET,
        _ => plain_tap(tap),
    }
}

keys_of! {
    /// Returns the key of the label of a tap that has one label, and one of the labels otherwise.
    fn plain_tap(tap: Tap) in TAPS {
        Tap::Entry => "tap-entry",
        Tap::Continue => "tap-continue",
        Tap::Retry => "tap-retry",
        Tap::TickBox | Tap::UntickBox => "tap-checkbox",
        Tap::CardAction => "tap-move-to-this-phone",
        Tap::Tutorial => "tap-tutorial",
        Tap::ConfirmMove => "tap-confirm-move",
        Tap::CancelMove => "tap-cancel-move",
        Tap::ConfirmError => "tap-confirm-error",
        Tap::Back => "tap-back",
        Tap::Close => "tap-close",
    }
}

keys_of! {
    /// Returns the key of the sentence about a blocker (WEL-7).
    pub fn blocker(blocker: Blocker) in BLOCKERS {
        Blocker::BackendError => "blocker-backend-error",
        Blocker::PhoneNotSupported => "blocker-phone-not-supported",
        Blocker::PhoneSoftwareUpdateRequired(PhoneSoftwareIssue::IosTooOld) => "blocker-ios-too-old",
        Blocker::PhoneSoftwareUpdateRequired(PhoneSoftwareIssue::AppleRefuses) =>
            "blocker-apple-refuses",
        Blocker::PhoneSoftwareUpdateRequired(PhoneSoftwareIssue::AppleDidNotAnswer) =>
            "blocker-apple-did-not-answer",
        Blocker::NotPrimarySubscriber => "blocker-not-primary-subscriber",
        Blocker::VehicleNotPrepared => "blocker-vehicle-not-prepared",
        Blocker::PairingPasswordUnavailable => "blocker-pairing-password-unavailable",
    }
}

keys_of! {
    /// Returns the key of where a blocker can be fixed (WEL-7).
    pub fn remedy(remedy: Remedy) in REMEDIES {
        Remedy::Phone => "remedy-phone",
        Remedy::Vehicle => "remedy-vehicle",
        Remedy::Account => "remedy-account",
        Remedy::Backend => "remedy-backend",
    }
}

keys_of! {
    /// Returns the key of what a driver can do after a failed pairing (CBK-6).
    pub fn advice(advice: PairingAdvice) in ADVICE {
        PairingAdvice::TryAgain => "advice-try-again",
        PairingAdvice::Cancelled => "advice-cancelled",
        PairingAdvice::ReportFault => "advice-report-fault",
        PairingAdvice::TryAgainThenSupport => "advice-try-again-then-support",
        PairingAdvice::CheckVehicleAndPhoneSoftware => "advice-check-vehicle-and-phone-software",
        PairingAdvice::CheckVehicleIsReady => "advice-check-vehicle-is-ready",
        PairingAdvice::UpdateIos => "advice-update-ios",
    }
}

keys_of! {
    /// Returns the key of what an error of Apple's means (CBK-3, CBK-6).
    pub fn apple_error(code: AppleErrorCode) in APPLE_ERRORS {
        AppleErrorCode::GenericError => "apple-generic-error",
        AppleErrorCode::UserCanceled => "apple-user-canceled",
        AppleErrorCode::Unavailable => "apple-unavailable",
        AppleErrorCode::InvalidConfiguration => "apple-invalid-configuration",
        AppleErrorCode::DeviceNotSupported => "apple-device-not-supported",
        AppleErrorCode::DeviceNotReady => "apple-device-not-ready",
        AppleErrorCode::OsVersionNotSupported => "apple-os-version-not-supported",
    }
}

keys_of! {
    /// Returns the key of a key state.
    pub fn key_state(state: KeyState) in KEY_STATES {
        KeyState::Unknown => "key-state-unknown",
        KeyState::None => "key-state-none",
        KeyState::OtherDevice => "key-state-other-device",
        KeyState::ActiveTracked => "key-state-active-tracked",
        KeyState::ActiveUntracked => "key-state-active-untracked",
    }
}

keys_of! {
    /// Returns the key of why a tap has no effect (GEN-2).
    pub fn reason(reason: Reason) in REASONS {
        Reason::NotOffered => "reason-not-offered",
        Reason::PairingRuns => "reason-pairing-runs",
        Reason::AlreadySelected => "reason-already-selected",
        Reason::NothingToChange => "reason-nothing-to-change",
        Reason::NotAwaited => "reason-not-awaited",
        Reason::NotConcerned => "reason-not-concerned",
    }
}
