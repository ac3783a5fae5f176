//! What is asked of the world, and what it can answer.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use digital_key_domain::{
    DigitalKeyId, FailureKind, KeyCreation, NoAnswer, PairingStatus, PasswordFetch, Presence,
    Question, Reply, ReportedKey, Support, SupportAnswer,
};

use crate::truth::KeyNumber;

/// A question of the machine that a card of the playground shows. The cache answers at once and has
/// no card; Apple's sheet has one of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asked {
    /// Does the vehicle support Smart Access?
    Support,
    /// What is the pairing status?
    Status,
    /// Is there a password?
    Password,
    /// Can Apple's API create a key?
    KeyCreation,
    /// Is the key in the wallet?
    Presence,
    /// Did the wallet app open?
    OpenWallet,
}

impl Asked {
    /// All questions.
    pub const ALL: [Self; 6] = [
        Self::Support,
        Self::Status,
        Self::Password,
        Self::KeyCreation,
        Self::Presence,
        Self::OpenWallet,
    ];

    /// Returns what a question of the machine asks for.
    #[must_use]
    pub fn of(question: &Question) -> Option<Self> {
        match question {
            Question::Support => Some(Self::Support),
            Question::Status => Some(Self::Status),
            Question::Password => Some(Self::Password),
            Question::CanCreateKey => Some(Self::KeyCreation),
            Question::Presence(_) => Some(Self::Presence),
            Question::OpenWallet(_) => Some(Self::OpenWallet),
            Question::Record
            | Question::StorePassword(_)
            | Question::TakeUse
            | Question::StartPairing
            | Question::CheckSheet => None,
        }
    }

    /// Returns the question in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Support => "Does the vehicle support Smart Access?",
            Self::Status => "What is the pairing status?",
            Self::Password => "Is there a pairing password?",
            Self::KeyCreation => "Can a key be created?",
            Self::Presence => "Is the key in the wallet?",
            Self::OpenWallet => "Does the wallet app open?",
        }
    }

    /// Returns who answers.
    #[must_use]
    pub fn answered_by(self) -> &'static str {
        match self {
            Self::Support | Self::Status | Self::Password => "BFF",
            Self::KeyCreation => "Apple",
            Self::Presence | Self::OpenWallet => "Wallet",
        }
    }

    /// Returns the word of the acceptance language for the endpoint of the backend.
    #[must_use]
    pub fn endpoint(self) -> Option<&'static str> {
        match self {
            Self::Support => Some("support"),
            Self::Status => Some("status"),
            Self::Password => Some("password"),
            Self::KeyCreation | Self::Presence | Self::OpenWallet => None,
        }
    }

    pub(crate) fn letter(self) -> char {
        match self {
            Self::Support => 's',
            Self::Status => 't',
            Self::Password => 'p',
            Self::KeyCreation => 'c',
            Self::Presence => 'w',
            Self::OpenWallet => 'o',
        }
    }

    pub(crate) fn of_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|asked| asked.letter() == letter)
    }

    /// Returns all answers that a card offers, with the failures at the end.
    #[must_use]
    pub fn answers(self) -> Vec<Answer> {
        let faults = Fault::ALL.map(Answer::Fails);
        let mut answers = match self {
            Self::Support => {
                vec![Answer::Yes, Answer::UpgradeRequired, Answer::No, Answer::Unknown]
            }
            Self::Status => statuses(),
            Self::Password => vec![Answer::Yes, Answer::No],
            Self::KeyCreation => {
                return vec![Answer::Yes, Answer::No, Answer::Fails(Fault::TimedOut)];
            }
            Self::Presence => return vec![Answer::Yes, Answer::No, Answer::Unknown],
            Self::OpenWallet => return vec![Answer::Yes, Answer::No],
        };
        answers.extend(faults);
        answers
    }

    /// Returns the answer that stands for none within the deadline.
    pub(crate) fn no_answer(self) -> Answer {
        match self {
            Self::Presence => Answer::Unknown,
            Self::OpenWallet => Answer::No,
            Self::Support | Self::Status | Self::Password | Self::KeyCreation => {
                Answer::Fails(Fault::TimedOut)
            }
        }
    }

    /// Returns an answer as the machine receives it; `None` if it answers another question.
    pub(crate) fn reply(self, answer: Answer) -> Option<Reply> {
        let supported =
            |upgrade_required| SupportAnswer::Known(Support::Supported { upgrade_required });
        Some(match (self, answer) {
            (Asked::Support, Answer::Yes) => Reply::Support(Ok(supported(false))),
            (Asked::Support, Answer::UpgradeRequired) => Reply::Support(Ok(supported(true))),
            (Asked::Support, Answer::No) => {
                Reply::Support(Ok(SupportAnswer::Known(Support::NotSupported)))
            }
            (Asked::Support, Answer::Unknown) => Reply::Support(Ok(SupportAnswer::Unknown)),
            (Asked::Support, Answer::Fails(fault)) => Reply::Support(Err(fault.no_answer())),
            (Asked::Status, Answer::Status { owner, primary, prepared }) => {
                let owner_key = owner
                    .and_then(|(key, tracked)| Some(ReportedKey { id: key_id(key)?, tracked }));
                Reply::Status(Ok(PairingStatus {
                    owner_key,
                    primary_subscriber: primary,
                    prepared,
                }))
            }
            (Asked::Status, Answer::Fails(fault)) => Reply::Status(Err(fault.no_answer())),
            (Asked::Password, Answer::Yes) => Reply::Password(PasswordFetch::Fetched),
            (Asked::Password, Answer::No) => Reply::Password(PasswordFetch::NoPassword),
            (Asked::Password, Answer::Fails(fault)) => {
                Reply::Password(PasswordFetch::Failed(fault.no_answer()))
            }
            (Asked::KeyCreation, Answer::Yes) => Reply::CanCreateKey(KeyCreation::Possible),
            (Asked::KeyCreation, Answer::No) => Reply::CanCreateKey(KeyCreation::Refused),
            (Asked::KeyCreation, Answer::Fails(_)) => Reply::CanCreateKey(KeyCreation::NoAnswer),
            (Asked::Presence, Answer::Yes) => Reply::Presence(Presence::Present),
            (Asked::Presence, Answer::No) => Reply::Presence(Presence::Absent),
            (Asked::Presence, Answer::Unknown) => Reply::Presence(Presence::CannotSay),
            (Asked::OpenWallet, Answer::Yes) => Reply::WalletOpened(true),
            (Asked::OpenWallet, Answer::No) => Reply::WalletOpened(false),
            _ => return None,
        })
    }

    pub(crate) fn can_be(self, answer: Answer) -> bool {
        match answer {
            Answer::Status { .. } => self == Self::Status,
            other => self.answers().contains(&other),
        }
    }
}

