//! One app that runs on a phone, until it is killed.

use std::sync::Arc;

use digital_key_app::{App, CircuitBreakerPolicy, Ports};
use digital_key_domain::Phone;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::bff::Connection;
use crate::parts::Parts;
use crate::phone::PhonePorts;
use crate::store::Store;
use crate::watched_store::WatchedStore;
use crate::world::Seat;

pub(crate) struct Process {
    pub(crate) app: App,
    /// Calls of the facade that somebody waits for.
    pub(crate) calls: Vec<JoinHandle<()>>,
}

impl Process {
    /// Starts the real core on the simulated ports; `None` without a runtime.
    pub(crate) fn start(
        phone: Phone,
        parts: &Parts,
        circuit_breaker: bool,
        seat: &Seat,
        store: Store,
        start: Instant,
    ) -> Option<Self> {
        let phone_ports = Arc::new(PhonePorts { seat: seat.clone() });
        let inner = (parts.cache)(Arc::new(store));
        let ports = Ports {
            bff: (parts.bff)(Arc::new(Connection { seat: seat.clone() })),
            wallet: (parts.wallet)(phone_ports.clone()),
            apple_pairing: phone_ports.clone(),
            cache: Arc::new(WatchedStore { inner, seat: seat.clone(), is_app: true }),
            app_lifecycle: phone_ports,
        };
        let seat = seat.clone();
        let builder = App::builder(phone, ports);
        let builder = builder.circuit_breaker(circuit_breaker.then(CircuitBreakerPolicy::default));
        let builder = builder.on_step(move |step| {
            let millis = start.elapsed().as_millis();
            let is_new = seat.world().observe(seat.phone, seat.process, millis, step);
            if is_new {
                seat.listener.hear(format_args!("{:?}", step.view));
            }
        });
        let app = (parts.app)(builder).start().ok()?;
        Some(Self { app, calls: Vec::new() })
    }

    /// Nobody waits any more.
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
