//! Shows a view as text for a person, and as JSON for a program.

use digital_key::{
    AppleErrorCode, Blocker, CardAction, EntryView, ErrorPage, FailureKind, HiddenReason, KeyState,
    Notice, PageView, PairingAdvice, Remedy, Tap, View,
};
use serde_json::{Value, json};

/// The page as a person sees it: a title, lines, and the taps with their labels.
pub(crate) struct Drawing {
    pub(crate) title: &'static str,
    pub(crate) lines: Vec<String>,
    pub(crate) taps: Vec<(Tap, &'static str)>,
}

/// Draws a page from the view alone.
pub(crate) fn draw(view: &View) -> Drawing {
    let mut drawing = draw_page(view);
    if view.pairing_runs {
        drawing.lines.push("(Apple's sheet is up)".to_owned());
    }
    if let Some(warning) = view.warning {
        drawing.lines.push(format!("! The key was made, but Apple reported: {}", warning.name()));
    }
    if let Some(seconds) = view.wait {
        drawing.lines.push(format!("(try again in {seconds} s)"));
    }
    if let Some(Notice::WalletNotOpened) = view.notice {
        drawing.lines.push("! The wallet could not be opened.".to_owned());
    }
    drawing
}

fn draw_page(view: &View) -> Drawing {
    let (title, lines) = match &view.page {
        PageView::VehicleTab { opening, hidden } => {
            ("Vehicle", vehicle_tab_lines(view, *opening, *hidden))
        }
        PageView::Welcome { blockers, move_flow } => {
            let mut lines = vec!["Open and start your car with your phone.".to_owned()];
            if *move_flow {
                lines.push("The key will be moved to this phone.".to_owned());
            }
            if !view.offers.contains(Tap::Continue) {
                lines.push("(one moment …)".to_owned());
            }
            lines.extend(blockers.iter().map(blocker_line));
            ("Welcome to Digital Key", lines)
        }
        PageView::GrabYourTwoKeys => {
            ("Grab your two keys", vec!["Take both keys of your car, and sit in it.".to_owned()])
        }
        PageView::ReadyToPair { checked, highlighted } => {
            let mark = if *checked { "x" } else { " " };
            let hint = if *highlighted { "   <-- tick this first" } else { "" };
            let line = format!("[{mark}] I am in the car, with both keys{hint}");
            ("Ready to pair?", vec![line])
        }
        PageView::PairingError { reason } => {
            ("The pairing did not work", vec![pairing_error_text(*reason)])
        }
        PageView::Tutorial1 => (
            "Your key is on this phone",
            vec!["Hold the phone to the door handle to unlock.".to_owned()],
        ),
        PageView::Tutorial2 => {
            ("Starting the car", vec!["Put the phone into the tray, then press start.".to_owned()])
        }
        PageView::Overview { card, more_information } => {
            let mut lines = vec![format!("The key is {}.", key_state_text(view.key_state))];
            if card.cannot_unlock {
                lines.push("! It can neither unlock nor start the car yet.".to_owned());
            }
            lines.push(format!("More information: {more_information}"));
            ("Your digital key", lines)
        }
        PageView::MoveKeyWarning => (
            "Move the key to this phone?",
            vec!["A new key is made for this phone. The existing one stops working.".to_owned()],
        ),
        PageView::Error(error) => (error_title(*error), vec![error_text(*error).to_owned()]),
    };
    let taps = view.offers.iter().map(|tap| (tap, tap_label(tap, &view.page))).collect();
    Drawing { title, lines, taps }
}

fn vehicle_tab_lines(view: &View, opening: bool, hidden: Option<HiddenReason>) -> Vec<String> {
    let mut lines = Vec::new();
    match view.vehicle {
        None => lines.push("(no vehicle is selected)".to_owned()),
        Some(vin) => lines.push(format!("Vehicle {}", vin.as_str())),
    }
    match view.entry {
        EntryView::Hidden => lines.extend(hidden.and_then(hidden_text)),
        EntryView::ComingSoon => lines.push("Digital Key: coming soon".to_owned()),
        EntryView::DigitalKey => lines.push("Digital Key >".to_owned()),
    }
    if view.vehicle_upgrade_required {
        lines.push("! The vehicle's software must be upgraded first.".to_owned());
    }
    if opening {
        lines.push("(one moment …)".to_owned());
    }
    lines
}

/// Returns why there is no entry; without a vehicle another line says so.
fn hidden_text(reason: HiddenReason) -> Option<String> {
    let why = match reason {
        HiddenReason::NoVehicle => return None,
        HiddenReason::Platform => "this phone's platform cannot have a key".to_owned(),
        HiddenReason::NotSupported => "the vehicle does not support it".to_owned(),
        HiddenReason::Asking => "the answer is not there yet".to_owned(),
        HiddenReason::Failed(no_answer) => failure_text(no_answer.kind),
        HiddenReason::UnknownValue => {
            "the service's answer has a package or a state that this version does not know"
                .to_owned()
        }
    };
    Some(format!("(no Digital Key: {why})"))
}

fn failure_text(kind: FailureKind) -> String {
    match kind {
        FailureKind::Unreachable => "the service could not be reached".to_owned(),
        FailureKind::Interrupted => "the connection to the service broke".to_owned(),
        FailureKind::DeadlineExceeded => "the service did not answer in time".to_owned(),
        FailureKind::Status { status } => format!("the service answered with status {status}"),
        FailureKind::Unauthorized => "the service does not accept the sign-in".to_owned(),
        FailureKind::NoToken => "nobody is signed in".to_owned(),
        FailureKind::Malformed => "the answer of the service is broken".to_owned(),
        FailureKind::CircuitOpen => "the service failed too often and has a pause".to_owned(),
        FailureKind::Other => "the service could not be asked".to_owned(),
    }
}

/// Returns the name of the reason for a program.
fn hidden_name(reason: HiddenReason) -> &'static str {
    match reason {
        HiddenReason::NoVehicle => "no vehicle",
        HiddenReason::Platform => "platform",
        HiddenReason::NotSupported => "not supported",
        HiddenReason::Asking => "asking",
        HiddenReason::Failed(_) => "failed",
        HiddenReason::UnknownValue => "unknown value",
    }
}

