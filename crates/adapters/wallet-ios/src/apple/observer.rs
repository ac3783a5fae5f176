//! One notification of iOS, told as long as someone wants to hear it.

use std::ptr::NonNull;

use block2::RcBlock;
use objc2::rc::Retained;
use objc2::runtime::{NSObjectProtocol, ProtocolObject};
use objc2_foundation::{NSNotification, NSNotificationCenter, NSNotificationName};

/// An observer of the default notification centre, until it is dropped.
pub(super) struct Observer {
    token: Retained<ProtocolObject<dyn NSObjectProtocol>>,
}

impl Observer {
    /// Calls this for each notification of this name, on the thread that posts it.
    pub(super) fn new(name: &NSNotificationName, tell: impl Fn() + Send + Sync + 'static) -> Self {
        let block = RcBlock::new(move |_: NonNull<NSNotification>| tell());
        let center = NSNotificationCenter::defaultCenter();
        // SAFETY: Any object may be observed, here none in particular. Without a queue the block
        // runs on the posting thread, whichever that is: what it owns is `Send` and `Sync`.
        let token = unsafe {
            center.addObserverForName_object_queue_usingBlock(Some(name), None, None, &block)
        };
        Self { token }
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        let center = NSNotificationCenter::defaultCenter();
        // SAFETY: It is the token that the same centre gave out for this observer.
        unsafe { center.removeObserver((*self.token).as_ref()) };
    }
}
