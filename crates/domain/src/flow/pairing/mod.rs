//! The pairing: what keeps it from starting, the attempt that runs, and Apple's answers.

mod blockers;
mod attempt;
mod apple_answer;
mod late_answer;
mod shown_sheets;

pub use apple_answer::{AppleErrorCode, PairingAdvice, PairingAnswer};
pub(super) use attempt::Attempt;
#[cfg(feature = "exploration")]
pub(super) use attempt::Phase;
pub(super) use blockers::PairingCheck;
pub use blockers::{Blocker, Blockers, PhoneSoftwareIssue, Remedy};
#[cfg(feature = "recording")]
pub(super) use late_answer::EndedSheet;
pub(super) use late_answer::EndedSheets;
#[cfg(feature = "recording")]
pub(super) use shown_sheets::ShownSheet;
pub(super) use shown_sheets::ShownSheets;
