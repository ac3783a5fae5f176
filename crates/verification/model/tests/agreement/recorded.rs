//! A recording replays to the same steps, and a checkpoint restores the machine (GEN-12).

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use digital_key_domain::{Effect, Event, Flow, Settings, Verdict, View};
use digital_key_model::{Comparison, Machine, Step};
use digital_key_recording::{Ending, Entry, Recorder, Recording};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestRunner};

use crate::agree::normal_run;
use crate::generate;

/// A machine that notes what it receives, from each start of the app on.
#[derive(Clone)]
struct Noted {
    flow: Flow,
    runs: Rc<RefCell<Vec<Vec<Event>>>>,
}

impl PartialEq for Noted {
    fn eq(&self, other: &Self) -> bool {
        self.flow == other.flow
    }
}

impl Machine for Noted {
    fn start(&self, settings: Settings) -> Self {
        self.runs.borrow_mut().push(Vec::new());
        Self { flow: Flow::new(settings), runs: Rc::clone(&self.runs) }
    }

    fn step(&mut self, event: Event, effects: &mut Vec<Effect>) -> Verdict {
        self.runs.borrow_mut().last_mut().unwrap().push(event.clone());
        self.flow.step(event, effects)
    }

    fn view(&self) -> View {
        self.flow.view()
    }
}

/// Returns the events of a history, one list for each start of the app.
fn events(settings: &Settings, steps: &[Step]) -> Vec<Vec<Event>> {
    let runs = Rc::default();
    let machine = Noted { flow: Flow::new(settings.clone()), runs: Rc::clone(&runs) };
    let mut comparison = Comparison::new(&machine, settings.clone(), generate::vins());
    for step in steps {
        comparison.step(*step).unwrap();
    }
    drop((machine, comparison));
    Rc::try_unwrap(runs).unwrap().into_inner()
}

/// Records the events of a run, and returns the file.
fn record(settings: &Settings, events: &[Event], recorder: impl Fn(&Flow) -> Recorder) -> Vec<u8> {
    let mut flow = Flow::new(settings.clone());
    let mut recorder = recorder(&flow);
    for (second, event) in (1..).zip(events) {
        let now = Duration::from_secs(second);
        let _ = recorder.step(&mut flow, event.clone(), &mut Vec::new(), now);
    }
    recorder.export()
}

/// Reads a file, and checks that each step replays. Returns the hashes.
fn replay(file: &[u8]) -> Vec<u32> {
    for vin in generate::vins() {
        assert!(!file.windows(17).any(|bytes| bytes == vin.as_str().as_bytes()));
    }
    let recording = Recording::read(file).unwrap();
    assert_eq!(recording.ending, Ending::Complete);
    assert_eq!(recording.to_bytes(), file, "written again, it is the same file");
    let step = |step: digital_key_recording::ReplayedStep<'_>| {
        assert!(step.is_as_recorded(), "step {}: {:?}", step.number, step.recorded);
        assert_eq!(step.recorded.page.as_str(), step.view.page.name());
        step.hash
    };
    recording.replay().map(step).collect()
}

fn run(test: impl Fn(&Settings, &[Event])) {
    run_each(generate::run(), 500, test);
}

fn run_each(
    histories: impl Strategy<Value = (Settings, Vec<Step>)>,
    cases: u32,
    test: impl Fn(&Settings, &[Event]),
) {
    let mut runner = TestRunner::new(Config { cases, ..normal_run() });
    let result = runner.run(&histories, |(settings, steps)| {
        events(&settings, &steps).iter().for_each(|events| test(&settings, events));
        Ok(())
    });
    result.unwrap();
}

#[test]
fn gen_12_every_history_replays_to_the_same_steps() {
    run(|settings, events| {
        let across = |flow: &Flow| Recorder::new(flow, 1 << 18).across_sign_outs();
        let hashes = replay(&record(settings, events, across));
        assert_eq!(hashes.len(), events.len());
    });
}

#[test]
fn gen_12_a_recording_that_lost_its_beginning_replays_from_a_checkpoint() {
    let lost = RefCell::new(0);
    run_each(generate::long_run(), 100, |settings, events| {
        let small = |flow: &Flow| Recorder::new(flow, 1024).across_sign_outs();
        let all = |flow: &Flow| Recorder::new(flow, 1 << 18).across_sign_outs();
        let (kept, all) =
            (replay(&record(settings, events, small)), replay(&record(settings, events, all)));
        assert!(all.ends_with(&kept), "the newest steps are kept");
        if !kept.is_empty() && kept.len() < all.len() {
            *lost.borrow_mut() += 1;
        }
    });
    assert!(lost.into_inner() > 20, "some recordings lost their beginning and still replay");
}

#[test]
fn gen_12_nothing_from_before_a_sign_out_is_in_a_recording() {
    let signed_out = RefCell::new(0);
    run(|settings, events| {
        let file = record(settings, events, |flow| Recorder::new(flow, 1 << 18));
        replay(&file);
        if let Some(at) = events.iter().rposition(|event| *event == Event::SignedOut) {
            *signed_out.borrow_mut() += 1;
            let after: Vec<_> = events[at + 1..].iter().map(std::mem::discriminant).collect();
            let entries = Recording::read(&file).unwrap().entries;
            let recorded: Vec<_> = entries
                .iter()
                .map(|entry| match entry {
                    Entry::Step(step) => std::mem::discriminant(&step.event),
                    Entry::PortFailure { .. } => panic!("no port failed"),
                })
                .collect();
            assert!(after.ends_with(&recorded));
        }
    });
    assert!(signed_out.into_inner() > 20);
}

#[test]
fn gen_12_a_checkpoint_restores_the_machine() {
    let checkpoints = RefCell::new(0);
    run(|settings, events| {
        let mut flow = Flow::new(settings.clone());
        for event in events {
            let _ = flow.step(event.clone(), &mut Vec::new());
            if let Some(checkpoint) = flow.checkpoint() {
                let restored = Flow::restore(settings.clone(), checkpoint, flow.remembered());
                assert_eq!(restored, flow);
                *checkpoints.borrow_mut() += 1;
            }
        }
    });
    assert!(checkpoints.into_inner() > 500);
}
