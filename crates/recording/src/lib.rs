//! The flight recorder of the digital key core (GEN-12): what the machine received, in a small file
//! without VINs, key ids, passwords and texts, which replays to the same steps.
//!
//! | type | what it is |
//! |---|---|
//! | [`Recorder`] | records the steps of a machine into a buffer of fixed size |
//! | [`Recording`] | a recording that was read: where it begins, and its [`Entry`]s with their times |
//! | [`Replay`] | takes the steps of a recording with the machine of this build, and compares each |
//!
//! The format is described in `docs/recording.md`, field by field.
//!
//! ```
//! use std::time::Duration;
//!
//! use digital_key_domain::{Flow, Intent, Phone, Settings};
//! use digital_key_recording::{Recorder, Recording};
//!
//! let phone = Phone::Ios { machine: "iPhone12,1".parse()?, version: "14.2".parse()? };
//! let mut flow = Flow::new(Settings::new(phone));
//! let mut recorder = Recorder::new(&flow, Recorder::DEFAULT_BYTES);
//! let mut effects = Vec::new();
//! let event = Intent::SelectVehicle("WBA00000000DEMO03".parse()?).into();
//! let _ = recorder.step(&mut flow, event, &mut effects, Duration::ZERO);
//!
//! let recording = Recording::read(&recorder.export())?;
//! for step in recording.replay() {
//!     assert!(step.is_as_recorded());
//!     println!("{} {:?} {}", step.number, step.recorded.event, step.view.page.name());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod recorder;
mod ring;
mod recording;
mod read;
mod replay;
mod step_hash;
mod numbers;
mod port_failure;
mod wire;
#[cfg(feature = "json")]
mod json;

#[cfg(feature = "json")]
pub use json::JsonError;
pub use port_failure::{FailureCause, PortCall, PortFailure};
pub use read::ReadError;
pub use recorder::{Recorder, Snapshot};
pub use recording::{Ending, Entry, Header, Recording, Start, Step};
pub use replay::{Replay, ReplayedStep};
pub use step_hash::step_hash;
