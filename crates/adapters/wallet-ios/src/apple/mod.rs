//! PassKit and UIKit: calls and nothing else. What they mean is decided outside of this folder,
//! where it is tested; this is type-checked for iOS.

mod bindings;
mod delegate;
mod kit;
mod main_queue;
mod observer;
mod presenter;

use objc2::MainThreadMarker;

pub use kit::ApplePassKit;
pub use main_queue::MainQueue;
pub use presenter::{FrontPresenter, SheetPresenter};

use crate::{IosPhone, IosSettings};

/// On iOS.
impl IosPhone<MainQueue> {
    /// The wallet, the sheet and the app's life, on the phone that this runs on.
    ///
    /// Made on the main thread, as the marker proves, and early: it tells what happens from here
    /// on. It may be dropped on any thread.
    #[must_use]
    pub fn new(
        settings: IosSettings,
        presenter: impl SheetPresenter,
        mtm: MainThreadMarker,
    ) -> Self {
        Self::over(settings, |news| {
            MainQueue::new(ApplePassKit::new(Box::new(presenter), &news, mtm), mtm)
        })
    }
}
