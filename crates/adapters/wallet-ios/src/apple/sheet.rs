//! The pairing sheet on the main thread.

use std::cell::{Cell, RefCell};

use block2::RcBlock;
use dispatch2::{DispatchQueue, DispatchTime, MainThreadBound};
use objc2::ffi::{OBJC_ASSOCIATION_RETAIN_NONATOMIC, objc_setAssociatedObject};
use objc2::rc::{Retained, Weak};
use objc2::runtime::{Bool, ProtocolObject};
use objc2::{MainThreadMarker, MainThreadOnly};
use objc2_foundation::{NSDictionary, NSString, NSURL};
use objc2_ui_kit::{UIApplication, UIViewController};

use super::SheetPresenter;
use super::bindings::PKAddSecureElementPassViewController;
use super::configuration::car_key;
use super::delegate::SheetDelegate;
use super::exception::catch;
use super::notifications::Notifications;
use crate::{
    CarKeyConfiguration, ClosingSheet, ClosingStep, ExceptionError, PairingSheet, PhoneReporter,
    SheetError, SheetFacts, SheetReporter,
};

/// PassKit's pairing sheet.
pub struct ApplePairingSheet {
    mtm: MainThreadMarker,
    presenter: Box<dyn SheetPresenter>,
    sheet: RefCell<Option<OpenSheet>>,
    _notifications: Notifications,
}

/// A sheet that was shown and is not closed.
#[derive(Clone)]
struct OpenSheet {
    /// Weak, so that the sheet is freed once no view controller shows it, and this can be detected.
    controller: Weak<PKAddSecureElementPassViewController>,
    reporter: SheetReporter,
}

impl ApplePairingSheet {
    pub(super) fn new(
        presenter: Box<dyn SheetPresenter>,
        reporter: &PhoneReporter,
        mtm: MainThreadMarker,
    ) -> Self {
        let _notifications = Notifications::new(reporter);
        Self { mtm, presenter, sheet: RefCell::default(), _notifications }
    }

    fn open_sheet(&self) -> Option<OpenSheet> {
        self.sheet.borrow().clone()
    }

    /// Creates Apple's view controller and its delegate, which lives as long.
    fn create(
        &self,
        configuration: &CarKeyConfiguration,
        reporter: SheetReporter,
    ) -> Option<Retained<PKAddSecureElementPassViewController>> {
        let delegate = SheetDelegate::new(reporter, self.mtm);
        let controller = PKAddSecureElementPassViewController::init_with_configuration_delegate(
            PKAddSecureElementPassViewController::alloc(self.mtm),
            &car_key(configuration),
            Some(ProtocolObject::from_ref(&*delegate)),
        )?;
        retain_delegate(&delegate, &controller);
        Some(controller)
    }
}

impl PairingSheet for ApplePairingSheet {
    fn can_add(&self, configuration: &CarKeyConfiguration) -> Result<bool, ExceptionError> {
        catch("canAddSecureElementPass", || {
            PKAddSecureElementPassViewController::can_add_with_configuration(
                &car_key(configuration),
                self.mtm,
            )
        })
    }

    fn show(
        &self,
        configuration: &CarKeyConfiguration,
        reporter: SheetReporter,
    ) -> Result<(), SheetError> {
        let created = catch("PKAddSecureElementPassViewController.init", || {
            self.create(configuration, reporter.clone())
        });
        let controller = created?.ok_or(SheetError::NotCreated)?;
        let sheet = OpenSheet { controller: Weak::from_retained(&controller), reporter };
        self.sheet.replace(Some(sheet));
        // No borrow of `sheet` is held here: the host may run the main loop before it returns.
        let presented = catch("present", || self.presenter.present(&controller));
        if presented? { Ok(()) } else { Err(SheetError::NotPresented) }
    }

    fn facts(&self) -> Option<SheetFacts> {
        let controller = self.open_sheet()?.controller.load()?;
        Some(facts(&controller))
    }

