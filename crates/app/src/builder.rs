//! Builds and starts an [`App`].

use std::sync::Arc;

use digital_key_domain::{CacheFailure, Diagnostic, Effect, EntryMode, Flow, Phone, Settings};
use futures_channel::mpsc;
use futures_util::FutureExt as _;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::app::App;
use crate::bff::{CircuitBreakerPolicy, RetryPolicy, decorate};
use crate::cache_worker::CacheWorker;
use crate::config::{Deadlines, ObservedStep, Observers, Ports};
use crate::event_loop::{EventLoop, Inbox};
use crate::flight_recorder::{FlightRecorder, RecorderOptions};
use crate::funnel::{Funnel, FunnelEvent};
use crate::listeners::{listen_to_late_answers, listen_to_lifecycle, listen_to_wallet};
use crate::messages::Places;
use crate::port_calls::{PortCalls, Running};
use crate::reporting::{PortFailure, PortFailureObserver, Reporting};
use crate::sign_out::Screen;

/// Builds an [`App`]; see [`App::builder`].
#[must_use]
pub struct AppBuilder {
    settings: Settings,
    ports: Ports,
    retry: RetryPolicy,
    circuit_breaker: Option<CircuitBreakerPolicy>,
    deadlines: Deadlines,
    observers: Observers,
    recorder: Option<RecorderOptions>,
}

impl AppBuilder {
    fn new(phone: Phone, ports: Ports) -> Self {
        Self {
            settings: Settings::new(phone),
            ports,
            retry: RetryPolicy::default(),
            circuit_breaker: Some(CircuitBreakerPolicy::default()),
            deadlines: Deadlines::default(),
            observers: Observers::default(),
            recorder: None,
        }
    }

    /// Sets the page behind the entry on the vehicle tab (ENT-7). The default is the pairing flow.
    pub fn entry_mode(mut self, entry_mode: EntryMode) -> Self {
        self.settings.entry_mode = entry_mode;
        self
    }

    /// Sets the link behind "More information" (OVR-6). The default is
    /// `https://bmw.com/digitalkey`.
    pub fn more_information(mut self, url: &str) -> Self {
        self.settings.more_information = url.into();
        self
    }

    /// Sets how failed requests to the BFF are retried, and the deadline for all tries together.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets when a failing backend gets a pause without requests; `None` means never. The default is
    /// [`CircuitBreakerPolicy::default`].
    pub fn circuit_breaker(mut self, policy: Option<CircuitBreakerPolicy>) -> Self {
        self.circuit_breaker = policy;
        self
    }

    /// Sets how long the other ports may take.
    pub fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// Calls this observer with each effect just before it is performed. It runs on the event loop and
    /// must return quickly.
    pub fn on_effect(mut self, observer: impl Fn(&Effect) + Send + Sync + 'static) -> Self {
        self.observers.on_effect = Some(Arc::new(observer));
        self
    }

