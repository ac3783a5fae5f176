//! Judges each step of a core (invariants 5 to 9).

use digital_key_app::ObservedStep;
use digital_key_domain::{
    Answer, DigitalKeyId, Effect, Event, Presence, RecordChange, RequestId, Settings,
    VehicleRecord, View, Vin,
};
use digital_key_model::Follower;

use crate::backend::{VEHICLES, is_of};
use crate::invariant::{Invariant, Violation};
use crate::ledger::Ledger;
use crate::world::{PerQuestion, number_of};

/// What one core has been seen doing since it started.
pub(crate) struct Judge {
    vins: [Vin; VEHICLES],
    follower: Follower,
    open: Vec<Open>,
    /// What the core knows about each vehicle, from what it reads and stores.
    known: [VehicleRecord; VEHICLES],
    /// Keys of which the wallet said no, and did not say yes since.
    denied: Vec<DigitalKeyId>,
    shown: Option<View>,
    /// How many questions the core has asked the BFF.
    asked: PerQuestion,
    /// How many requests were made for the last one.
    pub(crate) requested: PerQuestion,
    /// How often something happened that may lead to a question.
    stimuli: u32,
    /// Which change of the wallet the app was told last.
    pub(crate) wallet_changes_told: Option<u64>,
}

/// A question that is not answered.
#[derive(Debug, PartialEq, Eq)]
struct Open {
    id: RequestId,
    vehicle: usize,
    call: &'static str,
    key: Option<DigitalKeyId>,
}

