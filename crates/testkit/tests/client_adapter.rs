//! How a client team runs a suite on an adapter of its own.
//!
//! The adapter here tells the app's life through a channel, which the team's app delegate feeds.

use async_trait::async_trait;
use digital_key_ports::{AppLifecycle, LifecycleEvent};
use digital_key_testkit::app_lifecycle::AppLifecycleHarness;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

// The adapter, as it stands in the team's code.

struct DelegateLifecycle {
    events: Mutex<UnboundedReceiver<LifecycleEvent>>,
}

impl DelegateLifecycle {
    fn new() -> (UnboundedSender<LifecycleEvent>, Self) {
        let (delegate, events) = unbounded_channel();
        (delegate, Self { events: Mutex::new(events) })
    }
}

#[async_trait]
impl AppLifecycle for DelegateLifecycle {
    async fn next_event(&self) -> Option<LifecycleEvent> {
        self.events.lock().await.recv().await
    }
}

// The harness: the adapter, and what makes things happen to it.

struct Harness {
    delegate: UnboundedSender<LifecycleEvent>,
    lifecycle: DelegateLifecycle,
}

impl Harness {
    async fn new() -> Self {
        let (delegate, lifecycle) = DelegateLifecycle::new();
        Self { delegate, lifecycle }
    }
}

impl AppLifecycleHarness for Harness {
    type AppLifecycle = DelegateLifecycle;

    fn app_lifecycle(&self) -> &DelegateLifecycle {
        &self.lifecycle
    }

    async fn happens(&self, event: LifecycleEvent) {
        // It fails only when the adapter is gone, which the case then sees.
        let _ = self.delegate.send(event);
    }
}

// The one line: a test for each case, named after what it checks.
digital_key_testkit::app_lifecycle_conformance!(Harness::new);
