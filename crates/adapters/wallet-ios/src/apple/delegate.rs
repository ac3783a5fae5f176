//! The delegate of the sheet.

use objc2::rc::Retained;
use objc2::runtime::NSObject;
use objc2::{DefinedClass, MainThreadMarker, MainThreadOnly, define_class, msg_send};
use objc2_foundation::{NSArray, NSError, NSObjectProtocol};
use objc2_pass_kit::{PKAddSecureElementPassErrorDomain, PKSecureElementPass};

use super::bindings::{
    PKAddSecureElementPassViewController, PKAddSecureElementPassViewControllerDelegate,
};
use super::library::fields;
use super::sheet::dismiss_if_presented;
use crate::{AppleError, PassFields, SheetReporter};

define_class!(
    // SAFETY: `NSObject` has no requirements for subclasses, and the class has no `Drop`.
    #[unsafe(super(NSObject))]
    #[thread_kind = MainThreadOnly]
    #[ivars = SheetReporter]
    pub(super) struct SheetDelegate;

    // SAFETY: `NSObjectProtocol` has no requirements.
    unsafe impl NSObjectProtocol for SheetDelegate {}

    // SAFETY: The methods have the signatures of the protocol.
    unsafe impl PKAddSecureElementPassViewControllerDelegate for SheetDelegate {
        #[unsafe(method(addSecureElementPassViewController:didFinishAddingSecureElementPass:error:))]
        fn did_finish_adding_pass(
            &self,
            controller: &PKAddSecureElementPassViewController,
            pass: Option<&PKSecureElementPass>,
            error: Option<&NSError>,
        ) {
            self.report(controller, pass.map(fields).as_slice(), error);
        }

        #[unsafe(method(addSecureElementPassViewController:didFinishAddingSecureElementPasses:error:))]
        fn did_finish_adding_passes(
            &self,
            controller: &PKAddSecureElementPassViewController,
            passes: Option<&NSArray<PKSecureElementPass>>,
            error: Option<&NSError>,
        ) {
            let passes = passes.map(NSArray::to_vec).unwrap_or_default();
            let passes: Vec<_> = passes.iter().map(|pass| fields(pass)).collect();
            self.report(controller, &passes, error);
        }
    }
);

impl SheetDelegate {
    pub(super) fn new(reporter: SheetReporter, mtm: MainThreadMarker) -> Retained<Self> {
        let this = Self::alloc(mtm).set_ivars(reporter);
        // SAFETY: `init` of `NSObject` has no arguments and returns the object.
        unsafe { msg_send![super(this), init] }
    }

    /// Reports the answer, and dismisses the sheet, which Apple leaves to the delegate. A sheet whose
    /// pairing has ended has nobody else to dismiss it.
    fn report(
        &self,
        controller: &PKAddSecureElementPassViewController,
        passes: &[PassFields],
        error: Option<&NSError>,
    ) {
        let error = error.map(|error| {
            // SAFETY: PassKit defines this constant since iOS 13.4.
            let is_apples = *error.domain() == *unsafe { PKAddSecureElementPassErrorDomain };
            let domain = if is_apples { AppleError::DOMAIN } else { "" };
            AppleError { domain, code: error.code() as i64 }
        });
        self.ivars().answered(passes, error);
        let reporter = self.ivars().clone();
        dismiss_if_presented(controller, move || reporter.dismissed());
    }
}
