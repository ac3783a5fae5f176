//! What the rules want done, as the model says it.

use digital_key_domain::{CacheFailure, DigitalKeyId, Effect, Vin};

use crate::facts::Change;

/// The number of something that the model wants done; an answer names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticket(pub(crate) u64);

/// Something that the model wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub(crate) ticket: Ticket,
    /// The vehicle; `None` when it is about no vehicle.
    pub(crate) vin: Option<Vin>,
    pub(crate) call: Call,
    /// It was asked before a pairing of this vehicle succeeded (CBK-8), or before a sign-out
    /// (GEN-5).
    pub(crate) is_out_of_date: bool,
    /// It says nothing new: what is known already may be stored again, or not.
    pub(crate) may_be_left_out: bool,
}

/// One call of a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    ReadCache,
    AskSupport,
    AskStatus,
    AskPassword,
    StorePassword,
    AskCanCreate,
    AskPresence(DigitalKeyId),
    TakeUse,
    StartPairing { used: u64 },
    CheckSheet { sheet: Ticket },
    OpenWallet(DigitalKeyId),
    Store(Change),
    EraseCache,
    Report(CacheFailure),
}

impl Question {
    /// Whether the machine's effect is this call.
    #[must_use]
    pub fn is(&self, effect: &Effect) -> bool {
        self.vin.as_ref() == vin_of(effect)
            && match (&self.call, effect) {
                (Call::ReadCache, Effect::LoadRecord { .. })
                | (Call::AskSupport, Effect::AskSupport { .. })
                | (Call::AskStatus, Effect::AskStatus { .. })
                | (Call::AskPassword, Effect::AskPassword { .. })
                | (Call::StorePassword, Effect::StorePassword { .. })
                | (Call::AskCanCreate, Effect::AskCanCreate { .. })
                | (Call::TakeUse, Effect::TakeUse { .. })
                | (Call::StartPairing { .. }, Effect::StartPairing { .. })
                | (Call::CheckSheet { .. }, Effect::CheckSheet { .. })
                | (Call::EraseCache, Effect::EraseAll) => true,
                (Call::AskPresence(mine), Effect::AskPresence { key, .. })
                | (Call::OpenWallet(mine), Effect::OpenWallet { key }) => mine == key,
                (Call::Store(mine), Effect::Store { change, .. }) => mine.agrees_with(change),
                (Call::Report(mine), Effect::Report(theirs)) => mine == theirs,
                _ => false,
            }
    }
}

/// The vehicle that an effect is about.
fn vin_of(effect: &Effect) -> Option<&Vin> {
    match effect {
        Effect::LoadRecord { vin, .. }
        | Effect::AskSupport { vin, .. }
        | Effect::AskStatus { vin, .. }
        | Effect::AskPassword { vin, .. }
        | Effect::StorePassword { vin, .. }
        | Effect::AskCanCreate { vin, .. }
        | Effect::AskPresence { vin, .. }
        | Effect::TakeUse { vin, .. }
        | Effect::StartPairing { vin, .. }
        | Effect::CheckSheet { vin, .. }
        | Effect::Store { vin, .. } => Some(vin),
        Effect::OpenWallet { .. } | Effect::EraseAll | Effect::Report(_) => None,
    }
}
