//! Lives through a plan.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use digital_key_app::{App, AppError};
use digital_key_domain::{AppleErrorCode, Intent, PageView, Settings, Tap};
use digital_key_ports::{Cache as _, LifecycleEvent, Take};
use tokio::task::yield_now;
use tokio::time::{Instant, advance, sleep, timeout};

use crate::action::{Action, Plan, Planned, SheetEnd, Wait};
use crate::invariant::{Invariant, Violation};
use crate::listener::Listener;
use crate::parts::Parts;
use crate::process::Process;
use crate::simulator::Setting;
use crate::store::Store;
use crate::watched_store::WatchedStore;
use crate::world::{Seat, World};

/// After this time nothing is under way any more that began while things went wrong: a request
/// ends within 10 seconds, so does a call of the store, and a lost store is asked once more.
const CALM: Duration = Duration::from_secs(45);

/// After this time every action has ended, when nothing goes wrong.
const ACTION: Duration = Duration::from_secs(2);

/// What came of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The first promise that did not hold.
    pub violation: Option<Violation>,
    /// A number that stands for every step of every core, and its time.
    pub trace: u64,
    /// How many faults happened.
    pub faults: u64,
    /// Every step in words, if that was wanted.
    pub story: Vec<String>,
}

impl Outcome {
    /// There is no runtime to live in.
    pub(crate) fn impossible(error: &std::io::Error) -> Self {
        let violation = Some(Invariant::EveryActionEnds.violated(error.to_string()));
        Self { violation, trace: 0, faults: 0, story: Vec::new() }
    }
}

/// A plan that is being lived through.
pub(crate) struct History {
    shared: Arc<Mutex<World>>,
    listener: Arc<Listener>,
    setting: Setting,
    parts: Parts,
    circuit_breaker: bool,
    start: Instant,
    processes: Vec<Option<Process>>,
}

impl History {
    pub(crate) async fn live(
        plan: &Plan,
        setting: &Setting,
        parts: Parts,
        listener: &Arc<Listener>,
        wants_story: bool,
    ) -> Outcome {
        let settings = Settings::new(setting.phone.clone());
        let mut world = World::new(&settings, setting.vins, plan.phones, parts.store);
        world.story = wants_story.then(Vec::new);
        fastrand::seed(plan.seed);
        let mut history = Self {
            shared: Arc::new(Mutex::new(world)),
            listener: Arc::clone(listener),
            setting: setting.clone(),
            parts,
            circuit_breaker: plan.circuit_breaker,
            start: Instant::now(),
            processes: (0..plan.phones).map(|_| None).collect(),
        };
        let mut faults = 0;
        let mut ended = Ok(());
        for planned in &plan.actions {
            faults += u64::from(planned.action.is_fault());
            ended = history.act(planned).await.and_then(|()| history.look());
            if ended.is_err() {
                break;
            }
        }
        if ended.is_ok() {
            ended = history.end().await.and_then(|()| history.look());
        }
        for phone in 0..plan.phones {
            history.kill(phone, false);
        }
        let mut world = history.world();
        Outcome {
            violation: ended.err(),
            trace: world.trace(),
            faults,
            story: world.story.take().unwrap_or_default(),
        }
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a promise was broken.
    fn look(&self) -> Result<(), Violation> {
        let seen = self.world().violation.take();
        seen.or_else(|| self.listener.take_violation()).map_or(Ok(()), Err)
    }

    async fn act(&mut self, planned: &Planned) -> Result<(), Violation> {
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
            Action::GoOn(number) => self.go_on(phone, number),
            Action::Tap(tap) => self.dispatch(phone, tap.into()),
            Action::Select { vehicle } => {
                self.dispatch(phone, Intent::SelectVehicle(self.setting.vins[vehicle]))
            }
            Action::SignOut { cancelled } => {
                self.call(phone, |app| async move { app.sign_out().await });
                if cancelled {
                    yield_now().await;
                    self.processes[phone].iter_mut().for_each(Process::cancel_calls);
                }
                Ok(())
            }
            Action::Background => self.tell(phone, LifecycleEvent::WentToBackground),
            Action::Foreground => self.tell(phone, LifecycleEvent::CameToForeground),
            Action::Suspend => {
                self.call(phone, |app| async move { app.suspend().await });
                Ok(())
            }
            Action::Resume => {
                self.call(phone, |app| async move { app.resume().await });
                Ok(())
            }
            Action::Kill { unflushed_survives } => {
                self.kill(phone, unflushed_survives);
                Ok(())
            }
            Action::Damage(damage) => {
                self.kill(phone, false);
                let device = &mut self.world().devices[phone];
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
                self.world().happen(phone, other);
                Ok(())
            }
        }
    }