impl Judge {
    pub(crate) fn new(settings: &Settings, vins: [Vin; VEHICLES]) -> Self {
        Self {
            vins,
            follower: Follower::new(settings.clone()),
            open: Vec::new(),
            known: Default::default(),
            denied: Vec::new(),
            shown: None,
            asked: PerQuestion::default(),
            requested: PerQuestion::default(),
            stimuli: 0,
            wallet_changes_told: None,
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
        self.wallet_changes_told = None;
    }

    /// Whether this was shown last.
    pub(crate) fn shows(&self, view: &View) -> bool {
        self.shown.as_ref() == Some(view)
    }

    pub(crate) fn judge(
        &mut self,
        step: &ObservedStep<'_>,
        ledger: &Ledger,
    ) -> Result<(), Violation> {
        self.hear(step, ledger)?;
        for effect in step.effects {
            self.see(effect)?;
        }
        self.look_at(step.view)?;
        self.follower
            .follow(step.event, step.effects, step.view)
            .map_err(|what| Invariant::AsTheModelSays.violated(what))
    }

    /// What the core was told.
    fn hear(&mut self, step: &ObservedStep<'_>, ledger: &Ledger) -> Result<(), Violation> {
        match step.event {
            Event::Answered { id, vin, answer } => {
                let vehicle = number_of(&self.vins, *vin);
                if matches!(answer, Answer::Pairing(_) | Answer::SheetGone) {
                    self.stimuli += 1;
                }
                let call = call_of(answer);
                let at = self
                    .open
                    .iter()
                    .position(|open| (open.id, open.vehicle, open.call) == (*id, vehicle, call));
                self.is_for_the_page(step, *vin, at.is_some())?;
                match at.map(|at| self.open.remove(at)) {
                    Some(open) => self.learn(vehicle, open.key, answer, ledger),
                    None => Ok(()),
                }
            }
            Event::Intent(_) | Event::CameToForeground | Event::WalletChanged => {
                self.stimuli += 1;
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

    /// An answer to an old question, or about a vehicle that is not selected, changes no page
    /// (invariant 8). Whether Apple's sheet is up is no matter of a vehicle.
    fn is_for_the_page(
        &self,
        step: &ObservedStep<'_>,
        vin: Vin,
        is_awaited: bool,
    ) -> Result<(), Violation> {
        let Some(shown) = &self.shown else { return Ok(()) };
        if is_awaited && shown.vehicle == Some(vin) {
            return Ok(());
        }
        let pairing_runs = step.view.pairing_runs;
        if *step.view == (View { pairing_runs, ..shown.clone() }) {
            return Ok(());
        }
        Err(Invariant::VehiclesAreApart
            .violated(format!("{:?} changed\n  {shown:?}\nto\n  {:?}", step.event, step.view)))
    }

    /// What an answer says about a vehicle.
    fn learn(
        &mut self,
        vehicle: usize,
        key: Option<DigitalKeyId>,
        answer: &Answer,
        ledger: &Ledger,
    ) -> Result<(), Violation> {
        match (answer, key) {
            (Answer::Presence(Presence::Absent), Some(key)) => self.denied.push(key),
            (Answer::Presence(Presence::Present), Some(key)) => {
                self.denied.retain(|denied| *denied != key);
            }
            (Answer::Record(Ok(record)), _) => {
                if let Some(key) = record.key.local().filter(|key| ledger.denied.contains(key)) {
                    return Err(Invariant::NoIsHeeded
                        .violated(format!("{key} came back from the store as on this phone")));
                }
                self.known[vehicle] = record.clone();
            }
            _ => {}
        }
        Ok(())
    }

    /// What the core wants done.
    fn see(&mut self, effect: &Effect) -> Result<(), Violation> {
        if let Effect::Store { vin, change } = effect {
            let vehicle = number_of(&self.vins, *vin);
            self.known[vehicle].apply(change);
            if let RecordChange::Paired { key, .. } = change {
                // CBK-5: Apple's answer is a yes, and newer than a no that came before it.
                self.denied.retain(|denied| denied != key);
            }
            return match key_in(change) {
                Some(key) => belongs(key, vehicle, "is stored"),
                None => Ok(()),
            };
        }
        let Some((id, vin)) = request(effect) else { return Ok(()) };
        let vehicle = number_of(&self.vins, vin);
        let mut asked_key = None;
        if let Effect::AskPresence { key, .. } = effect {
            belongs(key, vehicle, "is asked about")?;
            asked_key = Some(key.clone());
        }
        let call = effect.call();
        let question = ["bff.support", "bff.pairing_status", "bff.pairing_password"]
            .iter()
            .position(|question| *question == call);
        if let Some(question) = question {
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
        self.open.push(Open { id, vehicle, call, key: asked_key });
        Ok(())
    }

    /// What is shown (invariant 5).
    fn look_at(&mut self, view: &View) -> Result<(), Violation> {
        if self.shows(view) {
            return Ok(());
        }
        self.shown = Some(view.clone());
        let Some(vin) = view.vehicle.filter(|_| view.key_state.is_local()) else { return Ok(()) };
        let local = self.known[number_of(&self.vins, vin)].key.local();
        match local.filter(|key| self.denied.contains(key)) {
            Some(key) => Err(Invariant::NoIsHeeded
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

/// The key that a change names.
fn key_in(change: &RecordChange) -> Option<&DigitalKeyId> {
    match change {
        RecordChange::Status(status) => status.owner_key.as_ref().map(|owner| &owner.id),
        RecordChange::Presence { key, .. } | RecordChange::Paired { key, .. } => Some(key),
        RecordChange::Support(_) | RecordChange::PasswordStored(_) | RecordChange::UseTaken(_) => {
            None
        }
    }
}

/// The request of an effect that is answered.
fn request(effect: &Effect) -> Option<(RequestId, Vin)> {
    match effect {
        Effect::LoadRecord { id, vin }
        | Effect::AskSupport { id, vin }
        | Effect::AskStatus { id, vin }
        | Effect::AskPassword { id, vin }
        | Effect::StorePassword { id, vin, .. }
        | Effect::AskCanCreate { id, vin }
        | Effect::AskPresence { id, vin, .. }
        | Effect::TakeUse { id, vin }
        | Effect::StartPairing { id, vin }
        | Effect::CheckSheet { id, vin } => Some((*id, *vin)),
        Effect::OpenWallet { .. } | Effect::Store { .. } | Effect::EraseAll | Effect::Report(_) => {
            None
        }
    }
}

/// The call that an answer belongs to, as [`Effect::call`] names it.
fn call_of(answer: &Answer) -> &'static str {
    match answer {
        Answer::Record(_) => "cache.load",
        Answer::Support(_) => "bff.support",
        Answer::Status(_) => "bff.pairing_status",
        Answer::Password(_) => "bff.pairing_password",
        Answer::PasswordStored(_) => "cache.store_password",
        Answer::CanCreate(_) => "apple_pairing.can_create_key",
        Answer::Presence(_) => "wallet.presence",
        Answer::Take(_) => "cache.take_use",
        Answer::Pairing(_) => "apple_pairing.start",
        Answer::SheetGone => "apple_pairing.sheet_is_up",
    }
}

#[cfg(test)]
mod tests {
    use digital_key_domain::{
        EntryView, KeyState, PageView, PairingStatus, Phone, ReportedKey, View,
    };

    use super::*;
    use crate::backend::vins;

    fn key() -> DigitalKeyId {
        DigitalKeyId::try_from("0-1").unwrap()
    }

    /// A judge who has seen a key on this phone.
    fn judge() -> Judge {
        let mut judge = Judge::new(&Settings::new(Phone::Android), vins().unwrap());
        let owner_key = Some(ReportedKey { id: key(), tracked: true });
        let status = PairingStatus { owner_key, primary_subscriber: true, prepared: true };
        judge.known[0].apply(&RecordChange::Status(status));
        judge.known[0].apply(&RecordChange::Presence { key: key(), on_this_phone: true });
        judge
    }

    fn view() -> View {
        View {
            vehicle: Some(vins().unwrap()[0]),
            entry: EntryView::Hidden,
            vehicle_upgrade_required: false,
            page: PageView::Tutorial1,
            key_state: KeyState::ActiveTracked,
            password_uses: None,
            pairing_runs: false,
            warning: None,
        }
    }

    fn says(judge: &mut Judge, presence: Presence, ledger: &Ledger) {
        judge.learn(0, Some(key()), &Answer::Presence(presence), ledger).unwrap();
    }

    #[test]
    fn invariant_5_a_key_is_not_shown_as_here_after_a_no() {
        let ledger = Ledger::new();
        let mut judge = judge();
        judge.look_at(&view()).unwrap();
        says(&mut judge, Presence::Absent, &ledger);
        let other = View { page: PageView::Tutorial2, ..view() };
        let violation = judge.look_at(&other).unwrap_err();
        assert_eq!(violation.invariant, Invariant::NoIsHeeded);
        says(&mut judge, Presence::Present, &ledger);
        judge.look_at(&view()).unwrap();
    }

    #[test]
    fn invariant_5_a_no_that_was_stored_comes_back_from_the_store() {
        let mut ledger = Ledger::new();
        let mut judge = judge();
        let record = Answer::Record(Ok(judge.known[0].clone()));
        judge.learn(0, None, &record, &ledger).unwrap();
        ledger.denied.push(key());
        let violation = judge.learn(0, None, &record, &ledger).unwrap_err();
        assert_eq!(violation.invariant, Invariant::NoIsHeeded);
    }
}
