//! Runs histories: one after the other, on one runtime whose clock is simulated.

use std::sync::Arc;

use digital_key_domain::{Phone, Vin};
use tokio::runtime::{Builder, Runtime};
use tracing::subscriber::DefaultGuard;

use crate::action::Plan;
use crate::backend::{VEHICLES, vins};
use crate::generate;
use crate::history::{History, Outcome};
use crate::listener::{Listener, Log};
use crate::parts::Parts;

/// A runtime for one history: which of two timers comes first depends on the time that has passed
/// on its clock. The history has its turn after every so many tasks, one at least, so that
/// somewhere it cuts off anything; the seed says how many.
fn runtime(seed: u64) -> std::io::Result<Runtime> {
    let tasks = 1 + u32::try_from(seed % 6).unwrap_or_default();
    Builder::new_current_thread().enable_time().start_paused(true).event_interval(tasks).build()
}

/// What can go wrong before a history begins; nothing, as long as the constants are right.
type Failure = Box<dyn std::error::Error>;

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
    listener: Arc<Listener>,
    _log: DefaultGuard,
}

impl Simulator {
    /// A simulator of cores that are put together from these parts.
    ///
    /// # Errors
    /// None, as long as the constants of the histories are right.
    pub fn new(parts: Parts) -> Result<Self, Failure> {
        let phone = Phone::Ios { machine: "iPhone12,1".parse()?, version: "14.2".parse()? };
        let listener = Arc::<Listener>::default();
        Ok(Self {
            setting: Setting { phone, vins: vins()? },
            parts,
            _log: tracing::subscriber::set_default(Log(Arc::clone(&listener))),
            listener,
        })
    }

    /// The plan of a seed.
    #[must_use]
    pub fn plan(seed: u64) -> Plan {
        generate::plan(seed)
    }

    /// Lives through a plan.
    pub fn live(&self, plan: &Plan) -> Outcome {
        self.live_and_tell(plan, false)
    }

    /// Lives through a plan, and tells every step of every core in words.
    pub fn tell(&self, plan: &Plan) -> Outcome {
        self.live_and_tell(plan, true)
    }

    fn live_and_tell(&self, plan: &Plan, wants_story: bool) -> Outcome {
        let _ = self.listener.take_violation();
        let history = History::live(plan, &self.setting, self.parts, &self.listener, wants_story);
        match runtime(plan.seed) {
            Ok(runtime) => runtime.block_on(history),
            Err(error) => Outcome::impossible(&error),
        }
    }
}