fn statuses() -> Vec<Answer> {
    let owners = [None, Some((1, true)), Some((1, false)), Some((2, true))];
    let flags = [(true, true), (false, true), (true, false)];
    let statuses = owners.into_iter().flat_map(|owner| {
        flags.map(|(primary, prepared)| Answer::Status { owner, primary, prepared })
    });
    statuses.collect()
}

/// How the backend fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The status 503.
    Unavailable,
    /// The status 503, with the wish to wait 30 seconds (GEN-11).
    AsksToWait,
    /// No connection.
    Offline,
    /// No answer in time.
    TimedOut,
    /// An answer that cannot be read.
    Malformed,
    /// The status 401: the user has to sign in.
    Unauthorized,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 6] = [
        Self::Unavailable,
        Self::AsksToWait,
        Self::Offline,
        Self::TimedOut,
        Self::Malformed,
        Self::Unauthorized,
    ];

    /// Returns the fault as the machine receives it.
    pub(crate) fn no_answer(self) -> NoAnswer {
        let kind = match self {
            Self::Unavailable | Self::AsksToWait => FailureKind::Status { status: 503 },
            Self::Offline => FailureKind::Unreachable,
            Self::TimedOut => FailureKind::DeadlineExceeded,
            Self::Malformed => FailureKind::Malformed,
            Self::Unauthorized => FailureKind::Unauthorized,
        };
        let wait = (self == Self::AsksToWait).then_some(Duration::from_secs(30));
        NoAnswer::new(kind, wait)
    }

    /// Returns the name of the fault in the acceptance language.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unavailable => "503",
            Self::AsksToWait => "503 after 30 seconds",
            Self::Offline => "refused",
            Self::TimedOut => "timeout",
            Self::Malformed => "garbage",
            Self::Unauthorized => "401",
        }
    }

    fn letter(self) -> &'static str {
        match self {
            Self::Unavailable => "f",
            Self::AsksToWait => "b",
            Self::Offline => "l",
            Self::TimedOut => "t",
            Self::Malformed => "m",
            Self::Unauthorized => "a",
        }
    }
}

