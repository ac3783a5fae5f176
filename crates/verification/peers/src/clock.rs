//! The clock runs only while events are played, not while they are prepared.

use std::time::{Duration, Instant};

use digital_key_domain::Event;

/// How many walks are prepared before the clock runs: few enough to stay in the cache.
const BATCH: usize = 16;

/// Plays the events again and again, each time with a new machine, and returns the median over the
/// batches: a batch in which the system ran something else does not count.
pub fn nanoseconds_per_step<M>(
    duration: Duration,
    events: &[Event],
    new: impl Fn() -> M,
    mut step: impl FnMut(&mut M, Event),
) -> f64 {
    let mut batches = Vec::new();
    let begin = Instant::now();
    while begin.elapsed() < duration || batches.is_empty() {
        let mut batch: Vec<_> = (0..BATCH).map(|_| (new(), events.to_vec())).collect();
        let start = Instant::now();
        for (machine, events) in &mut batch {
            for event in events.drain(..) {
                step(machine, event);
            }
        }
        batches.push(start.elapsed());
    }
    batches.sort();
    batches[batches.len() / 2].as_secs_f64() * 1e9 / (BATCH * events.len()) as f64
}
