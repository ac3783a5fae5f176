//! The dispatch queues: one of its own for the pass library, and the main queue.

use std::sync::Arc;

use dispatch2::{DispatchQueue, DispatchQueueAttr, DispatchRetained, MainThreadBound};
use objc2::MainThreadMarker;

use super::library::ApplePassLibrary;
use super::sheet::ApplePairingSheet;
use crate::AppleQueues;

/// The dispatch queues, and Apple's objects bound to them.
pub struct DispatchQueues {
    library_queue: DispatchRetained<DispatchQueue>,
    /// `None` only while this is dropped, as is `sheet`.
    library: Option<Arc<QueueBound<ApplePassLibrary>>>,
    sheet: Option<Arc<MainThreadBound<ApplePairingSheet>>>,
}

/// An object that is used and dropped on one serial queue only.
struct QueueBound<T>(T);

// SAFETY: `DispatchQueues` moves the object to its serial queue before the first use, and drops it
// there. The queue runs one work at a time, and orders their memory accesses. PassKit binds the
// library to no thread, and forbids concurrent use only.
unsafe impl<T> Send for QueueBound<T> {}
// SAFETY: As above: shared references are used on the serial queue only.
unsafe impl<T> Sync for QueueBound<T> {}

impl DispatchQueues {
    pub(super) fn new(sheet: ApplePairingSheet, mtm: MainThreadMarker) -> Self {
        let queues = Self {
            library_queue: DispatchQueue::new("digital-key.library", DispatchQueueAttr::SERIAL),
            library: Some(Arc::new(QueueBound(ApplePassLibrary::default()))),
            sheet: Some(Arc::new(MainThreadBound::new(sheet, mtm))),
        };
        // PassKit notifies changes only while an instance of the library lives.
        queues.run_on_library_queue(ApplePassLibrary::create);
        queues
    }
}

impl AppleQueues for DispatchQueues {
    type Library = ApplePassLibrary;
    type Sheet = ApplePairingSheet;

    fn run_on_library_queue(&self, work: impl FnOnce(&ApplePassLibrary) + Send + 'static) {
        let library = self.library.clone();
        self.library_queue.exec_async(move || {
            if let Some(library) = &library {
                work(&library.0);
            }
        });
    }

    fn run_on_main_thread(&self, work: impl FnOnce(&ApplePairingSheet) + Send + 'static) {
        let sheet = self.sheet.clone();
        DispatchQueue::main().exec_async(move || {
            // The main queue runs on the main thread, so both are `Some`.
            if let (Some(sheet), Some(mtm)) = (&sheet, MainThreadMarker::new()) {
                work(sheet.get(mtm));
            }
        });
    }
}

impl Drop for DispatchQueues {
    /// Drops Apple's objects on their queues. On another thread the drop of `MainThreadBound` would
    /// block until the main thread is free, and the main thread may be waiting for that thread.
    fn drop(&mut self) {
        let (library, sheet) = (self.library.take(), self.sheet.take());
        self.library_queue.exec_async(move || drop(library));
        DispatchQueue::main().exec_async(move || drop(sheet));
    }
}
