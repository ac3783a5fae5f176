//! A change of the world around the app, and its word in a link.

use std::fmt;
use std::str::FromStr;

use crate::VINS;
use crate::answer::Asked;
use crate::moves::VehicleNumber;
use crate::truth::{KeyNumber, LAST_KEY, PHONES, VERSIONS};

/// A change of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The vehicle supports Smart Access, or no longer.
    Supports(VehicleNumber, bool),
    /// The vehicle is prepared, or no longer.
    Prepared(VehicleNumber, bool),
    /// The user is its primary subscriber, or no longer.
    Primary(VehicleNumber, bool),
    /// The backend has a password for it, or none.
    Password(VehicleNumber, bool),
    /// The backend names this owner key; 0 is none.
    Owner(VehicleNumber, KeyNumber),
    /// The owner key is tracked, or not.
    Tracked(VehicleNumber, bool),
    /// The wallet holds a key, or no longer.
    Wallet(KeyNumber, bool),
    /// The wallet answers, or not.
    WalletAnswers(bool),
    /// These questions are answered by hand, or by the world.
    Held(Asked, bool),
    /// This endpoint of the backend fails, or is well.
    Failing(Asked, bool),
    /// The phone is another one; the app starts anew.
    Phone(u8),
    /// The version of iOS is another one; the app starts anew.
    Version(u8),
    /// Whether Apple's API says that keys can be created; the app starts anew.
    AppleIsReady(bool),
    /// Whether the entry is a label; the app starts anew.
    ComingSoon(bool),
}

impl Change {
    /// Returns the vehicle that changes.
    pub(crate) fn vehicle(self) -> Option<VehicleNumber> {
        match self {
            Self::Supports(vehicle, _)
            | Self::Prepared(vehicle, _)
            | Self::Primary(vehicle, _)
            | Self::Password(vehicle, _)
            | Self::Owner(vehicle, _)
            | Self::Tracked(vehicle, _) => Some(vehicle),
            Self::Wallet(..)
            | Self::WalletAnswers(_)
            | Self::Held(..)
            | Self::Failing(..)
            | Self::Phone(_)
            | Self::Version(_)
            | Self::AppleIsReady(_)
            | Self::ComingSoon(_) => None,
        }
    }

    /// Returns `true` if the app starts anew with it.
    pub(crate) fn restarts(self) -> bool {
        matches!(
            self,
            Self::Phone(_) | Self::Version(_) | Self::AppleIsReady(_) | Self::ComingSoon(_)
        )
    }

