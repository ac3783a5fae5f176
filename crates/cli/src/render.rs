//! Shows a view as lines for a person, and as JSON for a program.

use digital_key::texts::{Button, Language, LineKind, PageText, Texts, Value};
use digital_key::{
    AppleErrorCode, Blocker, CardAction, EntryView, ErrorPage, HiddenReason, KeyState, Notice,
    PageView, PhoneSoftwareIssue, Tap, UsageCounter, View,
};
use serde_json::{Value as Json, json};

use crate::words;

/// The language of the phone.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct LanguageOption {
    /// The language of the pages on the phone: en or de. Without it, the language of LANG.
    #[arg(long, value_name = "LANGUAGE")]
    language: Option<Language>,
}

impl LanguageOption {
    pub(crate) fn texts(self) -> Texts {
        let locale = || {
            let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
            let mut values = names.into_iter().filter_map(|name| std::env::var(name).ok());
            Language::of_locale(&values.find(|value| !value.is_empty()).unwrap_or_default())
        };
        words::texts(self.language.unwrap_or_else(locale))
    }
}

/// The frame around the lines of a page: its title, its name, and how often the password was used.
pub(crate) fn heading(view: &View, page: &PageText, texts: &Texts) -> String {
    let name = view.page.name();
    match view.password_uses {
        None => format!("+-- {} [{name}]", page.title),
        Some(_) => format!("+-- {} [{name}] {}", page.title, counter(view, texts)),
    }
}

/// The usage counter, such as `use 2 of 3`.
pub(crate) fn counter(view: &View, texts: &Texts) -> String {
    let Some(uses) = view.password_uses else { return texts.text("counter-none") };
    let number = |uses: u8| Value::Number(uses.into());
    let values = [("used", number(uses.get())), ("limit", number(UsageCounter::LIMIT))];
    texts.text_with("counter-uses", &values)
}

/// The lines of a page below its title.
pub(crate) fn lines(page: &PageText) -> Vec<String> {
    let line = |line: &digital_key::texts::Line| match line.kind {
        LineKind::Body | LineKind::Link => line.text.clone(),
        LineKind::Warning => format!("! {}", line.text),
        LineKind::Progress | LineKind::Hint => format!("({})", line.text),
    };
    page.lines.iter().map(line).collect()
}

/// The label of a button, with the state of a checkbox.
pub(crate) fn label(button: &Button) -> String {
    match button.checkbox {
        None => button.label.clone(),
        Some(checkbox) => {
            let mark = if checkbox.is_checked { "x" } else { " " };
            format!("[{mark}] {}", button.label)
        }
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

/// Returns the name of what is wrong with the phone's software, as the core has it.
fn issue_name(issue: PhoneSoftwareIssue) -> &'static str {
    match issue {
        PhoneSoftwareIssue::IosTooOld => "IosTooOld",
        PhoneSoftwareIssue::AppleRefuses => "AppleRefuses",
        PhoneSoftwareIssue::AppleDidNotAnswer => "AppleDidNotAnswer",
    }
}

/// Writes the view as JSON, with the members that belong to the page.
pub(crate) fn to_json(view: &View) -> Json {
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
        PageView::PairingError { reason, refreshing } => {
            json!({ "reason": reason.map(AppleErrorCode::name), "refreshing": refreshing })
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
        | PageView::MoveKeyWarning => json!({}),
        PageView::Error(error) => match error {
            ErrorPage::Blocked(Blocker::PhoneSoftwareUpdateRequired(issue)) => {
                json!({ "issue": issue_name(*issue) })
            }
            ErrorPage::Blocked(_) | ErrorPage::PairingAttemptsExhausted | ErrorPage::KeyDeleted => {
                json!({})
            }
        },
    };
    if let (Json::Object(all), Json::Object(of_page)) = (&mut json, of_page) {
        all.extend(of_page);
    }
    json
}
