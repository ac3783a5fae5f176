//! What must hold in every state and on every edge.

mod edge;
mod state;
mod certainty;

use digital_key_domain::{Tap, Verdict, Vin};

pub(crate) use edge::check_edge;
pub(crate) use state::check_state;

/// What does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Violation {
    /// An ignored event changed something or caused an effect (GEN-2).
    IgnoredButActed,
    /// A second request for the same VIN and question was made while the first is open (ENT-6,
    /// WEL-3).
    AskedTwice(&'static str),
    /// A second sheet was started while one is up (RDY-5).
    TwoSheets,
    /// A sheet was started without a use that was just counted, or with more than three (RDY-4).
    StartedWithoutUse,
    /// The same answer was accepted twice (CBK-7).
    DuplicateAccepted,
    /// A success was not recorded for its vehicle (CBK-7).
    SuccessNotRecorded,
    /// A success was recorded although the account has signed out (GEN-5), or a newer sheet has made a
    /// key since.
    ObsoleteSuccessRecorded,
    /// An error that no page waits for had an effect (CBK-7).
    LateErrorActed,
    /// An answer about one vehicle changed what is shown of another (GEN-3).
    ShownOnAnotherVehicle,
    /// A wait (GEN-11) or a notice (OVR-4) is shown on a page that it does not belong to.
    ShownOnAnotherPage(&'static str),
    /// A key counts as on this phone after a definite no about it (OVR-2).
    OutlivedDefiniteNo,
    /// A key that was on this phone was lost without a definite no (CBK-8, WEL-2).
    ForgottenKey,
    /// Something is left after a sign-out (GEN-5).
    LeftAfterSignOut,
    /// A success was recorded, and a page of the pairing is still shown (CBK-7).
    SuccessNotShown(&'static str),
    /// Coming to the foreground did not ask again for what this page lacks (ENT-4, WEL-1).
    NotAskedAgain(&'static str),
    /// A refresh did more than to ask (ENT-10).
    RefreshActed,
    /// Something is left of a vehicle that was forgotten (GEN-9).
    LeftAfterForget,
    /// The wallet was opened at a key of another vehicle, or at one that is elsewhere (OVR-4).
    WrongKeyOpened,
    /// The machine's memory differs from what is cached (GEN-4).
    MemoryDiffersFromCache(Vin),
    /// The page waits, and no request is open (GEN-2).
    Stuck(&'static str),
    /// Continue is offered, and an answer that is missing changes where it leads (WEL-4).
    UncertainContinue,
    /// Continue is not offered, and no answer that is missing can change where it leads (WEL-4).
    LateContinue,
    /// The vehicle has no owner key, and the card promises one, or a move of it (OVR-7).
    CardWithoutKey,
    /// Close did not leave the flow (GEN-1).
    CannotLeave(&'static str),
    /// The verdict about a tap is not what the page offers (GEN-8).
    OffersDiffer {
        /// The page.
        page: &'static str,
        /// The tap.
        tap: Tap,
        /// What the machine made of the tap.
        verdict: Verdict,
    },
}
