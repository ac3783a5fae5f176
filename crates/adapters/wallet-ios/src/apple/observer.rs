//! An observer of one notification of iOS.

use std::ptr::NonNull;

use block2::RcBlock;
use objc2::rc::Retained;
use objc2::runtime::{NSObjectProtocol, ProtocolObject};
use objc2_foundation::{NSNotification, NSNotificationCenter, NSNotificationName};
use objc2_ui_kit::UIWindowScene;

/// An observer of the default notification centre. Its drop removes it.
pub(super) struct Observer {
    token: Retained<ProtocolObject<dyn NSObjectProtocol>>,
}

impl Observer {
    /// Calls a function for each notification of this name, on the thread that posts it.
    pub(super) fn new(
        name: &NSNotificationName,
        notify: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self::of(name, move |_| notify())
    }

    /// Calls a function for each notification of this name that a scene with windows posts: with
    /// CarPlay an app has a scene without windows, which comes and goes by itself.
    pub(super) fn of_window_scenes(
        name: &NSNotificationName,
        notify: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self::of(name, move |notification| {
            let scene = notification.object();
            if scene.is_some_and(|scene| scene.downcast_ref::<UIWindowScene>().is_some()) {
                notify();
            }
        })
    }

    fn of(
        name: &NSNotificationName,
        notify: impl Fn(&NSNotification) + Send + Sync + 'static,
    ) -> Self {
        let block = RcBlock::new(move |notification: NonNull<NSNotification>| {
            // SAFETY: The centre keeps the notification alive while it calls the block.
            notify(unsafe { notification.as_ref() });
        });
        let center = NSNotificationCenter::defaultCenter();
        // SAFETY: Without an object all senders are observed. Without a queue the block runs on the
        // posting thread, which may be any thread: the values that it owns are `Send` and `Sync`.
        let token = unsafe {
            center.addObserverForName_object_queue_usingBlock(Some(name), None, None, &block)
        };
        Self { token }
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        let center = NSNotificationCenter::defaultCenter();
        // SAFETY: The same centre returned this token for this observer.
        unsafe { center.removeObserver((*self.token).as_ref()) };
    }
}
