//! The main thread, as its dispatch queue.

use std::sync::Arc;

use dispatch2::{DispatchQueue, MainThreadBound};
use objc2::MainThreadMarker;

use super::ApplePassKit;
use crate::MainThread;

/// The main dispatch queue, and PassKit's objects bound to its thread.
pub struct MainQueue {
    /// There until this is dropped.
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
            // The main queue runs on the main thread, so both are there.
            if let (Some(kit), Some(mtm)) = (&kit, MainThreadMarker::new()) {
                work(kit.get(mtm));
            }
        });
    }
}

impl Drop for MainQueue {
    /// Leaves the last drop to the main thread. Dropped elsewhere, `MainThreadBound` would make
    /// that thread wait for the main one, which may be waiting for it.
    fn drop(&mut self) {
        let kit = self.kit.take();
        DispatchQueue::main().exec_async(move || drop(kit));
    }
}