    /// Returns the change in the words of the acceptance language, where it has them.
    #[must_use]
    pub fn words(self) -> String {
        let vin = self.vehicle().and_then(|at| VINS.get(usize::from(at))).unwrap_or(&"?");
        let is = |on| if on { "is" } else { "is not" };
        match self {
            Self::Supports(_, on) => {
                let supports = if on { "supports" } else { "does not support" };
                format!("vehicle \"{vin}\" {supports} Smart Access")
            }
            Self::Prepared(_, on) => format!("vehicle \"{vin}\" {} prepared", is(on)),
            Self::Primary(_, on) => {
                format!("the user {} the primary subscriber of \"{vin}\"", is(on))
            }
            Self::Password(_, true) => {
                format!("the backend issues password \"12345678\" for \"{vin}\"")
            }
            Self::Password(_, false) => format!("the backend has no password for \"{vin}\""),
            Self::Owner(_, 0) => format!("vehicle \"{vin}\" has no owner key"),
            Self::Owner(_, key) => format!("vehicle \"{vin}\" has a tracked owner key \"K{key}\""),
            Self::Tracked(_, on) => {
                let article = if on { "a tracked" } else { "an untracked" };
                format!("vehicle \"{vin}\" has {article} owner key")
            }
            Self::Wallet(key, true) => format!("the wallet holds key \"K{key}\""),
            Self::Wallet(key, false) => format!("key \"K{key}\" is deleted from the wallet"),
            Self::WalletAnswers(true) => "the wallet answers again".into(),
            Self::WalletAnswers(false) => "the wallet cannot answer".into(),
            Self::Held(asked, on) => match (asked.endpoint(), on) {
                (Some(endpoint), true) => format!("the backend holds back \"{endpoint}\" answers"),
                (Some(endpoint), false) => {
                    format!("the backend releases the \"{endpoint}\" answers")
                }
                (None, true) => format!("answers of {} come by hand", asked.answered_by()),
                (None, false) => format!("answers of {} come by themselves", asked.answered_by()),
            },
            Self::Failing(asked, true) => {
                let endpoint = asked.endpoint().unwrap_or_default();
                format!("the backend fails on \"{endpoint}\" requests with \"503\"")
            }
            Self::Failing(_, false) => "the backend answers normally again".into(),
            Self::Phone(at) => match PHONES.get(usize::from(at)) {
                Some((_, Some(machine))) => format!("an iPhone \"{machine}\""),
                _ => "an Android phone".into(),
            },
            Self::Version(at) => {
                let version = VERSIONS.get(usize::from(at)).unwrap_or(&"?");
                format!("the phone runs iOS \"{version}\"")
            }
            Self::AppleIsReady(true) => "Apple reports that keys can be created".into(),
            Self::AppleIsReady(false) => "Apple reports that keys cannot be created".into(),
            Self::ComingSoon(true) => "the entry mode is \"coming soon\"".into(),
            Self::ComingSoon(false) => "the entry mode is \"owner pairing\"".into(),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Supports(vehicle, on) => write!(f, "s{vehicle}{}", u8::from(on)),
            Self::Prepared(vehicle, on) => write!(f, "r{vehicle}{}", u8::from(on)),
            Self::Primary(vehicle, on) => write!(f, "m{vehicle}{}", u8::from(on)),
            Self::Password(vehicle, on) => write!(f, "p{vehicle}{}", u8::from(on)),
            Self::Owner(vehicle, key) => write!(f, "o{vehicle}{key}"),
            Self::Tracked(vehicle, on) => write!(f, "t{vehicle}{}", u8::from(on)),
            Self::Wallet(key, on) => write!(f, "w{}{key}", u8::from(on)),
            Self::WalletAnswers(on) => write!(f, "a{}", u8::from(on)),
            Self::Held(asked, on) => write!(f, "h{}{}", asked.letter(), u8::from(on)),
            Self::Failing(asked, on) => write!(f, "f{}{}", asked.letter(), u8::from(on)),
            Self::Phone(at) => write!(f, "d{at}"),
            Self::Version(at) => write!(f, "i{at}"),
            Self::AppleIsReady(on) => write!(f, "c{}", u8::from(on)),
            Self::ComingSoon(on) => write!(f, "e{}", u8::from(on)),
        }
    }
}

impl FromStr for Change {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        parse(text).ok_or(())
    }
}

fn parse(text: &str) -> Option<Change> {
    let mut letters = text.chars();
    let (kind, first) = (letters.next()?, letters.next()?);
    let rest = letters.as_str();
    let flag = |text: &str| match text {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    };
    let first_text = &text[1..1 + first.len_utf8()];
    let index = |length: usize| {
        let at = first.to_digit(10)?.try_into().ok()?;
        (usize::from(at) < length && rest.is_empty()).then_some(at)
    };
    let single =
        |make: fn(bool) -> Change| if rest.is_empty() { flag(first_text).map(make) } else { None };
    let key = |text: &str| text.parse::<KeyNumber>().ok().filter(|key| *key <= LAST_KEY);
    let vehicle = || {
        let at = first.to_digit(10)?.try_into().ok()?;
        (usize::from(at) < VINS.len()).then_some(at)
    };
    match kind {
        's' => Some(Change::Supports(vehicle()?, flag(rest)?)),
        'r' => Some(Change::Prepared(vehicle()?, flag(rest)?)),
        'm' => Some(Change::Primary(vehicle()?, flag(rest)?)),
        'p' => Some(Change::Password(vehicle()?, flag(rest)?)),
        'o' => Some(Change::Owner(vehicle()?, key(rest)?)),
        't' => Some(Change::Tracked(vehicle()?, flag(rest)?)),
        'w' => Some(Change::Wallet(key(rest).filter(|key| *key > 0)?, flag(first_text)?)),
        'h' => Some(Change::Held(Asked::of_letter(first)?, flag(rest)?)),
        'f' => {
            let asked = Asked::of_letter(first).filter(|asked| asked.endpoint().is_some())?;
            Some(Change::Failing(asked, flag(rest)?))
        }
        'a' => single(Change::WalletAnswers),
        'c' => single(Change::AppleIsReady),
        'e' => single(Change::ComingSoon),
        'd' => index(PHONES.len()).map(Change::Phone),
        'i' => index(VERSIONS.len()).map(Change::Version),
        _ => None,
    }
}
