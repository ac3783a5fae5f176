//! Runs histories one after the other, on a runtime whose clock is simulated.

use std::sync::Arc;

use digital_key_domain::{Phone, Vin};
use tokio::runtime::{Builder, Runtime};
use tracing::subscriber::DefaultGuard;

use crate::action::Plan;
use crate::backend::{VEHICLES, vins};
use crate::generate;
use crate::history::{History, Outcome};
use crate::leak_detector::{LeakDetector, Log};
use crate::parts::Parts;

/// Each history has its own runtime: which of two timers fires first depends on the time that has
/// passed on its clock. The seed says after how many tasks the history has its turn, one at least,
/// so that among many seeds it interrupts everything everywhere.
fn runtime(seed: u64) -> std::io::Result<Runtime> {
    let tasks = 1 + u32::try_from(seed % 6).unwrap_or_default();
    Builder::new_current_thread().enable_time().start_paused(true).event_interval(tasks).build()
}

/// What all histories have in common.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) phone: Phone,
    pub(crate) vins: [Vin; VEHICLES],
}

/// Runs histories on the thread that made it.
pub struct Simulator {
    setting: Setting,
    parts: Parts,
    leak_detector: Arc<LeakDetector>,
    _log: DefaultGuard,
}

impl Simulator {
    /// Returns a simulator of cores that are built from these parts.
    ///
    /// # Errors
    /// None, as long as the constants of the histories are right.
    pub fn new(parts: Parts) -> Result<Self, Box<dyn std::error::Error>> {
        let phone = Phone::Ios { machine: "iPhone12,1".parse()?, version: "14.2".parse()? };
        let leak_detector = Arc::<LeakDetector>::default();
        Ok(Self {
            setting: Setting { phone, vins: vins()? },
            parts,
            _log: tracing::subscriber::set_default(Log(Arc::clone(&leak_detector))),
            leak_detector,
        })
    }

    /// Returns the plan of a seed.
    #[must_use]
    pub fn plan(seed: u64) -> Plan {
        generate::plan(seed)
    }

    /// Runs a plan.
    pub fn run(&self, plan: &Plan) -> Outcome {
        self.execute(plan, false)
    }

    /// Runs a plan, and writes down every step of every core.
    pub fn run_with_trace(&self, plan: &Plan) -> Outcome {
        self.execute(plan, true)
    }

    fn execute(&self, plan: &Plan, with_trace: bool) -> Outcome {
        let _ = self.leak_detector.take_violation();
        let history =
            History::run(plan, &self.setting, self.parts, &self.leak_detector, with_trace);
        match runtime(plan.seed) {
            Ok(runtime) => runtime.block_on(history),
            Err(error) => Outcome::impossible(&error),
        }
    }
}
