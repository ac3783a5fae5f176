//! A reference model of the rules: written from their text, and not from the machine.
//!
//! [`Model`] says what must be on the screen and under way, rule by rule, in the plainest way.
//! [`World`] lets the machine and the model live through the same steps, and tells where they
//! disagree; a [`Follower`] does so beside a machine that somebody else runs. A rule is cited by its
//! number (`ENT-3`) where it is kept; "ADR 104.2" is the second point of the decision record 104 in
//! `docs/adr`.
// A rule names what it is about, and nothing else happens: the machine is what lists every event
// on every page.
#![allow(clippy::wildcard_enum_match_arm)]

mod asked;
mod cache;
mod entry;
mod everywhere;
mod facts;
mod follower;
mod model;
mod overview;
mod pairing;
mod question;
mod screen;
mod step;
mod welcome;
mod world;

pub use follower::Follower;
pub use model::{Happening, Model};
pub use question::Question;
pub use screen::Screen;
pub use step::{CacheFate, Reply, Step};
pub use world::{Disagreement, Machine, World};
