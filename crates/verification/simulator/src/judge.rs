//! Judges each step of a core (invariants 5 to 9).

use digital_key_app::ObservedStep;
use digital_key_domain::{
    DigitalKeyId, Effect, Event, Presence, Question, RecordChange, Reply, Request, RequestId,
    Settings, VehicleRecord, View, Vin,
};
use digital_key_model::{FollowedStep, Follower};
use digital_key_ports::BffOperation;

use crate::backend::{VEHICLES, is_of};
use crate::environment::{PerQuestion, number_of};
use crate::invariant::{Invariant, Violation};
use crate::ledger::Ledger;

/// What one core has done since it started.
pub(crate) struct Judge {
    vins: [Vin; VEHICLES],
    follower: Follower,
    open: Vec<OpenRequest>,
    /// What the core knows about each vehicle, from what it reads and stores.
    known: [VehicleRecord; VEHICLES],
    /// The keys of which the wallet said no, and did not say yes since.
    denied: Vec<DigitalKeyId>,
    /// Keys of sheets whose account or vehicle was gone when the key was made.
    pub(crate) dropped_keys: Vec<DigitalKeyId>,
    shown: Option<View>,
    /// The number of questions that the core has asked the BFF.
    asked: PerQuestion,
    /// The number of requests that were made for the last one.
    pub(crate) requested: PerQuestion,
    /// The number of events that may lead to a question.
    stimuli: u32,
    /// The change of the wallet that the app received last.
    pub(crate) reported_wallet_changes: Option<u64>,
}

/// A request that is not answered.
#[derive(Debug, PartialEq, Eq)]
struct OpenRequest {
    id: RequestId,
    vehicle: usize,
    call: &'static str,
    key: Option<DigitalKeyId>,
}

/// The pages from which a late success opens Tutorial1 (CBK-7).
const PAGES_OF_A_PAIRING: [&str; 4] =
    ["GrabYourTwoKeys", "ReadyToPair", "PairingError", "PairingAttemptsExhausted"];

impl Judge {
    pub(crate) fn new(settings: &Settings, vins: [Vin; VEHICLES]) -> Self {
        Self {
            vins,
            follower: Follower::new(settings.clone()),
            open: Vec::new(),
            known: Default::default(),
            denied: Vec::new(),
            dropped_keys: Vec::new(),
            shown: None,
            asked: PerQuestion::default(),
            requested: PerQuestion::default(),
            stimuli: 0,
            reported_wallet_changes: None,
        }
    }

    /// The app was killed.
    pub(crate) fn restart(&mut self) {
        self.follower.restart();
        self.open.clear();
        self.known = Default::default();
        self.denied.clear();
        self.shown = None;
        self.asked = PerQuestion::default();
        self.requested = PerQuestion::default();
        self.stimuli = 0;
        self.reported_wallet_changes = None;
    }

    /// Returns `true` if this view was shown last.
    pub(crate) fn shows(&self, view: &View) -> bool {
        self.shown.as_ref() == Some(view)
    }

    pub(crate) fn judge(
        &mut self,
        step: &ObservedStep<'_>,
        ledger: &Ledger,
    ) -> Result<(), Violation> {
        self.on_event(step, ledger)?;
        for effect in step.effects {
            self.on_effect(effect)?;
        }
        self.on_view(step.view)?;
        let ObservedStep { event, verdict, effects, view, .. } = *step;
        self.follower
            .follow(FollowedStep { event, verdict, effects, view })
            .map_err(|what| Invariant::AsTheModelSays.violated(what))
    }

