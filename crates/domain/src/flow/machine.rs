//! The machine: it takes an event, updates the facts, and asks the page that is shown.
//!
//! Events that are legal anywhere (select a vehicle, background, foreground, sign out, replies) are
//! handled here, once. What a page makes of an event stands in a file of its own below `page/`.

use super::page::{Page, PageInput, PhoneEvent, Transition, VehicleAnswer};
use super::pairing::{Attempt, EndedSheets, ShownSheets};
use super::protocol::{
    CacheFailure, Effect, Event, Intent, Question, Reason, Reply, Request, RequestId, Tap, Verdict,
};
use super::screen::{Context, Screen};
use super::settings::Settings;
use super::vehicle::Vehicle;
use super::vehicles::Vehicles;
use crate::{DigitalKeyId, PairingAnswer, Vin};

/// The flow machine.
///
/// ```
/// use digital_key_domain::{Effect, Flow, Intent, Phone, Settings, Verdict};
///
/// let phone = Phone::Ios { machine: "iPhone12,1".parse()?, version: "14.2".parse()? };
/// let mut flow = Flow::new(Settings::new(phone));
/// let mut effects = Vec::new();
/// let vin = "WBA00000000DEMO03".parse()?;
/// let verdict = flow.step(Intent::SelectVehicle(vin).into(), &mut effects);
/// assert_eq!(verdict, Verdict::Accepted);
/// assert_eq!(effects[0].call(), "cache.load");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Flow {
    pub(super) settings: Settings,
    pub(super) vehicles: Vehicles,
    /// What is shown of the selected vehicle; `None` when no vehicle is selected.
    pub(super) screen: Option<Screen>,
    /// The pairing that is running: at most one in the app (RDY-5).
    pub(super) attempt: Option<Attempt>,
    /// The sheets of this account that ended without a pass (CBK-7).
    pub(super) ended_sheets: EndedSheets,
    /// The vehicles with a sheet since the app was started, of any account (GEN-5).
    pub(super) shown_sheets: ShownSheets,
    pub(super) in_background: bool,
    /// The failures of the cache that were reported already (GEN-7).
    pub(super) reported_lost: bool,
    pub(super) reported_unavailable: bool,
    pub(super) last_id: RequestId,
}

/// Where effects go, and where the numbers of requests come from.
pub(super) struct Outbox<'a> {
    pub(super) last_id: &'a mut RequestId,
    pub(super) effects: &'a mut Vec<Effect>,
}

impl Outbox<'_> {
    pub(super) fn next_id(&mut self) -> RequestId {
        self.last_id.0 += 1;
        *self.last_id
    }

    /// Pushes a new request, and returns its number.
    pub(super) fn ask(&mut self, vin: Vin, question: Question) -> RequestId {
        let id = self.next_id();
        self.effects.push(Effect::Request(Request { id, vin, question }));
        id
    }
}

/// The result of handling a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AnswerOutcome {
    /// No request with this number is open.
    NotAwaited,
    /// The facts are updated; no page depends on it.
    Noted,
    /// The facts are updated; the page of this vehicle may depend on it.
    ForPage(PageInput),
}

impl AnswerOutcome {
    /// Returns the key that the wallet has answered about.
    fn key_checked(&self) -> Option<&DigitalKeyId> {
        match self {
            Self::ForPage(PageInput::Vehicle(VehicleAnswer::KeyChecked { key, .. })) => Some(key),
            Self::NotAwaited | Self::Noted | Self::ForPage(_) => None,
        }
    }
}

