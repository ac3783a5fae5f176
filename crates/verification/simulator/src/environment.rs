//! What surrounds the cores of a history: the backend, the phones, and the results so far.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use digital_key_app::ObservedStep;
use digital_key_domain::{DigitalKeyId, PairingAnswer, Settings, Vin};
use digital_key_ports::LifecycleEvent;
use tokio::sync::Notify;

use crate::action::{BffFault, PhoneFault};
use crate::backend::{Backend, VEHICLES};
use crate::disk::{Disk, StoreFlaw};
use crate::invariant::Violation;
use crate::judge::Judge;
use crate::leak_detector::LeakDetector;
use crate::ledger::Ledger;
use crate::phone::{EndedSheet, Sheet};
use crate::trace::Trace;

/// The number of kinds of requests to the BFF; each has a place in arrays.
pub(crate) const QUESTIONS: usize = 3;

/// A number for each vehicle and each kind of request.
pub(crate) type PerQuestion = [[u32; QUESTIONS]; VEHICLES];

pub(crate) struct Environment {
    pub(crate) backend: Backend,
    pub(crate) devices: Vec<Device>,
    /// The first violation.
    pub(crate) violation: Option<Violation>,
    fingerprint: DefaultHasher,
    /// Every step of every core, if a reader wants it.
    pub(crate) trace: Option<Trace>,
}

/// One phone: what outlives its app, and what belongs to the app that runs on it.
pub(crate) struct Device {
    /// The number of the app that runs, or of the next one: an app with another number is dead.
    pub(crate) process: u64,
    /// Notified when something changes that a port waits for.
    pub(crate) changed: Arc<Notify>,
    /// The account that the app is started for.
    pub(crate) account: u8,
    pub(crate) keys: Vec<DigitalKeyId>,
    pub(crate) wallet_knows: bool,
    pub(crate) wallet_changes: u64,
    pub(crate) sheet: Option<Sheet>,
    pub(crate) sheets_shown: u64,
    pub(crate) ended_sheet: Option<EndedSheet>,
    /// The callbacks of Apple's that the app has not received yet, with the vehicle of the sheet.
    pub(crate) late_answers: VecDeque<(usize, PairingAnswer)>,
    pub(crate) lifecycle: VecDeque<LifecycleEvent>,
    pub(crate) phone_faults: VecDeque<PhoneFault>,
    pub(crate) bff_faults: VecDeque<BffFault>,
    /// The number of requests of the app that are in flight.
    pub(crate) in_flight: PerQuestion,
    pub(crate) disk: Disk,
    pub(crate) ledger: Ledger,
    pub(crate) judge: Judge,
}

impl Device {
    fn new(settings: &Settings, vins: [Vin; VEHICLES], flaw: StoreFlaw) -> Self {
        Self {
            process: 0,
            changed: Arc::default(),
            account: 0,
            keys: Vec::new(),
            wallet_knows: true,
            wallet_changes: 0,
            sheet: None,
            sheets_shown: 0,
            ended_sheet: None,
            late_answers: VecDeque::new(),
            lifecycle: VecDeque::new(),
            phone_faults: VecDeque::new(),
            bff_faults: VecDeque::new(),
            in_flight: PerQuestion::default(),
            disk: Disk::new(flaw),
            ledger: Ledger::new(),
            judge: Judge::new(settings, vins),
        }
    }

    /// The app is killed: what belongs to it is gone.
    pub(crate) fn forget_app(&mut self, unflushed_survives: bool) {
        self.process += 1;
        self.sheet = None;
        self.ended_sheet = None;
        self.late_answers.clear();
        self.lifecycle.clear();
        self.in_flight = PerQuestion::default();
        self.disk.crash(unflushed_survives);
        self.judge.restart();
    }

    /// From now on nothing goes wrong any more.
    pub(crate) fn stop_faults(&mut self) {
        self.phone_faults.clear();
        self.bff_faults.clear();
        self.disk.faults.clear();
        self.disk.is_full = false;
        self.disk.is_locked = false;
        self.wallet_knows = true;
    }

    pub(crate) fn delete_key(&mut self, key: &DigitalKeyId) {
        let before = self.keys.len();
        self.keys.retain(|other| other != key);
        if self.keys.len() < before {
            self.wallet_changes += 1;
            self.changed.notify_waiters();
        }
    }
}

impl Environment {
    pub(crate) fn new(
        settings: &Settings,
        vins: [Vin; VEHICLES],
        phones: usize,
        flaw: StoreFlaw,
    ) -> Self {
        Self {
            backend: Backend::new(),
            devices: (0..phones).map(|_| Device::new(settings, vins, flaw)).collect(),
            violation: None,
            fingerprint: DefaultHasher::new(),
            trace: None,
        }
    }

    /// Records a violation. Only the first one counts: a later one may be its consequence.
    pub(crate) fn record_violation(&mut self, violation: Violation) {
        self.violation.get_or_insert(violation);
    }

    /// A core made a step. Returns `true` if it shows something new.
    pub(crate) fn observe(
        &mut self,
        phone: usize,
        process: u64,
        millis: u128,
        step: &ObservedStep<'_>,
    ) -> bool {
        let device = &mut self.devices[phone];
        if device.process != process {
            return false;
        }
        let is_new = !device.judge.shows(step.view);
        (millis, phone, step.event, step.verdict, step.effects).hash(&mut self.fingerprint);
        if is_new {
            step.view.hash(&mut self.fingerprint);
        }
        if let Some(trace) = &mut self.trace {
            trace.add((phone, process), millis, step);
        }
        if let Err(violation) = device.judge.judge(step, &device.ledger) {
            self.record_violation(violation);
        }
        is_new
    }

    /// Returns a number that stands for every step of every core, and its time.
    pub(crate) fn fingerprint(&self) -> u64 {
        self.fingerprint.finish()
    }
}

/// What the ports of one app see of the environment.
#[derive(Clone)]
pub(crate) struct AppContext {
    pub(crate) shared: Arc<Mutex<Environment>>,
    pub(crate) leak_detector: Arc<LeakDetector>,
    pub(crate) vins: [Vin; VEHICLES],
    pub(crate) phone: usize,
    pub(crate) process: u64,
    pub(crate) changed: Arc<Notify>,
}

impl AppContext {
    pub(crate) fn environment(&self) -> MutexGuard<'_, Environment> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn device<T>(&self, look: impl FnOnce(&mut Device) -> T) -> T {
        look(&mut self.environment().devices[self.phone])
    }

    /// Returns the number of a vehicle.
    pub(crate) fn vehicle(&self, vin: Vin) -> usize {
        number_of(&self.vins, vin)
    }

    /// Waits forever if the app was killed: whatever it had begun goes no further.
    pub(crate) async fn alive(&self) {
        if self.device(|device| device.process) != self.process {
            std::future::pending::<()>().await;
        }
    }

    /// Waits until `take` returns a value: it is tried now, and whenever the phone changes.
    pub(crate) async fn until<T>(&self, mut take: impl FnMut(&mut Device) -> Option<T>) -> T {
        loop {
            // Subscribed before the look, so that no change is missed.
            let changed = self.changed.notified();
            self.alive().await;
            if let Some(taken) = self.device(&mut take) {
                return taken;
            }
            changed.await;
        }
    }
}

/// Returns the number of a vehicle; there are two.
pub(crate) fn number_of(vins: &[Vin; VEHICLES], vin: Vin) -> usize {
    usize::from(vins[0] != vin)
}
