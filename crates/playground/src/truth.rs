//! What is true in the world around the app: the vehicles, the backend, the wallet, the phone.

use std::fmt;
use std::str::FromStr;

use digital_key_domain::{EntryMode, Phone, Settings};
use serde::Serialize;

use crate::VINS;
use crate::answer::{Answer, Asked, Fault};
use crate::moves::{SheetAnswer, VehicleNumber};

/// The number of a digital key: `K1` is key 1.
pub type KeyNumber = u8;

/// The highest number of a key; a session that pairs more often goes on with this one.
const LAST_KEY: KeyNumber = 99;

/// What is true in the world around the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Truth {
    /// The vehicles, in the order of [`VINS`].
    pub vehicles: [VehicleTruth; VINS.len()],
    /// The keys in the wallet.
    pub wallet: Vec<KeyNumber>,
    /// The wallet answers questions.
    pub wallet_answers: bool,
    /// The questions that are answered by hand.
    #[serde(serialize_with = "letters")]
    pub held: Vec<Asked>,
    /// The endpoints of the backend that fail.
    #[serde(serialize_with = "letters")]
    pub failing: Vec<Asked>,
    /// The phone: an index of [`PHONES`].
    pub phone: u8,
    /// The version of iOS: an index of [`VERSIONS`].
    pub version: u8,
    /// Whether Apple's API says that keys can be created.
    pub apple_is_ready: bool,
    /// The entry is a "coming soon" label (ENT-7).
    pub coming_soon: bool,
    /// The number of the last key that was made.
    #[serde(skip)]
    last_key: KeyNumber,
}

fn letters<S: serde::Serializer>(asked: &[Asked], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(asked.iter().map(|asked| asked.letter().to_string()))
}

/// What is true of a vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VehicleTruth {
    /// Whether it supports Smart Access.
    pub supports: bool,
    /// It is prepared.
    pub prepared: bool,
    /// The user is its primary subscriber.
    pub primary: bool,
    /// The backend has a password for it.
    pub has_password: bool,
    /// The owner key.
    pub owner: Option<KeyNumber>,
    /// The owner key is tracked.
    pub tracked: bool,
}

/// The phones: their words and their machine identifiers; the last one is none of Apple's.
pub const PHONES: [(&str, Option<&str>); 5] = [
    ("iPhone 11", Some("iPhone12,1")),
    ("iPhone X", Some("iPhone10,6")),
    ("iPad", Some("iPad16,3")),
    ("Simulator", Some("arm64")),
    ("Android", None),
];

/// The versions of iOS.
pub const VERSIONS: [&str; 4] = ["14.2", "26.1", "13.5", "16.5.1 (c)"];

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

impl Default for Truth {
    fn default() -> Self {
        let vehicle = VehicleTruth {
            supports: true,
            prepared: true,
            primary: true,
            has_password: true,
            owner: None,
            tracked: false,
        };
        Self {
            vehicles: [vehicle.clone(), vehicle],
            wallet: Vec::new(),
            wallet_answers: true,
            held: Vec::new(),
            failing: Vec::new(),
            phone: 0,
            version: 0,
            apple_is_ready: true,
            coming_soon: false,
            last_key: 0,
        }
    }
}