    fn on_event(&mut self, step: &ObservedStep<'_>, ledger: &Ledger) -> Result<(), Violation> {
        match step.event {
            Event::Replied { id, vin, reply } => {
                let vehicle = number_of(&self.vins, *vin);
                if matches!(reply, Reply::Pairing(_) | Reply::SheetGone) {
                    self.stimuli += 1;
                }
                let call = call_of(reply);
                let at = self
                    .open
                    .iter()
                    .position(|open| (open.id, open.vehicle, open.call) == (*id, vehicle, call));
                if at.is_none() || !self.is_selected(*vin) {
                    self.must_change_nothing(step)?;
                }
                match at.map(|at| self.open.remove(at)) {
                    Some(open) => self.on_reply(vehicle, open.key, reply, ledger),
                    None => Ok(()),
                }
            }
            Event::LateAnswer { vin, .. } => {
                self.stimuli += 1;
                if self.is_selected(*vin) {
                    self.must_stay_on_page(step.event, step.view)
                } else {
                    self.must_change_nothing(step)
                }
            }
            Event::Intent(_) | Event::CameToForeground | Event::WalletChanged => {
                self.stimuli += 1;
                Ok(())
            }
            Event::RefreshRequested(_) => {
                self.stimuli += 1;
                Ok(())
            }
            Event::VehicleForgotten(vin) => {
                let vehicle = number_of(&self.vins, *vin);
                self.open.retain(|open| {
                    open.vehicle != vehicle || open.call.starts_with("apple_pairing.")
                });
                self.known[vehicle] = VehicleRecord::default();
                Ok(())
            }
            Event::SignedOut => {
                self.open.retain(|open| open.call.starts_with("apple_pairing."));
                self.known = Default::default();
                Ok(())
            }
            Event::WentToBackground | Event::CacheFailed(_) => Ok(()),
        }
    }

