//! The main thread, reached through its dispatch queue.

use std::sync::Arc;

use dispatch2::{DispatchQueue, MainThreadBound};
use objc2::MainThreadMarker;

use super::ApplePassKit;
use crate::MainThread;

/// The main dispatch queue, and PassKit's objects bound to its thread.
pub struct MainQueue {
    /// `None` only while this is dropped.
    kit: Option<Arc<MainThreadBound<ApplePassKit>>>,
}

impl MainQueue {
    pub(super) fn new(kit: ApplePassKit, mtm: MainThreadMarker) -> Self {
        Self { kit: Some(Arc::new(MainThreadBound::new(kit, mtm))) }
    }
}

impl MainThread for MainQueue {
    type PassKit = ApplePassKit;

    fn run(&self, work: impl FnOnce(&ApplePassKit) + Send + 'static) {
        let kit = self.kit.clone();
        DispatchQueue::main().exec_async(move || {
            // The main queue runs on the main thread, so both are `Some`.
            if let (Some(kit), Some(mtm)) = (&kit, MainThreadMarker::new()) {
                work(kit.get(mtm));
            }
        });
    }
}

impl Drop for MainQueue {
    /// Drops PassKit's objects on the main thread. On another thread the drop of `MainThreadBound`
    /// would block until the main thread is free, and the main thread may be waiting for that
    /// thread.
    fn drop(&mut self) {
        let kit = self.kit.take();
        DispatchQueue::main().exec_async(move || drop(kit));
    }
}
