//! What can happen in a history.

use digital_key_domain::{AppleErrorCode, Tap};

/// A history before it is lived: all that happens, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Where it came from; retries draw their waits from it, too.
    pub seed: u64,
    /// The cores leave a failing backend alone for a while, as they do when nobody tells them
    /// otherwise.
    pub circuit_breaker: bool,
    /// How many phones there are, each with a core and a store of its own.
    pub phones: usize,
    /// What happens.
    pub actions: Vec<Planned>,
}

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// How long after the one before.
    pub wait: Wait,
    /// On which phone; the backend has none.
    pub phone: usize,
    /// What.
    pub action: Action,
}

/// A time between two actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// No time at all, but this many tasks have a turn: so everything is cut off anywhere.
    Turns(u8),
    /// Milliseconds of the simulated clock.
    Millis(u32),
}

/// Something that the user, the phone, the backend or fate does. `vehicle` is a vehicle's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Whatever leads on: a sheet is answered, a vehicle selected, something tapped that the page
    /// offers; the number chooses.
    GoOn(u8),
    /// The user taps this, offered or not.
    Tap(Tap),
    /// The user selects a vehicle.
    Select {
        /// Its number.
        vehicle: usize,
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
    /// The app is killed; the next thing that happens on its phone starts it again.
    Kill {
        /// What was written and not flushed happens to be there afterwards.
        unflushed_survives: bool,
    },
    /// The store's files are damaged while the app is not running: it is killed before.
    Damage(Damage),
    /// A second instance tries to open the store, and takes a use if it gets it.
    SecondInstance {
        /// The vehicle whose password it wants.
        vehicle: usize,
    },
    /// Nothing happens for this many seconds.
    ClockJumps {
        /// How many.
        seconds: u32,
    },
    /// Apple's sheet ends, if it is up.
    Sheet(SheetEnd),
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
        /// How many.
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
        /// What.
        change: BackendChange,
    },
}

/// How Apple's sheet ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetEnd {
    /// With a key; the backend may hear of it later.
    Made {
        /// The backend's status does not know it yet.
        backend_lags: bool,
        /// Something else went wrong (CBK-3).
        with_error: bool,
    },
    /// With this error.
    Failed(AppleErrorCode),
    /// With nothing: it is gone.
    Vanished,
}

/// What happens to one call of the phone's ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneFault {
    /// It takes this many milliseconds.
    Slow(u16),
    /// It is never answered; a start is refused instead, since a sheet ends.
    Hangs,
    /// It fails.
    Fails,
}

/// What happens to one request to the BFF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BffFault {
    /// It does not get there.
    Refused,
    /// The backend does what was asked, and the answer gets lost at once.
    Interrupted,
    /// The backend does what was asked, and the adapter's deadline passes.
    TimedOut,
    /// The backend does what was asked, and nothing ever comes back.
    Hangs,
    /// It gets there twice.
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
    /// It fails before anything was done.
    FailsBefore,
    /// It is written, and the flush fails: nothing of it is there afterwards.
    FlushFails,
    /// All is done, and the call fails all the same.
    FailsAfter,
    /// It takes this many milliseconds.
    Slow(u16),
    /// It never ends; 0 = nothing was done, 1 = written, 2 = flushed.
    HangsAt(u8),
    /// The next opening finds the store locked.
    LockedOnce,
}

/// What can happen to files; what the port's contract makes of it stands in `disk.rs`.
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
    /// The witness of a counter is in doubt: the password is used up.
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
    /// It deletes the owner key; the phone's wallet is told.
    DeletesKey,
    /// It hears of the key that was made last.
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
    /// Whether this is a fault, and not just life.
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
            Self::GoOn(_)
            | Self::Tap(_)
            | Self::Select { .. }
            | Self::SignOut { cancelled: false }
            | Self::Background
            | Self::Foreground
            | Self::Suspend
            | Self::Resume
            | Self::Sheet(_)
            | Self::DeleteInWallet { .. }
            | Self::WalletKnows(true)
            | Self::DiskIsFull(false)
            | Self::Backend { .. } => false,
        }
    }
}
