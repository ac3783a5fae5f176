//! The notifications of PassKit and UIKit that the adapter follows.

use objc2_pass_kit::PKPassLibraryDidChangeNotification;
use objc2_ui_kit::{
    UIApplicationDidEnterBackgroundNotification, UIApplicationWillEnterForegroundNotification,
    UISceneDidEnterBackgroundNotification, UISceneWillEnterForegroundNotification,
};

use super::observer::Observer;
use crate::PhoneReporter;

/// The observers of these notifications. Their drop ends the reports.
pub(super) struct Notifications {
    _observers: [Observer; 5],
}

impl Notifications {
    pub(super) fn new(reporter: &PhoneReporter) -> Self {
        let [changes, background, foreground, scene_background, scene_foreground] =
            [(); 5].map(|()| reporter.clone());
        // SAFETY: PassKit defines this constant on every iOS.
        let changed = unsafe { PKPassLibraryDidChangeNotification };
        // SAFETY: UIKit defines this constant on every iOS.
        let entered_background = unsafe { UIApplicationDidEnterBackgroundNotification };
        // SAFETY: UIKit defines this constant on every iOS.
        let enters_foreground = unsafe { UIApplicationWillEnterForegroundNotification };
        // With CarPlay UIApplication posts nothing when only the phone's scene comes and goes (OVR-2).
        // Where both are posted, the second one asks for what is asked already.
        // SAFETY: UIKit defines this constant since iOS 13.0.
        let scene_entered_background = unsafe { UISceneDidEnterBackgroundNotification };
        // SAFETY: UIKit defines this constant since iOS 13.0.
        let scene_enters_foreground = unsafe { UISceneWillEnterForegroundNotification };
        Self {
            _observers: [
                Observer::new(changed, move || changes.wallet_changed()),
                Observer::new(entered_background, move || background.went_to_background()),
                Observer::new(enters_foreground, move || foreground.came_to_foreground()),
                Observer::of_window_scenes(scene_entered_background, move || {
                    scene_background.went_to_background();
                }),
                Observer::of_window_scenes(scene_enters_foreground, move || {
                    scene_foreground.came_to_foreground();
                }),
            ],
        }
    }
}
