//! What the facade, the event loop and the tasks beside it send each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use digital_key_domain::{Event, Intent, Vin};
use digital_key_ports::{CacheError, PairingPassword};
use tokio::sync::oneshot;

/// What the facade asks of the event loop.
pub(crate) enum Command {
    /// An intent, with its place among those that wait.
    Intent(Intent, Place),
    SignOut(oneshot::Sender<Result<(), CacheError>>),
    /// Ask for the support of this vehicle again.
    Refresh(Vin),
    /// Forget this vehicle.
    Forget(Vin, oneshot::Sender<Result<(), CacheError>>),
    /// Answer once nothing runs but at most this many requests to the BFF.
    Idle {
        but_for: usize,
        done: oneshot::Sender<()>,
    },
    Suspend(oneshot::Sender<Result<(), CacheError>>),
    Resume(oneshot::Sender<Result<(), CacheError>>),
    Shutdown,
}

/// The places of the intents that wait for the event loop. Clones share the places.
#[derive(Clone, Default)]
pub(crate) struct Places(Arc<AtomicUsize>);

/// The place of one intent that waits.
pub(crate) struct Place(Places);

impl Places {
    /// More than a person can tap.
    const NUMBER: usize = 256;

    /// Takes a free place.
    pub(crate) fn take(&self) -> Option<Place> {
        // First, so that a place that is not free is given back by the drop.
        let place = Place(self.clone());
        (self.0.fetch_add(1, Ordering::Relaxed) < Self::NUMBER).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What the tasks beside the event loop send to it.
pub(crate) enum Message {
    /// Something happened outside.
    Happened(Event),
    /// Work that the loop began has ended.
    Ended(Work, Outcome),
}

/// What the event loop has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    Cache,
    Bff,
    /// A question to the wallet or to Apple's API.
    Phone,
    /// Apple's sheet: it may stay up for minutes, and does not count as busy.
    Sheet,
}

/// How the work ended.
pub(crate) enum Outcome {
    /// There is no event for the machine.
    Silent,
    Event(Event),
    /// The password belongs to the event. An effect of the step may take it, to the cache or to
    /// Apple's API; otherwise it is dropped after the step.
    EventWithPassword(Event, PairingPassword),
}
