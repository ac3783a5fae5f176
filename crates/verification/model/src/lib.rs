//! A reference model of the rules: written from their text, and not from the machine.
//!
//! [`Model`] says what must be on the screen and under way, rule by rule, in the plainest way.
//! [`Comparison`] gives the same steps to the machine and to the model, and reports where they
//! disagree; a [`Follower`] does so beside a machine that another program runs. A rule is cited by
//! its number (`ENT-3`) where it is kept; "ADR 104.2" is the second point of the decision record 104
//! in `docs/adr`.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a rule names what it is about; the machine is what lists every event on every page"
)]

mod model;
mod verdict;
mod offers;
mod entry;
mod welcome;
mod pairing;
mod late_answer;
mod overview;
mod everywhere;
mod facts;
mod screen;
mod expected;
mod matching;
mod cache;
mod step;
mod comparison;
mod follower;

pub use comparison::{Comparison, Disagreement, Machine};
pub use expected::ExpectedEffect;
pub use follower::{FollowedStep, Follower, is_answered_by};
pub use model::{Input, Model};
pub use screen::Screen;
pub use step::{Answers, CacheOutcome, Step};
