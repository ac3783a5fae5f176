//! The flow machine in a web page: a phone, the world around it, and time.
//!
//! A [`Session`] is a list of moves. Each move is a step of the real machine in the world that the
//! exploration searches, so that a page can show every state, go back in time, and be shared as a
//! link. The page itself, in `web/`, draws what [`Picture`] says and sends back the moves.
//!
//! ```
//! use digital_key_playground::{Move, Session};
//!
//! let mut session = Session::default();
//! session.make("v0".parse()?)?;
//! session.make("ta".parse()?)?;
//! assert_eq!(session.now().view().page.name(), "Welcome");
//! let again = Session::of_link(&session.link())?;
//! assert_eq!(again.now().view(), session.now().view());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a page names what it shows; the machine lists every event and every question"
)]

mod session;
mod moves;
mod answer;
mod truth;
mod change;
mod words;
mod why;
mod sequence;
mod picture;
mod feature;
mod gallery;
mod import;
#[cfg(target_arch = "wasm32")]
mod web;

pub use answer::{Answer, Asked, Fault};
pub use change::Change;
pub use feature::feature;
pub use gallery::{GalleryEntry, gallery};
pub use import::Import;
pub use moves::{Move, MoveError, SheetAnswer, VehicleNumber};
pub use picture::{
    ButtonPicture, Card, CardAnswer, Choices, DiffLine, FlowArrow, LinePicture, PhonePicture,
    Picture, TimelineEntry,
};
pub use sequence::Arrow;
pub use session::{Entry, MAX_MOVES, Moment, OpenQuestion, Session, SessionError};
pub use truth::{KeyNumber, PHONES, Truth, VERSIONS, VehicleTruth};
pub use why::{Rule, all as rules};

/// The vehicles of the playground.
pub const VINS: [&str; 2] = ["WBA00000000DEMO01", "WBA00000000DEMO02"];
