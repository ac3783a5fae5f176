//! The flow machine: which page is shown, and what happens next.
//!
//! [`Flow::step`] takes one event and pushes the effects that it causes into a buffer of the
//! caller. It is synchronous, total and deterministic. The README in this folder explains how a step
//! works, and how to add a page, an event or a port call.

mod settings;
mod protocol;
mod machine;
mod screen;
mod page;
mod view;
mod page_name;
mod vehicle;
mod vehicles;
mod pairing;
#[cfg(feature = "exploration")]
mod numbers;
#[cfg(feature = "recording")]
mod checkpoint;

#[cfg(feature = "recording")]
pub use checkpoint::{Checkpoint, Remembered, RememberedSheet, RememberedVehicle};
pub use machine::Flow;
#[cfg(feature = "exploration")]
pub use numbers::Number;
pub use page_name::PageName;
pub use pairing::{
    AppleErrorCode, Blocker, Blockers, PairingAdvice, PairingAnswer, PhoneSoftwareIssue, Remedy,
};
pub use protocol::{
    CacheFailure, Diagnostic, Effect, Event, FailureKind, Intent, KeyCreation, NoAnswer,
    PasswordFetch, Question, Reason, Reply, Request, RequestId, Tap, Taps, Verdict,
};
pub use settings::{EntryMode, Settings};
pub use view::{CardAction, CardView, EntryView, ErrorPage, HiddenReason, Notice, PageView, View};
