//! What may happen next, in numbers that fit any moment.

use digital_key_domain::{
    AppleErrorCode, DigitalKeyId, FailureKind, KeyCreation, NoAnswer, PairingAnswer, PairingStatus,
    PasswordFetch, Presence, Question, Reply, ReportedKey, Support, SupportAnswer, Tap,
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
    /// One of the steps that lead on: a call of the cache works, a question is answered, or a tap
    /// that the page offers is made.
    Advance(usize, Answers),
    /// The app loses focus.
    Background,
    /// The app regains focus.
    Foreground,
    /// Something in the wallet changes.
    WalletChange,
    /// The host asks for the support of one of the vehicles again.
    Refresh(usize),
    /// One of the vehicles leaves the account.
    Forget(usize),
    /// The user signs out.
    SignOut,
    /// One of the open questions is answered.
    Reply(usize, Answers),
    /// A reply names the request of one vehicle and the other vehicle: it belongs to no request.
    ReplyForAnother(usize, Answers),
    /// One of the last replies comes once more.
    ReplyAgain(usize),
    /// Apple's API calls back once more, for one of the vehicles.
    LateAnswer(usize, Answers),
    /// The cache performs the oldest call that it was given.
    Cache(CacheOutcome),
    /// The app is killed and starts again.
    Restart,
}

/// How one call of the cache ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheOutcome {
    /// It works.
    Works,
    /// It cannot be used at the moment.
    IsUnavailable,
    /// The content was lost; the second try works.
    IsLost,
    /// The content was lost, and so it is at the second try.
    IsLostTwice,
}

/// The answers to every kind of question, for one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answers {
    /// The backend fails, and Apple cannot create a key: without an error it does not answer.
    pub fails: bool,
    /// How many seconds the failing backend asks to wait.
    pub wait: Option<u64>,
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

impl Answers {
    /// Returns the reply to a question; the cache answers its own.
    pub(crate) fn to(&self, question: &Question) -> Option<Reply> {
        Some(match question {
            Question::Support if self.fails => Reply::Support(Err(self.no_answer())),
            Question::Support => Reply::Support(Ok(self
                .support
                .map_or(SupportAnswer::Unknown, SupportAnswer::Known))),
            Question::Status if self.fails => Reply::Status(Err(self.no_answer())),
            Question::Status => Reply::Status(Ok(self.status())),
            Question::Password if self.fails => {
                Reply::Password(PasswordFetch::Failed(self.no_answer()))
            }
            Question::Password => Reply::Password(PasswordFetch::Fetched),
            Question::CanCreateKey => Reply::CanCreateKey(match (self.fails, self.error) {
                (false, _) => KeyCreation::Possible,
                (true, None) => KeyCreation::NoAnswer,
                (true, Some(_)) => KeyCreation::Refused,
            }),
            Question::Presence(_) => Reply::Presence(self.presence),
            Question::OpenWallet(_) => Reply::WalletOpened(!self.fails),
            Question::StartPairing => Reply::Pairing(self.pairing()),
            Question::CheckSheet => Reply::SheetGone,
            Question::Record | Question::StorePassword(_) | Question::TakeUse => return None,
        })
    }

    /// Returns Apple's answer to a pairing.
    pub(crate) fn pairing(&self) -> PairingAnswer {
        PairingAnswer { pass: self.pass.and_then(key_id), error: self.error }
    }

    fn no_answer(&self) -> NoAnswer {
        NoAnswer { kind: FailureKind::Status { status: 503 }, wait: self.wait }
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

/// The third key is the first one in another spelling.
fn key_id(key: u8) -> Option<DigitalKeyId> {
    let id = if key == 3 { "k1".to_owned() } else { format!("K{key}") };
    DigitalKeyId::try_from(id.as_str()).ok()
}
