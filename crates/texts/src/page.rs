//! A page as a driver reads it.

use digital_key_domain::{
    Blocker, CardAction, EntryView, ErrorPage, FailureKind, HiddenReason, KeyState, Notice,
    PageView, Tap, UsageCounter, View,
};

use crate::keys;
use crate::texts::{Texts, Value};

/// The texts of a page, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageText {
    /// The title.
    pub title: String,
    /// The lines below the title.
    pub lines: Vec<Line>,
    /// The buttons. A page has the same buttons at the same places as long as it is shown; which of
    /// them are enabled may change.
    pub buttons: Vec<Button>,
}

/// A line of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// How to show it.
    pub kind: LineKind,
    /// The text.
    pub text: String,
}

/// How to show a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// Plain text.
    Body,
    /// Something that a driver must notice.
    Warning,
    /// The page waits for an answer, or for Apple's sheet.
    Progress,
    /// A link.
    Link,
    /// Why the entry is not shown: for support rather than for drivers.
    Hint,
}

/// A button of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What it does.
    pub tap: Tap,
    /// Its label.
    pub label: String,
    /// Whether the page offers the tap now (GEN-8).
    pub is_enabled: bool,
    /// Present if the button is a checkbox.
    pub checkbox: Option<Checkbox>,
}

/// The state of a checkbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkbox {
    /// It is checked.
    pub is_checked: bool,
    /// It is highlighted (RDY-2).
    pub is_highlighted: bool,
}

impl PageText {
    /// Lays out the page of a view.
    #[must_use]
    pub fn of(view: &View, texts: &Texts) -> Self {
        let mut page = Layout { texts, lines: Vec::new() };
        page.add_lines(view);
        let title = texts.text(keys::title(&view.page));
        Self { title, lines: page.lines, buttons: buttons(view, texts) }
    }
}

struct Layout<'a> {
    texts: &'a Texts,
    lines: Vec<Line>,
}

impl Layout<'_> {
    fn add(&mut self, kind: LineKind, key: &str) {
        self.add_with(kind, key, &[]);
    }

    fn add_with(&mut self, kind: LineKind, key: &str, values: &[(&'static str, Value<'_>)]) {
        self.lines.push(Line { kind, text: self.texts.text_with(key, values) });
    }

    fn add_lines(&mut self, view: &View) {
        match &view.page {
            PageView::VehicleTab { opening, hidden } => {
                self.add_vehicle_tab(view, *opening, *hidden);
            }
            PageView::Welcome { blockers, move_flow } => {
                self.add(LineKind::Body, keys::WELCOME_BODY);
                if *move_flow {
                    self.add(LineKind::Body, keys::WELCOME_MOVE);
                }
                if !view.offers.contains(Tap::Continue) {
                    self.add(LineKind::Progress, keys::LOADING);
                }
                for blocker in blockers.iter() {
                    self.add_blocker(blocker);
                }
            }
            PageView::GrabYourTwoKeys => self.add(LineKind::Body, keys::GRAB_YOUR_TWO_KEYS_BODY),
            PageView::ReadyToPair { highlighted, .. } => {
                self.add(LineKind::Body, keys::READY_TO_PAIR_BODY);
                if *highlighted {
                    self.add(LineKind::Warning, keys::READY_TO_PAIR_HINT);
                }
            }
            PageView::PairingError { reason, refreshing } => {
                match reason {
                    Some(code) => self.add(LineKind::Body, keys::advice(code.advice())),
                    None => self.add(LineKind::Body, keys::PAIRING_ERROR_NO_REASON),
                }
                if *refreshing {
                    self.add(LineKind::Progress, keys::PAIRING_ERROR_REFRESHING);
                }
            }
            PageView::Tutorial1 => self.add(LineKind::Body, keys::TUTORIAL1_BODY),
            PageView::Tutorial2 => self.add(LineKind::Body, keys::TUTORIAL2_BODY),
            PageView::Overview { card, more_information } => {
                if view.key_state == KeyState::None {
                    self.add(LineKind::Warning, keys::OVERVIEW_KEY_REMOVED);
                } else {
                    self.add(LineKind::Body, keys::key_state(view.key_state));
                }
                if card.cannot_unlock && view.key_state != KeyState::None {
                    self.add(LineKind::Warning, keys::OVERVIEW_CANNOT_UNLOCK);
                }
                let link = [("link", Value::Text(more_information))];
                self.add_with(LineKind::Link, keys::OVERVIEW_MORE_INFORMATION, &link);
            }
            PageView::MoveKeyWarning => self.add(LineKind::Body, keys::MOVE_KEY_WARNING_BODY),
            PageView::Error(error) => self.add(LineKind::Body, error_body(*error)),
        }
        if view.pairing_runs {
            self.add(LineKind::Progress, keys::PAIRING_RUNS);
        }
        if let Some(seconds) = view.wait {
            let values = [("seconds", Value::Number(seconds))];
            self.add_with(LineKind::Body, keys::WAIT, &values);
        }
        if let Some(Notice::WalletNotOpened) = view.notice {
            self.add(LineKind::Warning, keys::NOTICE_WALLET_NOT_OPENED);
        }
        if let Some(warning) = view.warning {
            let problem = self.texts.text(keys::apple_error(warning));
            let problem = [("problem", Value::Text(&problem))];
            self.add_with(LineKind::Warning, keys::WARNING, &problem);
        }
    }

    fn add_vehicle_tab(&mut self, view: &View, opening: bool, hidden: Option<HiddenReason>) {
        if let Some(vin) = view.vehicle {
            let vin = [("vin", Value::Text(vin.as_str()))];
            self.add_with(LineKind::Body, keys::VEHICLE_TAB_VEHICLE, &vin);
        }
        match hidden {
            None => {}
            Some(reason @ HiddenReason::NoVehicle) => {
                self.add(LineKind::Body, keys::hidden(reason));
            }
            Some(reason @ HiddenReason::Asking) => {
                self.add(LineKind::Progress, keys::hidden(reason));
            }
            Some(HiddenReason::Failed(no_answer)) => {
                let problem = self.texts.failure(no_answer.kind);
                let problem = [("problem", Value::Text(&problem))];
                self.add_with(LineKind::Hint, keys::HIDDEN_FAILED, &problem);
            }
            Some(
                reason @ (HiddenReason::Platform
                | HiddenReason::NotSupported
                | HiddenReason::UnknownValue),
            ) => self.add(LineKind::Hint, keys::hidden(reason)),
        }
        if view.entry == EntryView::ComingSoon {
            self.add(LineKind::Body, keys::VEHICLE_TAB_COMING_SOON);
        }
        if view.vehicle_upgrade_required {
            self.add(LineKind::Warning, keys::VEHICLE_TAB_UPDATE);
        }
        if opening {
            self.add(LineKind::Progress, keys::LOADING);
        }
    }

    /// The sentence about a blocker, and who can fix it (WEL-7).
    fn add_blocker(&mut self, blocker: Blocker) {
        let text = self.texts.text(keys::blocker(blocker));
        let remedy = self.texts.text(keys::remedy(blocker.remedy()));
        self.lines.push(Line { kind: LineKind::Warning, text: format!("{text} ({remedy})") });
    }
}