/// Returns the text on the button of a tap.
fn tap_label(tap: Tap, page: &PageView) -> &'static str {
    match tap {
        Tap::Entry => "Digital Key",
        Tap::Continue => "Continue",
        Tap::Retry => "Try again",
        Tap::Close => "Close",
        Tap::Back => "Back",
        Tap::TickBox => "Tick the box",
        Tap::UntickBox => "Untick the box",
        Tap::CardAction if opens_the_wallet(page) => "Edit in wallet",
        Tap::CardAction => "Move to this phone",
        Tap::Tutorial => "Tutorial",
        Tap::ConfirmMove => "Move it",
        Tap::CancelMove => "Cancel",
        Tap::ConfirmError => "OK",
    }
}

fn opens_the_wallet(page: &PageView) -> bool {
    matches!(page, PageView::Overview { card, .. } if card.action == CardAction::EditInWallet)
}

fn blocker_line(blocker: Blocker) -> String {
    let remedy = match blocker.remedy() {
        Remedy::Phone => "the phone",
        Remedy::Vehicle => "the vehicle",
        Remedy::Account => "the account",
        Remedy::Backend => "the service",
    };
    let retry = if blocker.is_retryable() { "try again later" } else { "final" };
    format!("- {} [{remedy}; {retry}]", blocker_text(blocker))
}

fn blocker_text(blocker: Blocker) -> &'static str {
    match blocker {
        Blocker::BackendError => "The service could not be reached.",
        Blocker::PhoneNotSupported => "This phone cannot carry a car key.",
        Blocker::PhoneSoftwareUpdateRequired => {
            "The phone cannot make a key: update iOS and sign in to iCloud."
        }
        Blocker::NotPrimarySubscriber => "Only the car's primary user can make its key.",
        Blocker::VehicleNotPrepared => "The car is not ready for pairing yet.",
        Blocker::PairingPasswordUnavailable => "There is no pairing password at the moment.",
    }
}

fn error_title(page: ErrorPage) -> &'static str {
    match page {
        ErrorPage::Blocked(_) => "Digital Key is not possible now",
        ErrorPage::PairingAttemptsExhausted => "The pairing did not work",
        ErrorPage::KeyDeleted => "Your digital key is gone",
    }
}