impl Truth {
    /// Applies a change.
    pub(crate) fn apply(&mut self, change: Change) {
        let vehicle = change.vehicle().and_then(|at| self.vehicles.get_mut(usize::from(at)));
        match (change, vehicle) {
            (Change::Supports(_, on), Some(vehicle)) => vehicle.supports = on,
            (Change::Prepared(_, on), Some(vehicle)) => vehicle.prepared = on,
            (Change::Primary(_, on), Some(vehicle)) => vehicle.primary = on,
            (Change::Password(_, on), Some(vehicle)) => vehicle.has_password = on,
            (Change::Owner(_, key), Some(vehicle)) => {
                vehicle.owner = (key > 0).then_some(key);
                vehicle.tracked = key > 0;
                self.last_key = self.last_key.max(key);
            }
            (Change::Tracked(_, on), Some(vehicle)) => vehicle.tracked = on,
            (Change::Wallet(key, on), _) => {
                set(&mut self.wallet, key, on);
                self.last_key = self.last_key.max(key);
            }
            (Change::WalletAnswers(on), _) => self.wallet_answers = on,
            (Change::Held(asked, on), _) => set(&mut self.held, asked, on),
            (Change::Failing(asked, on), _) => set(&mut self.failing, asked, on),
            (Change::Phone(at), _) => self.phone = at,
            (Change::Version(at), _) => self.version = at,
            (Change::AppleIsReady(on), _) => self.apple_is_ready = on,
            (Change::ComingSoon(on), _) => self.coming_soon = on,
            (
                Change::Supports(..)
                | Change::Prepared(..)
                | Change::Primary(..)
                | Change::Password(..)
                | Change::Owner(..)
                | Change::Tracked(..),
                None,
            ) => {}
        }
    }

    /// Notes what Apple's sheet did: a pass is a new key in the wallet, and the owner key.
    pub(crate) fn pair(
        &mut self,
        vehicle: VehicleNumber,
        answer: SheetAnswer,
    ) -> Option<KeyNumber> {
        match answer {
            SheetAnswer::Pass | SheetAnswer::PassAndError(_) => {
                self.last_key = (self.last_key + 1).min(LAST_KEY);
                set(&mut self.wallet, self.last_key, true);
                if let Some(vehicle) = self.vehicles.get_mut(usize::from(vehicle)) {
                    vehicle.owner = Some(self.last_key);
                    vehicle.tracked = false;
                }
                Some(self.last_key)
            }
            SheetAnswer::Error(_) | SheetAnswer::Neither => None,
        }
    }

    /// Returns what the world answers to a question about a vehicle; `key` is the one that the wallet
    /// is asked about.
    pub(crate) fn answer(
        &self,
        vehicle: VehicleNumber,
        asked: Asked,
        key: Option<KeyNumber>,
    ) -> Answer {
        if self.failing.contains(&asked) {
            return Answer::Fails(Fault::Unavailable);
        }
        let Some(vehicle) = self.vehicles.get(usize::from(vehicle)) else {
            return Answer::Fails(Fault::Unavailable);
        };
        let yes = |condition| if condition { Answer::Yes } else { Answer::No };
        match asked {
            Asked::Support => yes(vehicle.supports),
            Asked::Status => Answer::Status {
                owner: vehicle.owner.map(|key| (key, vehicle.tracked)),
                primary: vehicle.primary,
                prepared: vehicle.prepared,
            },
            Asked::Password => yes(vehicle.has_password),
            Asked::KeyCreation => yes(self.apple_is_ready),
            Asked::Presence if !self.wallet_answers => Answer::Unknown,
            Asked::OpenWallet => yes(self.wallet_answers),
            Asked::Presence => yes(key.is_some_and(|key| self.wallet.contains(&key))),
        }
    }

    /// Returns the settings with which the app starts.
    pub(crate) fn settings(&self) -> Settings {
        let machine = PHONES.get(usize::from(self.phone)).and_then(|(_, machine)| *machine);
        let version = VERSIONS.get(usize::from(self.version)).copied().unwrap_or_default();
        let parsed = machine.and_then(|it| it.parse().ok()).zip(version.parse().ok());
        let mut settings = Settings::new(
            parsed.map_or(Phone::Android, |(machine, version)| Phone::Ios { machine, version }),
        );
        if self.coming_soon {
            settings.entry_mode = EntryMode::ComingSoon;
        }
        settings
    }
}

fn set<T: PartialEq>(list: &mut Vec<T>, item: T, on: bool) {
    list.retain(|it| *it != item);
    if on {
        list.push(item);
    }
}

impl Change {
    /// Returns the vehicle that changes.
    fn vehicle(self) -> Option<VehicleNumber> {
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
