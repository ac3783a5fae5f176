//! The calls that an app makes of its cache. They follow from a script and its seed, so that a test
//! and its child process know the same calls without exchanging them.

use std::fmt;
use std::iter;
use std::str::FromStr;

use digital_key_domain::{Generation, PairingStatus, RecordChange, ReportedKey, Support};
use digital_key_ports::PairingPassword;
use digital_key_testkit::values::key;
use fastrand::Rng;

/// The number of vehicles, which are numbered from 0.
pub(crate) const VEHICLES: u16 = 3;

/// A call of the cache.
#[derive(Debug, Clone)]
pub(crate) enum Call {
    /// Loads the record of a vehicle.
    Load(u16),
    Store(u16, RecordChange),
    /// Stores the password of this generation.
    StorePassword(u16, u64),
    TakeUse(u16),
    /// Erases a vehicle, as the app does when it is forgotten. The cache may be suspended.
    Erase(u16),
    /// Requests an erasure, as the app does at the call of a sign-out. The cache may be suspended.
    RequestErasure,
    EraseAll,
    /// Suspends the cache and erases it, and does not resume it.
    EraseSuspended,
    /// Suspends the cache, and does not resume it.
    StaySuspended,
    /// Drops the cache and opens it for the account with this number.
    OpenFor(u8),
    /// Suspends the cache and resumes it.
    Suspend,
    /// Drops the cache and opens it again.
    Reopen,
}

impl Call {
    /// Returns whether the call may erase the cache or a part of it.
    pub(crate) fn erases(&self) -> bool {
        matches!(self, Self::Erase(_) | Self::EraseAll | Self::EraseSuspended | Self::OpenFor(_))
    }
}

/// Returns the password of a vehicle and a generation. All passwords differ.
pub(crate) fn password(vehicle: u16, generation: u64) -> PairingPassword {
    let number = generation * u64::from(VEHICLES) + u64::from(vehicle);
    PairingPassword::parse(&format!("{:08}", 40_000_000 + number)).unwrap()
}

/// The calls of a process.
#[derive(Debug, Clone)]
pub(crate) enum Script {
    /// Random calls, at most this many. The generations of a later life are newer than those of an
    /// earlier life. With accounts, the first call opens the cache for one of them.
    Life { seed: u64, life: u64, calls: usize, accounts: bool },
    /// Reads all records and takes all uses; these generations are the newest ones.
    Inspect([u64; VEHICLES as usize]),
    /// Loads one record, and then keeps the cache open.
    Hold,
    /// Stores a key and a password of each vehicle, and takes a use.
    Account,
    /// Opens the cache for account 0, loads one record, and signs out, in suspension or not. Afterwards the process waits until
    /// it is killed.
    SignOut { suspended: bool },
    /// Opens the cache for account 0, loads one record, and erases its vehicle, in suspension or not.
    /// Afterwards the process waits until it is killed.
    Forget { suspended: bool },
}

impl Script {
    /// Returns the calls in their order.
    pub(crate) fn calls(&self) -> Box<dyn Iterator<Item = Call>> {
        match self {
            Self::Life { seed, life, calls, accounts } => {
                Box::new(Life::new(*seed, *life, *accounts).take(*calls))
            }
            Self::Inspect(newest) => Box::new(inspection(*newest).into_iter()),
            Self::Hold => Box::new(iter::once(Call::Load(0))),
            Self::SignOut { suspended } => {
                let before = if *suspended { Call::StaySuspended } else { Call::Load(0) };
                let erase = if *suspended { Call::EraseSuspended } else { Call::EraseAll };
                let calls = [Call::OpenFor(0), Call::Load(0), before, Call::RequestErasure, erase];
                Box::new(calls.into_iter())
            }
            Self::Forget { suspended } => {
                let before = if *suspended { Call::StaySuspended } else { Call::Load(0) };
                let calls = [Call::OpenFor(0), Call::Load(0), before, Call::Erase(0)];
                Box::new(calls.into_iter())
            }
            Self::Account => Box::new((0..VEHICLES).flat_map(account)),
        }
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Life { seed, life, calls, accounts } => {
                write!(f, "life {seed} {life} {calls} {accounts}")
            }
            Self::Inspect([a, b, c]) => write!(f, "inspect {a} {b} {c}"),
            Self::Hold => f.write_str("hold"),
            Self::Account => f.write_str("account"),
            Self::SignOut { suspended } => write!(f, "sign-out {suspended}"),
            Self::Forget { suspended } => write!(f, "forget {suspended}"),
        }
    }
}