    fn dismiss(&self) {
        if let Some(sheet) = self.open_sheet()
            && let Some(controller) = sheet.controller.load()
        {
            dismiss_if_presented(&controller, move || sheet.reporter.dismissed());
        }
    }

    fn close(&self) {
        if let Some(sheet) = self.sheet.take() {
            close(sheet.controller, ClosingSheet::default(), self.mtm);
        }
    }

    fn open_url(
        &self,
        url: &str,
        done: impl FnOnce(bool) + Send + 'static,
    ) -> Result<(), ExceptionError> {
        let done = Cell::new(Some(done));
        let done = RcBlock::new(move |opened: Bool| {
            if let Some(done) = done.take() {
                done(opened.as_bool());
            }
        });
        catch("UIApplication.open", || {
            // For a text that is no URL, `done` is dropped, which counts as not opened.
            if let Some(url) = NSURL::URLWithString(&NSString::from_str(url)) {
                let application = UIApplication::sharedApplication(self.mtm);
                let options = NSDictionary::new();
                // SAFETY: The dictionary is empty, so it has no value of a wrong type.
                unsafe {
                    application.openURL_options_completionHandler(&url, &options, Some(&done));
                }
            }
        })
    }
}

fn facts(sheet: &UIViewController) -> SheetFacts {
    SheetFacts {
        is_presented: sheet.presentingViewController().is_some(),
        is_being_presented: sheet.isBeingPresented(),
        has_parent: sheet.parentViewController().is_some(),
        is_in_window: sheet.viewIfLoaded().is_some_and(|view| view.window().is_some()),
    }
}

/// Inspects a sheet until it is closed.
fn close(
    sheet: Weak<PKAddSecureElementPassViewController>,
    mut closing: ClosingSheet,
    mtm: MainThreadMarker,
) {
    let controller = sheet.load();
    match closing.inspect(controller.as_deref().map(|controller| facts(controller))) {
        ClosingStep::End => return,
        ClosingStep::Wait => {}
        ClosingStep::Dismiss => {
            if let Some(controller) = controller {
                dismiss_if_presented(&controller, || {});
            }
        }
    }
    let Ok(when) = DispatchTime::try_from(ClosingSheet::INTERVAL) else {
        return;
    };
    let bound = MainThreadBound::new((sheet, closing), mtm);
    // It fails only for a time that is too long.
    let _ = DispatchQueue::main().after(when, move || {
        // The main queue runs on the main thread.
        if let Some(mtm) = MainThreadMarker::new() {
            let (sheet, closing) = bound.into_inner(mtm);
            close(sheet, closing, mtm);
        }
    });
}

/// Makes the delegate live as long as the sheet, which holds it weakly: Apple may call it long
/// after the sheet was closed (CBK-7).
fn retain_delegate(
    delegate: &Retained<SheetDelegate>,
    sheet: &PKAddSecureElementPassViewController,
) {
    /// The address of this value is the key of the association.
    static KEY: u8 = 0;
    // SAFETY: Both are live objects, and the association retains the delegate until the sheet is
    // freed. No other association has this key. The delegate does not hold the sheet, so there is
    // no cycle.
    unsafe {
        objc_setAssociatedObject(
            std::ptr::from_ref(sheet).cast_mut().cast(),
            std::ptr::from_ref(&KEY).cast(),
            Retained::as_ptr(delegate).cast_mut().cast(),
            OBJC_ASSOCIATION_RETAIN_NONATOMIC,
        );
    }
}

/// Dismisses a sheet that is presented, together with what it presents itself. UIKit leaves that to
/// the view controller that presents the sheet.
pub(super) fn dismiss_if_presented(sheet: &UIViewController, done: impl Fn() + 'static) {
    if let Some(presenting) = sheet.presentingViewController()
        && !sheet.isBeingDismissed()
    {
        let done = RcBlock::new(done);
        presenting.dismissViewControllerAnimated_completion(true, Some(&done));
    }
}
