//! The presentation of the sheet, which is up to the host: only the host knows the window.

use objc2::rc::{Retained, Weak};
use objc2_ui_kit::UIViewController;

/// Presents Apple's sheet in the host's window.
pub trait SheetPresenter: 'static {
    /// Presents the sheet modally from the view controller in front.
    ///
    /// Returns `false` if no view controller can present it. The pairing then fails and can be
    /// tried again. The call is on the main thread. An implementation may present a little later;
    /// it must retain the sheet until then. The adapter dismisses the sheet after Apple's answer.
    fn present(&self, sheet: &UIViewController) -> bool;
}

impl<F: Fn(&UIViewController) -> bool + 'static> SheetPresenter for F {
    fn present(&self, sheet: &UIViewController) -> bool {
        self(sheet)
    }
}

/// Presents the sheet from the front view controller, which it finds from a root.
///
/// It returns `false` if the root is gone or in no window, or while the front view controller is
/// being dismissed: UIKit would refuse then. The pairing can be tried again.
pub struct FrontPresenter {
    root: Weak<UIViewController>,
}

impl FrontPresenter {
    /// Creates a presenter for the root view controller of the app's window.
    #[must_use]
    pub fn new(root: &Retained<UIViewController>) -> Self {
        Self { root: Weak::from_retained(root) }
    }
}

impl SheetPresenter for FrontPresenter {
    fn present(&self, sheet: &UIViewController) -> bool {
        let Some(mut front) = self.root.load() else {
            return false;
        };
        if front.viewIfLoaded().and_then(|view| view.window()).is_none() {
            return false;
        }
        while let Some(next) = front.presentedViewController() {
            if next.isBeingDismissed() {
                return false;
            }
            front = next;
        }
        front.presentViewController_animated_completion(sheet, true, None);
        true
    }
}