/// An answer to a question of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Yes: supported, a password, a key can be created, the key is there.
    Yes,
    /// Supported, once the vehicle's software is upgraded.
    UpgradeRequired,
    /// A definite no.
    No,
    /// An answer that decides nothing: an unknown package, or the wallet cannot say.
    Unknown,
    /// No answer, or a failure instead of one.
    Fails(Fault),
    /// A pairing status.
    Status {
        /// The owner key and whether it is tracked.
        owner: Option<(KeyNumber, bool)>,
        /// The user is the primary subscriber.
        primary: bool,
        /// The vehicle is prepared.
        prepared: bool,
    },
}

impl Answer {
    /// Returns the answer in words.
    #[must_use]
    pub fn words(self, asked: Asked) -> String {
        match (asked, self) {
            (_, Self::Status { owner, primary, prepared }) => {
                let mut words = match owner {
                    None => "no owner key".to_owned(),
                    Some((key, true)) => format!("owner key K{key}"),
                    Some((key, false)) => format!("owner key K{key}, untracked"),
                };
                if !primary {
                    words += ", not the primary subscriber";
                }
                if !prepared {
                    words += ", not prepared";
                }
                words
            }
            (Asked::Support, Self::Yes) => "supported".into(),
            (Asked::Support, Self::UpgradeRequired) => "supported, upgrade required".into(),
            (Asked::Support, Self::No) => "not supported".into(),
            (Asked::Support, Self::Unknown) => "an unknown package".into(),
            (Asked::Password, Self::Yes) => "a password".into(),
            (Asked::Password, Self::No) => "no password".into(),
            (Asked::Presence, Self::Unknown) => "cannot say".into(),
            (_, Self::Fails(Fault::TimedOut)) => "no answer in time".into(),
            (_, Self::Fails(Fault::Offline)) => "no connection".into(),
            (_, Self::Yes) => "yes".into(),
            (_, Self::No) => "no".into(),
            (_, Self::Unknown) => "unknown".into(),
            (_, Self::UpgradeRequired) => "upgrade required".into(),
            (_, Self::Fails(fault)) => format!("fails: {}", fault.name()),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yes => f.write_str("y"),
            Self::UpgradeRequired => f.write_str("u"),
            Self::No => f.write_str("n"),
            Self::Unknown => f.write_str("x"),
            Self::Fails(fault) => f.write_str(fault.letter()),
            Self::Status { owner, primary, prepared } => {
                let flags = u8::from(*primary) + 2 * u8::from(*prepared);
                match owner {
                    None => write!(f, "0{flags}"),
                    Some((key, tracked)) => {
                        write!(f, "{key}{}{flags}", if *tracked { 't' } else { 'u' })
                    }
                }
            }
        }
    }
}

impl FromStr for Answer {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "y" => return Ok(Self::Yes),
            "u" => return Ok(Self::UpgradeRequired),
            "n" => return Ok(Self::No),
            "x" => return Ok(Self::Unknown),
            _ => {}
        }
        if let Some(fault) = Fault::ALL.into_iter().find(|fault| fault.letter() == text) {
            return Ok(Self::Fails(fault));
        }
        let digit = |text: &str| text.parse::<u8>().map_err(|_| ());
        let at = text.len().checked_sub(1).filter(|at| text.is_char_boundary(*at)).ok_or(())?;
        let (owner, flags) = text.split_at(at);
        let flags = digit(flags)?;
        let owner = match owner {
            "0" => None,
            owner => {
                let tracked = owner.ends_with('t');
                let number = owner.strip_suffix(['t', 'u']).ok_or(())?;
                Some((digit(number)?, tracked))
            }
        };
        if flags > 3 || owner.is_some_and(|(key, _)| key == 0) {
            return Err(());
        }
        Ok(Self::Status { owner, primary: flags & 1 != 0, prepared: flags & 2 != 0 })
    }
}

pub(crate) fn key_id(key: KeyNumber) -> Option<DigitalKeyId> {
    DigitalKeyId::try_from(format!("K{key}").as_str()).ok()
}

pub(crate) fn key_number(key: &DigitalKeyId) -> Option<KeyNumber> {
    key.as_str().strip_prefix('K')?.parse().ok()
}