    /// The app on a phone; it is started when it does not run. `None` while its store is locked.
    fn app(&mut self, phone: usize) -> Result<Option<&Process>, Violation> {
        if self.processes[phone].is_none() {
            self.processes[phone] = self.start(phone)?;
        }
        Ok(self.processes[phone].as_ref())
    }

    fn start(&self, phone: usize) -> Result<Option<Process>, Violation> {
        let seat = self.seat(phone);
        {
            let device = &mut self.world().devices[phone];
            for vehicle in 0..self.setting.vins.len() {
                if !device.disk.is_lost(vehicle) {
                    let durable = &device.disk.durable[vehicle].record;
                    device.ledger.reopened(vehicle, durable)?;
                }
            }
        }
        let Ok(store) = Store::open(seat.clone()) else { return Ok(None) };
        let (phone, start) = (self.setting.phone.clone(), self.start);
        Ok(Process::start(phone, &self.parts, self.circuit_breaker, &seat, store, start))
    }

    fn seat(&self, phone: usize) -> Seat {
        let world = self.world();
        let device = &world.devices[phone];
        Seat {
            shared: Arc::clone(&self.shared),
            listener: Arc::clone(&self.listener),
            vins: self.setting.vins,
            phone,
            process: device.process,
            bell: Arc::clone(&device.bell),
        }
    }

    fn kill(&mut self, phone: usize, unflushed_survives: bool) {
        let process = self.processes[phone].take();
        self.world().devices[phone].forget_app(unflushed_survives);
        drop(process);
    }

    fn dispatch(&mut self, phone: usize, intent: Intent) -> Result<(), Violation> {
        let Some(process) = self.app(phone)? else { return Ok(()) };
        process
            .app
            .dispatch(intent)
            .map_err(|error| Invariant::EveryActionEnds.violated(error.to_string()))
    }

    fn tell(&mut self, phone: usize, event: LifecycleEvent) -> Result<(), Violation> {
        self.app(phone)?;
        let device = &mut self.world().devices[phone];
        device.lifecycle.push_back(event);
        device.bell.notify_waiters();
        Ok(())
    }

    /// A call of the facade that somebody waits for.
    fn call<F>(&mut self, phone: usize, call: impl FnOnce(App) -> F)
    where
        F: Future<Output = Result<(), AppError>> + Send + 'static,
    {
        if let Some(process) = &mut self.processes[phone] {
            let called = call(process.app.clone());
            let listener = Arc::clone(&self.listener);
            process.calls.push(tokio::spawn(async move {
                if let Err(error) = called.await {
                    listener.hear(format_args!("{error} {error:?}"));
                }
            }));
        }
    }

    /// What leads on.
    fn go_on(&mut self, phone: usize, number: u8) -> Result<(), Violation> {
        if self.world().sheet_waits(phone) {
            let end = match number % 4 {
                0 => SheetEnd::Failed(AppleErrorCode::UserCanceled),
                backend_lags => {
                    SheetEnd::Made { backend_lags: backend_lags == 1, with_error: false }
                }
            };
            self.world().end_sheet(phone, end);
            return Ok(());
        }
        let Some(process) = self.app(phone)? else { return Ok(()) };
        let view = process.app.view().borrow().clone();
        let offered = offered(&view.page);
        let number = usize::from(number);
        let intent = match view.vehicle {
            None => Intent::SelectVehicle(self.setting.vins[usize::from(number % 8 == 0)]),
            Some(_) => match offered.get(number % offered.len().max(1)) {
                Some(tap) => (*tap).into(),
                None => return Ok(()),
            },
        };
        self.dispatch(phone, intent)
    }