    /// Calls this observer with each step of the machine, including ignored events. It runs on the
    /// event loop and must return quickly.
    pub fn on_step(mut self, observer: impl Fn(&ObservedStep<'_>) + Send + Sync + 'static) -> Self {
        self.observers.on_step = Some(Arc::new(observer));
        self
    }

    /// Calls this reporter when the cache fails, once for each kind of failure (GEN-7). It runs on the
    /// event loop and must return quickly.
    pub fn on_cache_failure(
        mut self,
        reporter: impl Fn(CacheFailure) + Send + Sync + 'static,
    ) -> Self {
        self.observers.on_cache_failure = Some(Arc::new(reporter));
        self
    }

    /// Calls this observer with each failed call of a port, before any retry; for the log of the host,
    /// since the view shows what follows. It runs on a task of the core and must return quickly.
    pub fn on_port_failure(
        mut self,
        observer: impl Fn(&PortFailure) + Send + Sync + 'static,
    ) -> Self {
        self.observers.on_port_failure = Some(Arc::new(observer));
        self
    }

    /// Calls this reporter with what the maker should know and no page shows, such as a key id that the
    /// backend and the wallet spell differently. It runs on the event loop and must return quickly.
    pub fn on_diagnostic(mut self, reporter: impl Fn(&Diagnostic) + Send + Sync + 'static) -> Self {
        self.observers.on_diagnostic = Some(Arc::new(reporter));
        self
    }

    /// Calls this observer with each event of the funnel, in order; see [`FunnelEvent`]. It runs on the
    /// event loop and must return quickly.
    pub fn on_funnel(mut self, observer: impl Fn(FunnelEvent) + Send + Sync + 'static) -> Self {
        self.observers.on_funnel = Some(Arc::new(observer));
        self
    }

    /// Turns the flight recorder on: it keeps what the core receives in a buffer of fixed size, without
    /// VINs, key ids, passwords and texts (GEN-12). [`App::recording`] exports it.
    ///
    /// It is off by default. A sign-out erases the recording and its files.
    pub fn record(mut self, options: RecorderOptions) -> Self {
        self.recorder = Some(options);
        self
    }

    /// Starts the app on the tokio runtime of the caller. It begins at the vehicle tab without a
    /// vehicle.
    ///
    /// # Errors
    /// [`StartError::NoRuntime`] outside of a tokio runtime.
    pub fn start(self) -> Result<App, StartError> {
        let runtime = Handle::try_current().map_err(|_| StartError::NoRuntime)?;
        let flow = Flow::new(self.settings);
        let recorder = self.recorder.map(|options| Arc::new(FlightRecorder::start(options, &flow)));
        let ports = match failure_observer(self.observers.on_port_failure.as_ref(), &recorder) {
            Some(observer) => reporting(self.ports, &observer),
            None => self.ports,
        };
        let Ports { bff, wallet, apple_pairing, cache, app_lifecycle } = ports;
        let (command_sender, commands) = mpsc::unbounded();
        let (message_sender, messages) = mpsc::unbounded();
        let (cache_sender, mut cache_requests) = mpsc::unbounded();
        let screen = Arc::new(Screen::new(flow.view(), Arc::clone(&cache)));
        let (view, core) = (screen.subscribe(), Arc::downgrade(&screen));
        let (stored_sender, stored) = oneshot::channel();
        let mut cache_worker = CacheWorker::new(
            cache,
            self.deadlines.cache,
            message_sender.clone(),
            screen.pending_sign_outs(),
        );
        let listeners = [
            runtime.spawn(listen_to_wallet(Arc::clone(&wallet), message_sender.clone())),
            runtime.spawn(listen_to_lifecycle(app_lifecycle, message_sender.clone())),
            runtime
                .spawn(listen_to_late_answers(Arc::clone(&apple_pairing), message_sender.clone())),
        ];
        let (bff, circuit_breaker) = decorate(bff, self.retry, self.circuit_breaker);
        let calls = PortCalls {
            bff: Arc::new(bff),
            circuit_breaker,
            wallet,
            apple_pairing,
            cache: cache_sender,
            deadlines: self.deadlines,
            on_cache_failure: self.observers.on_cache_failure.clone(),
            on_diagnostic: self.observers.on_diagnostic.clone(),
            messages: message_sender,
            running: Running::default(),
        };
        let mut event_loop = EventLoop {
            flow,
            calls,
            observers: self.observers,
            funnel: Funnel::default(),
            recorder: recorder.clone(),
            sign_outs: screen.pending_sign_outs(),
            screen,
            effects: Vec::new(),
            idle_waiters: Vec::new(),
        };
        let mut inbox = Inbox { commands, messages };
        let mut tasks = vec![
            // A task that lends what it owns keeps it once; one that passes it on keeps it twice.
            runtime.spawn(async move { event_loop.run(&mut inbox).await }),
            runtime.spawn(async move {
                cache_worker.run(&mut cache_requests).await;
                drop(stored_sender);
            }),
        ];
        tasks.extend(listeners);
        Ok(App::new(
            command_sender,
            Places::default(),
            core,
            recorder,
            view,
            stored.shared(),
            tasks,
        ))
    }
}

impl App {
    /// Returns a builder for an app on this phone with these ports.
    ///
    /// ```no_run
    /// # async fn example(ports: digital_key_app::Ports) -> Result<(), Box<dyn std::error::Error>> {
    /// use digital_key_app::App;
    /// use digital_key_domain::{Intent, Phone};
    ///
    /// let phone = Phone::Ios { machine: "iPhone12,1".parse()?, version: "14.2".parse()? };
    /// let app = App::builder(phone, ports).start()?;
    /// app.dispatch(Intent::SelectVehicle("WBA00000000DEMO03".parse()?))?;
    /// let mut view = app.view();
    /// while view.changed().await.is_ok() {
    ///     println!("{}", view.borrow_and_update().page.name());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder(phone: Phone, ports: Ports) -> AppBuilder {
        AppBuilder::new(phone, ports)
    }
}

/// Why an app did not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// There is no tokio runtime here.
    #[error("there is no tokio runtime here; call start from inside one")]
    NoRuntime,
}

/// Returns what each failed call of a port is reported to: the host, the recorder, or both.
fn failure_observer(
    host: Option<&PortFailureObserver>,
    recorder: &Option<Arc<FlightRecorder>>,
) -> Option<PortFailureObserver> {
    let (host, recorder) = (host.cloned(), recorder.clone());
    let Some(recorder) = recorder else { return host };
    Some(Arc::new(move |failure| {
        recorder.port_failed(failure);
        if let Some(host) = &host {
            host(failure);
        }
    }))
}

/// Returns the ports, which report each failure to this observer.
fn reporting(ports: Ports, observer: &PortFailureObserver) -> Ports {
    Ports {
        bff: Arc::new(Reporting::new(ports.bff, observer)),
        wallet: Arc::new(Reporting::new(ports.wallet, observer)),
        apple_pairing: Arc::new(Reporting::new(ports.apple_pairing, observer)),
        cache: Arc::new(Reporting::new(ports.cache, observer)),
        // A call of this port cannot fail.
        app_lifecycle: ports.app_lifecycle,
    }
}
