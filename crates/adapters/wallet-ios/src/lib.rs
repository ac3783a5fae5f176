//! The wallet and the pairing sheet of iOS: what PassKit says, in the words of the core.
//!
//! Everything that decides something is plain Rust over copied values, and is tested on any
//! platform: which pass is our key ([`DigitalKeyField`]), whether a key is on this phone
//! ([`PassLibrary::presence`]), and what the pairing sheet answered ([`pairing_answer`]).
//!
//! This crate calls nothing of PassKit: who does copies what it reads into these types.

#[cfg(target_vendor = "apple")]
mod apple;
mod error_code;
mod pass;
mod presence;

pub use error_code::{AppleError, pairing_answer};
pub use pass::{ActivationState, DigitalKeyField, PassFields};
pub use presence::PassLibrary;
