//! What the steps check on the screen.

use std::fmt::Debug;

use digital_key::{
    AppleErrorCode, Blocker, CardAction, EntryView, ErrorPage, HiddenReason, KeyState, PageView,
    PhoneSoftwareIssue, Tap, View,
};

use super::message::{Message, MessageError};

/// What the steps check on the screen. A field that only some pages have is `None` on the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Screen {
    /// The page's name, such as `GrabYourTwoKeys`.
    pub(crate) page: String,
    pub(crate) entry_shown: bool,
    /// Why the entry is hidden, in the words of the language.
    pub(crate) hidden: Option<&'static str>,
    pub(crate) offers: Vec<Tap>,
    pub(crate) key_state: KeyState,
    pub(crate) pairing_runs: bool,
    pub(crate) has_warning: bool,
    pub(crate) has_notice: bool,
    pub(crate) wait: Option<u64>,
    /// The codes of Welcome's blockers.
    pub(crate) blockers: Vec<String>,
    pub(crate) checked: Option<bool>,
    pub(crate) highlighted: Option<bool>,
    pub(crate) reason: Option<AppleErrorCode>,
    pub(crate) refreshing: bool,
    pub(crate) issue: Option<PhoneSoftwareIssue>,
    pub(crate) card: Option<CardAction>,
    pub(crate) cannot_unlock: Option<bool>,
    pub(crate) more_information: Option<String>,
}

const KEY_STATES: [KeyState; 5] = [
    KeyState::Unknown,
    KeyState::None,
    KeyState::OtherDevice,
    KeyState::ActiveTracked,
    KeyState::ActiveUntracked,
];
const ISSUES: [PhoneSoftwareIssue; 3] = [
    PhoneSoftwareIssue::IosTooOld,
    PhoneSoftwareIssue::AppleRefuses,
    PhoneSoftwareIssue::AppleDidNotAnswer,
];
const CARD_ACTIONS: [CardAction; 2] = [CardAction::EditInWallet, CardAction::MoveToThisPhone];
const ENTRIES: [EntryView; 3] = [EntryView::Hidden, EntryView::ComingSoon, EntryView::DigitalKey];
/// The reasons for a hidden entry: the name in the packages, and the words of the language.
const HIDDEN: [(&str, &str); 6] = [
    ("NoVehicle", "no vehicle"),
    ("Platform", "the platform"),
    ("NotSupported", "no support"),
    ("Asking", "an open question"),
    ("Failed", "a failure"),
    ("UnknownValue", "an unknown value"),
];

impl From<&View> for Screen {
    fn from(view: &View) -> Self {
        let mut screen = Self {
            page: view.page.name().to_owned(),
            entry_shown: view.entry != EntryView::Hidden,
            hidden: None,
            offers: view.offers.iter().collect(),
            key_state: view.key_state,
            pairing_runs: view.pairing_runs,
            has_warning: view.warning.is_some(),
            has_notice: view.notice.is_some(),
            wait: view.wait,
            blockers: Vec::new(),
            checked: None,
            highlighted: None,
            reason: None,
            refreshing: false,
            issue: None,
            card: None,
            cannot_unlock: None,
            more_information: None,
        };
        match &view.page {
            PageView::VehicleTab { hidden, .. } => screen.hidden = hidden.map(words),
            PageView::Welcome { blockers, .. } => {
                screen.blockers = blockers.iter().map(|it| it.code().to_owned()).collect();
            }
            PageView::ReadyToPair { checked, highlighted } => {
                screen.checked = Some(*checked);
                screen.highlighted = Some(*highlighted);
            }
            PageView::PairingError { reason, refreshing } => {
                screen.reason = *reason;
                screen.refreshing = *refreshing;
            }
            PageView::Overview { card, more_information } => {
                screen.card = Some(card.action);
                screen.cannot_unlock = Some(card.cannot_unlock);
                screen.more_information = Some(more_information.to_string());
            }
            PageView::Error(ErrorPage::Blocked(Blocker::PhoneSoftwareUpdateRequired(issue))) => {
                screen.issue = Some(*issue);
            }
            PageView::GrabYourTwoKeys
            | PageView::Tutorial1
            | PageView::Tutorial2
            | PageView::MoveKeyWarning
            | PageView::Error(_) => {}
        }
        screen
    }
}

