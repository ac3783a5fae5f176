//! Runs a plan.

mod advance;
mod at_rest;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use digital_key_app::{App, AppError};
use digital_key_domain::{Intent, Settings, VehicleRecord};
use digital_key_ports::{Cache as _, LifecycleEvent, Take};
use tokio::task::yield_now;
use tokio::time::{Instant, advance, sleep, timeout};

use crate::action::{Action, Plan, Planned, Wait};
use crate::environment::{AppContext, Environment};
use crate::invariant::{Invariant, Violation};
use crate::leak_detector::LeakDetector;
use crate::parts::Parts;
use crate::process::Process;
use crate::simulator::Setting;
use crate::store::Store;
use crate::trace::{RunRecording, Trace};
use crate::watched_store::WatchedStore;

/// After this time every action has ended, if nothing goes wrong.
const ACTION: Duration = Duration::from_secs(2);

/// The result of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The first invariant that did not hold.
    pub violation: Option<Violation>,
    /// A number that stands for every step of every core, and its time.
    pub fingerprint: u64,
    /// The number of faults.
    pub faults: u64,
    /// Every step as text, if that was asked for.
    pub trace: Vec<String>,
    /// The recordings of all runs of the apps, if the trace was asked for.
    pub recordings: Vec<RunRecording>,
}

impl Outcome {
    /// Returns the result without a runtime.
    pub(crate) fn impossible(error: &std::io::Error) -> Self {
        let violation = Some(Invariant::EveryActionEnds.violated(error.to_string()));
        Self { violation, fingerprint: 0, faults: 0, trace: Vec::new(), recordings: Vec::new() }
    }
}

/// A plan that runs.
pub(crate) struct History {
    shared: Arc<Mutex<Environment>>,
    leak_detector: Arc<LeakDetector>,
    setting: Setting,
    parts: Parts,
    circuit_breaker: bool,
    start: Instant,
    processes: Vec<Option<Process>>,
    /// The phones whose user has signed out and not used the app since.
    signed_out: Vec<bool>,
}

impl History {
    pub(crate) async fn run(
        plan: &Plan,
        setting: &Setting,
        parts: Parts,
        leak_detector: &Arc<LeakDetector>,
        with_trace: bool,
    ) -> Outcome {
        let settings = Settings::new(setting.phone.clone());
        let mut environment = Environment::new(&settings, setting.vins, plan.phones, parts.store);
        environment.trace = with_trace.then(|| Trace::new(&settings));
        fastrand::seed(plan.seed);
        let mut history = Self {
            shared: Arc::new(Mutex::new(environment)),
            leak_detector: Arc::clone(leak_detector),
            setting: setting.clone(),
            parts,
            circuit_breaker: plan.circuit_breaker,
            start: Instant::now(),
            processes: (0..plan.phones).map(|_| None).collect(),
            signed_out: vec![false; plan.phones],
        };
        let mut faults = 0;
        let mut ended = Ok(());
        for planned in &plan.actions {
            faults += u64::from(planned.action.is_fault());
            ended = history.perform(planned).await.and_then(|()| history.check());
            if ended.is_err() {
                break;
            }
        }
        if ended.is_ok() {
            ended = history.finish().await.and_then(|()| history.check());
        }
        for phone in 0..plan.phones {
            history.kill(phone, false);
        }
        let mut environment = history.environment();
        let (trace, recordings) =
            environment.trace.take().map(Trace::into_parts).unwrap_or_default();
        Outcome {
            violation: ended.err(),
            fingerprint: environment.fingerprint(),
            faults,
            trace,
            recordings,
        }
    }

    fn environment(&self) -> MutexGuard<'_, Environment> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks that every invariant has held so far.
    fn check(&self) -> Result<(), Violation> {
        let recorded = self.environment().violation.take();
        recorded.or_else(|| self.leak_detector.take_violation()).map_or(Ok(()), Err)?;
        let signed_out = self.processes.iter().zip(&self.signed_out).filter(|(_, is)| **is);
        for process in signed_out.filter_map(|(process, _)| process.as_ref()) {
            let shown = process.app.view().borrow().vehicle.is_some();
            if shown {
                return Err(Invariant::SignedOutIsGone.violated("a vehicle is still shown"));
            }
        }
        Ok(())
    }

