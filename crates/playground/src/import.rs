//! A recording of the field as a session, to look at and to change.
//!
//! The playground's cache answers at once, and its keys have numbers of their own. So the session shows
//! the same pages, and not the same numbers; what it cannot show is a remark.

mod reading;

use std::collections::{BTreeMap, BTreeSet};

use digital_key_domain::{
    DigitalKeyId, Event, Intent, KeyCreation, OwnerKey, PairingAnswer, PairingStatus,
    PasswordFetch, Presence, Remembered, Reply, StoredPassword, Support, SupportAnswer, Tap,
    VehicleRecord, Verdict, Vin,
};
use digital_key_recording::{Ending, Recording, Step};

use crate::answer::{Answer, Asked, Fault};
use crate::change::Change;
use crate::moves::{Move, SheetAnswer, VehicleNumber};
use crate::session::{Session, SessionError};
use crate::truth::KeyNumber;
use reading::{busiest_vehicles, fault, is_of_cache, records_read, settings, vin_of};

/// The first number of keys that no sheet of the session has made.
const FIRST_FOREIGN_KEY: KeyNumber = 50;

/// A recording as a session.
#[derive(Debug, Clone)]
pub struct Import {
    /// The session; it shows the beginning of the recording.
    pub session: Session,
    /// What the session does not show as it was recorded.
    pub remarks: Vec<String>,
    /// A promise of the machine that does not hold in the session.
    pub broken: Option<String>,
}

impl Import {
    /// Makes the session of a recording.
    #[must_use]
    pub fn of(recording: &Recording) -> Self {
        let mut importer = Importer {
            session: Session::default(),
            remarks: Vec::new(),
            vehicles: busiest_vehicles(recording),
            keys: BTreeMap::new(),
            broken: None,
        };
        importer.begin(recording);
        let beginning = importer.session.entries().len();
        importer.follow(recording);
        let Importer { mut session, mut remarks, broken, .. } = importer;
        if let Ending::CutOff { at } = recording.ending {
            remarks.push(format!("The recording is cut off at byte {at}; it goes on until there."));
        }
        session.go(beginning);
        Self { session, remarks, broken }
    }
}

struct Importer {
    session: Session,
    remarks: Vec<String>,
    /// The vehicles of the recording that the session shows, in the order of the playground's.
    vehicles: Vec<Vin>,
    keys: BTreeMap<DigitalKeyId, KeyNumber>,
    broken: Option<String>,
}

/// Why a recording cannot go on in the playground.
struct Stop(String);

impl Importer {
    /// Brings the world to where the recording begins.
    fn begin(&mut self, recording: &Recording) {
        let truth = self.session.now().truth.clone();
        let vins: BTreeSet<_> =
            recording.steps().filter_map(|(_, step)| vin_of(&step.event)).collect();
        if vins.len() > self.vehicles.len() {
            self.remarks.push(format!(
                "The recording has {} vehicles; the {} with the most events are shown.",
                vins.len(),
                self.vehicles.len()
            ));
        }
        for change in settings(recording) {
            let mut changed = truth.clone();
            changed.apply(change);
            if changed != truth {
                self.try_push(Move::World(change));
            }
        }
        let mut records = Vec::new();
        for remembered in &recording.start.remembered {
            match remembered {
                Remembered::Vehicle(vehicle) if vehicle.is_loaded => {
                    records.push((vehicle.vin, vehicle.record.clone()));
                }
                Remembered::Vehicle(_) | Remembered::ShownSheet { .. } => {}
                Remembered::EndedSheet(_) => self.remarks.push(
                    "A pairing had ended before the recording; its late answers are left out."
                        .into(),
                ),
            }
        }
        records.extend(records_read(recording));
        let mut known: Vec<Vin> = Vec::new();
        for (vin, record) in records {
            if !known.contains(&vin) {
                known.push(vin);
                self.store(vin, &record);
            }
        }
        if self.session.now().view().vehicle.is_some() {
            self.try_push(Move::Kill);
        }
        if let Some(selected) = recording.start.checkpoint.selected
            && let Some(vehicle) = self.vehicle(selected)
        {
            self.try_push(Move::Select(vehicle));
        }
        if recording.start.checkpoint.in_background {
            self.try_push(Move::Background);
        }
    }

