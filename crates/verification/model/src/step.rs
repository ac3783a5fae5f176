//! What may happen next, in numbers that fit any moment.

use digital_key_domain::{
    Answer, AppleErrorCode, DigitalKeyId, Effect, Failed, PageView, PairingAnswer, PairingStatus,
    PasswordAnswer, Presence, ReportedKey, Support, SupportAnswer, Tap,
};

/// One thing that happens to the machine and to the model.
///
/// The numbers choose among what is there at that moment; where nothing is there, nothing happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// One of the vehicles is selected.
    Select(usize),
    /// Something is tapped, offered or not.
    Tap(Tap),
    /// One of the things that lead on: a call of the cache works, a question is answered, or
    /// something that the page offers is tapped.
    GoOn(usize, Reply),
    /// The app loses focus.
    Background,
    /// The app regains focus.
    Foreground,
    /// Something in the wallet changes.
    WalletChange,
    /// The user signs out.
    SignOut,
    /// One of the open questions is answered.
    Answer(usize, Reply),
    /// An answer names the request of one vehicle and the other vehicle: it is nobody's.
    AnswerForAnother(usize, Reply),
    /// One of the last answers comes once more.
    AnswerAgain(usize),
    /// One of Apple's sheets that have answered answers once more, perhaps with something else.
    AppleAgain(usize, Reply),
    /// The cache does what it was asked first.
    Cache(CacheFate),
    /// The app is killed and starts again.
    Restart,
}

/// What becomes of one call of the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheFate {
    /// It works.
    Works,
    /// It cannot be used at the moment.
    IsUnavailable,
    /// Everything was lost; the second try works.
    IsLost,
    /// Everything was lost, and so it is at the second try.
    IsLostTwice,
}

/// What is answered, whatever the question is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// The backend fails, Apple cannot create a key.
    pub fails: bool,
    /// The vehicle's support; `None` is a value that this version does not know.
    pub support: Option<Support>,
    /// The number of the owner key that the backend reports, and whether it is tracked.
    pub owner_key: Option<(u8, bool)>,
    /// The user is the primary subscriber.
    pub primary_subscriber: bool,
    /// The vehicle is prepared.
    pub prepared: bool,
    /// The wallet's answer.
    pub presence: Presence,
    /// The number of the key that Apple's sheet made.
    pub pass: Option<u8>,
    /// The error that Apple's sheet ended with.
    pub error: Option<AppleErrorCode>,
}

impl Reply {
    /// The answer to an effect, if it is one that is answered.
    #[must_use]
    pub(crate) fn to(&self, effect: &Effect) -> Option<Answer> {
        Some(match effect {
            Effect::AskSupport { .. } if self.fails => Answer::Support(Err(Failed)),
            Effect::AskSupport { .. } => Answer::Support(Ok(self
                .support
                .map_or(SupportAnswer::Unknown, SupportAnswer::Known))),
            Effect::AskStatus { .. } if self.fails => Answer::Status(Err(Failed)),
            Effect::AskStatus { .. } => Answer::Status(Ok(self.status())),
            Effect::AskPassword { .. } if self.fails => {
                Answer::Password(PasswordAnswer::NoneFetched)
            }
            Effect::AskPassword { .. } => Answer::Password(PasswordAnswer::Fetched),
            Effect::AskCanCreate { .. } => Answer::CanCreate(!self.fails),
            Effect::AskPresence { .. } => Answer::Presence(self.presence),
            Effect::StartPairing { .. } => Answer::Pairing(PairingAnswer {
                pass: self.pass.and_then(key_id),
                error: self.error,
            }),
            Effect::CheckSheet { .. } => Answer::SheetGone,
            Effect::LoadRecord { .. }
            | Effect::Store { .. }
            | Effect::StorePassword { .. }
            | Effect::TakeUse { .. }
            | Effect::EraseAll
            | Effect::OpenWallet { .. }
            | Effect::Report(_) => return None,
        })
    }

    fn status(&self) -> PairingStatus {
        PairingStatus {
            owner_key: self
                .owner_key
                .and_then(|(key, tracked)| Some(ReportedKey { id: key_id(key)?, tracked })),
            primary_subscriber: self.primary_subscriber,
            prepared: self.prepared,
        }
    }
}

fn key_id(key: u8) -> Option<DigitalKeyId> {
    DigitalKeyId::try_from(format!("K{key}").as_str()).ok()
}

/// The taps that lead on from a page.
#[must_use]
pub(crate) fn offered(page: &PageView) -> &'static [Tap] {
    match page {
        PageView::VehicleTab { .. } => &[Tap::Entry],
        PageView::Welcome { continue_enabled: false, .. } => &[],
        PageView::Welcome { .. }
        | PageView::GrabYourTwoKeys
        | PageView::Tutorial1
        | PageView::Tutorial2 => &[Tap::Continue],
        PageView::ReadyToPair { checked: false, .. } => &[Tap::TickBox, Tap::Continue],
        PageView::ReadyToPair { checked: true, .. } => &[Tap::Continue],
        PageView::PairingError { .. } => &[Tap::Retry],
        PageView::Overview { .. } => &[Tap::CardAction, Tap::CardAction, Tap::Tutorial],
        PageView::MoveKeyWarning => &[Tap::ConfirmMove, Tap::CancelMove],
        PageView::Error(page) if page.offers_retry() => &[Tap::Retry, Tap::Close],
        PageView::Error(_) => &[Tap::ConfirmError],
    }
}
