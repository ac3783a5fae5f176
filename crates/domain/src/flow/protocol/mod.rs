//! What goes into the flow machine, and what comes out of it.

mod tap;
mod event;
mod request;
mod reply;
mod verdict;

pub use event::{Event, Intent};
pub use reply::{CacheFailure, FailureKind, KeyCreation, NoAnswer, PasswordFetch, Reply};
pub use request::{Diagnostic, Effect, Question, Request, RequestId};
pub use tap::{Tap, Taps};
pub use verdict::{Reason, Verdict};