impl Flow {
    /// Returns a machine on the vehicle tab, with no vehicle selected.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            vehicles: Vehicles::new(),
            screen: None,
            attempt: None,
            ended_sheets: EndedSheets::new(),
            shown_sheets: ShownSheets::new(),
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
            Event::Intent(Intent::Tap(tap)) => self.on_tap(tap, effects),
            Event::WentToBackground => self.go_to_background(),
            Event::CameToForeground => self.come_to_foreground(effects),
            Event::WalletChanged => self.on_wallet_change(effects),
            Event::RefreshRequested(vin) => self.refresh(vin, effects),
            Event::VehicleForgotten(vin) => self.forget(vin, effects),
            Event::SignedOut => self.sign_out(effects),
            Event::Replied { id, vin, reply } => self.on_reply(id, vin, reply, effects),
            Event::LateAnswer { vin, answer } => self.on_late_answer(vin, answer, effects),
            Event::CacheFailed(failure) => self.on_cache_failure(failure, effects),
        }
    }

    /// Shows another vehicle, which ends a running flow (GEN-3, MOV-4).
    fn select(&mut self, vin: Vin, effects: &mut Vec<Effect>) -> Verdict {
        let is_new = self.screen.as_ref().map(|screen| screen.vin) != Some(vin);
        if is_new {
            self.leave_flow();
            self.screen = Some(Screen::vehicle_tab(vin));
        }
        let may_ask = self.settings.phone.has_supported_platform();
        let (vehicle, mut out) = self.vehicle_in_memory(vin, effects);
        // On the pages of a flow the support is known, so that this asks only on the vehicle tab
        // (ENT-6).
        let asks = may_ask && vehicle.learn_support(&mut out);
        if is_new || asks { Verdict::Accepted } else { Verdict::Ignored(Reason::AlreadySelected) }
    }

    /// Asks again whether a vehicle supports Smart Access, selected or not (ENT-10).
    fn refresh(&mut self, vin: Vin, effects: &mut Vec<Effect>) -> Verdict {
        // ENT-1
        if !self.settings.phone.has_supported_platform() {
            return Verdict::Ignored(Reason::NothingToChange);
        }
        let (vehicle, mut out) = self.vehicle_in_memory(vin, effects);
        let asks = vehicle.refresh_support(&mut out);
        if asks { Verdict::Accepted } else { Verdict::Ignored(Reason::NothingToChange) }
    }

    /// Returns a vehicle, which is new if it was not in memory. A vehicle whose sheet is up or has
    /// ended stays in memory.
    fn vehicle_in_memory<'a>(
        &'a mut self,
        vin: Vin,
        effects: &'a mut Vec<Effect>,
    ) -> (&'a mut Vehicle, Outbox<'a>) {
        let running = self.attempt.as_ref().map(|attempt| attempt.vin);
        let ended = &self.ended_sheets;
        let vehicle =
            self.vehicles.get_or_add(vin, |other| running == Some(other) || ended.has(other));
        (vehicle, Outbox { last_id: &mut self.last_id, effects })
    }

    fn on_tap(&mut self, tap: Tap, effects: &mut Vec<Effect>) -> Verdict {
        let verdict = self.on_page(effects, Reason::NotOffered, |page, cx| page.on_tap(tap, cx));
        // OVR-4: a notice is shown until the next tap.
        if verdict == Verdict::Accepted
            && let Some(screen) = &mut self.screen
        {
            screen.notice = None;
        }
        verdict
    }

    pub(super) fn on_input(&mut self, input: PageInput, effects: &mut Vec<Effect>) -> Verdict {
        self.on_page(effects, Reason::NotConcerned, |page, cx| page.on_input(input, cx))
    }

    /// Lets the page that is shown handle an event, and makes the transition that it answers.
    fn on_page(
        &mut self,
        effects: &mut Vec<Effect>,
        without_vehicle: Reason,
        handle: impl FnOnce(&mut Page, &mut Context<'_>) -> Transition,
    ) -> Verdict {
        let Some(screen) = &mut self.screen else { return Verdict::Ignored(without_vehicle) };
        let Some(vehicle) = self.vehicles.get_mut(screen.vin) else {
            return Verdict::Ignored(without_vehicle);
        };
        let mut cx = Context {
            settings: &self.settings,
            vehicle: &mut *vehicle,
            attempt: &mut self.attempt,
            move_flow: &mut screen.move_flow,
            warning: &mut screen.warning,
            notice: &mut screen.notice,
            out: Outbox { last_id: &mut self.last_id, effects },
        };
        match handle(&mut screen.page, &mut cx) {
            Transition::Ignored(reason) => return Verdict::Ignored(reason),
            Transition::Stay => {}
            Transition::Open(next) => screen.open(next, vehicle),
            Transition::Leave => self.leave_flow(),
        }
        Verdict::Accepted
    }

    /// Ends the flow at the vehicle tab (GEN-1, MOV-4). A sheet of Apple's stays up (CBK-7).
    fn leave_flow(&mut self) {
        if let Some(screen) = &mut self.screen {
            *screen = Screen::vehicle_tab(screen.vin);
        }
        self.attempt = self.attempt.take().and_then(Attempt::left);
    }

    /// Ends the move flow of this vehicle: its key is on this phone (MOV-4).
    pub(super) fn end_move_flow(&mut self, vin: Vin) {
        if let Some(screen) = self.screen.as_mut().filter(|screen| screen.vin == vin) {
            screen.move_flow = false;
        }
    }

    fn go_to_background(&mut self) -> Verdict {
        if self.in_background {
            return Verdict::Ignored(Reason::NothingToChange);
        }
        self.in_background = true;
        Verdict::Accepted
    }

    /// Looks after a sheet that may be gone (GEN-2), and lets the page ask again (ENT-4, WEL-1, OVR-2,
    /// OVR-7).
    fn come_to_foreground(&mut self, effects: &mut Vec<Effect>) -> Verdict {
        let before = effects.len();
        if let Some((id, vin)) = self.attempt.as_ref().and_then(Attempt::sheet) {
            effects.push(Effect::Request(Request { id, vin, question: Question::CheckSheet }));
        }
        let was_in_background = std::mem::take(&mut self.in_background);
        let verdict = self.on_input(PhoneEvent::CameToForeground.into(), effects);
        if was_in_background || effects.len() > before { Verdict::Accepted } else { verdict }
    }

    /// In the background nothing is shown; coming back asks anyway (OVR-2, OVR-7).
    fn on_wallet_change(&mut self, effects: &mut Vec<Effect>) -> Verdict {
        if self.in_background {
            return Verdict::Ignored(Reason::NotConcerned);
        }
        self.on_input(PhoneEvent::WalletChanged.into(), effects)
    }

    /// Forgets a vehicle that left the account (GEN-9). Replies to earlier requests find no open
    /// request any more; a sheet that is up stays up, and its answer is dropped.
    fn forget(&mut self, vin: Vin, effects: &mut Vec<Effect>) -> Verdict {
        if self.screen.as_ref().is_some_and(|screen| screen.vin == vin) {
            self.leave_flow();
            self.screen = None;
        }
        if let Some(attempt) = self.attempt.take_if(|attempt| attempt.vin == vin) {
            self.attempt = attempt.dropped();
        }
        self.ended_sheets.forget(vin);
        self.shown_sheets.drop_vehicle(vin);
        self.vehicles.remove(vin);
        effects.push(Effect::Erase { vin });
        Verdict::Accepted
    }

    /// Forgets the account (GEN-5). Replies to earlier requests find no open request any more.
    fn sign_out(&mut self, effects: &mut Vec<Effect>) -> Verdict {
        self.attempt = self.attempt.take().and_then(Attempt::dropped);
        self.ended_sheets.clear();
        self.shown_sheets.drop_all();
        self.vehicles.clear();
        self.screen = None;
        effects.push(Effect::EraseAll);
        Verdict::Accepted
    }

    fn on_cache_failure(&mut self, failure: CacheFailure, effects: &mut Vec<Effect>) -> Verdict {
        let is_first = self.report(failure, effects);
        if is_first { Verdict::Accepted } else { Verdict::Ignored(Reason::NothingToChange) }
    }

    /// Reports a failure of the cache, once for each kind (GEN-7). Returns `true` for the first.
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

    /// Updates the facts about the vehicle of the reply, then lets its page handle what is new
    /// (ENT-6, GEN-3).
    fn on_reply(
        &mut self,
        id: RequestId,
        vin: Vin,
        reply: Reply,
        effects: &mut Vec<Effect>,
    ) -> Verdict {
        let is_shown = self.screen.as_ref().is_some_and(|screen| screen.vin == vin);
        let failure = reply.cache_failure();
        let outcome = match reply {
            Reply::UseTaken(result) => self.on_use_taken(id, vin, result, effects),
            Reply::Pairing(answer) => self.on_pairing(id, vin, answer, true, effects),
            // Neither a pass nor an error (GEN-2).
            Reply::SheetGone => self.on_pairing(id, vin, PairingAnswer::default(), false, effects),
            Reply::Record(_)
            | Reply::Support(_)
            | Reply::Status(_)
            | Reply::Password(_)
            | Reply::PasswordStored(_)
            | Reply::CanCreateKey(_)
            | Reply::Presence(_)
            | Reply::WalletOpened(_) => self.on_vehicle_reply(id, vin, reply, is_shown, effects),
        };
        if outcome == AnswerOutcome::NotAwaited {
            return Verdict::Ignored(Reason::NotAwaited);
        }
        if let Some(failure) = failure {
            self.report(failure, effects);
        }
        if is_shown && let AnswerOutcome::ForPage(input) = outcome {
            // The facts have changed, whether or not the page depends on them.
            let _ = self.on_input(input, effects);
        }
        Verdict::Accepted
    }

    fn on_vehicle_reply(
        &mut self,
        id: RequestId,
        vin: Vin,
        reply: Reply,
        is_shown: bool,
        effects: &mut Vec<Effect>,
    ) -> AnswerOutcome {
        let Some(vehicle) = self.vehicles.get_mut(vin) else { return AnswerOutcome::NotAwaited };
        let mut out = Outbox { last_id: &mut self.last_id, effects };
        match reply {
            Reply::Record(record) => {
                let outcome = vehicle.on_record(id, record.ok());
                if outcome == AnswerOutcome::Noted {
                    vehicle.on_loaded(is_shown, &mut out);
                }
                outcome
            }
            Reply::Support(answer) => vehicle.on_support(id, answer, &mut out),
            Reply::Status(answer) => vehicle.on_status(id, answer, &mut out),
            Reply::Password(fetch) => vehicle.on_password(id, fetch, &mut out),
            Reply::PasswordStored(stored) => vehicle.on_password_stored(id, stored.ok()),
            Reply::CanCreateKey(can) => vehicle.on_can_create_key(id, can),
            Reply::Presence(presence) => {
                let outcome = vehicle.on_presence(id, presence, &mut out);
                // MOV-4
                if outcome.key_checked().is_some_and(|key| vehicle.record.key.local() == Some(key))
                {
                    self.end_move_flow(vin);
                }
                outcome
            }
            Reply::WalletOpened(opened) => vehicle.on_wallet_opened(id, opened),
            // The attempt and its sheet belong to the app, not to a vehicle.
            Reply::UseTaken(_) | Reply::Pairing(_) | Reply::SheetGone => AnswerOutcome::NotAwaited,
        }
    }
}