    fn is_selected(&self, vin: Vin) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.vehicle == Some(vin))
    }

    /// An answer to an old question, or about a vehicle that is not selected, changes nothing that
    /// is shown (invariant 8). Only whether Apple's sheet is up does not depend on the vehicle.
    fn must_change_nothing(&self, step: &ObservedStep<'_>) -> Result<(), Violation> {
        let Some(shown) = &self.shown else { return Ok(()) };
        let mut same = shown.clone();
        same.pairing_runs = step.view.pairing_runs;
        if *step.view == same {
            return Ok(());
        }
        Err(Invariant::VehiclesAreApart
            .violated(format!("{:?} changed\n  {shown:?}\nto\n  {:?}", step.event, step.view)))
    }

    /// A late answer of Apple's opens no page, but for a key whose pairing is on the screen (CBK-7,
    /// invariant 8).
    fn must_stay_on_page(&self, event: &Event, view: &View) -> Result<(), Violation> {
        let before = self.shown.as_ref().map(|shown| shown.page.name());
        let after = view.page.name();
        if before.is_none_or(|before| before == after) {
            return Ok(());
        }
        let made_key = matches!(event, Event::LateAnswer { answer, .. } if answer.pass.is_some());
        let is_of_pairing = before.is_some_and(|before| PAGES_OF_A_PAIRING.contains(&before));
        if made_key && is_of_pairing && after == "Tutorial1" {
            return Ok(());
        }
        Err(Invariant::VehiclesAreApart.violated(format!("{event:?} opened {after}")))
    }

    /// Notes what a reply says about a vehicle.
    fn on_reply(
        &mut self,
        vehicle: usize,
        key: Option<DigitalKeyId>,
        reply: &Reply,
        ledger: &Ledger,
    ) -> Result<(), Violation> {
        match (reply, key) {
            (Reply::Presence(Presence::Absent), Some(key)) => self.denied.push(key),
            (Reply::Presence(Presence::Present), Some(key)) => {
                self.denied.retain(|denied| *denied != key);
            }
            (Reply::Record(Ok(record)), _) => {
                if let Some(key) = record.key.local().filter(|key| ledger.denied.contains(key)) {
                    return Err(Invariant::NoIsRespected
                        .violated(format!("{key} came back from the store as on this phone")));
                }
                self.known[vehicle] = record.clone();
            }
            _ => {}
        }
        Ok(())
    }

    fn on_effect(&mut self, effect: &Effect) -> Result<(), Violation> {
        match effect {
            Effect::Request(request) => self.on_request(request),
            Effect::Store { vin, change } => self.on_store(number_of(&self.vins, *vin), change),
            Effect::Erase { .. } | Effect::EraseAll | Effect::Report(_) | Effect::Diagnose(_) => {
                Ok(())
            }
        }
    }

    fn on_store(&mut self, vehicle: usize, change: &RecordChange) -> Result<(), Violation> {
        self.known[vehicle].apply(change);
        if let RecordChange::Paired { key, .. } = change {
            if self.dropped_keys.contains(key) {
                return Err(Invariant::SignedOutIsGone
                    .violated(format!("{key} is recorded, and its account or vehicle is gone")));
            }
            // CBK-5: Apple's answer is a yes, and newer than an earlier no.
            self.denied.retain(|denied| denied != key);
        }
        match key_in(change) {
            Some(key) => belongs(key, vehicle, "is stored"),
            None => Ok(()),
        }
    }

    fn on_request(&mut self, request: &Request) -> Result<(), Violation> {
        let Request { id, vin, question } = request;
        let vehicle = number_of(&self.vins, *vin);
        let call = question.call();
        let mut key = None;
        if let Question::Presence(asked) = question {
            belongs(asked, vehicle, "is asked about")?;
            key = Some(asked.clone());
        }
        let bff_operation = match question {
            Question::Support => Some(BffOperation::Support),
            Question::Status => Some(BffOperation::PairingStatus),
            Question::Password => Some(BffOperation::PairingPassword),
            _ => None,
        };
        if let Some(question) = bff_operation.map(crate::bff::question) {
            self.asked[vehicle][question] += 1;
            self.requested[vehicle][question] = 0;
            let asked = self.asked[vehicle][question];
            if self.open.iter().any(|open| open.vehicle == vehicle && open.call == call) {
                return Err(Invariant::RequestsAreBounded
                    .violated(format!("{call} is asked while it is open")));
            }
            if asked > 2 * self.stimuli {
                return Err(Invariant::RequestsAreBounded
                    .violated(format!("{call} was asked {asked} times for {}", self.stimuli)));
            }
        }
        self.open.push(OpenRequest { id: *id, vehicle, call, key });
        Ok(())
    }

    /// A key that the wallet denied is not shown as on this phone (invariant 5).
    fn on_view(&mut self, view: &View) -> Result<(), Violation> {
        if self.shows(view) {
            return Ok(());
        }
        self.shown = Some(view.clone());
        let Some(vin) = view.vehicle.filter(|_| view.key_state.is_local()) else { return Ok(()) };
        let local = self.known[number_of(&self.vins, vin)].key.local();
        match local.filter(|key| self.denied.contains(key)) {
            Some(key) => Err(Invariant::NoIsRespected
                .violated(format!("{key} is shown as on this phone, and the wallet has said no"))),
            None => Ok(()),
        }
    }
}

/// Nothing of one vehicle gets to another one (invariant 8).
fn belongs(key: &DigitalKeyId, vehicle: usize, what: &str) -> Result<(), Violation> {
    if is_of(key, vehicle) {
        return Ok(());
    }
    Err(Invariant::VehiclesAreApart.violated(format!("the key {key} {what} for vehicle {vehicle}")))
}

/// Returns the key that a change names.
fn key_in(change: &RecordChange) -> Option<&DigitalKeyId> {
    match change {
        RecordChange::Status(status) => status.owner_key.as_ref().map(|owner| &owner.id),
        RecordChange::Presence { key, .. } | RecordChange::Paired { key, .. } => Some(key),
        RecordChange::Support(_) => None,
    }
}

/// Returns the call that a reply belongs to, as [`Question::call`] names it.
fn call_of(reply: &Reply) -> &'static str {
    match reply {
        Reply::Record(_) => "cache.load",
        Reply::Support(_) => "bff.support",
        Reply::Status(_) => "bff.pairing_status",
        Reply::Password(_) => "bff.pairing_password",
        Reply::PasswordStored(_) => "cache.store_password",
        Reply::CanCreateKey(_) => "apple_pairing.can_create_key",
        Reply::Presence(_) => "wallet.presence",
        Reply::WalletOpened(_) => "wallet.open",
        Reply::UseTaken(_) => "cache.take_use",
        Reply::Pairing(_) => "apple_pairing.start",
        Reply::SheetGone => "apple_pairing.sheet_is_up",
    }
}

