//! The flow machine: which page is shown, and what happens next.
//!
//! [`Flow::step`] takes one event and pushes the effects that it causes into a buffer of the
//! caller. It is synchronous, total and deterministic. What is legal anywhere (select a vehicle,
//! background, foreground, sign out, answers) is handled here, once; then the page is asked, each
//! in a file of its own under `page/`.

mod attempt;
mod effect;
mod event;
mod page;
#[cfg(feature = "exploration")]
mod renumber;
mod vehicle;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use effect::Effect;
pub use event::{
    Answer, CacheFailure, Event, Failed, Intent, PasswordAnswer, Reason, RequestId, StoredPassword,
    TakeAnswer, Tap, Verdict,
};
#[cfg(feature = "exploration")]
pub use renumber::Numbering;
pub use view::{CardAction, CardView, EntryView, ErrorPage, PageView, View};

use crate::{AppleErrorCode, PairingAnswer, Phone, Vin};
use attempt::{Attempt, EndedSheet, MAX_ENDED_SHEETS};
use page::{News, Page, PageEvent, Turn};
use vehicle::Vehicle;

/// How many vehicles are kept in memory; an idle one makes room and is loaded again when needed.
const MAX_VEHICLES: usize = 64;

/// What the machine has to know about its surroundings; it does not change while it runs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Settings {
    /// The phone that the app runs on.
    pub phone: Phone,
    /// What the entry on the vehicle tab leads to (ENT-7).
    pub entry_mode: EntryMode,
    /// The link behind "More information" (OVR-6).
    pub more_information: Arc<str>,
}

impl Settings {
    /// The link that is used when no other is given (OVR-6).
    pub const MORE_INFORMATION: &str = "https://bmw.com/digitalkey";

    /// The settings of the full flow on this phone.
    #[must_use]
    pub fn new(phone: Phone) -> Self {
        Self {
            phone,
            entry_mode: EntryMode::OwnerPairing,
            more_information: Self::MORE_INFORMATION.into(),
        }
    }
}

/// What the entry on the vehicle tab leads to (ENT-7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum EntryMode {
    /// A label that leads nowhere.
    ComingSoon,
    /// The flow.
    #[default]
    OwnerPairing,
}

/// The flow machine.
///
/// ```
/// use digital_key_domain::{Effect, Event, Flow, Intent, Phone, Settings, Verdict};
///
/// let phone = Phone::Ios { machine: "iPhone12,1".parse()?, version: "14.2".parse()? };
/// let mut flow = Flow::new(Settings::new(phone));
/// let mut effects = Vec::new();
/// let vin = "WBA00000000DEMO03".parse()?;
/// let verdict = flow.step(Event::Intent(Intent::SelectVehicle(vin)), &mut effects);
/// assert_eq!(verdict, Verdict::Accepted);
/// assert!(matches!(effects[..], [Effect::LoadRecord { .. }]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Flow {
    settings: Settings,
    /// Boxed: a node of the map has room for eleven of them.
    vehicles: BTreeMap<Vin, Box<Vehicle>>,
    selected: Option<Vin>,
    /// The page of the selected vehicle; the vehicle tab when none is selected.
    page: Page,
    /// The user chose to move an existing key to this phone (MOV-3).
    move_flow: bool,
    /// The error that came with a key (CBK-3), until the flow ends.
    warning: Option<AppleErrorCode>,
    /// The pairing that is running: at most one in the app (RDY-5).
    attempt: Option<Attempt>,
    /// Of the account that is signed in, the newest first; never more than [`MAX_ENDED_SHEETS`].
    ended_sheets: Vec<EndedSheet>,
    in_background: bool,
    /// What was reported already (GEN-7).
    reported_lost: bool,
    reported_unavailable: bool,
    last_id: RequestId,
}

/// Where effects go, and where request numbers come from.
struct Outbox<'a> {
    last_id: &'a mut RequestId,
    effects: &'a mut Vec<Effect>,
}

impl Outbox<'_> {
    fn next_id(&mut self) -> RequestId {
        self.last_id.0 += 1;
        *self.last_id
    }

    fn push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }
}

