//! The layer in front of the routes of the BFF: it counts the requests to each endpoint, injects
//! faults, and holds answers back.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use digital_key_bff::ConnectionReset;
use serde::Serialize;
use tokio::sync::watch;
use utoipa::ToSchema;

use crate::fault::{Effect, Endpoint, Fault};

/// The faults, holds and counts of one endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct EndpointState {
    /// The endpoint.
    #[schema(value_type = String)]
    pub endpoint: Endpoint,
    /// How many requests have reached it; each try counts, failed ones included.
    pub requests: u64,
    /// The fault of its requests, if any.
    #[schema(value_type = Option<String>)]
    pub fault: Option<Fault>,
    /// Whether it holds back the answers to new requests.
    pub holding: bool,
    /// How many answers are held back at the moment.
    pub held: usize,
}

/// The faults, holds and counts of all endpoints. Clones share them.
#[derive(Clone)]
pub(crate) struct FaultInjector(Arc<Inner>);

struct Inner {
    endpoints: Mutex<Endpoints>,
    held: watch::Sender<usize>,
}

/// One entry per endpoint, at the index `Endpoint as usize`.
type Endpoints = [EndpointControl; Endpoint::ALL.len()];

#[derive(Default)]
struct EndpointControl {
    requests: u64,
    fault: Option<Fault>,
    hold: Option<Hold>,
}

/// The answers that an endpoint holds back. Dropping it releases them: they wait for the channel to
/// close.
#[derive(Default)]
struct Hold {
    waiting: usize,
    released: watch::Sender<()>,
}

impl Default for FaultInjector {
    fn default() -> Self {
        Self(Arc::new(Inner { endpoints: Mutex::default(), held: watch::Sender::new(0) }))
    }
}

impl FaultInjector {
    pub(crate) fn set_fault(&self, endpoint: Endpoint, fault: Option<Fault>) {
        self.lock()[endpoint as usize].fault = fault;
    }

    /// Holds back the answers to requests that arrive from now on.
    pub(crate) fn hold(&self, endpoint: Endpoint) {
        self.lock()[endpoint as usize].hold.get_or_insert_default();
    }

    /// Sends the held answers and stops holding back. The count of held answers is up to date when
    /// this returns.
    pub(crate) fn release(&self, endpoint: Endpoint) {
        let mut endpoints = self.lock();
        endpoints[endpoint as usize].hold = None;
        self.publish(&endpoints);
    }

    pub(crate) fn state(&self, endpoint: Endpoint) -> EndpointState {
        let control = &self.lock()[endpoint as usize];
        EndpointState {
            endpoint,
            requests: control.requests,
            fault: control.fault,
            holding: control.hold.is_some(),
            held: control.hold.as_ref().map_or(0, |hold| hold.waiting),
        }
    }

    /// Watches how many answers are held back, over all endpoints.
    pub(crate) fn held(&self) -> watch::Receiver<usize> {
        self.0.held.subscribe()
    }

    /// Counts a request, and returns its fault and its release, in one step.
    fn on_request(&self, endpoint: Endpoint) -> (Option<Fault>, Option<watch::Receiver<()>>) {
        let control = &mut self.lock()[endpoint as usize];
        control.requests += 1;
        let released = control.hold.as_ref().map(|hold| hold.released.subscribe());
        (control.fault, released)
    }

    /// Waits for the release. The answer counts as held until then, or until this future is dropped
    /// because the client has hung up.
    async fn wait(&self, endpoint: Endpoint, released: watch::Receiver<()>) {
        let mut held = HeldAnswer { faults: self, endpoint, released };
        held.count(|waiting| waiting + 1);
        while held.released.changed().await.is_ok() {}
    }

    fn publish(&self, endpoints: &Endpoints) {
        let holds = endpoints.iter().filter_map(|control| control.hold.as_ref());
        self.0.held.send_replace(holds.map(|hold| hold.waiting).sum());
    }

    fn lock(&self) -> MutexGuard<'_, Endpoints> {
        // Every change is a single assignment: a panic elsewhere leaves nothing half done.
        self.0.endpoints.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer that is held back.
struct HeldAnswer<'a> {
    faults: &'a FaultInjector,
    endpoint: Endpoint,
    released: watch::Receiver<()>,
}

impl HeldAnswer<'_> {
    /// Changes the count of its hold. After the release it does not: the endpoint may have a new
    /// hold by then.
    fn count(&self, change: impl FnOnce(usize) -> usize) {
        let mut endpoints = self.faults.lock();
        let released = self.released.has_changed().is_err();
        if let (false, Some(hold)) = (released, &mut endpoints[self.endpoint as usize].hold) {
            hold.waiting = change(hold.waiting);
            self.faults.publish(&endpoints);
        }
    }
}

impl Drop for HeldAnswer<'_> {
    fn drop(&mut self) {
        self.count(|waiting| waiting.saturating_sub(1));
    }
}

/// Counts a request to an endpoint, injects its fault, and holds its answer back.
///
/// The answer is made before it is held back, so that it shows the vehicle as it was when the
/// request arrived. A request counts as held only once its answer is made.
pub(crate) async fn inject_faults(
    State(faults): State<FaultInjector>,
    Extension(reset): Extension<ConnectionReset>,
    request: Request,
    next: Next,
) -> Response {
    let Some(endpoint) = Endpoint::of(&request) else {
        return next.run(request).await;
    };
    let (fault, released) = faults.on_request(endpoint);
    let effect = match fault {
        Some(fault) => fault.effect(),
        None => Effect::Answer(next.run(request).await),
    };
    if let Some(released) = released {
        faults.wait(endpoint, released).await;
    }
    match effect {
        Effect::Answer(response) => response,
        Effect::Reset => reset.now().await,
        Effect::Silence => std::future::pending().await,
    }
}
