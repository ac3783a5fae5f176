//! What must hold in every history.

use std::fmt;

/// One of the thirteen invariants; its number is its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invariant {
    /// A password is granted at most three times, each time with another count, across all crashes
    /// (RDY-4).
    ThreeGrants = 1,
    /// A use that is granted is durably counted at that moment (RDY-4).
    GrantIsDurable,
    /// The durable count never falls within a generation (ERR-4).
    CountNeverFalls,
    /// What the store has acknowledged survives (GEN-4).
    AcknowledgedSurvives,
    /// "On this phone" never outlives a newer definite no (WEL-2, OVR-2).
    NoIsRespected,
    /// No log line, error or view has a secret or a whole VIN (GEN-6).
    NothingLeaks,
    /// At most one request is in flight per vehicle and question, and there are no more tries and
    /// questions than the policy allows (ENT-6, WEL-3).
    RequestsAreBounded,
    /// Nothing of one vehicle gets to another one, and an answer to an old question changes no
    /// page (ENT-6, GEN-3, CBK-7).
    VehiclesAreApart,
    /// Every step is what the reference model of the rules says.
    AsTheModelSays,
    /// Once the faults have stopped, every action ends within its deadline (GEN-2).
    EveryActionEnds,
    /// The same seed is the same history.
    SameSeedSameHistory,
    /// Once a sign-out was called, or the store was opened for another account, no fact of the account is
    /// shown, read or stored, also after a kill at any instant and by a late answer (GEN-5).
    SignedOutIsGone,
    /// Once a vehicle was forgotten, its record is never read again (GEN-9).
    ForgottenIsGone,
}

impl Invariant {
    /// Returns its number, from 1.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Returns a violation of it.
    pub(crate) fn violated(self, what: impl Into<String>) -> Violation {
        Violation { invariant: self, what: what.into() }
    }
}

/// An invariant that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The invariant.
    pub invariant: Invariant,
    /// What violated it.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invariant {} ({:?}): {}", self.invariant.number(), self.invariant, self.what)
    }
}

impl std::error::Error for Violation {}
