//! Everything of a history that is no core: the backend, the phones, and what was seen so far.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use digital_key_app::ObservedStep;
use digital_key_domain::{DigitalKeyId, Settings, Vin};
use digital_key_ports::LifecycleEvent;
use tokio::sync::Notify;

use crate::action::{BffFault, PhoneFault};
use crate::backend::{Backend, VEHICLES};
use crate::disk::{Disk, StoreFlaw};
use crate::invariant::Violation;
use crate::judge::Judge;
use crate::ledger::Ledger;
use crate::listener::Listener;
use crate::phone::Sheet;

/// The kinds of requests to the BFF, as places in arrays.
pub(crate) const QUESTIONS: usize = 3;

/// A number for each vehicle and each kind of request.
pub(crate) type PerQuestion = [[u32; QUESTIONS]; VEHICLES];

pub(crate) struct World {
    pub(crate) backend: Backend,
    pub(crate) devices: Vec<Device>,
    /// The first one.
    pub(crate) violation: Option<Violation>,
    pub(crate) trace: DefaultHasher,
    /// What the cores were told and made of it, in words, when somebody wants to read it.
    pub(crate) story: Option<Vec<String>>,
}

/// One phone: what outlives its app, and what belongs to the app that runs on it.
pub(crate) struct Device {
    /// The number of the app that runs, or of the next one: whatever has another number is dead.
    pub(crate) process: u64,
    /// Rings when something changes that a port waits for.
    pub(crate) bell: Arc<Notify>,
    pub(crate) keys: Vec<DigitalKeyId>,
    pub(crate) wallet_knows: bool,
    pub(crate) wallet_changes: u64,
    pub(crate) sheet: Option<Sheet>,
    pub(crate) sheets_shown: u64,
    pub(crate) lifecycle: VecDeque<LifecycleEvent>,
    pub(crate) phone_faults: VecDeque<PhoneFault>,
    pub(crate) bff_faults: VecDeque<BffFault>,
    /// How many requests of the app are under way.
    pub(crate) in_flight: PerQuestion,
    pub(crate) disk: Disk,
    pub(crate) ledger: Ledger,
    pub(crate) judge: Judge,
}

impl Device {
    fn new(settings: &Settings, vins: [Vin; VEHICLES], flaw: StoreFlaw) -> Self {
        Self {
            process: 0,
            bell: Arc::default(),
            keys: Vec::new(),
            wallet_knows: true,
            wallet_changes: 0,
            sheet: None,
            sheets_shown: 0,
            lifecycle: VecDeque::new(),
            phone_faults: VecDeque::new(),
            bff_faults: VecDeque::new(),
            in_flight: PerQuestion::default(),
            disk: Disk::new(flaw),
            ledger: Ledger::new(),
            judge: Judge::new(settings, vins),
        }
    }

    /// The app is gone, and all that belongs to it.
    pub(crate) fn forget_app(&mut self, unflushed_survives: bool) {
        self.process += 1;
        self.sheet = None;
        self.lifecycle.clear();
        self.in_flight = PerQuestion::default();
        self.disk.crash(unflushed_survives);
        self.ledger.owes_erasure = false;
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
            self.bell.notify_waiters();
        }
    }
}

impl World {
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
            trace: DefaultHasher::new(),
            story: None,
        }
    }

    /// Only the first violation counts: what follows may be its consequence.
    pub(crate) fn violate(&mut self, violation: Violation) {
        self.violation.get_or_insert(violation);
    }

    /// A core has made a step; whether it shows something else now.
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
        (millis, phone, step.event, step.verdict, step.effects).hash(&mut self.trace);
        if is_new {
            step.view.hash(&mut self.trace);
        }
        if let Some(story) = &mut self.story {
            let calls: Vec<_> = step.effects.iter().map(digital_key_domain::Effect::call).collect();
            let ObservedStep { event, verdict, view, .. } = step;
            story.push(format!(
                "{millis:>6} ms  phone {phone}  {event:?} -> {verdict:?} {calls:?}, shows {:?}",
                view.page
            ));
        }
        if let Err(violation) = device.judge.judge(step, &device.ledger) {
            self.violate(violation);
        }
        is_new
    }

    /// What the whole history came to, as a number.
    pub(crate) fn trace(&self) -> u64 {
        self.trace.finish()
    }
}

/// The place of one app in the world: its ports look at the world from here.
#[derive(Clone)]
pub(crate) struct Seat {
    pub(crate) shared: Arc<Mutex<World>>,
    pub(crate) listener: Arc<Listener>,
    pub(crate) vins: [Vin; VEHICLES],
    pub(crate) phone: usize,
    pub(crate) process: u64,
    pub(crate) bell: Arc<Notify>,
}

impl Seat {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn device<T>(&self, look: impl FnOnce(&mut Device) -> T) -> T {
        look(&mut self.world().devices[self.phone])
    }

    /// The number of a vehicle.
    pub(crate) fn vehicle(&self, vin: Vin) -> usize {
        number_of(&self.vins, vin)
    }

    /// For ever, when the app was killed: whatever it had begun goes no further.
    pub(crate) async fn alive(&self) {
        if self.device(|device| device.process) != self.process {
            std::future::pending::<()>().await;
        }
    }

    /// Waits until the step is taken: it is tried now and whenever the bell rings.
    pub(crate) async fn until<T>(&self, mut step: impl FnMut(&mut Device) -> Option<T>) -> T {
        loop {
            // Made before the look, so that no ring is missed.
            let rung = self.bell.notified();
            self.alive().await;
            if let Some(taken) = self.device(&mut step) {
                return taken;
            }
            rung.await;
        }
    }
}

/// The number of a vehicle; there are two.
pub(crate) fn number_of(vins: &[Vin; VEHICLES], vin: Vin) -> usize {
    usize::from(vins[0] != vin)
}