    /// Lets the app learn what the cache knew of a vehicle.
    fn store(&mut self, vin: Vin, record: &VehicleRecord) {
        let Some(support) = record.support else { return };
        let Some(vehicle) = self.vehicle(vin) else { return };
        let support = match support {
            Support::Supported { upgrade_required: false } => Answer::Yes,
            Support::Supported { upgrade_required: true } => Answer::UpgradeRequired,
            Support::NotSupported => Answer::No,
        };
        self.try_push(Move::Select(vehicle));
        self.try_push(Move::Answer(vehicle, Asked::Support, support));
        let Some(readiness) = record.readiness else { return };
        let owner = record.key.owner();
        let status = Answer::Status {
            owner: owner.map(|key| (self.key(&key.id), key.tracked)),
            primary: readiness.primary_subscriber,
            prepared: readiness.prepared,
        };
        let here = |key: &OwnerKey| if key.on_this_phone { Answer::Yes } else { Answer::No };
        let password = if record.password.is_some() { Answer::Yes } else { Answer::No };
        self.try_push(Move::Tap(Tap::Entry));
        self.try_push(Move::Answer(vehicle, Asked::Status, status));
        self.try_push(Move::Answer(vehicle, Asked::Password, password));
        self.try_push(Move::Answer(vehicle, Asked::KeyCreation, Answer::Yes));
        if let Some(key) = owner {
            self.try_push(Move::Answer(vehicle, Asked::Presence, here(key)));
        }
        self.try_push(Move::Tap(Tap::Close));
        if record.password.is_some_and(|password| password.uses.get() > 0) {
            self.remarks.push(
                "A password had been used before the recording; here it is a new one.".to_owned(),
            );
        }
    }

    fn follow(&mut self, recording: &Recording) {
        let mut page = None;
        for (number, (_, step)) in (1..).zip(recording.steps()) {
            if let Some((number, page)) = page.filter(|_| !is_of_cache(step)) {
                self.compare(number, page);
            }
            if let Err(Stop(why)) = self.take(step) {
                self.remarks.push(format!("The session ends before step {number}: {why}."));
                return;
            }
            page = Some((number, step.page.as_str()));
        }
        if let Some((number, page)) = page {
            self.compare(number, page);
        }
    }

    fn compare(&mut self, number: usize, recorded: &str) {
        let view = self.session.now().view();
        let shown = view.page.name();
        if shown != recorded && !self.remarks.iter().any(|remark| remark.starts_with("From step")) {
            self.remarks.push(format!(
                "From step {number} on the session shows {shown}, the recording {recorded}."
            ));
        }
    }

    fn take(&mut self, step: &Step) -> Result<(), Stop> {
        let vehicle = match vin_of(&step.event).map(|vin| self.vehicle(vin)) {
            // What happens to a vehicle that is left out.
            Some(None) => return Ok(()),
            Some(Some(vehicle)) => vehicle,
            // No vehicle belongs to it.
            None => 0,
        };
        let made = match &step.event {
            Event::Intent(Intent::SelectVehicle(_)) => Move::Select(vehicle),
            Event::Intent(Intent::Tap(tap)) => Move::Tap(*tap),
            Event::WentToBackground => Move::Background,
            Event::CameToForeground => Move::Foreground,
            Event::SignedOut => Move::SignOut,
            Event::RefreshRequested(_) => Move::Refresh(vehicle),
            Event::VehicleForgotten(_) => Move::Forget(vehicle),
            Event::LateAnswer { answer, .. } => Move::Late(vehicle, self.sheet(answer)),
            // A change that no page depended on would change the wallet here.
            Event::WalletChanged if step.verdict != Verdict::Accepted => return Ok(()),
            Event::WalletChanged => {
                let key = self.keys.values().next().copied().unwrap_or(1);
                let is_there = self.session.now().truth.wallet.contains(&key);
                Move::World(Change::Wallet(key, is_there))
            }
            Event::CacheFailed(_) => {
                return Err(Stop("the cache fails, and here it does not".into()));
            }
            Event::Replied { reply, .. } => match self.replied(vehicle, reply)? {
                Some(made) => made,
                None => return Ok(()),
            },
        };
        self.session.push(made).map_err(|error| {
            if let SessionError::Broken { .. } = &error {
                self.broken = Some(error.to_string());
            }
            Stop(error.to_string())
        })
    }

