//! What the cores of a history did, step by step: for people as text, and for `digital-key replay` as
//! recordings.

use std::collections::BTreeMap;
use std::time::Duration;

use digital_key_app::ObservedStep;
use digital_key_domain::{Effect, Flow, Settings};
use digital_key_recording::Recorder;

/// One run of an app: the number of the phone, and that of the app on it.
type Run = (usize, u64);

/// The recorder of a history.
pub(crate) struct Trace {
    settings: Settings,
    lines: Vec<String>,
    /// A machine of its own for each run: it receives the events of the run's core.
    runs: BTreeMap<Run, (Flow, Recorder)>,
}

/// A recording of one run of an app in a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecording {
    /// The number of the phone, from 0.
    pub phone: usize,
    /// The number of the run on this phone.
    pub run: u64,
    /// The file, as the flight recorder exports it.
    pub file: Vec<u8>,
}

impl Trace {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self { settings: settings.clone(), lines: Vec::new(), runs: BTreeMap::new() }
    }

    pub(crate) fn add(&mut self, run: Run, millis: u128, step: &ObservedStep<'_>) {
        let calls: Vec<_> = step.effects.iter().map(Effect::call).collect();
        let ObservedStep { event, verdict, view, .. } = step;
        self.lines.push(format!(
            "{millis:>6} ms  phone {}  {event:?} -> {verdict:?} {calls:?}, shows {:?}",
            run.0, view.page
        ));
        let (flow, recorder) = self.runs.entry(run).or_insert_with(|| {
            let flow = Flow::new(self.settings.clone());
            let recorder = Recorder::new(&flow, Recorder::DEFAULT_BYTES).across_sign_outs();
            (flow, recorder)
        });
        let now = Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX));
        // What the machine makes of it is in the line above.
        let _ = recorder.step(flow, (*event).clone(), &mut Vec::new(), now);
    }

    /// Returns the lines and the recordings.
    pub(crate) fn into_parts(self) -> (Vec<String>, Vec<RunRecording>) {
        let recordings = self.runs.into_iter().map(|((phone, run), (_, recorder))| RunRecording {
            phone,
            run,
            file: recorder.export(),
        });
        (self.lines, recordings.collect())
    }
}
