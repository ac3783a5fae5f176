//! What one step of the flow machine costs, over the whole happy path.
//!
//! One iteration walks all of its events; the time of one step is what the throughput says, and is
//! to stay below 100 ns at the median (more than 10 Melem/s).
// A benchmark may panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use digital_key_domain::{Effect, Event, Flow, Verdict};

#[path = "../tests/happy_path/mod.rs"]
mod happy_path;

fn flow(criterion: &mut Criterion) {
    let (start, events) = happy_path::record();
    let mut group = criterion.benchmark_group("flow");
    group.throughput(Throughput::Elements(events.len() as u64));
    group.bench_function("step", |bencher| {
        let mut effects: Vec<Effect> = Vec::with_capacity(16);
        bencher.iter_batched_ref(
            || (start.clone(), events.clone()),
            |(flow, events)| walk(flow, events, &mut effects),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn walk(flow: &mut Flow, events: &mut Vec<Event>, effects: &mut Vec<Effect>) {
    for event in events.drain(..) {
        assert_eq!(flow.step(event, effects), Verdict::Accepted);
        black_box(&effects);
        effects.clear();
    }
}

criterion_group!(benches, flow);
criterion_main!(benches);
