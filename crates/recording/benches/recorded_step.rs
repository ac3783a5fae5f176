//! What one step of the flow machine costs with the flight recorder, over the whole happy path.
//!
//! The last line of the run prints how much more that is, in nanoseconds a step; at most 1,000 are allowed.
// A benchmark may panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, Throughput};
use digital_key_domain::{Effect, Event, Flow, Verdict};
use digital_key_recording::Recorder;

#[path = "../../domain/tests/happy_path/mod.rs"]
mod happy_path;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let (start, events) = happy_path::record();
    let recorder = Recorder::new(&start, Recorder::DEFAULT_BYTES);
    let mut effects: Vec<Effect> = Vec::with_capacity(16);
    let mut group = criterion.benchmark_group("recording");
    group.throughput(Throughput::Elements(events.len() as u64));
    group.bench_function("step", |bencher| {
        bencher.iter_batched_ref(
            || (start.clone(), events.clone()),
            |(flow, events)| {
                for event in events.drain(..) {
                    assert_eq!(flow.step(event, &mut effects), Verdict::Accepted);
                    black_box(&effects);
                    effects.clear();
                }
            },
            BatchSize::SmallInput,
        );
    });
    group.bench_function("recorded step", |bencher| {
        let mut recorder = recorder.clone();
        bencher.iter_batched_ref(
            || (start.clone(), events.clone()),
            |(flow, events)| {
                for event in events.drain(..) {
                    let verdict = recorder.step(flow, event, &mut effects, Duration::ZERO);
                    assert_eq!(verdict, Verdict::Accepted);
                    black_box(&effects);
                    effects.clear();
                }
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
    criterion.final_summary();
    let (bare, recorded) =
        (fastest(&start, &events, None), fastest(&start, &events, Some(recorder)));
    let more = recorded.saturating_sub(bare).as_nanos() / events.len() as u128;
    println!("figure: more nanoseconds for a recorded step (at most 1000): {more}");
}

/// Returns the fastest of many walks along the happy path.
fn fastest(start: &Flow, events: &[Event], mut recorder: Option<Recorder>) -> Duration {
    let mut effects: Vec<Effect> = Vec::with_capacity(16);
    let walk = |_| {
        let (mut flow, events) = (start.clone(), events.to_vec());
        let begin = Instant::now();
        for event in events {
            let verdict = match &mut recorder {
                Some(recorder) => recorder.step(&mut flow, event, &mut effects, Duration::ZERO),
                None => flow.step(event, &mut effects),
            };
            assert_eq!(verdict, Verdict::Accepted);
            effects.clear();
        }
        begin.elapsed()
    };
    (0..10_000).map(walk).min().unwrap()
}
