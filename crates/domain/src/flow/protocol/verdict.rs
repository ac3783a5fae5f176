//! Whether an event was accepted, and why not.

/// Whether the machine accepted an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use]
pub enum Verdict {
    /// The event was taken into account.
    Accepted,
    /// Nothing changed, and no effect was caused (GEN-2).
    Ignored(Reason),
}

/// Why an event was ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Reason {
    /// The page does not offer this tap now (GEN-8).
    #[error("the page does not offer this now")]
    NotOffered,
    /// Apple's sheet is up, or about to be (RDY-5).
    #[error("a pairing is running")]
    PairingRuns,
    /// The vehicle is selected already (ENT-6).
    #[error("the vehicle is selected already")]
    AlreadySelected,
    /// The state is already what the event asks for.
    #[error("it would change nothing")]
    NothingToChange,
    /// The answer belongs to no open request: it is a duplicate, or from before a sign-out.
    #[error("no request waits for this answer")]
    NotAwaited,
    /// Nothing on this page depends on the event.
    #[error("this page does not depend on it")]
    NotConcerned,
}