fn error_body(page: ErrorPage) -> &'static str {
    match page {
        ErrorPage::Blocked(blocker) => keys::blocker(blocker),
        ErrorPage::PairingAttemptsExhausted => keys::PAIRING_ATTEMPTS_EXHAUSTED_BODY,
        ErrorPage::KeyDeleted => keys::KEY_DELETED_BODY,
    }
}

/// The buttons of a page at their places. What the page offers beyond these places comes last.
fn buttons(view: &View, texts: &Texts) -> Vec<Button> {
    let card = match &view.page {
        PageView::Overview { card, .. } => Some(card.action),
        PageView::VehicleTab { .. }
        | PageView::Welcome { .. }
        | PageView::GrabYourTwoKeys
        | PageView::ReadyToPair { .. }
        | PageView::PairingError { .. }
        | PageView::Tutorial1
        | PageView::Tutorial2
        | PageView::MoveKeyWarning
        | PageView::Error(_) => None,
    };
    let places = places(view);
    let others = view.offers.iter().filter(|tap| !places.contains(tap));
    let taps = places.iter().copied().chain(others);
    taps.map(|tap| button(tap, card, view, texts)).collect()
}

fn button(tap: Tap, card: Option<CardAction>, view: &View, texts: &Texts) -> Button {
    let checkbox = match (&view.page, tap) {
        (PageView::ReadyToPair { checked, highlighted }, Tap::TickBox | Tap::UntickBox) => {
            Some(Checkbox { is_checked: *checked, is_highlighted: *highlighted })
        }
        _ => None,
    };
    let label = texts.text(keys::tap(tap, card));
    Button { tap, label, is_enabled: view.offers.contains(tap), checkbox }
}

/// The buttons that a page has, enabled or not.
fn places(view: &View) -> &'static [Tap] {
    match &view.page {
        PageView::VehicleTab { .. } if view.entry == EntryView::DigitalKey => &[Tap::Entry],
        PageView::VehicleTab { .. } => &[],
        PageView::Welcome { .. }
        | PageView::GrabYourTwoKeys
        | PageView::Tutorial1
        | PageView::Tutorial2 => &[Tap::Continue, Tap::Back, Tap::Close],
        PageView::ReadyToPair { checked: false, .. } => {
            &[Tap::TickBox, Tap::Continue, Tap::Back, Tap::Close]
        }
        PageView::ReadyToPair { checked: true, .. } => {
            &[Tap::UntickBox, Tap::Continue, Tap::Back, Tap::Close]
        }
        PageView::PairingError { .. } => &[Tap::Retry, Tap::ConfirmError, Tap::Back, Tap::Close],
        PageView::Overview { .. } => &[Tap::CardAction, Tap::Tutorial, Tap::Back, Tap::Close],
        PageView::MoveKeyWarning => &[Tap::ConfirmMove, Tap::CancelMove, Tap::Back, Tap::Close],
        PageView::Error(_) if view.offers.contains(Tap::Retry) => {
            &[Tap::Retry, Tap::ConfirmError, Tap::Back, Tap::Close]
        }
        PageView::Error(_) => &[Tap::ConfirmError, Tap::Back, Tap::Close],
    }
}

impl Texts {
    /// Returns the sentence about why the backend did not answer.
    #[must_use]
    pub fn failure(&self, kind: FailureKind) -> String {
        let FailureKind::Status { status } = kind else { return self.text(keys::failure(kind)) };
        self.text_with(keys::FAILURE_STATUS, &[("status", Value::Number(status.into()))])
    }

    /// Returns the text of the usage counter; `None` = no password is cached.
    #[must_use]
    pub fn password_uses(&self, uses: Option<UsageCounter>) -> String {
        let Some(uses) = uses else { return self.text(keys::PASSWORD_NONE) };
        let values = [
            ("used", Value::Number(uses.get().into())),
            ("limit", Value::Number(UsageCounter::LIMIT.into())),
        ];
        self.text_with(keys::PASSWORD_USES, &values)
    }
}
