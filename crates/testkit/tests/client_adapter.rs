//! An example: a client team runs a suite on an adapter of its own.
//!
//! The adapter reports lifecycle events from a channel, which the team's app delegate sends to.

use async_trait::async_trait;
use digital_key_ports::{AppLifecycle, LifecycleEvent};
use digital_key_testkit::app_lifecycle::AppLifecycleHarness;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

// The adapter, from the team's code.

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

// The harness: the adapter and the channel that sends events to it.

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

    async fn send_event(&self, event: LifecycleEvent) {
        // This fails only when the adapter was dropped; then the case fails, too.
        let _ = self.delegate.send(event);
    }
}

// The macro line, which expands to a test for each case.
digital_key_testkit::app_lifecycle_conformance!(Harness::new);
