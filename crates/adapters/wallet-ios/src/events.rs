//! Notifications of iOS: changes of the wallet, background and foreground.

use std::sync::Arc;

use digital_key_ports::LifecycleEvent;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex, Notify};

/// Reports notifications of iOS to the adapter, from any thread. Each observer holds a clone.
#[derive(Debug, Clone)]
pub struct PhoneReporter {
    changes: Arc<Notify>,
    events: UnboundedSender<LifecycleEvent>,
}

impl PhoneReporter {
    /// Reports `PKPassLibraryDidChangeNotification`. Several changes before the next call of
    /// [`Wallet::next_change`] count as one (OVR-7).
    ///
    /// [`Wallet::next_change`]: digital_key_ports::Wallet::next_change
    pub fn wallet_changed(&self) {
        self.changes.notify_one();
    }

    /// Reports `UIApplicationDidEnterBackgroundNotification`, or that of a scene with windows.
    pub fn went_to_background(&self) {
        self.report(LifecycleEvent::WentToBackground);
    }

    /// Reports `UIApplicationWillEnterForegroundNotification`, or that of a scene with windows
    /// (OVR-2).
    pub fn came_to_foreground(&self) {
        self.report(LifecycleEvent::CameToForeground);
    }

    fn report(&self, event: LifecycleEvent) {
        // Sending fails only after the adapter is dropped.
        let _ = self.events.send(event);
    }
}

/// Receives the reported notifications, and keeps them until the core asks for them.
#[derive(Debug)]
pub(crate) struct PhoneEvents {
    changes: Arc<Notify>,
    events: Mutex<UnboundedReceiver<LifecycleEvent>>,
}

impl PhoneEvents {
    /// Creates both ends of the channel.
    pub(crate) fn new() -> (PhoneReporter, Self) {
        let changes = Arc::new(Notify::new());
        let (sender, receiver) = unbounded_channel();
        let reporter = PhoneReporter { changes: Arc::clone(&changes), events: sender };
        (reporter, Self { changes, events: Mutex::new(receiver) })
    }

    /// Waits for a change. A change before the call counts, and a dropped call loses none.
    pub(crate) async fn next_change(&self) {
        self.changes.notified().await;
    }

    /// Waits for the next event. A dropped call loses none: taking the lock and receiving are both
    /// cancel-safe.
    pub(crate) async fn next_event(&self) -> Option<LifecycleEvent> {
        self.events.lock().await.recv().await
    }
}
