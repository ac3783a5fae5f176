//! What the app puts around every BFF: decorators that are a [`Bff`] themselves.
//!
//! From the outside in: one request in flight, the circuit breaker, retries. The breaker stands
//! outside the retries, so that it counts calls and not tries; joined calls are one call to it.

mod circuit_breaker;
mod retry;
mod single_flight;

use std::sync::Arc;

use digital_key_ports::Bff;

pub use circuit_breaker::{CircuitBreakerPolicy, CircuitBreakingBff};
pub use retry::{RetryPolicy, RetryingBff};
pub use single_flight::SingleFlightBff;

/// A BFF with everything around it that an [`App`](crate::App) puts there; without a circuit
/// breaker for `None`.
#[must_use]
pub fn decorated_bff(
    bff: Arc<dyn Bff>,
    retry: RetryPolicy,
    circuit_breaker: Option<CircuitBreakerPolicy>,
) -> SingleFlightBff {
    let mut bff: Arc<dyn Bff> = Arc::new(RetryingBff::new(bff, retry));
    if let Some(policy) = circuit_breaker {
        bff = Arc::new(CircuitBreakingBff::new(bff, policy));
    }
    SingleFlightBff::new(bff)
}