fn error_text(page: ErrorPage) -> &'static str {
    match page {
        ErrorPage::Blocked(blocker) => blocker_text(blocker),
        ErrorPage::PairingAttemptsExhausted => "Something went wrong. Start again later.",
        ErrorPage::KeyDeleted => "The key was deleted from this phone.",
    }
}

fn pairing_error_text(reason: Option<AppleErrorCode>) -> String {
    let Some(code) = reason else { return "Apple made no key and gave no reason.".to_owned() };
    let advice = match code.advice() {
        PairingAdvice::TryAgain => "Try again.",
        PairingAdvice::Cancelled => "You cancelled it.",
        PairingAdvice::ReportFault => "Trying again will not help: report it.",
        PairingAdvice::TryAgainThenSupport => "Try again; if that fails, call support.",
        PairingAdvice::CheckVehicleAndPhoneSoftware => {
            "The software of the car or of the phone does not fit."
        }
        PairingAdvice::CheckVehicleIsReady => "Car or phone was not ready: check both again.",
        PairingAdvice::UpdateIos => "Update iOS.",
    };
    format!("{advice} ({})", code.name())
}

fn key_state_text(state: KeyState) -> &'static str {
    match state {
        KeyState::Unknown | KeyState::None => "not made yet",
        KeyState::OtherDevice => "on another device",
        KeyState::ActiveTracked => "on this phone, and works",
        KeyState::ActiveUntracked => "on this phone, and is being registered",
    }
}

/// Returns the name of a key state, as the glossary has it.
fn key_state_name(state: KeyState) -> &'static str {
    match state {
        KeyState::Unknown => "Unknown",
        KeyState::None => "None",
        KeyState::OtherDevice => "OtherDevice",
        KeyState::ActiveTracked => "ActiveTracked",
        KeyState::ActiveUntracked => "ActiveUntracked",
    }
}

/// Writes the view as JSON, with the members that belong to the page.
pub(crate) fn to_json(view: &View) -> Value {
    let mut json = json!({
        "vehicle": view.vehicle.map(|vin| vin.as_str().to_owned()),
        "entry": match view.entry {
            EntryView::Hidden => "hidden",
            EntryView::ComingSoon => "coming_soon",
            EntryView::DigitalKey => "shown",
        },
        "vehicle_upgrade_required": view.vehicle_upgrade_required,
        "key_state": key_state_name(view.key_state),
        "password_uses": view.password_uses.map(|uses| uses.get()),
        "pairing_runs": view.pairing_runs,
        "warning": view.warning.map(AppleErrorCode::name),
        "wait": view.wait,
        "notice": view.notice.map(|Notice::WalletNotOpened| "wallet not opened"),
        "offers": view.offers.iter().map(Tap::name).collect::<Vec<_>>(),
    });
    let of_page = match &view.page {
        PageView::VehicleTab { opening, hidden } => {
            json!({ "opening": opening, "hidden": hidden.map(hidden_name) })
        }
        PageView::Welcome { blockers, move_flow, .. } => json!({
            "blockers": blockers.iter().map(Blocker::code).collect::<Vec<_>>(),
            "move_flow": move_flow,
        }),
        PageView::ReadyToPair { checked, highlighted } => {
            json!({ "checked": checked, "highlighted": highlighted })
        }
        PageView::PairingError { reason } => {
            json!({ "reason": reason.map(AppleErrorCode::name) })
        }
        PageView::Overview { card, more_information } => json!({
            "card_action": match card.action {
                CardAction::EditInWallet => "edit in wallet",
                CardAction::MoveToThisPhone => "move to this phone",
            },
            "cannot_unlock": card.cannot_unlock,
            "more_information": &**more_information,
        }),
        PageView::GrabYourTwoKeys
        | PageView::Tutorial1
        | PageView::Tutorial2
        | PageView::MoveKeyWarning
        | PageView::Error(_) => json!({}),
    };
    if let (Value::Object(all), Value::Object(of_page)) = (&mut json, of_page) {
        all.extend(of_page);
    }
    json
}
