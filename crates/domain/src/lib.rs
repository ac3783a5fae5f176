//! The rules of the digital car key, as values and pure functions.
//!
//! This crate has no I/O, no clock, no random numbers and no async code. A rule is cited by its
//! number (`ENT-3`) where it is kept.
//!
//! | folder | what it holds |
//! |---|---|
//! | `vehicle` | which vehicles and phones can have a key, such as [`Vin`], [`Phone`], [`SupportAnswer`] |
//! | `key` | the owner key, the [`VehicleRecord`] that is cached about it, and the budget of its password |
//! | `flow` | the machine that decides which page is shown, and what happens next: [`Flow`], [`View`] |

mod vehicle;
mod key;
mod flow;
#[cfg(feature = "serde")]
mod serialized;

pub use flow::*;
pub use key::*;
pub use vehicle::*;
