//! Runs seeded histories with the real core, and checks what must always hold.
//!
//! **Input.** A seed becomes a [`Plan`]: a list of actions with the time between them, of the user,
//! the phone, the backend and chance (`generate.rs`, `action.rs`). Nothing else is random: the waits
//! between retries are drawn from the same seed.
//!
//! **Execution.** A [`Simulator`] runs the plan on tokio's paused clock (`history.rs`). Each phone
//! runs the real `digital-key-app`, with its event loop, its cache worker and its decorators
//! (`process.rs`). Its ports work on one simulated environment (`environment.rs`, `apply.rs`): the
//! backend with its vehicles, keys and passwords (`backend.rs`, `bff.rs`), a wallet and Apple's
//! sheet (`phone.rs`), and a store with a volatile and a durable image (`disk.rs`, `store.rs`). A
//! kill advances the number of the phone's process: whatever an app with an older number has begun
//! goes no further, wherever it was.
//!
//! **Checks.** Four observers check some of the [`Invariant`]s each. The ledger stands around the
//! store and knows what it has promised (1 to 4, 12, 13: `ledger.rs`, `watched_store.rs`). The judge sees
//! each step of each core and keeps the reference model of `digital-key-model` beside it (5 to 9:
//! `judge.rs`). The leak detector reads every log line, error and view (6: `leak_detector.rs`). The
//! history waits at its end until all is quiet (10), and a sample of seeds runs twice (11:
//! `run.rs`).
//!
//! **Output.** An [`Outcome`] has the first [`Violation`] and a fingerprint of the whole history.
//! When a seed fails, [`run`] leaves out what is not needed (`shrink.rs`) and reports the shortest
//! history, and the command that repeats it.
//!
//! ```
//! use digital_key_simulator::{Parts, Simulator};
//!
//! let simulator = Simulator::new(Parts::default())?;
//! let outcome = simulator.run(&Simulator::plan(7));
//! assert_eq!(outcome.violation, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a wrapper passes on what it is not about, and a check names what it is about"
)]

mod action;
mod generate;
mod simulator;
mod history;
mod process;
mod parts;
mod environment;
mod apply;
mod backend;
mod bff;
mod phone;
mod disk;
mod store;
mod watched_store;
mod ledger;
mod judge;
mod leak_detector;
mod invariant;
mod run;
mod shrink;
mod trace;

pub use action::{
    Action, BackendChange, BffFault, Damage, PhoneFault, Plan, Planned, SheetEnd, StoreFault, Wait,
};
pub use backend::vins;
pub use disk::StoreFlaw;
pub use history::Outcome;
pub use invariant::{Invariant, Violation};
pub use parts::Parts;
pub use run::{Failure, Report, run};
pub use simulator::Simulator;
pub use trace::RunRecording;