    /// Two instances: the second one is refused while the first one holds the store (invariant 1).
    async fn second_instance(&mut self, phone: usize, vehicle: usize) -> Result<(), Violation> {
        let seat = self.seat(phone);
        let is_held = self.world().devices[phone].disk.holder.is_some();
        let Ok(store) = Store::open(seat.clone()) else { return Ok(()) };
        if is_held {
            return Err(Invariant::ThreeGrants.violated("the store was opened twice"));
        }
        let store = WatchedStore { inner: Arc::new(store), seat, is_app: false };
        let taken = store.take_use(self.setting.vins[vehicle]);
        // It may hang, and is given up then.
        match timeout(ACTION, taken).await {
            Ok(Ok(Take::Granted { .. } | Take::NoPassword | Take::Exhausted) | Err(_)) | Err(_) => {
                Ok(())
            }
        }
    }

    /// The faults stop: everything that was begun ends, and the app can be used (invariant 10).
    async fn end(&mut self) -> Result<(), Violation> {
        for phone in 0..self.processes.len() {
            self.world().devices[phone].stop_faults();
            self.call(phone, |app| async move { app.resume().await });
            self.tell(phone, LifecycleEvent::CameToForeground)?;
        }
        sleep(CALM).await;
        // A sheet is the user's to end.
        for phone in 0..self.processes.len() {
            self.world().end_sheet(phone, SheetEnd::Vanished);
        }
        sleep(ACTION).await;
        self.look()?;
        let steps = [
            Tap::Close.into(),
            Intent::SelectVehicle(self.setting.vins[0]),
            Tap::Entry.into(),
            Tap::Continue.into(),
        ];
        for phone in 0..self.processes.len() {
            self.rests(phone, "after the faults have stopped").await?;
            for step in steps {
                self.dispatch(phone, step)?;
                sleep(ACTION).await;
                self.rests(phone, &format!("after {step:?}")).await?;
            }
        }
        // What was acknowledged to the last app is there for the next one (invariant 4).
        for phone in 0..self.processes.len() {
            self.kill(phone, false);
            drop(self.start(phone)?);
        }
        Ok(())
    }

    /// Nothing is under way, and nothing turns on the page.
    async fn rests(&mut self, phone: usize, when: &str) -> Result<(), Violation> {
        let never = |what: &str| Err(Invariant::EveryActionEnds.violated(format!("{what} {when}")));
        let Some(process) = self.app(phone)? else { return never("the app does not start") };
        match timeout(ACTION, process.app.idle()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return never("the core has ended"),
            Err(_) => return never("something is under way"),
        }
        let view = process.app.view().borrow().clone();
        match view.page {
            PageView::VehicleTab { opening: true } => never("the page does not open"),
            PageView::Welcome { continue_enabled: false, .. } => never("Continue is disabled"),
            _ if view.pairing_runs => never("a pairing runs"),
            _ => Ok(()),
        }
    }
}

/// The taps that lead on from a page.
fn offered(page: &PageView) -> &'static [Tap] {
    match page {
        PageView::VehicleTab { .. } => &[Tap::Entry],
        PageView::Welcome { .. }
        | PageView::GrabYourTwoKeys
        | PageView::Tutorial1
        | PageView::Tutorial2 => &[Tap::Continue],
        PageView::ReadyToPair { checked: false, .. } => &[Tap::TickBox],
        PageView::ReadyToPair { checked: true, .. } => &[Tap::Continue],
        PageView::PairingError { .. } => &[Tap::Retry, Tap::Retry, Tap::Close],
        PageView::Overview { .. } => &[Tap::CardAction, Tap::Tutorial, Tap::Back],
        PageView::MoveKeyWarning => &[Tap::ConfirmMove, Tap::ConfirmMove, Tap::CancelMove],
        PageView::Error(page) if page.offers_retry() => &[Tap::Retry, Tap::Close],
        PageView::Error(_) => &[Tap::ConfirmError],
    }
}
