//! A BFF that leaves a failing backend alone for a while.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use digital_key_domain::{PairingStatus, SupportAnswer, Vin};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, PairingPassword,
};
use tokio::time::Instant;

/// When a circuit opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CircuitBreakerPolicy {
    /// How many calls have to fail in a row before the circuit opens; 0 counts as 1.
    pub failures: u32,
    /// How long no request is sent then. After that one call at a time is let through as a probe:
    /// an answer closes the circuit, a failure opens it for as long again.
    pub open_for: Duration,
}

impl Default for CircuitBreakerPolicy {
    /// 5 failures in a row, 30 s.
    fn default() -> Self {
        Self { failures: 5, open_for: Duration::from_secs(30) }
    }
}

/// A [`Bff`] that sends no request for a while after an endpoint has failed again and again; its
/// calls fail at once then, with [`BffErrorKind::CircuitOpen`].
///
/// Each endpoint has a circuit of its own. It counts what shows that the backend cannot cope: a
/// status of 429 or above 499, a connection that broke after the request was sent, and no answer
/// in time. Any other answer, a 404 or a broken one too, comes from a backend that lives, and ends
/// the row. A request that never reached the backend says nothing about it: a phone without
/// reception opens no circuit.
pub struct CircuitBreakingBff {
    inner: Arc<dyn Bff>,
    policy: CircuitBreakerPolicy,
    support: Circuit,
    pairing_status: Circuit,
    pairing_password: Circuit,
}

impl CircuitBreakingBff {
    /// Wraps a BFF; all circuits are closed.
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

    async fn ask<T>(
        &self,
        operation: BffOperation,
        call: impl Future<Output = Result<T, BffError>> + Send,
    ) -> Result<T, BffError> {
        let circuit = match operation {
            BffOperation::Support => &self.support,
            BffOperation::PairingStatus => &self.pairing_status,
            BffOperation::PairingPassword => &self.pairing_password,
        };
        let pass = circuit
            .let_through(&self.policy)
            .map_err(|wait| BffError::new(operation, BffErrorKind::CircuitOpen { wait }))?;
        let answer = call.await;
        if pass.ended(Sign::of(&answer), &self.policy) {
            tracing::warn!(%operation, pause = ?self.policy.open_for, "the backend is left alone");
        }
        answer
    }
}

#[async_trait]
impl Bff for CircuitBreakingBff {
    async fn support(&self, vin: Vin) -> Result<SupportAnswer, BffError> {
        self.ask(BffOperation::Support, self.inner.support(vin)).await
    }

    async fn pairing_status(&self, vin: Vin) -> Result<PairingStatus, BffError> {
        self.ask(BffOperation::PairingStatus, self.inner.pairing_status(vin)).await
    }

    async fn pairing_password(
        &self,
        vin: Vin,
        key: IdempotencyKey,
    ) -> Result<Option<PairingPassword>, BffError> {
        self.ask(BffOperation::PairingPassword, self.inner.pairing_password(vin, key)).await
    }
}

/// What the end of a call tells about the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Alive,
    Failing,
    /// Nothing.
    None,
}

impl Sign {
    fn of<T>(answer: &Result<T, BffError>) -> Self {
        let Err(error) = answer else {
            return Self::Alive;
        };
        match error.kind() {
            BffErrorKind::Unauthorized | BffErrorKind::Malformed => Self::Alive,
            BffErrorKind::Status { status: 429 | 500.., .. } => Self::Failing,
            BffErrorKind::Status { .. } => Self::Alive,
            BffErrorKind::DeadlineExceeded | BffErrorKind::Interrupted => Self::Failing,
            // The last pattern stands for kinds that a later version of the port adds.
            BffErrorKind::Unreachable
            | BffErrorKind::NoToken
            | BffErrorKind::CircuitOpen { .. }
            | _ => Self::None,
        }
    }
}

/// The circuit of one endpoint.
#[derive(Default)]
struct Circuit(Mutex<State>);

#[derive(Default)]
struct State {
    failures_in_a_row: u32,
    opened: Option<Instant>,
    probe_is_under_way: bool,
}

/// A call that was let through. Dropped, as a cancelled call or one that panicked is, it tells
/// nothing, and its probe is free for the next one.
struct Pass<'a> {
    circuit: &'a Circuit,
    is_probe: bool,
}

impl Circuit {
    /// Lets a call through, or tells how long not.
    fn let_through(&self, policy: &CircuitBreakerPolicy) -> Result<Pass<'_>, Duration> {
        let mut state = self.lock();
        let is_probe = match state.opened {
            None => false,
            Some(opened) => {
                let retry_in = policy.open_for.saturating_sub(opened.elapsed());
                if !retry_in.is_zero() || state.probe_is_under_way {
                    return Err(retry_in);
                }
                state.probe_is_under_way = true;
                true
            }
        };
        Ok(Pass { circuit: self, is_probe })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pass<'_> {
    /// Takes in how the call ended, and answers whether that opened the circuit.
    fn ended(self, sign: Sign, policy: &CircuitBreakerPolicy) -> bool {
        let mut state = self.circuit.lock();
        match sign {
            Sign::None => return false,
            Sign::Alive => {
                state.failures_in_a_row = 0;
                state.opened = None;
                return false;
            }
            Sign::Failing => {}
        }
        state.failures_in_a_row = state.failures_in_a_row.saturating_add(1);
        // A call from before the circuit opened does not prolong the pause.
        let opens = if state.opened.is_some() {
            self.is_probe
        } else {
            state.failures_in_a_row >= policy.failures
        };
        if opens {
            state.opened = Some(Instant::now());
        }
        opens
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.is_probe {
            self.circuit.lock().probe_is_under_way = false;
        }
    }
}
