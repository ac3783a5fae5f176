//! The calls of PassKit and UIKit. This folder is only type-checked, for iOS. All decisions are
//! outside it, where they are tested.

mod presenter;
mod queues;
mod library;
mod sheet;
mod configuration;
mod delegate;
mod notifications;
mod observer;
mod exception;
mod bindings;

use objc2::MainThreadMarker;

pub use library::ApplePassLibrary;
pub use presenter::{FrontPresenter, SheetPresenter};
pub use queues::DispatchQueues;
pub use sheet::ApplePairingSheet;

use crate::{IosPhone, IosSettings};

/// Creates the adapter on iOS.
impl IosPhone<DispatchQueues> {
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
            DispatchQueues::new(ApplePairingSheet::new(Box::new(presenter), &reporter, mtm), mtm)
        })
    }
}
