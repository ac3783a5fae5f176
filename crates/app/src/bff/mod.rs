//! The decorators that the app puts around every BFF. Each implements [`Bff`] itself.
//!
//! From the outside in, they are: one request in flight, the circuit breaker, retries. The circuit
//! breaker is outside the retries, so that it counts calls and not tries. Joined calls count as
//! one.

mod circuit_breaker;
mod retry;
mod single_flight;

use std::sync::Arc;

use digital_key_ports::Bff;

pub use circuit_breaker::{CircuitBreakerPolicy, CircuitBreakingBff};
pub use retry::{RetryPolicy, RetryingBff};
pub use single_flight::SingleFlightBff;

/// Wraps a BFF in all decorators that an [`App`](crate::App) uses. `None` leaves the circuit
/// breaker out.
#[must_use]
pub fn decorated_bff(
    bff: Arc<dyn Bff>,
    retry: RetryPolicy,
    circuit_breaker: Option<CircuitBreakerPolicy>,
) -> SingleFlightBff {
    decorate(bff, retry, circuit_breaker).0
}

/// Returns the decorated BFF, and the circuit breaker that is inside it.
pub(crate) fn decorate(
    bff: Arc<dyn Bff>,
    retry: RetryPolicy,
    circuit_breaker: Option<CircuitBreakerPolicy>,
) -> (SingleFlightBff, Option<Arc<CircuitBreakingBff>>) {
    let bff: Arc<dyn Bff> = Arc::new(RetryingBff::new(bff, retry));
    match circuit_breaker {
        Some(policy) => {
            let breaker = Arc::new(CircuitBreakingBff::new(bff, policy));
            (SingleFlightBff::new(breaker.clone()), Some(breaker))
        }
        None => (SingleFlightBff::new(bff), None),
    }
}
