//! Lives through seeded histories with the real core, and checks what must always hold.
//!
//! **Where it comes in.** A seed becomes a [`Plan`]: a list of actions with the time between them,
//! of the user, the phone, the backend and fate (`generate.rs`, `action.rs`). Nothing else is
//! random: the waits between retries are drawn from the same seed.
//!
//! **What it passes.** A [`Simulator`] lives through the plan on tokio's paused clock
//! (`history.rs`). Each phone runs the real `digital-key-app`, with its event loop, the cache's
//! lane and its decorators (`process.rs`), on ports that are places in one small world
//! (`world.rs`): the backend with its vehicles, keys and passwords (`backend.rs`, `bff.rs`), a
//! wallet and Apple's sheet (`phone.rs`), and a store with a volatile and a durable image
//! (`disk.rs`, `store.rs`). A kill advances the number of the phone's process: whatever an app with
//! an older number has begun goes no further, wherever it was.
//!
//! **Who looks.** Four pairs of eyes, each for some of the [`Invariant`]s. The ledger stands around
//! the store and knows what it has promised (1 to 4: `ledger.rs`, `watched_store.rs`). The judge
//! hears each step of each core and keeps the reference model of `digital-key-model` beside it
//! (5 to 9: `judge.rs`). The listener hears every log line, error and view (6: `listener.rs`). The
//! history itself waits at its end until all is quiet (10), and a sample of seeds is lived through
//! twice (11: `run.rs`).
//!
//! **Where it leaves.** An [`Outcome`] has the first [`Violation`] and a number that stands for the
//! whole trace. When a seed fails, [`run`] leaves out what is not needed (`shrink.rs`) and reports
//! the shortest history, and the command that brings it back.
//!
//! ```
//! use digital_key_simulator::{Parts, Simulator};
//!
//! let simulator = Simulator::new(Parts::default())?;
//! let outcome = simulator.live(&Simulator::plan(7));
//! assert_eq!(outcome.violation, None);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
// A wrapper passes on what it is not about; what an answer is about is named.
#![allow(clippy::wildcard_enum_match_arm)]

mod action;
mod backend;
mod bff;
mod disk;
mod generate;
mod happen;
mod history;
mod invariant;
mod judge;
mod ledger;
mod listener;
mod parts;
mod phone;
mod process;
mod run;
mod shrink;
mod simulator;
mod store;
mod watched_store;
mod world;

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
