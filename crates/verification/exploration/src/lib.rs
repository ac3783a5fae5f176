//! Visits every state of the flow machine that can be reached over a bounded world, and checks what
//! must hold on every edge.
//!
//! A state is the machine together with what surrounds it: the cache, the calls of the cache that
//! wait in their lane, the questions that have no answer yet, and Apple's sheets. An edge is one
//! thing that can happen: a tap, an answer (early, late, of any kind), a crash, a sign-out. States
//! that differ only in the numbers of requests and generations are one state.
//!
//! ```
//! use digital_key_exploration::{Bounds, explore};
//!
//! let report = explore(&Bounds::smallest(), &digital_key_exploration::RealRules)?;
//! assert!(report.states > 100);
//! # Ok::<(), digital_key_exploration::Counterexample>(())
//! ```

mod action;
mod answers;
mod bounds;
mod invariants;
mod numbering;
mod search;
mod world;

pub use action::Action;
pub use bounds::Bounds;
pub use invariants::Violation;
pub use search::{Counterexample, Report, explore};
pub use world::{RealRules, Rules, World};
