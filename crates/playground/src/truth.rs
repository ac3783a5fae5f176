//! What is true in the world around the app: the vehicles, the backend, the wallet, the phone.

use digital_key_domain::{EntryMode, Phone, Settings};
use serde::Serialize;

use crate::VINS;
use crate::answer::{Answer, Asked, Fault};
use crate::change::Change;
use crate::moves::{SheetAnswer, VehicleNumber};

/// The number of a digital key: `K1` is key 1.
pub type KeyNumber = u8;

/// The highest number of a key; a session that pairs more often goes on with this one.
pub(crate) const LAST_KEY: KeyNumber = 99;

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

    /// Returns the number of the key that the next pass is.
    pub(crate) fn next_key(&self) -> KeyNumber {
        (self.last_key + 1).min(LAST_KEY)
    }

    /// Notes what Apple's sheet did: a pass is a new key in the wallet, and the owner key.
    pub(crate) fn pair(
        &mut self,
        vehicle: VehicleNumber,
        answer: SheetAnswer,
    ) -> Option<KeyNumber> {
        match answer {
            SheetAnswer::Pass | SheetAnswer::PassAndError(_) => {
                self.last_key = self.next_key();
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