impl FromStr for Script {
    type Err = Box<dyn std::error::Error>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.split(' ').collect::<Vec<_>>()[..] {
            ["life", seed, life, calls, accounts] => Self::Life {
                seed: seed.parse()?,
                life: life.parse()?,
                calls: calls.parse()?,
                accounts: accounts.parse()?,
            },
            ["inspect", a, b, c] => Self::Inspect([a.parse()?, b.parse()?, c.parse()?]),
            ["hold"] => Self::Hold,
            ["account"] => Self::Account,
            ["sign-out", suspended] => Self::SignOut { suspended: suspended.parse()? },
            ["forget", suspended] => Self::Forget { suspended: suspended.parse()? },
            _ => return Err(format!("unknown script: {text}").into()),
        })
    }
}

/// Returns the calls that store the data of an account for one vehicle.
fn account(vehicle: u16) -> [Call; 4] {
    let support = Support::Supported { upgrade_required: false };
    let owner_key = Some(ReportedKey { id: key(0), tracked: true });
    let status = PairingStatus { owner_key, primary_subscriber: true, prepared: true };
    [
        Call::Store(vehicle, RecordChange::Support(support)),
        Call::Store(vehicle, RecordChange::Status(status)),
        Call::StorePassword(vehicle, 1),
        Call::TakeUse(vehicle),
    ]
}

/// The calls of one life of the app.
struct Life {
    random: Rng,
    newest: [u64; VEHICLES as usize],
    generation: u64,
    accounts: bool,
    /// The account of the first call, which comes before the random ones.
    first: Option<u8>,
}

impl Life {
    fn new(seed: u64, life: u64, accounts: bool) -> Self {
        let first = life * 10_000;
        let random = Rng::with_seed(seed ^ life.rotate_left(32));
        // An account stays for several lives.
        let account = accounts.then_some(u8::from(life % 6 >= 3));
        let newest = [first; VEHICLES as usize];
        Self { random, newest, generation: first, accounts, first: account }
    }

    fn change(&mut self, vehicle: u16) -> RecordChange {
        let Self { random, newest, .. } = self;
        let id = key(random.u32(0..3));
        match random.u8(0..4) {
            0 => RecordChange::Support(match random.u8(0..3) {
                0 => Support::NotSupported,
                n => Support::Supported { upgrade_required: n == 1 },
            }),
            1 => RecordChange::Status(PairingStatus {
                owner_key: random.bool().then_some(ReportedKey { id, tracked: random.bool() }),
                primary_subscriber: random.bool(),
                prepared: random.bool(),
            }),
            2 => RecordChange::Presence { key: id, on_this_phone: random.bool() },
            _ => RecordChange::Paired {
                key: id,
                used: Generation::new(newest[usize::from(vehicle)]),
            },
        }
    }
}

impl Iterator for Life {
    type Item = Call;

    fn next(&mut self) -> Option<Call> {
        if let Some(account) = self.first.take() {
            return Some(Call::OpenFor(account));
        }
        let vehicle = self.random.u16(0..VEHICLES);
        let newest = &mut self.newest[usize::from(vehicle)];
        Some(match self.random.u8(0..100) {
            0..45 => Call::TakeUse(vehicle),
            45..63 => {
                self.generation += 1;
                *newest = self.generation;
                Call::StorePassword(vehicle, *newest)
            }
            // Not newer than the newest one: outdated, unless it is the first of this life.
            63..67 => Call::StorePassword(vehicle, *newest),
            67..84 => Call::Store(vehicle, self.change(vehicle)),
            84..91 => Call::Load(vehicle),
            91..95 => Call::Suspend,
            95 => Call::Erase(vehicle),
            96 if self.accounts => Call::OpenFor(self.random.u8(0..2)),
            96..98 => Call::Reopen,
            98 => Call::EraseSuspended,
            _ => Call::EraseAll,
        })
    }
}

/// Returns calls that take all uses that are left, try to store the newest generation again, and
/// check that the cache works with the next generation.
fn inspection(newest: [u64; VEHICLES as usize]) -> Vec<Call> {
    let mut calls = vec![Call::Reopen];
    for (vehicle, newest) in (0..).zip(newest) {
        calls.push(Call::Load(vehicle));
        calls.extend([Call::TakeUse(vehicle), Call::TakeUse(vehicle)]);
        calls.push(Call::StorePassword(vehicle, newest));
        calls.extend(iter::repeat_n(Call::TakeUse(vehicle), 4));
    }
    calls.push(Call::Reopen);
    for (vehicle, newest) in (0..).zip(newest) {
        calls.push(Call::Load(vehicle));
        calls.push(Call::StorePassword(vehicle, newest + 1));
        calls.extend(iter::repeat_n(Call::TakeUse(vehicle), 4));
    }
    calls
}
