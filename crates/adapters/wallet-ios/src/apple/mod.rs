//! The calls of PassKit and UIKit. This folder is only type-checked, for iOS. All decisions are
//! outside it, where they are tested.

mod presenter;
mod main_queue;
mod kit;
mod delegate;
mod observer;
mod bindings;

use objc2::MainThreadMarker;

pub use kit::ApplePassKit;
pub use main_queue::MainQueue;
pub use presenter::{FrontPresenter, SheetPresenter};

use crate::{IosPhone, IosSettings};

/// Creates the adapter on iOS.
impl IosPhone<MainQueue> {
    /// Creates the adapter for this phone, on the main thread, as the marker proves.
    ///
    /// Call it early, since it reports only notifications from here on. The adapter may be dropped
    /// on any thread.
    #[must_use]
    pub fn new(
        settings: IosSettings,
        presenter: impl SheetPresenter,
        mtm: MainThreadMarker,
    ) -> Self {
        Self::over(settings, |reporter| {
            MainQueue::new(ApplePassKit::new(Box::new(presenter), &reporter, mtm), mtm)
        })
    }
}
