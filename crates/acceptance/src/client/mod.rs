//! The client under test: an app with the core, as the steps see it.
//!
//! There are two: the Rust composition in this process, and a program in any language that does what
//! the lines on its standard input say. Backend, phone and cache directory belong to the scenario in
//! both cases, so that they outlive a kill of the app.

mod in_process;
mod message;
mod phone;
mod program;
mod screen;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use digital_key::ports::VehicleRecord;
use digital_key::wallet_mock::ScriptedPhone;
use digital_key::{EntryMode, Intent, Phone, RetryPolicy, Vin};

use crate::language::StepResult;

pub(crate) use program::Programs;
pub(crate) use screen::Screen;

/// The retry policy of all scenarios.
const TRIES: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(10);
const LONGEST_WAIT: Duration = Duration::from_millis(20);
const TOTAL: Duration = Duration::from_secs(3);

const RETRY: RetryPolicy = RetryPolicy::new()
    .with_tries(TRIES)
    .with_first_wait(FIRST_WAIT)
    .with_longest_wait(LONGEST_WAIT)
    .with_total(TOTAL);
/// The token of the user's sign-in.
const TOKEN: &str = "acceptance";
/// The key that seals the passwords in the cache. Its bytes are characters, so that a line can hold it.
const DATA_KEY: &[u8; 32] = b"a data key for the feature files";

/// A running app.
#[async_trait]
pub(crate) trait Client: Send + Sync {
    async fn dispatch(&self, intent: Intent) -> StepResult;
    async fn refresh(&self, vin: Vin) -> StepResult;
    async fn forget(&self, vin: Vin) -> StepResult;
    async fn sign_out(&self) -> StepResult;
    /// Suspends the app. A scenario does not check the result.
    async fn suspend(&self) -> StepResult;
    /// Resumes the app. A scenario does not check the result.
    async fn resume(&self) -> StepResult;

    /// Waits until no work is pending but this many requests to the backend.
    async fn idle_but_for(&self, held: usize) -> StepResult;
    /// Waits until no pairing runs.
    async fn pairing_ended(&self) -> StepResult;

    /// Returns what is on the screen.
    async fn screen(&self) -> StepResult<Screen>;
    /// Returns what the flight recorder has recorded; empty if the client has no recorder.
    async fn recording(&self) -> StepResult<Vec<u8>>;
    /// Returns the record of a vehicle in the cache.
    async fn record(&self, vin: Vin) -> StepResult<VehicleRecord>;

    /// Kills the app without a farewell. Afterwards the cache's directory is free.
    async fn kill(self: Box<Self>) -> StepResult;
}

/// What an app needs for its start.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub(crate) bff_url: String,
    /// The directory of the cache.
    pub(crate) directory: PathBuf,
    /// The account for which the cache is opened, once a step has named one.
    pub(crate) account: Option<String>,
    pub(crate) model: Phone,
    pub(crate) entry_mode: EntryMode,
}

/// Starts the apps of the scenarios.
#[derive(Clone, Default)]
pub(crate) enum Launcher {
    /// In this process.
    #[default]
    InProcess,
    /// In programs.
    Programs(Arc<Programs>),
}

impl Launcher {
    pub(crate) async fn start(
        &self,
        start: Start,
        phone: &ScriptedPhone,
    ) -> StepResult<Box<dyn Client>> {
        match self {
            Self::InProcess => in_process::start(&start, phone).await,
            Self::Programs(programs) => programs.start(start, phone).await,
        }
    }
}