    async fn perform(&mut self, planned: &Planned) -> Result<(), Violation> {
        match planned.wait {
            Wait::Turns(turns) => {
                for _ in 0..turns {
                    yield_now().await;
                }
            }
            Wait::Millis(millis) => sleep(Duration::from_millis(millis.into())).await,
        }
        let phone = planned.phone;
        match planned.action {
            Action::Advance(number) => self.advance(phone, number),
            Action::Tap(tap) => self.dispatch(phone, tap.into()),
            Action::Select { vehicle } => {
                self.dispatch(phone, Intent::SelectVehicle(self.setting.vins[vehicle]))
            }
            Action::Refresh { vehicle } => {
                let vin = self.setting.vins[vehicle];
                let Some(process) = self.app(phone)? else { return Ok(()) };
                let refreshed = process.app.refresh(vin);
                refreshed.map_err(|error| Invariant::EveryActionEnds.violated(error.to_string()))
            }
            Action::Forget { vehicle } => {
                let vin = self.setting.vins[vehicle];
                if self.app(phone)?.is_some() {
                    self.call(phone, |app| app.forget(vin));
                    self.environment().drop_sheets(phone, Some(vehicle));
                }
                Ok(())
            }
            Action::StartFor { account } => {
                self.kill(phone, false);
                self.environment().devices[phone].account = account;
                self.app(phone).map(drop)
            }
            Action::SignOut { cancelled } => {
                if self.processes[phone].is_some() {
                    self.environment().drop_sheets(phone, None);
                }
                self.call(phone, |app| app.sign_out());
                self.signed_out[phone] = true;
                if cancelled {
                    yield_now().await;
                    self.processes[phone].iter_mut().for_each(Process::cancel_calls);
                }
                Ok(())
            }
            Action::Background => self.send(phone, LifecycleEvent::WentToBackground),
            Action::Foreground => self.send(phone, LifecycleEvent::CameToForeground),
            Action::Suspend => {
                self.call(phone, |app| app.suspend());
                Ok(())
            }
            Action::Resume => {
                self.call(phone, |app| app.resume());
                Ok(())
            }
            Action::Kill { unflushed_survives } => {
                self.kill(phone, unflushed_survives);
                Ok(())
            }
            Action::Damage(damage) => {
                self.kill(phone, false);
                let device = &mut self.environment().devices[phone];
                let changes = device.disk.damage(damage);
                for (vehicle, change) in changes.into_iter().enumerate() {
                    change.into_iter().for_each(|change| device.ledger.damaged(vehicle, change));
                }
                Ok(())
            }
            Action::SecondInstance { vehicle } => self.second_instance(phone, vehicle).await,
            Action::ClockJumps { seconds } => {
                advance(Duration::from_secs(seconds.into())).await;
                Ok(())
            }
            other => {
                self.environment().apply(phone, other);
                Ok(())
            }
        }
    }

    /// Returns the app on a phone, and starts it if it does not run. `None` while its store is locked.
    fn app(&mut self, phone: usize) -> Result<Option<&Process>, Violation> {
        if self.processes[phone].is_none() {
            self.processes[phone] = self.start(phone)?;
        }
        Ok(self.processes[phone].as_ref())
    }

    fn start(&self, phone: usize) -> Result<Option<Process>, Violation> {
        let context = self.context(phone);
        let account = self.environment().devices[phone].account;
        let Ok(store) = Store::open(context.clone(), Some(account)) else { return Ok(None) };
        {
            let device = &mut self.environment().devices[phone];
            let is_gone = device.ledger.opened_for(account);
            for vehicle in 0..self.setting.vins.len() {
                let durable = &device.disk.durable[vehicle].record;
                if is_gone && *durable != VehicleRecord::default() {
                    return Err(Invariant::SignedOutIsGone
                        .violated(format!("the next start finds {durable:?}")));
                }
                if !device.disk.is_lost(vehicle) {
                    device.ledger.reopened(vehicle, durable)?;
                }
            }
        }
        let (phone, start) = (self.setting.phone.clone(), self.start);
        Ok(Process::start(phone, &self.parts, self.circuit_breaker, &context, store, start))
    }

    fn context(&self, phone: usize) -> AppContext {
        let environment = self.environment();
        let device = &environment.devices[phone];
        AppContext {
            shared: Arc::clone(&self.shared),
            leak_detector: Arc::clone(&self.leak_detector),
            vins: self.setting.vins,
            phone,
            process: device.process,
            changed: Arc::clone(&device.changed),
        }
    }

    fn kill(&mut self, phone: usize, unflushed_survives: bool) {
        let process = self.processes[phone].take();
        self.signed_out[phone] = false;
        self.environment().devices[phone].forget_app(unflushed_survives);
        drop(process);
    }

    fn dispatch(&mut self, phone: usize, intent: Intent) -> Result<(), Violation> {
        self.signed_out[phone] = false;
        let Some(process) = self.app(phone)? else { return Ok(()) };
        process
            .app
            .dispatch(intent)
            .map_err(|error| Invariant::EveryActionEnds.violated(error.to_string()))
    }

    fn send(&mut self, phone: usize, event: LifecycleEvent) -> Result<(), Violation> {
        self.app(phone)?;
        let device = &mut self.environment().devices[phone];
        device.lifecycle.push_back(event);
        device.changed.notify_waiters();
        Ok(())
    }

    /// Makes a call of the facade, and lets a caller wait for it.
    fn call<F>(&mut self, phone: usize, call: impl FnOnce(App) -> F)
    where
        F: Future<Output = Result<(), AppError>> + Send + 'static,
    {
        if let Some(process) = &mut self.processes[phone] {
            let called = call(process.app.clone());
            let leak_detector = Arc::clone(&self.leak_detector);
            process.calls.push(tokio::spawn(async move {
                if let Err(error) = called.await {
                    leak_detector.check(format_args!("{error} {error:?}"));
                }
            }));
        }
    }

    /// Starts a second instance: it is refused while the first one holds the store (invariant 1).
    async fn second_instance(&mut self, phone: usize, vehicle: usize) -> Result<(), Violation> {
        let context = self.context(phone);
        let is_held = self.environment().devices[phone].disk.holder.is_some();
        let Ok(store) = Store::open(context.clone(), None) else { return Ok(()) };
        if is_held {
            return Err(Invariant::ThreeGrants.violated("the store was opened twice"));
        }
        let store = WatchedStore { inner: Arc::new(store), context, is_app: false };
        let taken = store.take_use(self.setting.vins[vehicle]);
        // It may hang, and then gives up.
        match timeout(ACTION, taken).await {
            Ok(Ok(Take::Granted { .. } | Take::NoPassword | Take::Exhausted) | Err(_)) | Err(_) => {
                Ok(())
            }
        }
    }
}
