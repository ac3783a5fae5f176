//! What the host does: only it knows the window.

use objc2::rc::{Retained, Weak};
use objc2_ui_kit::UIViewController;

/// Shows Apple's sheet, in the way of the host.
pub trait SheetPresenter: 'static {
    /// Presents the sheet modally, from whatever view controller is in front. It is called on the
    /// main thread, and may present a little later; who does so retains the sheet until then.
    ///
    /// `false` = there is nothing to present it from; the pairing fails then, and can be tried
    /// again. The adapter takes the sheet away itself, after Apple's answer.
    fn present(&self, sheet: &UIViewController) -> bool;
}

impl<F: Fn(&UIViewController) -> bool + 'static> SheetPresenter for F {
    fn present(&self, sheet: &UIViewController) -> bool {
        self(sheet)
    }
}

/// Presents the sheet from the view controller that is in front of everything that a root shows.
///
/// It presents nothing when the root is gone or in no window, or while the one in front is on its
/// way out: UIKit would refuse, and the pairing can be tried again.
pub struct FrontPresenter {
    root: Weak<UIViewController>,
}

impl FrontPresenter {
    /// With what the app's window shows at the bottom of everything.
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
