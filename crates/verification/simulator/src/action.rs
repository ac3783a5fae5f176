//! The actions of a history.

use digital_key_domain::{AppleErrorCode, Tap};

/// A history before it runs: its actions, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The seed that it was made from; retries draw their waits from it, too.
    pub seed: u64,
    /// The cores leave a failing backend alone for a while, as they do by default.
    pub circuit_breaker: bool,
    /// The number of phones, each with a core and a store of its own.
    pub phones: usize,
    /// The actions.
    pub actions: Vec<Planned>,
}

/// One action, and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// The time since the action before.
    pub wait: Wait,
    /// The phone; an action of the backend ignores it.
    pub phone: usize,
    /// The action.
    pub action: Action,
}

/// A time between two actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// No time, but this many tasks have a turn, so that an action interrupts anything anywhere.
    Turns(u8),
    /// Milliseconds of the simulated clock.
    Millis(u32),
}

/// Something that the user, the phone, the backend or chance does. `vehicle` is a vehicle's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Something that leads on: a sheet is answered, a vehicle is selected, or an offered tap is made;
    /// the number chooses.
    Advance(u8),
    /// The user taps this, offered or not.
    Tap(Tap),
    /// The user selects a vehicle.
    Select {
        /// Its number.
        vehicle: usize,
    },
    /// The host asks for the support of a vehicle again.
    Refresh {
        /// Its number.
        vehicle: usize,
    },
    /// A vehicle leaves the account.
    Forget {
        /// Its number.
        vehicle: usize,
    },
    /// The app is killed, and started with a store that is opened for this account.
    StartFor {
        /// The account's number.
        account: u8,
    },
    /// The user signs out; cancelled = the app does not wait for the end.
    SignOut {
        /// The call is dropped before it ends.
        cancelled: bool,
    },
    /// The app loses focus.
    Background,
    /// The app regains focus.
    Foreground,
    /// The operating system is about to suspend the app.
    Suspend,
    /// The app runs on.
    Resume,
    /// The app is killed; the next action on its phone starts it again.
    Kill {
        /// What was written and not flushed is there afterwards.
        unflushed_survives: bool,
    },
    /// The store's files are damaged while the app does not run: it is killed before.
    Damage(Damage),
    /// A second instance tries to open the store, and takes a use if it gets it.
    SecondInstance {
        /// The vehicle whose password it wants.
        vehicle: usize,
    },
    /// This many seconds pass at once.
    ClockJumps {
        /// The number of seconds.
        seconds: u32,
    },
    /// Apple's sheet ends, if it is up.
    Sheet(SheetEnd),
    /// Apple's API calls back once more about the last sheet, if one has ended (CBK-7).
    LateAnswer(SheetEnd),
    /// The user deletes the key of a vehicle in the wallet.
    DeleteInWallet {
        /// The vehicle.
        vehicle: usize,
    },
    /// The wallet is able to know its keys, or not.
    WalletKnows(bool),
    /// The next question to the wallet or to Apple, or the next start, goes wrong.
    Phone(PhoneFault),
    /// The next request goes wrong.
    Bff(BffFault),
    /// The backend answers so many requests with 503.
    BackendIsDown {
        /// The number of requests.
        requests: u8,
    },
    /// The next call of the store goes wrong.
    Store(StoreFault),
    /// The disk is full, or has room again.
    DiskIsFull(bool),
    /// Something changes in the backend.
    Backend {
        /// The vehicle.
        vehicle: usize,
        /// The change.
        change: BackendChange,
    },
}

/// How Apple's sheet ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetEnd {
    /// With a key; the backend may learn of it later.
    Made {
        /// The backend's status does not know it yet.
        backend_lags: bool,
        /// Something else went wrong (CBK-3).
        with_error: bool,
    },
    /// With this error.
    Failed(AppleErrorCode),
    /// Without an answer: it is gone.
    Vanished,
}

/// What happens to one call of the phone's ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneFault {
    /// It takes this many milliseconds.
    Slow(u16),
    /// It is never answered; the sheet of a start vanishes.
    Hangs,
    /// It fails.
    Fails,
}

/// What happens to one request to the BFF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BffFault {
    /// It does not arrive.
    Refused,
    /// The backend does what was asked, and the answer gets lost at once.
    Interrupted,
    /// The backend does what was asked, and the adapter's deadline passes.
    TimedOut,
    /// The backend does what was asked, and no answer ever comes back.
    Hangs,
    /// It arrives twice.
    Duplicated,
    /// It takes this many milliseconds, so that others overtake it.
    Slow(u16),
    /// It is answered with this status; with 429, the backend asks for a wait of seconds.
    Status(u16),
    /// The token is not accepted.
    Unauthorized,
    /// There is no token.
    NoToken,
    /// The answer is broken.
    Malformed,
}

/// What happens to one call of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreFault {
    /// It fails before it does anything.
    FailsBefore,
    /// It is written, and the flush fails: none of it is there afterwards.
    FlushFails,
    /// Everything is done, and the call still fails.
    FailsAfter,
    /// It takes this many milliseconds.
    Slow(u16),
    /// It never ends; 0 = before it was written, 1 = written, 2 = flushed.
    HangsAt(u8),
    /// The next opening finds the store locked.
    LockedOnce,
}

/// What can happen to files; `disk.rs` says how a store answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// A write was torn: the store is lost.
    TornWrite,
    /// The files are those of an earlier day: the store is lost.
    Rollback,
    /// The record of one vehicle is unreadable: it is lost.
    CorruptRecord {
        /// The vehicle.
        vehicle: usize,
    },
    /// The journal of a counter is in doubt: the password is used up.
    CounterInDoubt {
        /// The vehicle.
        vehicle: usize,
    },
    /// The key that seals the passwords is missing: there are no passwords.
    KeyMissing,
}

/// What can change in the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackendChange {
    /// It deletes the owner key, which disappears from the phone's wallet.
    DeletesKey,
    /// It learns of the key that was made last.
    CatchesUp,
    /// The key is registered with the key tracking service.
    Tracks,
    /// The key is moved to a phone that is not part of the history.
    MovesKeyElsewhere,
    /// The vehicle is prepared, or not.
    Prepared(bool),
    /// The user is the primary subscriber, or not.
    PrimarySubscriber(bool),
    /// There are passwords for this vehicle, or none.
    HasPasswords(bool),
    /// It answers the question for support with a value that is not known yet, or again.
    SupportIsUnknown(bool),
}

impl Action {
    /// Returns `true` for a fault, and `false` for ordinary use.
    pub(crate) fn is_fault(&self) -> bool {
        match self {
            Self::Kill { .. }
            | Self::Damage(_)
            | Self::SecondInstance { .. }
            | Self::ClockJumps { .. }
            | Self::WalletKnows(false)
            | Self::Phone(_)
            | Self::Bff(_)
            | Self::BackendIsDown { .. }
            | Self::Store(_)
            | Self::DiskIsFull(true)
            | Self::SignOut { cancelled: true } => true,
            Self::Advance(_)
            | Self::Tap(_)
            | Self::Select { .. }
            | Self::Refresh { .. }
            | Self::Forget { .. }
            | Self::StartFor { .. }
            | Self::SignOut { cancelled: false }
            | Self::Background
            | Self::Foreground
            | Self::Suspend
            | Self::Resume
            | Self::Sheet(_)
            | Self::LateAnswer(_)
            | Self::DeleteInWallet { .. }
            | Self::WalletKnows(true)
            | Self::DiskIsFull(false)
            | Self::Backend { .. } => false,
        }
    }
}
