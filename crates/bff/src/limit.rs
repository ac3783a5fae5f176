//! Limits: of requests under way, of connections, and of the rate of a token.

use std::hash::{BuildHasher as _, RandomState};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Config;

/// How many of something there may be at once, over all threads.
#[derive(Debug, Clone)]
pub(crate) struct Limit {
    count: Arc<AtomicUsize>,
    most: usize,
}

/// The place of one of them. Dropping it makes room.
#[derive(Debug)]
pub(crate) struct Permit(Arc<AtomicUsize>);

impl Limit {
    pub(crate) fn new(most: usize) -> Self {
        Self { count: Arc::default(), most }
    }

    /// Takes a place at once, or finds that there is none.
    pub(crate) fn enter(&self) -> Option<Permit> {
        let permit = Permit(Arc::clone(&self.count));
        (self.count.fetch_add(1, Relaxed) < self.most).then_some(permit)
    }

    /// Returns how many there are now.
    pub(crate) fn count(&self) -> usize {
        // A request that finds no place is counted for a moment.
        self.count.load(Relaxed).min(self.most)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// How many requests a second each token may make. It keeps no token, only a keyed hash.
pub(crate) struct TokenRate {
    limiter: DefaultKeyedRateLimiter<u64>,
    hashes: RandomState,
    clock: DefaultClock,
}

impl TokenRate {
    /// Makes the limiter; `None` when the configuration has no limit.
    pub(crate) fn new(config: &Config) -> Option<Self> {
        let number = |number: usize| u32::try_from(number).ok().and_then(NonZeroU32::new);
        let rate = number(config.rate_limit)?;
        let burst = number(config.rate_limit_burst).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(rate).allow_burst(burst);
        Some(Self {
            limiter: RateLimiter::keyed(quota),
            hashes: RandomState::new(),
            clock: DefaultClock::default(),
        })
    }

    /// Counts a request of a token.
    ///
    /// # Errors
    /// How long to wait, rounded up to whole seconds, when there were too many.
    pub(crate) fn check(&self, token: &str) -> Result<(), Duration> {
        self.limiter.check_key(&self.hashes.hash_one(token)).map_err(|refused| {
            let wait = refused.wait_time_from(self.clock.now());
            Duration::from_secs(wait.as_secs_f64().ceil() as u64)
        })
    }

    /// Forgets the tokens that have not been seen for a while.
    pub(crate) fn forget_old(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_never_more_than_the_limit() {
        let limit = Limit::new(2);
        let first = limit.enter().unwrap();
        let _second = limit.enter().unwrap();
        assert!(limit.enter().is_none());
        assert_eq!(limit.count(), 2);
        drop(first);
        assert_eq!(limit.count(), 1);
        assert!(limit.enter().is_some());
    }

    #[test]
    fn each_token_has_a_rate_of_its_own() {
        let config = Config { rate_limit: 1, rate_limit_burst: 2, ..Config::default() };
        let rate = TokenRate::new(&config).unwrap();
        assert_eq!([rate.check("a"), rate.check("a")], [Ok(()), Ok(())]);
        assert_eq!(rate.check("a"), Err(Duration::from_secs(1)));
        assert_eq!(rate.check("b"), Ok(()));
        assert!(TokenRate::new(&Config::default()).is_none());
    }
}
