//! The model's state, and which rule an event belongs to.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use digital_key_domain::{
    Answer, AppleErrorCode, CacheFailure, DigitalKeyId, ErrorPage, PairingStatus, Settings,
    TakeAnswer, Tap, Vin,
};

use crate::facts::Facts;
use crate::question::{Call, Question, Ticket};
use crate::welcome::Welcome;

/// What the requirements say must be on the screen and under way, given what happened.
#[derive(Debug, Clone)]
pub struct Model {
    pub(crate) settings: Settings,
    /// What the running app knows; a vehicle is here once its record was read.
    pub(crate) known: BTreeMap<Vin, Facts>,
    /// What the cache holds. It outlives the app.
    pub(crate) cache: BTreeMap<Vin, Facts>,
    /// Statuses that wait until the wallet has spoken: about a key made here that they lack (ADR
    /// 105), or about an older question.
    pub(crate) withheld: BTreeMap<Vin, PairingStatus>,
    /// Keys that the wallet is asked about once it has answered an older question.
    pub(crate) asked_next: BTreeMap<Vin, DigitalKeyId>,
    /// What was asked and is not answered.
    pub(crate) open: BTreeMap<Ticket, Question>,
    pub(crate) selected: Option<Vin>,
    pub(crate) page: Page,
    pub(crate) move_flow: bool,
    pub(crate) warning: Option<AppleErrorCode>,
    pub(crate) in_background: bool,
    pub(crate) pairing: Option<Pairing>,
    /// Sheets that ended without a pass, the newest last; a success may still come (CBK-7).
    pub(crate) ended_sheets: VecDeque<Question>,
    reported: Vec<CacheFailure>,
    /// What the event at hand has caused.
    pub(crate) caused: Vec<Question>,
    next_ticket: u64,
    /// The rules that had a say so far.
    cited: BTreeSet<&'static str>,
}

/// The page that is shown, with what belongs to this showing.
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
    /// With the key that was on this phone when it was loaded (OVR-1), and whether the status is to
    /// be read once more (OVR-7).
    Overview {
        remembered: Option<DigitalKeyId>,
        is_read_due: bool,
    },
    MoveKeyWarning {
        remembered: Option<DigitalKeyId>,
    },
    Error(ErrorPage),
}

/// Where the tutorials were opened from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Opener {
    Pairing,
    Overview { remembered: Option<DigitalKeyId> },
}

/// A pairing that runs: from the tap until Apple's sheet is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pairing {
    pub(crate) vin: Vin,
    /// Its question: first for a use of the password, then to Apple.
    pub(crate) ticket: Ticket,
    pub(crate) sheet_is_up: bool,
    /// The page that started it is still there.
    pub(crate) is_awaited: bool,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub enum Happening {
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
    /// The user signed out.
    SignedOut,
    /// Something that was asked for was answered, perhaps once more.
    Answered(Question, Answer),
    /// Storing or erasing failed.
    CacheFailed(CacheFailure),
}

