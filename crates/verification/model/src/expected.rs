//! The effects that the rules expect, in the model's own words.

use digital_key_domain::{CacheFailure, Diagnostic, DigitalKeyId, Effect, Question, Request, Vin};

use crate::facts::Change;

/// The number of an effect that the model expects; a reply names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticket(pub(crate) u64);

/// An effect that the rules expect of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedEffect {
    pub(crate) ticket: Ticket,
    /// The vehicle; `None` if the call concerns no vehicle.
    pub(crate) vin: Option<Vin>,
    pub(crate) call: Call,
    /// The call was made before a pairing of this vehicle succeeded (CBK-8), or before a sign-out
    /// (GEN-5).
    pub(crate) is_outdated: bool,
    /// The call stores a fact that is known already: the machine may leave it out.
    pub(crate) is_optional: bool,
}

/// One call of a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Call {
    ReadCache,
    AskSupport,
    AskStatus,
    AskPassword,
    StorePassword,
    AskCanCreateKey,
    AskPresence(DigitalKeyId),
    TakeUse,
    /// Shows Apple's sheet, with the password that this fetch brought.
    StartPairing {
        used: u64,
    },
    /// Asks whether the sheet that this call started is still up.
    CheckSheet {
        sheet: Ticket,
    },
    OpenWallet(DigitalKeyId),
    Store(Change),
    /// Erases a vehicle.
    Erase,
    EraseCache,
    Report(CacheFailure),
    Diagnose(Diagnostic),
}

impl ExpectedEffect {
    /// Returns `true` if the machine's effect makes this call.
    #[must_use]
    pub fn is(&self, effect: &Effect) -> bool {
        match effect {
            Effect::Request(Request { vin, question, .. }) => {
                self.vin == Some(*vin) && self.call.asks(question)
            }
            Effect::Store { vin, change } => {
                self.vin == Some(*vin)
                    && matches!(&self.call, Call::Store(mine) if mine.agrees_with(change))
            }
            Effect::Erase { vin } => self.vin == Some(*vin) && self.call == Call::Erase,
            Effect::EraseAll => self.call == Call::EraseCache,
            Effect::Report(failure) => self.call == Call::Report(*failure),
            Effect::Diagnose(diagnostic) => {
                matches!(&self.call, Call::Diagnose(mine) if mine == diagnostic)
            }
        }
    }
}

impl Call {
    fn asks(&self, question: &Question) -> bool {
        match (self, question) {
            (Self::ReadCache, Question::Record)
            | (Self::AskSupport, Question::Support)
            | (Self::AskStatus, Question::Status)
            | (Self::AskPassword, Question::Password)
            | (Self::StorePassword, Question::StorePassword(_))
            | (Self::AskCanCreateKey, Question::CanCreateKey)
            | (Self::TakeUse, Question::TakeUse)
            | (Self::StartPairing { .. }, Question::StartPairing)
            | (Self::CheckSheet { .. }, Question::CheckSheet) => true,
            (Self::AskPresence(mine), Question::Presence(key))
            | (Self::OpenWallet(mine), Question::OpenWallet(key)) => mine == key,
            _ => false,
        }
    }
}