/// What a page may look at and change.
struct Context<'a> {
    settings: &'a Settings,
    vehicle: &'a mut Vehicle,
    attempt: &'a mut Option<Attempt>,
    move_flow: &'a mut bool,
    warning: &'a mut Option<AppleErrorCode>,
    out: Outbox<'a>,
}

impl Flow {
    /// A machine on the vehicle tab, with no vehicle selected.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            vehicles: BTreeMap::new(),
            selected: None,
            page: Page::default(),
            move_flow: false,
            warning: None,
            attempt: None,
            ended_sheets: Vec::with_capacity(MAX_ENDED_SHEETS),
            in_background: false,
            reported_lost: false,
            reported_unavailable: false,
            last_id: RequestId::default(),
        }
    }

    /// Takes one event: changes the state and pushes the effects that it causes.
    ///
    /// An event that is [`Verdict::Ignored`] has changed nothing and caused no effect (GEN-2).
    pub fn step(&mut self, event: Event, effects: &mut Vec<Effect>) -> Verdict {
        match event {
            Event::Intent(Intent::SelectVehicle(vin)) => self.select(vin, effects),
            Event::Intent(Intent::Tap(tap)) => self.ask_page(PageEvent::Tap(tap), effects),
            Event::WentToBackground => {
                if self.in_background {
                    return Verdict::Ignored(Reason::NothingToChange);
                }
                self.in_background = true;
                Verdict::Accepted
            }
            Event::CameToForeground => self.come_to_foreground(effects),
            // In the background nothing is shown; coming back asks anyway (OVR-2, OVR-7).
            Event::WalletChanged if self.in_background => Verdict::Ignored(Reason::NotConcerned),
            Event::WalletChanged => self.ask_page(PageEvent::News(News::WalletChanged), effects),
            Event::SignedOut => self.sign_out(effects),
            Event::Answered { id, vin, answer } => self.take_answer(id, vin, answer, effects),
            Event::CacheFailed(failure) => {
                if self.report(failure, effects) {
                    Verdict::Accepted
                } else {
                    Verdict::Ignored(Reason::NothingToChange)
                }
            }
        }
    }

    fn context<'a>(
        &'a mut self,
        effects: &'a mut Vec<Effect>,
    ) -> Option<(&'a mut Page, Context<'a>)> {
        let vehicle = self.vehicles.get_mut(&self.selected?)?;
        let context = Context {
            settings: &self.settings,
            vehicle,
            attempt: &mut self.attempt,
            move_flow: &mut self.move_flow,
            warning: &mut self.warning,
            out: Outbox { last_id: &mut self.last_id, effects },
        };
        Some((&mut self.page, context))
    }

    fn ask_page(&mut self, event: PageEvent, effects: &mut Vec<Effect>) -> Verdict {
        let Some((page, mut context)) = self.context(effects) else {
            return Verdict::Ignored(Reason::NotOffered);
        };
        match page.on(event, &mut context) {
            Turn::Ignored(reason) => return Verdict::Ignored(reason),
            Turn::Stay => {}
            Turn::Open(next) => *page = next,
            Turn::Leave => self.leave_flow(),
        }
        Verdict::Accepted
    }

    /// Ends the flow at the vehicle tab (GEN-1, MOV-4). A sheet of Apple's stays up (CBK-7).
    fn leave_flow(&mut self) {
        self.page = Page::default();
        self.move_flow = false;
        self.warning = None;
        self.attempt = self.attempt.take().and_then(Attempt::left);
    }

    fn select(&mut self, vin: Vin, effects: &mut Vec<Effect>) -> Verdict {
        let is_new = self.selected != Some(vin);
        if is_new {
            self.leave_flow();
            self.make_room();
            self.selected = Some(vin);
        }
        let vehicle = self.vehicles.entry(vin).or_insert_with(|| Box::new(Vehicle::new(vin)));
        let mut out = Outbox { last_id: &mut self.last_id, effects };
        // A flow runs only for a vehicle whose support is known: nothing is asked then (ENT-6).
        let asked = self.settings.phone.has_supported_platform() && vehicle.learn_support(&mut out);
        if is_new || asked { Verdict::Accepted } else { Verdict::Ignored(Reason::AlreadySelected) }
    }

    fn make_room(&mut self) {
        if self.vehicles.len() >= MAX_VEHICLES {
            let ended = self.ended_sheets.iter().map(|sheet| sheet.vin);
            let may_succeed: Vec<_> =
                ended.chain(self.attempt.as_ref().map(Attempt::vin)).collect();
            self.vehicles.retain(|vin, vehicle| !vehicle.is_idle() || may_succeed.contains(vin));
        }
    }

    fn come_to_foreground(&mut self, effects: &mut Vec<Effect>) -> Verdict {
        let before = effects.len();
        if let Some((id, vin)) = self.attempt.as_ref().and_then(Attempt::sheet) {
            effects.push(Effect::CheckSheet { id, vin });
        }
        let was_in_background = std::mem::take(&mut self.in_background);
        let verdict = self.ask_page(PageEvent::News(News::CameToForeground), effects);
        if was_in_background || effects.len() > before { Verdict::Accepted } else { verdict }
    }

    /// Forgets the account (GEN-5). Answers to what was asked before find no question any more.
    fn sign_out(&mut self, effects: &mut Vec<Effect>) -> Verdict {
        self.leave_flow();
        self.attempt = self.attempt.take().and_then(Attempt::signed_out);
        self.ended_sheets.clear();
        self.vehicles.clear();
        self.selected = None;
        effects.push(Effect::EraseAll);
        Verdict::Accepted
    }

    fn report(&mut self, failure: CacheFailure, effects: &mut Vec<Effect>) -> bool {
        let reported = match failure {
            CacheFailure::Lost => &mut self.reported_lost,
            CacheFailure::Unavailable => &mut self.reported_unavailable,
        };
        let is_first = !std::mem::replace(reported, true);
        if is_first {
            effects.push(Effect::Report(failure));
        }
        is_first
    }

    fn take_answer(
        &mut self,
        id: RequestId,
        vin: Vin,
        answer: Answer,
        effects: &mut Vec<Effect>,
    ) -> Verdict {
        let is_selected = self.selected == Some(vin);
        let failure = answer.cache_failure();
        let Some(vehicle) = self.vehicles.get_mut(&vin) else {
            // Only a sheet outlives the memory of its vehicle: that of a user who signed out.
            return self.end_forgotten_sheet(id, vin, &answer);
        };
        let mut out = Outbox { last_id: &mut self.last_id, effects };
        let heard = match answer {
            Answer::Record(answer) => {
                let heard = vehicle.on_record(id, answer.ok());
                if heard == Heard::Noted && is_selected {
                    vehicle.learn_support(&mut out);
                }
                heard
            }
            Answer::Support(answer) => vehicle.on_support(id, answer.ok(), &mut out),
            Answer::Status(answer) => vehicle.on_status(id, answer.ok(), &mut out),
            Answer::Password(answer) => vehicle.on_password(id, answer, &mut out),
            Answer::PasswordStored(answer) => vehicle.on_password_stored(id, answer.ok()),
            Answer::CanCreate(can) => vehicle.on_can_create(id, can),
            Answer::Presence(presence) => vehicle.on_presence(id, presence, &mut out),
            Answer::Take(answer) => self.on_take(id, vin, answer, effects),
            Answer::Pairing(answer) => self.on_pairing(id, vin, answer, effects),
            // Neither a pass nor an error (GEN-2).
            Answer::SheetGone => self.on_pairing(id, vin, PairingAnswer::default(), effects),
        };
        if heard == Heard::NotAwaited {
            return Verdict::Ignored(Reason::NotAwaited);
        }
        if let Some(failure) = failure {
            self.report(failure, effects);
        }
        if is_selected && let Heard::Tell(news) = heard {
            // The facts are taken in, whatever the page makes of them.
            let _ = self.ask_page(PageEvent::News(news), effects);
        }
        Verdict::Accepted
    }
}

/// What an answer was good for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Heard {
    /// No open question has this number.
    NotAwaited,
    /// The facts changed; there is nothing to tell the page.
    Noted,
    /// The page of this vehicle is to be told, if it is shown.
    Tell(News),
}
