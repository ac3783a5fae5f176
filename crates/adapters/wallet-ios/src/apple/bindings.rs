//! The part of PassKit that `objc2-pass-kit` does not bind because it needs UIKit: the sheet and
//! its delegate, with the names and selectors of PassKit's headers.

use objc2::rc::{Allocated, Retained};
use objc2::runtime::{NSObject, NSObjectProtocol, ProtocolObject};
use objc2::{MainThreadMarker, MainThreadOnly, extern_class, extern_methods, extern_protocol};
use objc2_foundation::{NSArray, NSError};
use objc2_pass_kit::{PKAddSecureElementPassConfiguration, PKSecureElementPass};
use objc2_ui_kit::{UIResponder, UIViewController};

extern_class!(
    /// Apple's pairing sheet (iOS 13.4).
    #[unsafe(super(UIViewController, UIResponder, NSObject))]
    #[thread_kind = MainThreadOnly]
    pub(super) struct PKAddSecureElementPassViewController;
);

impl PKAddSecureElementPassViewController {
    extern_methods!(
        /// Returns whether PassKit would create a sheet for this configuration.
        #[unsafe(method(canAddSecureElementPassWithConfiguration:))]
        #[unsafe(method_family = none)]
        pub(super) fn can_add_with_configuration(
            configuration: &PKAddSecureElementPassConfiguration,
            mtm: MainThreadMarker,
        ) -> bool;

        /// Creates a sheet, or returns nil. The delegate is not retained.
        #[unsafe(method(initWithConfiguration:delegate:))]
        #[unsafe(method_family = init)]
        pub(super) fn init_with_configuration_delegate(
            this: Allocated<Self>,
            configuration: &PKAddSecureElementPassConfiguration,
            delegate: Option<&ProtocolObject<dyn PKAddSecureElementPassViewControllerDelegate>>,
        ) -> Option<Retained<Self>>;
    );
}

extern_protocol!(
    /// The delegate of the sheet. An implementation must have methods with these signatures.
    #[expect(clippy::missing_safety_doc, reason = "clippy sees no documentation through the macro")]
    pub(super) unsafe trait PKAddSecureElementPassViewControllerDelegate:
        NSObjectProtocol + MainThreadOnly
    {
        /// Called on iOS 13. Deprecated since iOS 14.0.
        #[optional]
        #[unsafe(method(addSecureElementPassViewController:didFinishAddingSecureElementPass:error:))]
        #[unsafe(method_family = none)]
        fn did_finish_adding_pass(
            &self,
            controller: &PKAddSecureElementPassViewController,
            pass: Option<&PKSecureElementPass>,
            error: Option<&NSError>,
        );

        /// Called since iOS 14.
        #[optional]
        #[unsafe(method(addSecureElementPassViewController:didFinishAddingSecureElementPasses:error:))]
        #[unsafe(method_family = none)]
        fn did_finish_adding_passes(
            &self,
            controller: &PKAddSecureElementPassViewController,
            passes: Option<&NSArray<PKSecureElementPass>>,
            error: Option<&NSError>,
        );
    }
);
