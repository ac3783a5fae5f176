//! Events, as the format has them.

use digital_key_domain::{
    self as domain, DigitalKeyId, Event, Intent, PairingAnswer, PairingStatus, Reply, ReportedKey,
    RequestId, Vin,
};
use serde::{Deserialize, Serialize};

use super::checkpoint::RecordFrame;
use super::mirrors::{
    AppleErrorCode, CacheFailure, KeyCreation, NoAnswer, PasswordFetch, Presence, StoredPassword,
    SupportAnswer, TakeOutcome, Tap,
};
use crate::numbers::{KeyNumber, Numbers, VehicleNumber, stand_in_key, stand_in_vin};
use crate::read::Impossible;

/// An event with numbers instead of VINs and key ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum EventFrame {
    Select { vehicle: VehicleNumber },
    Tap(Tap),
    Background,
    Foreground,
    WalletChanged,
    Refresh { vehicle: VehicleNumber },
    Forget { vehicle: VehicleNumber },
    SignedOut,
    Replied { id: u64, vehicle: VehicleNumber, reply: ReplyFrame },
    LateAnswer { vehicle: VehicleNumber, answer: AnswerFrame },
    CacheFailed(CacheFailure),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ReplyFrame {
    Record(Result<RecordFrame, CacheFailure>),
    Support(Result<SupportAnswer, NoAnswer>),
    Status(Result<StatusFrame, NoAnswer>),
    Password(PasswordFetch),
    PasswordStored(Result<StoredPassword, CacheFailure>),
    CanCreateKey(KeyCreation),
    Presence(Presence),
    WalletOpened(bool),
    UseTaken(Result<TakeOutcome, CacheFailure>),
    Pairing(AnswerFrame),
    SheetGone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StatusFrame {
    owner_key: Option<ReportedKeyFrame>,
    primary_subscriber: bool,
    prepared: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct ReportedKeyFrame {
    key: KeyNumber,
    tracked: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AnswerFrame {
    pass: Option<KeyNumber>,
    error: Option<AppleErrorCode>,
}

impl EventFrame {
    pub(crate) fn redact(event: &Event, numbers: &mut Numbers) -> Self {
        let mut vehicle = |vin: &Vin| numbers.vehicle(*vin);
        match event {
            Event::Intent(Intent::SelectVehicle(vin)) => Self::Select { vehicle: vehicle(vin) },
            Event::Intent(Intent::Tap(tap)) => Self::Tap((*tap).into()),
            Event::WentToBackground => Self::Background,
            Event::CameToForeground => Self::Foreground,
            Event::WalletChanged => Self::WalletChanged,
            Event::RefreshRequested(vin) => Self::Refresh { vehicle: vehicle(vin) },
            Event::VehicleForgotten(vin) => Self::Forget { vehicle: vehicle(vin) },
            Event::SignedOut => Self::SignedOut,
            Event::Replied { id, vin, reply } => Self::Replied {
                id: id.get(),
                vehicle: vehicle(vin),
                reply: ReplyFrame::redact(reply, numbers),
            },
            Event::LateAnswer { vin, answer } => Self::LateAnswer {
                vehicle: vehicle(vin),
                answer: AnswerFrame::redact(answer, numbers),
            },
            Event::CacheFailed(failure) => Self::CacheFailed((*failure).into()),
        }
    }

    /// Returns the event with stand-ins for VINs and key ids.
    pub(crate) fn event(self) -> Result<Event, Impossible> {
        Ok(match self {
            Self::Select { vehicle } => Intent::SelectVehicle(stand_in_vin(vehicle)?).into(),
            Self::Tap(tap) => domain::Tap::from(tap).into(),
            Self::Background => Event::WentToBackground,
            Self::Foreground => Event::CameToForeground,
            Self::WalletChanged => Event::WalletChanged,
            Self::Refresh { vehicle } => Event::RefreshRequested(stand_in_vin(vehicle)?),
            Self::Forget { vehicle } => Event::VehicleForgotten(stand_in_vin(vehicle)?),
            Self::SignedOut => Event::SignedOut,
            Self::Replied { id, vehicle, reply } => Event::Replied {
                id: RequestId::new(id),
                vin: stand_in_vin(vehicle)?,
                reply: reply.reply()?,
            },
            Self::LateAnswer { vehicle, answer } => {
                Event::LateAnswer { vin: stand_in_vin(vehicle)?, answer: answer.answer()? }
            }
            Self::CacheFailed(failure) => Event::CacheFailed(failure.into()),
        })
    }
}

impl ReplyFrame {
    fn redact(reply: &Reply, numbers: &mut Numbers) -> Self {
        match reply {
            Reply::Record(Ok(record)) => Self::Record(Ok(RecordFrame::redact(record, numbers))),
            Reply::Record(Err(failure)) => Self::Record(Err((*failure).into())),
            Reply::Support(answer) => Self::Support(both(*answer)),
            Reply::Status(Ok(status)) => Self::Status(Ok(StatusFrame::redact(status, numbers))),
            Reply::Status(Err(no_answer)) => Self::Status(Err((*no_answer).into())),
            Reply::Password(fetch) => Self::Password((*fetch).into()),
            Reply::PasswordStored(stored) => Self::PasswordStored(both(*stored)),
            Reply::CanCreateKey(answer) => Self::CanCreateKey((*answer).into()),
            Reply::Presence(presence) => Self::Presence((*presence).into()),
            Reply::WalletOpened(opened) => Self::WalletOpened(*opened),
            Reply::UseTaken(taken) => Self::UseTaken(both(*taken)),
            Reply::Pairing(answer) => Self::Pairing(AnswerFrame::redact(answer, numbers)),
            Reply::SheetGone => Self::SheetGone,
        }
    }

    fn reply(self) -> Result<Reply, Impossible> {
        Ok(match self {
            Self::Record(Ok(record)) => Reply::Record(Ok(record.record()?)),
            Self::Record(Err(failure)) => Reply::Record(Err(failure.into())),
            Self::Support(answer) => Reply::Support(both(answer)),
            Self::Status(Ok(status)) => Reply::Status(Ok(status.status()?)),
            Self::Status(Err(no_answer)) => Reply::Status(Err(no_answer.into())),
            Self::Password(fetch) => Reply::Password(fetch.into()),
            Self::PasswordStored(stored) => Reply::PasswordStored(both(stored)),
            Self::CanCreateKey(answer) => Reply::CanCreateKey(answer.into()),
            Self::Presence(presence) => Reply::Presence(presence.into()),
            Self::WalletOpened(opened) => Reply::WalletOpened(opened),
            Self::UseTaken(taken) => Reply::UseTaken(both(taken)),
            Self::Pairing(answer) => Reply::Pairing(answer.answer()?),
            Self::SheetGone => Reply::SheetGone,
        })
    }
}

/// Converts both sides of a result.
fn both<A: Into<B>, B, E: Into<F>, F>(result: Result<A, E>) -> Result<B, F> {
    result.map(Into::into).map_err(Into::into)
}

impl StatusFrame {
    fn redact(status: &PairingStatus, numbers: &mut Numbers) -> Self {
        let PairingStatus { owner_key, primary_subscriber, prepared } = status;
        let owner_key = owner_key.as_ref().map(|ReportedKey { id, tracked }| ReportedKeyFrame {
            key: numbers.key(id),
            tracked: *tracked,
        });
        Self { owner_key, primary_subscriber: *primary_subscriber, prepared: *prepared }
    }

    fn status(self) -> Result<PairingStatus, Impossible> {
        let Self { owner_key, primary_subscriber, prepared } = self;
        let reported = |ReportedKeyFrame { key, tracked }| {
            Ok::<_, Impossible>(ReportedKey { id: stand_in_key(key)?, tracked })
        };
        let owner_key = owner_key.map(reported).transpose()?;
        Ok(PairingStatus { owner_key, primary_subscriber, prepared })
    }
}

impl AnswerFrame {
    fn redact(answer: &PairingAnswer, numbers: &mut Numbers) -> Self {
        let pass = answer.pass.as_ref().map(|id: &DigitalKeyId| numbers.key(id));
        Self { pass, error: answer.error.map(Into::into) }
    }

    fn answer(self) -> Result<PairingAnswer, Impossible> {
        let pass = self.pass.map(stand_in_key).transpose()?;
        Ok(PairingAnswer { pass, error: self.error.map(Into::into) })
    }
}