    /// Returns the move of a reply; the cache has replied already.
    fn replied(&mut self, vehicle: VehicleNumber, reply: &Reply) -> Result<Option<Move>, Stop> {
        let answer = |asked, answer| Ok(Some(Move::Answer(vehicle, asked, answer)));
        let yes = |condition| if condition { Answer::Yes } else { Answer::No };
        match reply {
            Reply::Record(Ok(_))
            | Reply::PasswordStored(Ok(StoredPassword::Stored))
            | Reply::UseTaken(Ok(_)) => Ok(None),
            Reply::Record(Err(_)) | Reply::PasswordStored(_) | Reply::UseTaken(Err(_)) => {
                Err(Stop("the cache fails, and here it does not".into()))
            }
            Reply::Support(Ok(SupportAnswer::Known(support))) => {
                let said = match support {
                    Support::Supported { upgrade_required: false } => Answer::Yes,
                    Support::Supported { upgrade_required: true } => Answer::UpgradeRequired,
                    Support::NotSupported => Answer::No,
                };
                answer(Asked::Support, said)
            }
            Reply::Support(Ok(SupportAnswer::Unknown)) => answer(Asked::Support, Answer::Unknown),
            Reply::Support(Err(why)) => answer(Asked::Support, Answer::Fails(fault(*why))),
            Reply::Status(Ok(status)) => {
                let PairingStatus { owner_key, primary_subscriber, prepared } = status;
                let owner = owner_key.as_ref().map(|key| (self.key(&key.id), key.tracked));
                let (primary, prepared) = (*primary_subscriber, *prepared);
                answer(Asked::Status, Answer::Status { owner, primary, prepared })
            }
            Reply::Status(Err(why)) => answer(Asked::Status, Answer::Fails(fault(*why))),
            Reply::Password(PasswordFetch::Fetched) => answer(Asked::Password, Answer::Yes),
            Reply::Password(PasswordFetch::NoPassword) => answer(Asked::Password, Answer::No),
            Reply::Password(PasswordFetch::Failed(why)) => {
                answer(Asked::Password, Answer::Fails(fault(*why)))
            }
            Reply::CanCreateKey(KeyCreation::Possible) => answer(Asked::KeyCreation, Answer::Yes),
            Reply::CanCreateKey(KeyCreation::Refused) => answer(Asked::KeyCreation, Answer::No),
            Reply::CanCreateKey(KeyCreation::NoAnswer) => {
                answer(Asked::KeyCreation, Answer::Fails(Fault::TimedOut))
            }
            Reply::Presence(Presence::CannotSay) => answer(Asked::Presence, Answer::Unknown),
            Reply::Presence(presence) => {
                answer(Asked::Presence, yes(*presence == Presence::Present))
            }
            Reply::WalletOpened(opened) => answer(Asked::OpenWallet, yes(*opened)),
            Reply::Pairing(pairing) => Ok(Some(Move::Sheet(vehicle, self.sheet(pairing)))),
            Reply::SheetGone => Ok(Some(Move::SheetGone(vehicle))),
        }
    }

    /// Returns an answer of Apple's. The session numbers the key that it makes.
    fn sheet(&mut self, answer: &PairingAnswer) -> SheetAnswer {
        if let Some(key) = &answer.pass {
            self.keys.insert(key.clone(), self.session.now().truth.next_key());
        }
        match (&answer.pass, answer.error) {
            (Some(_), None) => SheetAnswer::Pass,
            (Some(_), Some(code)) => SheetAnswer::PassAndError(code),
            (None, Some(code)) => SheetAnswer::Error(code),
            (None, None) => SheetAnswer::Neither,
        }
    }

    fn key(&mut self, key: &DigitalKeyId) -> KeyNumber {
        let foreign = self.keys.values().filter(|number| **number >= FIRST_FOREIGN_KEY).count();
        let next = usize::from(FIRST_FOREIGN_KEY) + foreign;
        *self
            .keys
            .entry(key.clone())
            .or_insert(KeyNumber::try_from(next).unwrap_or(FIRST_FOREIGN_KEY))
    }

    fn vehicle(&self, vin: Vin) -> Option<VehicleNumber> {
        let at = self.vehicles.iter().position(|it| *it == vin)?;
        at.try_into().ok()
    }

    /// Makes a move that only prepares the beginning.
    fn try_push(&mut self, made: Move) {
        if let Err(error) = self.session.push(made) {
            self.remarks.push(format!("The beginning is not quite the recorded one: {error}."));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use digital_key_domain::Flow;
    use digital_key_recording::Recorder;

    use super::*;
    use crate::gallery;

    /// Records the events of a session, from the last start of its app on.
    fn record(session: &Session) -> Recording {
        let restarts = |made: Move| match made {
            Move::World(change) => change.restarts(),
            made => made == Move::Kill,
        };
        let started = session.entries().iter().rposition(|entry| restarts(entry.made));
        let entries = &session.entries()[started.map_or(0, |at| at + 1)..];
        let mut flow = Flow::new(session.now().truth.settings());
        let mut recorder = Recorder::new(&flow, 1024 * 1024);
        for step in entries.iter().flat_map(|entry| &entry.steps) {
            let mut effects = Vec::new();
            let _ =
                recorder.step(&mut flow, step.event.clone(), &mut effects, Duration::from_secs(1));
        }
        assert_eq!(flow.view().page, session.now().view().page);
        Recording::read(&recorder.export()).unwrap()
    }

    #[test]
    fn each_page_of_the_gallery_is_imported_from_a_recording_of_the_way_to_it() {
        for entry in gallery() {
            let session = Session::of_link(&entry.link).unwrap();
            let Import { session: mut imported, remarks, broken } = Import::of(&record(&session));
            assert_eq!((broken, imported.cursor() <= imported.entries().len()), (None, true));
            imported.go(usize::MAX);
            let (page, wanted) = (imported.now().view().page, session.now().view().page);
            assert_eq!(page.name(), wanted.name(), "{}: {remarks:?}", entry.link);
            let again = Session::of_link(&imported.link()).unwrap();
            assert_eq!(again.now().view().page, page);
        }
    }
}
