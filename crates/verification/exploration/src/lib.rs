//! Visits every state of the flow machine that can be reached within bounds, and checks what must
//! hold in every state and on every edge.
//!
//! A state is the machine together with what surrounds it: the cache, the calls that wait for the
//! cache, the requests without an answer, and Apple's sheets. An edge is one thing that can happen:
//! a tap, an answer (early, late, of any kind), a crash, a sign-out. States that differ only in the
//! numbers of requests and generations are one state.
//!
//! - Bounds say what may happen: a new one is a function of [`Bounds`] and a line in
//!   [`Bounds::all`].
//! - A new rule is a function in `invariants`, a [`Violation`], and a test that plants the mistake.
//! - A new question of the machine gets its replies in `replies` or `cache`; the compiler asks for
//!   them.
//!
//! ```
//! use digital_key_exploration::{Bounds, RealRules, explore};
//!
//! let report = explore(&Bounds::smallest(), &RealRules)?;
//! assert!(report.states > 100);
//! # Ok::<(), digital_key_exploration::Counterexample>(())
//! ```

mod bounds;
mod action;
mod state;
mod state_space;
mod cache;
mod replies;
mod canonical;
mod invariants;
mod search;
mod world;

pub use action::Action;
pub use bounds::Bounds;
pub use invariants::Violation;
pub use search::{Counterexample, Edge, Report, explore, explore_with, shortest_way};
pub use state::{Sheet, SheetPhase};
pub use state_space::{RealRules, Rules};
pub use world::{World, WorldStep};
