//! The state of the model, and the rule that each input belongs to.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use digital_key_domain::{
    AppleErrorCode, Blocker, CacheFailure, DigitalKeyId, ErrorPage, NoAnswer, Notice,
    PairingAnswer, PairingStatus, PasswordFetch, Reply, Settings, Tap, Vin,
};

use crate::expected::{Call, ExpectedEffect, Ticket};
use crate::facts::Facts;
use crate::late_answer::EndedSheet;
use crate::welcome::Welcome;

/// What the requirements say must be on the screen and under way, given what happened.
#[derive(Debug, Clone)]
pub struct Model {
    pub(crate) settings: Settings,
    /// What the running app knows; a vehicle is here once its record was read.
    pub(crate) known: BTreeMap<Vin, Facts>,
    /// What the cache holds. It outlives the app.
    pub(crate) cache: BTreeMap<Vin, Facts>,
    /// Statuses that wait until the wallet has answered: they lack a key that was made here (ADR
    /// 105), or an older question to the wallet is open.
    pub(crate) deferred_status: BTreeMap<Vin, PairingStatus>,
    /// Keys that the wallet is asked about once it has answered an older question.
    pub(crate) recheck: BTreeMap<Vin, DigitalKeyId>,
    /// Vehicles whose status is read once more when the request in flight is answered (OVR-7).
    pub(crate) status_due: BTreeSet<Vin>,
    /// Keys that the last status no longer named, of vehicles without an owner key (OVR-7).
    pub(crate) removed: BTreeMap<Vin, DigitalKeyId>,
    /// Vehicles whose key is spelt in two ways, as the host knows.
    pub(crate) diagnosed: BTreeSet<Vin>,
    /// Vehicles whose support is asked again when their record is read (ENT-10).
    pub(crate) refresh_due: BTreeSet<Vin>,
    /// The calls that are not answered yet.
    pub(crate) open: BTreeMap<Ticket, ExpectedEffect>,
    pub(crate) selected: Option<Vin>,
    pub(crate) page: Page,
    pub(crate) move_flow: bool,
    pub(crate) warning: Option<AppleErrorCode>,
    /// What Overview reports, until the next tap (OVR-4).
    pub(crate) notice: Option<Notice>,
    /// What the failure that led to the error page asks to wait (GEN-11).
    pub(crate) wait: Option<u64>,
    /// The failures of the last request for support, status and password of each vehicle.
    pub(crate) failures: BTreeMap<(Vin, Asked), Unanswered>,
    pub(crate) in_background: bool,
    pub(crate) pairing: Option<Pairing>,
    /// The sheets that ended without a pass, the newest last; a success may still come (CBK-7).
    pub(crate) ended_sheets: VecDeque<EndedSheet>,
    /// The vehicles with a sheet since the app was started.
    pub(crate) vehicles_with_sheets: BTreeSet<Vin>,
    /// Those of them whose late answers may belong to another account (GEN-5, GEN-9).
    pub(crate) late_answers_dropped: BTreeSet<Vin>,
    pub(crate) reported: Vec<CacheFailure>,
    /// The effects of the input at hand.
    pub(crate) effects: Vec<ExpectedEffect>,
    next_ticket: u64,
    /// The rules that applied so far.
    cited: BTreeSet<&'static str>,
}

/// The page that is shown, and what belongs to this showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Page {
    VehicleTab {
        opening: bool,
    },
    Welcome(Welcome),
    GrabYourTwoKeys,
    ReadyToPair {
        checked: bool,
        highlighted: bool,
    },
    PairingError {
        reason: Option<AppleErrorCode>,
    },
    Tutorial1(Opener),
    Tutorial2(Opener),
    /// Remembers the key that was on this phone when the page was loaded (OVR-1).
    Overview {
        remembered: Option<DigitalKeyId>,
    },
    MoveKeyWarning {
        remembered: Option<DigitalKeyId>,
    },
    Error(ErrorPage),
}

/// The page that the tutorials were opened from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Opener {
    Pairing,
    Overview { remembered: Option<DigitalKeyId> },
}

/// What the backend is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Asked {
    Support,
    Status,
    Password,
}

/// Why the backend has not said what it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unanswered {
    Failed(NoAnswer),
    /// REQ-5: the answer has a value that this version does not know.
    UnknownValue,
}

/// A pairing that runs: from the tap until Apple's sheet is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pairing {
    pub(crate) vin: Vin,
    /// The call that is open: first the take of a use, then the start of Apple's sheet.
    pub(crate) ticket: Ticket,
    pub(crate) sheet_is_up: bool,
    /// The page that started it is still shown.
    pub(crate) is_awaited: bool,
}

