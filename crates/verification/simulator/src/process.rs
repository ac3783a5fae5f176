//! One app that runs on a phone, until it is killed.

use std::sync::Arc;

use digital_key_app::{App, CircuitBreakerPolicy, Ports};
use digital_key_domain::Phone;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::bff::Connection;
use crate::environment::AppContext;
use crate::parts::Parts;
use crate::phone::PhonePorts;
use crate::store::Store;
use crate::watched_store::WatchedStore;

pub(crate) struct Process {
    pub(crate) app: App,
    /// The calls of the facade that a caller waits for.
    pub(crate) calls: Vec<JoinHandle<()>>,
}

impl Process {
    /// Starts the real core on the simulated ports. Returns `None` without a runtime.
    pub(crate) fn start(
        phone: Phone,
        parts: &Parts,
        circuit_breaker: bool,
        context: &AppContext,
        store: Store,
        start: Instant,
    ) -> Option<Self> {
        let phone_ports = Arc::new(PhonePorts { context: context.clone() });
        let inner = (parts.cache)(Arc::new(store));
        let ports = Ports {
            bff: (parts.bff)(Arc::new(Connection { context: context.clone() })),
            wallet: phone_ports.clone(),
            apple_pairing: phone_ports.clone(),
            cache: Arc::new(WatchedStore { inner, context: context.clone(), is_app: true }),
            app_lifecycle: phone_ports,
        };
        let context = context.clone();
        let builder = App::builder(phone, ports);
        let builder = builder.circuit_breaker(circuit_breaker.then(CircuitBreakerPolicy::default));
        let builder = builder.on_step(move |step| {
            let millis = start.elapsed().as_millis();
            let is_new =
                context.environment().observe(context.phone, context.process, millis, step);
            if is_new {
                context.leak_detector.check(format_args!("{:?}", step.view));
            }
        });
        let app = (parts.app)(builder).start().ok()?;
        Some(Self { app, calls: Vec::new() })
    }

    /// The callers stop waiting.
    pub(crate) fn cancel_calls(&mut self) {
        for call in self.calls.drain(..) {
            call.abort();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.cancel_calls();
    }
}