#[cfg(test)]
mod tests {
    use digital_key_domain::{
        Flow, KeyState, PageView, PairingAnswer, PairingStatus, Phone, ReportedKey,
    };

    use super::*;
    use crate::backend::vins;

    fn key() -> DigitalKeyId {
        DigitalKeyId::try_from("0-1").unwrap()
    }

    /// Returns a judge who has seen a key on this phone.
    fn judge() -> Judge {
        let mut judge = Judge::new(&Settings::new(Phone::Android), vins().unwrap());
        let owner_key = Some(ReportedKey { id: key(), tracked: true });
        let status = PairingStatus { owner_key, primary_subscriber: true, prepared: true };
        judge.known[0].apply(&RecordChange::Status(status));
        judge.known[0].apply(&RecordChange::Presence { key: key(), on_this_phone: true });
        judge
    }

    fn view(page: PageView) -> View {
        let mut view = Flow::new(Settings::new(Phone::Android)).view();
        view.vehicle = Some(vins().unwrap()[0]);
        view.page = page;
        view.key_state = KeyState::ActiveTracked;
        view
    }

    fn answers(judge: &mut Judge, presence: Presence, ledger: &Ledger) {
        judge.on_reply(0, Some(key()), &Reply::Presence(presence), ledger).unwrap();
    }

    #[test]
    fn invariant_5_a_key_is_not_shown_as_here_after_a_no() {
        let ledger = Ledger::new();
        let mut judge = judge();
        judge.on_view(&view(PageView::Tutorial1)).unwrap();
        answers(&mut judge, Presence::Absent, &ledger);
        let violation = judge.on_view(&view(PageView::Tutorial2)).unwrap_err();
        assert_eq!(violation.invariant, Invariant::NoIsRespected);
        answers(&mut judge, Presence::Present, &ledger);
        judge.on_view(&view(PageView::Tutorial1)).unwrap();
    }

    #[test]
    fn invariant_5_a_no_that_was_stored_comes_back_from_the_store() {
        let mut ledger = Ledger::new();
        let mut judge = judge();
        let record = Reply::Record(Ok(judge.known[0].clone()));
        judge.on_reply(0, None, &record, &ledger).unwrap();
        ledger.denied.push(key());
        let violation = judge.on_reply(0, None, &record, &ledger).unwrap_err();
        assert_eq!(violation.invariant, Invariant::NoIsRespected);
    }
    #[test]
    fn invariant_8_a_late_answer_opens_no_page() {
        let mut judge = judge();
        judge.on_view(&view(PageView::GrabYourTwoKeys)).unwrap();
        let event = Event::LateAnswer { vin: vins().unwrap()[0], answer: PairingAnswer::default() };
        judge.must_stay_on_page(&event, &view(PageView::GrabYourTwoKeys)).unwrap();
        let violation = judge.must_stay_on_page(&event, &view(PageView::Tutorial1)).unwrap_err();
        assert_eq!(violation.invariant, Invariant::VehiclesAreApart);
    }

    #[test]
    fn invariant_8_a_key_that_was_made_after_all_opens_tutorial1_from_its_pairing_only() {
        let answer = PairingAnswer { pass: Some(key()), error: None };
        let event = Event::LateAnswer { vin: vins().unwrap()[0], answer };
        let mut judge = judge();
        judge.on_view(&view(PageView::GrabYourTwoKeys)).unwrap();
        judge.must_stay_on_page(&event, &view(PageView::Tutorial1)).unwrap();
        judge.must_stay_on_page(&event, &view(PageView::Tutorial2)).unwrap_err();
        judge.on_view(&view(PageView::MoveKeyWarning)).unwrap();
        let violation = judge.must_stay_on_page(&event, &view(PageView::Tutorial1)).unwrap_err();
        assert_eq!(violation.invariant, Invariant::VehiclesAreApart);
    }
}