/// Something that happened, in the model's words.
#[derive(Debug, Clone)]
pub enum Input {
    /// The user selected a vehicle.
    Selected(Vin),
    /// The user tapped something.
    Tapped(Tap),
    /// The app lost focus.
    WentToBackground,
    /// The app regained focus.
    CameToForeground,
    /// Something in the wallet changed.
    WalletChanged,
    /// The host asks for the support of a vehicle again.
    Refreshed(Vin),
    /// A vehicle left the account.
    Forgotten(Vin),
    /// The user signed out.
    SignedOut,
    /// A call was answered, perhaps for the second time.
    Replied(ExpectedEffect, Reply),
    /// Apple's API called back once more, for a sheet of this vehicle.
    LateAnswer(Vin, PairingAnswer),
    /// Storing or erasing failed.
    CacheFailed(CacheFailure),
}

impl Model {
    /// Returns the model of an app that was just installed.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            known: BTreeMap::new(),
            cache: BTreeMap::new(),
            deferred_status: BTreeMap::new(),
            recheck: BTreeMap::new(),
            status_due: BTreeSet::new(),
            removed: BTreeMap::new(),
            diagnosed: BTreeSet::new(),
            refresh_due: BTreeSet::new(),
            open: BTreeMap::new(),
            selected: None,
            page: Page::VehicleTab { opening: false },
            move_flow: false,
            warning: None,
            notice: None,
            wait: None,
            failures: BTreeMap::new(),
            in_background: false,
            pairing: None,
            ended_sheets: VecDeque::new(),
            vehicles_with_sheets: BTreeSet::new(),
            late_answers_dropped: BTreeSet::new(),
            reported: Vec::new(),
            effects: Vec::new(),
            next_ticket: 0,
            cited: BTreeSet::new(),
        }
    }

    /// The app was killed and starts again; only the cache is left (GEN-4).
    pub fn restart(&mut self) {
        let fresh = Self::new(self.settings.clone());
        let before = std::mem::replace(self, fresh);
        self.cache = before.cache;
        self.next_ticket = before.next_ticket;
        self.cited = before.cited;
        self.cite("GEN-4");
    }

    /// Handles an input and returns the effects that must follow.
    pub fn handle(&mut self, input: &Input) -> Vec<ExpectedEffect> {
        match input {
            Input::Selected(vin) => self.on_select(*vin),
            Input::Tapped(tap) => self.on_tap(*tap),
            Input::WentToBackground => self.in_background = true,
            Input::CameToForeground => self.on_foreground(),
            Input::WalletChanged => self.on_wallet_change(),
            Input::Refreshed(vin) => self.on_refresh(*vin),
            Input::Forgotten(vin) => self.on_forget(*vin),
            Input::SignedOut => self.on_sign_out(),
            Input::Replied(asked, reply) => self.on_reply(asked.ticket, reply),
            Input::LateAnswer(vin, answer) => self.on_late_answer(*vin, answer),
            Input::CacheFailed(failure) => self.report(*failure),
        }
        std::mem::take(&mut self.effects)
    }

    /// Returns the rules that applied so far.
    #[must_use]
    pub fn cited(&self) -> &BTreeSet<&'static str> {
        &self.cited
    }

    /// A tap that is not offered is ignored (GEN-8); each page has its own rules for the others.
    fn on_tap(&mut self, tap: Tap) {
        let Some(vin) = self.selected else { return };
        if !self.offers().contains(&tap) {
            self.cite("GEN-8");
            return;
        }
        // OVR-4: a notice is shown until the next tap.
        self.notice = None;
        match self.page.clone() {
            Page::VehicleTab { .. } => self.open_entry(vin),
            Page::Welcome(page) => self.tap_welcome(vin, &page, tap),
            Page::GrabYourTwoKeys => self.tap_grab_your_two_keys(vin, tap),
            Page::ReadyToPair { checked, highlighted } => {
                self.tap_ready_to_pair(vin, checked, highlighted, tap);
            }
            Page::PairingError { .. } => self.tap_pairing_error(vin, tap),
            Page::Error(_) => self.tap_error_page(vin, tap),
            Page::Tutorial1(opener) => self.tap_tutorial1(vin, opener, tap),
            Page::Tutorial2(opener) => self.tap_tutorial2(vin, opener, tap),
            Page::Overview { remembered } => self.tap_overview(vin, remembered, tap),
            Page::MoveKeyWarning { .. } => self.tap_move_key_warning(vin, tap),
        }
    }

    /// A reply counts for an open call only: a duplicate, or a reply to a call from before a
    /// sign-out, changes nothing (CBK-7, GEN-2, GEN-5).
    fn on_reply(&mut self, ticket: Ticket, reply: &Reply) {
        let Some(asked) = self.open.remove(&ticket) else {
            self.on_reply_of_ended_sheet(ticket, reply);
            return;
        };
        let Some(vin) = asked.vin else { return };
        match (&asked.call, reply) {
            (Call::ReadCache, Reply::Record(read)) => self.on_record(vin, read.is_ok()),
            (Call::AskSupport, Reply::Support(answer)) => self.on_support(vin, *answer),
            (Call::AskStatus, Reply::Status(answer)) => {
                self.note_failure(vin, Asked::Status, answer.as_ref().err(), &asked);
                self.on_status(vin, answer.as_ref().ok(), &asked);
            }
            (Call::AskPassword, Reply::Password(fetch)) => {
                let failure = match fetch {
                    PasswordFetch::Failed(no_answer) => Some(no_answer),
                    PasswordFetch::Fetched | PasswordFetch::NoPassword => None,
                };
                self.note_failure(vin, Asked::Password, failure, &asked);
                self.on_password(vin, *fetch);
            }
            (Call::StorePassword, Reply::PasswordStored(stored)) => {
                self.on_password_stored(vin, ticket, *stored);
            }
            (Call::AskCanCreateKey, Reply::CanCreateKey(can)) => self.on_can_create_key(vin, *can),
            (Call::AskPresence(key), Reply::Presence(presence)) => {
                self.on_presence(vin, key, *presence, asked.is_outdated);
            }
            (Call::OpenWallet(_), Reply::WalletOpened(opened)) => {
                self.on_wallet_opened(vin, *opened);
            }
            (Call::TakeUse, Reply::UseTaken(taken)) => self.on_use_taken(vin, ticket, *taken),
            (Call::StartPairing { used }, Reply::Pairing(answer)) => {
                self.on_apple_answer(vin, &asked, *used, answer);
            }
            (Call::CheckSheet { sheet }, Reply::SheetGone) => self.on_sheet_gone(*sheet),
            _ => {}
        }
        let failure = match reply {
            Reply::Record(Err(failure))
            | Reply::PasswordStored(Err(failure))
            | Reply::UseTaken(Err(failure)) => *failure,
            _ => return,
        };
        self.report(failure);
    }

    /// Remembers how the last request ended. One from before a pairing says nothing (CBK-8).
    fn note_failure(
        &mut self,
        vin: Vin,
        asked: Asked,
        failure: Option<&NoAnswer>,
        call: &ExpectedEffect,
    ) {
        match failure {
            _ if call.is_outdated => {}
            Some(no_answer) => {
                self.failures.insert((vin, asked), Unanswered::Failed(*no_answer));
            }
            None => {
                self.failures.remove(&(vin, asked));
            }
        }
    }

    /// GEN-11: opens an error page, which says how long its failure asks to wait.
    pub(crate) fn show_error(&mut self, vin: Vin, page: ErrorPage) {
        let cause = match page {
            ErrorPage::Blocked(Blocker::BackendError) => Some(Asked::Status),
            ErrorPage::Blocked(Blocker::PairingPasswordUnavailable)
            | ErrorPage::PairingAttemptsExhausted => Some(Asked::Password),
            _ => None,
        };
        let failure = cause.and_then(|asked| self.failures.get(&(vin, asked)));
        self.wait = failure.and_then(|failure| match failure {
            Unanswered::Failed(no_answer) => no_answer.wait,
            Unanswered::UnknownValue => None,
        });
        if self.wait.is_some() {
            self.cite("GEN-11");
        }
        self.page = Page::Error(page);
    }

    /// Each kind of failure of the cache is reported once (GEN-7).
    fn report(&mut self, failure: CacheFailure) {
        if !self.reported.contains(&failure) {
            self.cite("GEN-7");
            self.reported.push(failure);
            self.expect(None, Call::Report(failure));
        }
    }

    /// Expects a call that is not answered.
    pub(crate) fn expect(&mut self, vin: Option<Vin>, call: Call) {
        let expected = self.expected(vin, call);
        self.effects.push(expected);
    }

    /// Expects a call that is answered.
    pub(crate) fn ask(&mut self, vin: Vin, call: Call) -> Ticket {
        let expected = self.expected(Some(vin), call);
        let ticket = expected.ticket;
        self.effects.push(expected.clone());
        self.open.insert(ticket, expected);
        ticket
    }

    /// Gives a call its number.
    pub(crate) fn expected(&mut self, vin: Option<Vin>, call: Call) -> ExpectedEffect {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        ExpectedEffect { ticket, vin, call, is_outdated: false, is_optional: false }
    }

    /// Asks, unless the same question is open already (ENT-6, WEL-3).
    pub(crate) fn ask_or_join(&mut self, vin: Vin, call: Call) {
        if !self.is_open(vin, &call) {
            self.ask(vin, call);
        }
    }

    pub(crate) fn is_open(&self, vin: Vin, call: &Call) -> bool {
        self.open.values().any(|open| open.vin == Some(vin) && open.call == *call)
    }

    /// Returns what is known about a vehicle.
    pub(crate) fn facts(&self, vin: Vin) -> Facts {
        self.known.get(&vin).cloned().unwrap_or_default()
    }

    pub(crate) fn cite(&mut self, rule: &'static str) {
        self.cited.insert(rule);
    }
}
