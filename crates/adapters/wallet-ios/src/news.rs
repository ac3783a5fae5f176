//! What iOS tells by itself: wallet changes, background and foreground.

use std::sync::Arc;

use digital_key_ports::LifecycleEvent;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex, Notify};

/// Takes what iOS tells, from any thread; the observers of its notifications hold one each.
#[derive(Debug, Clone)]
pub struct PhoneNews {
    changes: Arc<Notify>,
    events: UnboundedSender<LifecycleEvent>,
}

impl PhoneNews {
    /// `PKPassLibraryDidChangeNotification`: several that nobody has heard of yet are one (OVR-7).
    pub fn wallet_changed(&self) {
        self.changes.notify_one();
    }

    /// `UIApplicationDidEnterBackgroundNotification`.
    pub fn went_to_background(&self) {
        self.tell(LifecycleEvent::WentToBackground);
    }

    /// `UIApplicationWillEnterForegroundNotification` (OVR-2).
    pub fn came_to_foreground(&self) {
        self.tell(LifecycleEvent::CameToForeground);
    }

    fn tell(&self, event: LifecycleEvent) {
        // It fails only when the adapter is gone.
        let _ = self.events.send(event);
    }
}

/// The other end: what waits until it is asked for.
#[derive(Debug)]
pub(crate) struct Heard {
    changes: Arc<Notify>,
    events: Mutex<UnboundedReceiver<LifecycleEvent>>,
}

impl Heard {
    pub(crate) fn new() -> (PhoneNews, Self) {
        let changes = Arc::new(Notify::new());
        let (events, heard) = unbounded_channel();
        let news = PhoneNews { changes: Arc::clone(&changes), events };
        (news, Self { changes, events: Mutex::new(heard) })
    }

    /// One waiting change is kept until it is asked for, also by a call that was dropped.
    pub(crate) async fn next_change(&self) {
        self.changes.notified().await;
    }

    /// Taking the lock and taking an event are both safe to drop.
    pub(crate) async fn next_event(&self) -> Option<LifecycleEvent> {
        self.events.lock().await.recv().await
    }
}