impl Model {
    /// The model of an app that was just installed.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            known: BTreeMap::new(),
            cache: BTreeMap::new(),
            withheld: BTreeMap::new(),
            asked_next: BTreeMap::new(),
            open: BTreeMap::new(),
            selected: None,
            page: Page::VehicleTab { opening: false },
            move_flow: false,
            warning: None,
            in_background: false,
            pairing: None,
            ended_sheets: VecDeque::new(),
            reported: Vec::new(),
            caused: Vec::new(),
            next_ticket: 0,
            cited: BTreeSet::new(),
        }
    }

    /// GEN-4: the app was killed and starts again; only the cache is left.
    pub fn restart(&mut self) {
        let fresh = Self::new(self.settings.clone());
        let before = std::mem::replace(self, fresh);
        self.cache = before.cache;
        self.next_ticket = before.next_ticket;
        self.cited = before.cited;
        self.cite("GEN-4");
    }

    /// Takes in what happened; answers what must be done now.
    pub fn take_in(&mut self, happening: &Happening) -> Vec<Question> {
        match happening {
            Happening::Selected(vin) => self.select(*vin),
            Happening::Tapped(tap) => self.tap(*tap),
            Happening::WentToBackground => self.in_background = true,
            Happening::CameToForeground => self.come_to_foreground(),
            Happening::WalletChanged => self.hear_wallet_change(),
            Happening::SignedOut => self.sign_out(),
            Happening::Answered(question, answer) => self.hear_answer(question.ticket, answer),
            Happening::CacheFailed(failure) => self.report(*failure),
        }
        std::mem::take(&mut self.caused)
    }

    /// The rules that had a say so far.
    #[must_use]
    pub fn cited(&self) -> &BTreeSet<&'static str> {
        &self.cited
    }

    /// Each page asks for its own rules.
    fn tap(&mut self, tap: Tap) {
        let Some(vin) = self.selected else { return };
        match self.page.clone() {
            Page::VehicleTab { opening } => self.tap_vehicle_tab(vin, opening, tap),
            Page::Welcome(page) => self.tap_welcome(vin, &page, tap),
            Page::GrabYourTwoKeys => self.tap_grab_your_two_keys(vin, tap),
            Page::ReadyToPair { checked, highlighted } => {
                self.tap_ready_to_pair(vin, checked, highlighted, tap);
            }
            Page::PairingError { .. } => self.tap_pairing_error(vin, tap),
            Page::Tutorial1(opener) => self.tap_tutorial1(vin, opener, tap),
            Page::Tutorial2(opener) => self.tap_tutorial2(vin, opener, tap),
            Page::Overview { remembered, .. } => self.tap_overview(vin, remembered, tap),
            Page::MoveKeyWarning { .. } => self.tap_move_key_warning(vin, tap),
            Page::Error(page) => self.tap_error_page(vin, page, tap),
        }
    }

    /// An answer counts for what is open only: a duplicate, or one to something that was begun
    /// before a sign-out, changes nothing (CBK-7, GEN-2, GEN-5).
    fn hear_answer(&mut self, ticket: Ticket, answer: &Answer) {
        let Some(asked) = self.open.remove(&ticket) else {
            self.cite("CBK-7");
            self.hear_apple_again(ticket, answer);
            return;
        };
        let Some(vin) = asked.vin else { return };
        match (&asked.call, answer) {
            (Call::ReadCache, Answer::Record(read)) => self.hear_record(vin, read.is_ok()),
            (Call::AskSupport, Answer::Support(answer)) => self.hear_support(vin, *answer),
            (Call::AskStatus, Answer::Status(answer)) => {
                self.hear_status(vin, answer.as_ref().ok(), &asked);
            }
            (Call::AskPassword, Answer::Password(answer)) => self.hear_password(vin, *answer),
            (Call::StorePassword, Answer::PasswordStored(answer)) => {
                self.hear_password_stored(vin, ticket, *answer);
            }
            (Call::AskCanCreate, Answer::CanCreate(can)) => self.hear_can_create(vin, *can),
            (Call::AskPresence(key), Answer::Presence(presence)) => {
                self.hear_presence(vin, key, *presence, asked.is_out_of_date);
            }
            (Call::TakeUse, Answer::Take(taken)) => self.hear_take(vin, ticket, *taken),
            (Call::StartPairing { used }, Answer::Pairing(answer)) => {
                self.hear_apple(vin, &asked, *used, answer);
            }
            (Call::CheckSheet { sheet }, Answer::SheetGone) => self.hear_sheet_gone(*sheet),
            _ => {}
        }
        let failure = match answer {
            Answer::Record(Err(failure))
            | Answer::PasswordStored(Err(failure))
            | Answer::Take(TakeAnswer::Failed(failure)) => *failure,
            _ => return,
        };
        self.report(failure);
    }

    /// GEN-7: a failure of the cache is reported once.
    fn report(&mut self, failure: CacheFailure) {
        if !self.reported.contains(&failure) {
            self.cite("GEN-7");
            self.reported.push(failure);
            self.want(None, Call::Report(failure));
        }
    }

    /// Wants something done that is not answered.
    pub(crate) fn want(&mut self, vin: Option<Vin>, call: Call) {
        let question = self.question(vin, call);
        self.caused.push(question);
    }

    /// Wants something done that is answered.
    pub(crate) fn ask(&mut self, vin: Vin, call: Call) -> Ticket {
        let question = self.question(Some(vin), call);
        let ticket = question.ticket;
        self.caused.push(question.clone());
        self.open.insert(ticket, question);
        ticket
    }

    /// Names something that is wanted.
    pub(crate) fn question(&mut self, vin: Option<Vin>, call: Call) -> Question {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        Question { ticket, vin, call, is_out_of_date: false, may_be_left_out: false }
    }

    /// Who asks what is being asked already joins that question (ENT-6, WEL-3).
    pub(crate) fn ask_or_join(&mut self, vin: Vin, call: Call) {
        if !self.is_open(vin, &call) {
            self.ask(vin, call);
        }
    }

    pub(crate) fn is_open(&self, vin: Vin, call: &Call) -> bool {
        self.open.values().any(|open| open.vin == Some(vin) && open.call == *call)
    }

    /// What is known about a vehicle.
    pub(crate) fn facts(&self, vin: Vin) -> Facts {
        self.known.get(&vin).cloned().unwrap_or_default()
    }

    pub(crate) fn cite(&mut self, rule: &'static str) {
        self.cited.insert(rule);
    }
}
