//! A BFF that sends no requests for a while to a backend that keeps failing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use digital_key_domain::{PairingStatus, SupportAnswer, Vin};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, PairingPassword,
};
use tokio::time::Instant;

/// When a circuit opens and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CircuitBreakerPolicy {
    /// The number of failures in a row that opens the circuit. 0 counts as 1.
    pub failures: u32,
    /// How long an open circuit sends no requests. After that, it sends one call at a time as a
    /// probe: an answer closes the circuit, and a failure opens it for the same time again.
    pub open_for: Duration,
}

impl CircuitBreakerPolicy {
    /// Opens after 5 failures in a row, for 30 s.
    #[must_use]
    pub const fn new() -> Self {
        Self { failures: 5, open_for: Duration::from_secs(30) }
    }

    /// Sets [`failures`](Self::failures).
    #[must_use]
    pub const fn with_failures(mut self, failures: u32) -> Self {
        self.failures = failures;
        self
    }

    /// Sets [`open_for`](Self::open_for).
    #[must_use]
    pub const fn with_open_for(mut self, open_for: Duration) -> Self {
        self.open_for = open_for;
        self
    }
}

impl Default for CircuitBreakerPolicy {
    /// Returns [`CircuitBreakerPolicy::new`].
    fn default() -> Self {
        Self::new()
    }
}

/// A [`Bff`] that sends no requests for a while after an endpoint has failed several times in a
/// row. Calls then fail at once with [`BffErrorKind::CircuitOpen`].
///
/// Each endpoint has a circuit of its own. Failures are the signs of a backend that is overloaded
/// or down: a status of 429 or above 499, and no answer in time. Any other answer of the backend,
/// including a 404, resets the count. What a bad network causes does not change the count: no
/// connection, a broken connection, and the answers of a captive portal, which are redirects, 511
/// and pages that are not JSON. So a phone in such a network opens no circuit.
///
/// An open circuit lets through what a user asks for: see [`allow_next`](Self::allow_next).
pub struct CircuitBreakingBff {
    inner: Arc<dyn Bff>,
    policy: CircuitBreakerPolicy,
    support: Circuit,
    pairing_status: Circuit,
    pairing_password: Circuit,
}

impl CircuitBreakingBff {
    /// Wraps a BFF. All circuits are closed at first.
    #[must_use]
    pub fn new(inner: Arc<dyn Bff>, policy: CircuitBreakerPolicy) -> Self {
        Self {
            inner,
            policy,
            support: Circuit::default(),
            pairing_status: Circuit::default(),
            pairing_password: Circuit::default(),
        }
    }

    /// Lets the next call of each endpoint through, even while its circuit is open.
    ///
    /// Call this when a user taps Retry, which is always worth one request. An answer closes
    /// the circuit, and a failure does not prolong the pause.
    pub fn allow_next(&self) {
        for circuit in [&self.support, &self.pairing_status, &self.pairing_password] {
            circuit.lock().next_is_allowed = true;
        }
    }

    async fn call<T>(
        &self,
        operation: BffOperation,
        request: impl Future<Output = Result<T, BffError>> + Send,
    ) -> Result<T, BffError> {
        let circuit = match operation {
            BffOperation::Support => &self.support,
            BffOperation::PairingStatus => &self.pairing_status,
            BffOperation::PairingPassword => &self.pairing_password,
        };
        let permit = circuit
            .try_acquire(&self.policy)
            .map_err(|wait| BffError::new(operation, BffErrorKind::CircuitOpen { wait }))?;
        let answer = request.await;
        if permit.record(BackendHealth::of(&answer), &self.policy) {
            tracing::warn!(%operation, pause = ?self.policy.open_for, "the circuit opens");
        }
        answer
    }
}

#[async_trait]
impl Bff for CircuitBreakingBff {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        self.call(BffOperation::Support, self.inner.support(vin)).await
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        self.call(BffOperation::PairingStatus, self.inner.pairing_status(vin)).await
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        self.call(BffOperation::PairingPassword, self.inner.pairing_password(vin, key)).await
    }
}

/// What the end of a call shows about the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BackendHealth {
    Working,
    Failing,
    Unknown,
}

impl BackendHealth {
    fn of<T>(answer: &Result<T, BffError>) -> Self {
        let Err(error) = answer else {
            return Self::Working;
        };
        match error.kind() {
            // A captive portal redirects, asks for a sign-in to the network (511), or sends a page.
            BffErrorKind::Status { status: 300..=399 | 511, .. } | BffErrorKind::Malformed => {
                Self::Unknown
            }
            BffErrorKind::Status { status: 429 | 500.., .. } => Self::Failing,
            BffErrorKind::Status { .. } | BffErrorKind::Unauthorized => Self::Working,
            BffErrorKind::DeadlineExceeded => Self::Failing,
            // The last pattern stands for kinds that a later version of the port adds.
            BffErrorKind::Unreachable
            | BffErrorKind::Interrupted
            | BffErrorKind::NoToken
            | BffErrorKind::CircuitOpen { .. }
            | _ => Self::Unknown,
        }
    }
}

/// The circuit of one endpoint.
#[derive(Default)]
struct Circuit(Mutex<State>);

#[derive(Default)]
struct State {
    failures_in_a_row: u32,
    opened_at: Option<Instant>,
    probe_in_flight: bool,
    /// A user has asked since the last call.
    next_is_allowed: bool,
}

/// The permission to send one request.
///
/// A permit that is dropped without a record, since its call was cancelled or panicked, leaves the
/// count unchanged. If it was a probe, the next call may be one.
struct Permit<'a> {
    circuit: &'a Circuit,
    is_probe: bool,
}

impl Circuit {
    /// Permits a request, or returns how long the circuit stays open.
    fn try_acquire(&self, policy: &CircuitBreakerPolicy) -> Result<Permit<'_>, Duration> {
        let mut state = self.lock();
        let is_allowed = std::mem::take(&mut state.next_is_allowed);
        let is_probe = match state.opened_at {
            None => false,
            Some(opened_at) => {
                let wait = policy.open_for.saturating_sub(opened_at.elapsed());
                let may_probe = wait.is_zero() && !state.probe_in_flight;
                if !may_probe && !is_allowed {
                    return Err(wait);
                }
                state.probe_in_flight |= may_probe;
                may_probe
            }
        };
        Ok(Permit { circuit: self, is_probe })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit<'_> {
    /// Records how the call ended, and returns whether that opens the circuit.
    fn record(self, health: BackendHealth, policy: &CircuitBreakerPolicy) -> bool {
        let mut state = self.circuit.lock();
        match health {
            BackendHealth::Unknown => return false,
            BackendHealth::Working => {
                state.failures_in_a_row = 0;
                state.opened_at = None;
                return false;
            }
            BackendHealth::Failing => {}
        }
        state.failures_in_a_row = state.failures_in_a_row.saturating_add(1);
        // Neither a call that began before the circuit opened nor one that a user asked for prolongs
        // the pause.
        let opens = if state.opened_at.is_some() {
            self.is_probe
        } else {
            state.failures_in_a_row >= policy.failures
        };
        if opens {
            state.opened_at = Some(Instant::now());
        }
        opens
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.is_probe {
            self.circuit.lock().probe_in_flight = false;
        }
    }
}