fn words(reason: HiddenReason) -> &'static str {
    match reason {
        HiddenReason::NoVehicle => "no vehicle",
        HiddenReason::Platform => "the platform",
        HiddenReason::NotSupported => "no support",
        HiddenReason::Asking => "an open question",
        HiddenReason::Failed(_) => "a failure",
        HiddenReason::UnknownValue => "an unknown value",
    }
}

impl TryFrom<&Message> for Screen {
    type Error = MessageError;

    /// Reads a screen from a program's message. A name may be spelled as its language spells it:
    /// `TICK_BOX`, `tickBox` or `TickBox`.
    fn try_from(message: &Message) -> Result<Self, MessageError> {
        let hidden = HIDDEN.map(|(name, _)| name);
        let hidden = optional(message, "hidden", |text| named(&hidden, text, |name| *name))?;
        let entry = required(message, "entry", |text| variant(&ENTRIES, text))?;
        Ok(Self {
            page: message.text("page")?.to_owned(),
            entry_shown: entry != EntryView::Hidden,
            hidden: hidden.and_then(|name| Some(HIDDEN.iter().find(|(it, _)| *it == name)?.1)),
            offers: list(message, "offers")
                .map(|text| variant(&Tap::ALL, text).ok_or_else(|| message.invalid("offers")))
                .collect::<Result<_, _>>()?,
            key_state: required(message, "key_state", |text| variant(&KEY_STATES, text))?,
            pairing_runs: required(message, "pairing_runs", flag)?,
            has_warning: message.get("warning").is_some(),
            has_notice: message.get("notice").is_some(),
            wait: optional(message, "wait", |text| text.parse().ok())?,
            blockers: list(message, "blockers").map(str::to_owned).collect(),
            checked: optional(message, "checked", flag)?,
            highlighted: optional(message, "highlighted", flag)?,
            reason: optional(message, "reason", |text| variant(&AppleErrorCode::ALL, text))?,
            refreshing: optional(message, "refreshing", flag)?.unwrap_or(false),
            issue: optional(message, "issue", |text| variant(&ISSUES, text))?,
            card: optional(message, "card", |text| variant(&CARD_ACTIONS, text))?,
            cannot_unlock: optional(message, "cannot_unlock", flag)?,
            more_information: message.get("more_information").map(str::to_owned),
        })
    }
}

fn optional<T>(
    message: &Message,
    field: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, MessageError> {
    let text = message.get(field);
    text.map(|text| read(text).ok_or_else(|| message.invalid(field))).transpose()
}

fn required<T>(
    message: &Message,
    field: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T, MessageError> {
    optional(message, field, read)?.ok_or_else(|| message.invalid(field))
}

fn list<'a>(message: &'a Message, field: &'static str) -> impl Iterator<Item = &'a str> {
    message.get(field).unwrap_or_default().split(',').filter(|text| !text.is_empty())
}

pub(super) fn flag(text: &str) -> Option<bool> {
    text.parse().ok()
}

/// Returns the variant with this name, in the spelling of any language.
pub(super) fn variant<T: Copy + Debug>(variants: &[T], text: &str) -> Option<T> {
    named(variants, text, |variant| format!("{variant:?}"))
}

fn named<T: Copy, N: AsRef<str>>(values: &[T], text: &str, name: impl Fn(&T) -> N) -> Option<T> {
    let plain = |text: &str| text.replace('_', "").to_lowercase();
    values.iter().copied().find(|value| plain(name(value).as_ref()) == plain(text))
}
