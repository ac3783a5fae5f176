//! The gate in front of each endpoint of the BFF: it counts requests, makes them fail and holds
//! back their answers.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::watch;

use crate::extract::{MAX_BODY, too_large};
use crate::fault::{Effect, Endpoint, Fault};
use crate::server::Reset;

/// What is going on at one endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct EndpointState {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// How many requests have reached it, each try counted, failed ones included.
    pub requests: u64,
    /// How its requests fail, if they do.
    pub fault: Option<Fault>,
    /// Its answers are held back.
    pub holding: bool,
    /// How many answers are held back at the moment.
    pub held: usize,
}

/// The gates of all endpoints.
#[derive(Clone)]
pub(crate) struct Gates(Arc<Inner>);

struct Inner {
    gates: Mutex<[Gate; Endpoint::ALL.len()]>,
    held: watch::Sender<usize>,
}

#[derive(Default)]
struct Gate {
    requests: u64,
    fault: Option<Fault>,
    hold: Option<Hold>,
}

/// One holding. Dropping it releases its answers: they wait for the channel to close.
#[derive(Default)]
struct Hold {
    waiting: usize,
    open: watch::Sender<()>,
}

impl Default for Gates {
    fn default() -> Self {
        Self(Arc::new(Inner { gates: Mutex::default(), held: watch::Sender::new(0) }))
    }
}

impl Gates {
    pub(crate) fn set_fault(&self, endpoint: Endpoint, fault: Option<Fault>) {
        self.lock()[endpoint as usize].fault = fault;
    }

    /// Begins to hold back the answers to requests that arrive from now on.
    pub(crate) fn hold(&self, endpoint: Endpoint) {
        self.lock()[endpoint as usize].hold.get_or_insert_default();
    }

    /// Sends what is held and ends the holding. The count of held requests is right on return.
    pub(crate) fn release(&self, endpoint: Endpoint) {
        let mut gates = self.lock();
        gates[endpoint as usize].hold = None;
        self.publish(&*gates);
    }

    pub(crate) fn state(&self, endpoint: Endpoint) -> EndpointState {
        let gate = &self.lock()[endpoint as usize];
        EndpointState {
            endpoint,
            requests: gate.requests,
            fault: gate.fault,
            holding: gate.hold.is_some(),
            held: gate.hold.as_ref().map_or(0, |hold| hold.waiting),
        }
    }

    /// How many answers are held back, over all endpoints.
    pub(crate) fn held(&self) -> watch::Receiver<usize> {
        self.0.held.subscribe()
    }

    /// Counts a request and tells, in one step, what is to happen to it.
    fn arrive(&self, endpoint: Endpoint) -> (Option<Fault>, Option<watch::Receiver<()>>) {
        let gate = &mut self.lock()[endpoint as usize];
        gate.requests += 1;
        let hold = gate.hold.as_ref().map(|hold| hold.open.subscribe());
        (gate.fault, hold)
    }

    /// Waits until the holding ends. The request counts as held until then, or until this future
    /// is dropped because the client has hung up.
    async fn wait(&self, endpoint: Endpoint, hold: watch::Receiver<()>) {
        let mut held = Held { gates: self, endpoint, hold };
        held.count(|waiting| waiting + 1);
        while held.hold.changed().await.is_ok() {}
    }

    fn publish(&self, gates: &[Gate]) {
        let holds = gates.iter().filter_map(|gate| gate.hold.as_ref());
        self.0.held.send_replace(holds.map(|hold| hold.waiting).sum());
    }

    fn lock(&self) -> MutexGuard<'_, [Gate; Endpoint::ALL.len()]> {
        // Every change is a single assignment: a panic elsewhere leaves nothing half done.
        self.0.gates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request whose answer is held back.
struct Held<'a> {
    gates: &'a Gates,
    endpoint: Endpoint,
    hold: watch::Receiver<()>,
}

impl Held<'_> {
    /// Changes the count of its holding, unless that has ended, perhaps for a new one.
    fn count(&self, change: impl FnOnce(usize) -> usize) {
        let mut gates = self.gates.lock();
        let ended = self.hold.has_changed().is_err();
        if let (false, Some(hold)) = (ended, &mut gates[self.endpoint as usize].hold) {
            hold.waiting = change(hold.waiting);
            self.gates.publish(&*gates);
        }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.count(|waiting| waiting.saturating_sub(1));
    }
}

/// The layer in front of an endpoint.
///
/// The answer is made before it is held back, so that it tells what the world was when the request
/// arrived; a request counts as held only once its answer is there.
pub(crate) async fn gate(
    State((gates, endpoint)): State<(Gates, Endpoint)>,
    Extension(reset): Extension<Reset>,
    request: Request,
    next: Next,
) -> Response {
    let (fault, hold) = gates.arrive(endpoint);
    // No endpoint takes a body, but only a request that was read whole can be reset after that,
    // and only then is a client noticed that hangs up.
    let (head, body) = request.into_parts();
    if to_bytes(body, MAX_BODY).await.is_err() {
        return too_large().into_response();
    }
    let effect = match fault {
        Some(fault) => fault.effect(),
        None => Effect::Answer(next.run(Request::from_parts(head, Body::empty())).await),
    };
    if let Some(hold) = hold {
        gates.wait(endpoint, hold).await;
    }
    match effect {
        Effect::Answer(response) => response,
        Effect::Reset => reset.now().await,
        Effect::Silence => std::future::pending().await,
    }
}
