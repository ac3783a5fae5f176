//! What must hold in every history.

use std::fmt;

/// One of the eleven promises; its number is its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invariant {
    /// A password is granted three times at most, each time with another number, across all
    /// crashes (RDY-4).
    ThreeGrants = 1,
    /// What is granted is counted durably at that moment (RDY-4).
    GrantIsDurable,
    /// The durable count never falls within a generation (ERR-4).
    CountNeverFalls,
    /// What the store has acknowledged survives (GEN-4).
    AcknowledgedSurvives,
    /// "On this phone" never outlives a newer definite no (WEL-2, OVR-2).
    NoIsHeeded,
    /// No secret and no whole VIN is in a log line, an error or the view (GEN-6).
    NothingLeaks,
    /// At most one request is in flight per vehicle and question, and there are no more tries and
    /// questions than the policy allows (ENT-6, WEL-3).
    RequestsAreBounded,
    /// Nothing of one vehicle gets to another one, and an answer to an old question changes no
    /// page (ENT-6, GEN-3).
    VehiclesAreApart,
    /// Every step is what the reference model of the rules says.
    AsTheModelSays,
    /// Once the faults have stopped, every action ends within its deadline (GEN-2).
    EveryActionEnds,
    /// The same seed is the same history.
    SameSeedSameTrace,
}

impl Invariant {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 11] = [
        Self::ThreeGrants,
        Self::GrantIsDurable,
        Self::CountNeverFalls,
        Self::AcknowledgedSurvives,
        Self::NoIsHeeded,
        Self::NothingLeaks,
        Self::RequestsAreBounded,
        Self::VehiclesAreApart,
        Self::AsTheModelSays,
        Self::EveryActionEnds,
        Self::SameSeedSameTrace,
    ];

    /// Its number, from 1.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// It is violated, and this is how.
    pub(crate) fn violated(self, what: impl Into<String>) -> Violation {
        Violation { invariant: self, what: what.into() }
    }
}

/// An invariant that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which one.
    pub invariant: Invariant,
    /// What was seen.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invariant {} ({:?}): {}", self.invariant.number(), self.invariant, self.what)
    }
}

impl std::error::Error for Violation {}
