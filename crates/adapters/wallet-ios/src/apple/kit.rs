//! PassKit's objects on the main thread: the pass library and the pairing sheet.

use std::cell::{Cell, OnceCell, RefCell};

use block2::RcBlock;
use dispatch2::{DispatchQueue, DispatchTime, MainThreadBound};
use objc2::ffi::{OBJC_ASSOCIATION_RETAIN_NONATOMIC, objc_setAssociatedObject};
use objc2::rc::{Retained, Weak};
use objc2::runtime::{Bool, NSObjectProtocol, ProtocolObject};
use objc2::{ClassType, MainThreadMarker, MainThreadOnly, msg_send, sel};
use objc2_foundation::{NSDictionary, NSString};
use objc2_pass_kit::{
    PKAddCarKeyPassConfiguration, PKPassLibrary, PKPassLibraryDidChangeNotification, PKPassType,
    PKRadioTechnology, PKSecureElementPass,
};
use objc2_ui_kit::{
    UIApplication, UIApplicationDidEnterBackgroundNotification,
    UIApplicationWillEnterForegroundNotification, UISceneDidEnterBackgroundNotification,
    UISceneWillEnterForegroundNotification, UIViewController,
};

use super::SheetPresenter;
use super::bindings::PKAddSecureElementPassViewController;
use super::delegate::SheetDelegate;
use super::observer::Observer;
use crate::{
    ActivationState, CarKeyConfiguration, ClosingSheet, ClosingStep, PassFields, PassKit,
    PhoneReporter, RadioTechnologies, SheetError, SheetFacts, SheetReporter,
};

/// PassKit's pass library and pairing sheet.
pub struct ApplePassKit {
    mtm: MainThreadMarker,
    presenter: Box<dyn SheetPresenter>,
    /// Kept, since changes are notified only while an instance lives.
    library: OnceCell<Retained<PKPassLibrary>>,
    sheet: RefCell<Option<OpenSheet>>,
    _observers: [Observer; 5],
}

/// A sheet that was shown and is not closed.
#[derive(Clone)]
struct OpenSheet {
    /// Weak, so that the sheet is freed once no view controller shows it, and this can be detected.
    controller: Weak<PKAddSecureElementPassViewController>,
    reporter: SheetReporter,
}

impl ApplePassKit {
    pub(super) fn new(
        presenter: Box<dyn SheetPresenter>,
        reporter: &PhoneReporter,
        mtm: MainThreadMarker,
    ) -> Self {
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
        let kit = Self {
            mtm,
            presenter,
            library: OnceCell::new(),
            sheet: RefCell::default(),
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
        };
        // Changes are notified from here on, since the library lives.
        let _ = kit.library();
        kit
    }

    /// Returns the library, if it is available now.
    fn library(&self) -> Option<&PKPassLibrary> {
        if self.library.get().is_none() && self.is_library_available() {
            // SAFETY: `new` has no arguments and returns an instance, or nil.
            let made: Option<_> = unsafe { msg_send![PKPassLibrary::class(), new] };
            let _ = made.map(|library| self.library.set(library));
        }
        self.library.get().map(|library| &**library)
    }

    fn open_sheet(&self) -> Option<OpenSheet> {
        self.sheet.borrow().clone()
    }
}

impl PassKit for ApplePassKit {
    type Pass = Retained<PKSecureElementPass>;

    fn is_library_available(&self) -> bool {
        // SAFETY: The method has no arguments and returns a `BOOL`.
        unsafe { PKPassLibrary::isPassLibraryAvailable() }
    }

    fn is_activation_available(&self) -> bool {
        self.library().is_some_and(|library| {
            // SAFETY: The method has no arguments and returns a `BOOL`; the library is on its
            // thread.
            unsafe { library.isSecureElementPassActivationAvailable() }
        })
    }

    fn passes(&self) -> Vec<(PassFields, Self::Pass)> {
        let Some(library) = self.library() else {
            return Vec::new();
        };
        // SAFETY: It takes a type of pass and returns an array; the library is on its thread.
        let passes = unsafe { library.passesOfType(PKPassType::SecureElement) };
        let passes = passes.to_vec().into_iter().filter_map(|pass| {
            // SAFETY: The method has no arguments and returns the same pass as its subclass, or
            // nil.
            unsafe { pass.secureElementPass() }
        });
        passes.map(|pass| (fields(&pass), pass)).collect()
    }

    fn open(&self, pass: &Self::Pass, done: impl FnOnce(bool) + Send + 'static) -> bool {
        // SAFETY: The method has no arguments and returns a URL, or nil.
        let Some(url) = (unsafe { pass.passURL() }) else {
            return false;
        };
        let done = Cell::new(Some(done));
        let done = RcBlock::new(move |opened: Bool| {
            if let Some(done) = done.take() {
                done(opened.as_bool());
            }
        });
        let application = UIApplication::sharedApplication(self.mtm);
        // SAFETY: The dictionary is empty, so it has no value of a wrong type.
        unsafe {
            application.openURL_options_completionHandler(&url, &NSDictionary::new(), Some(&done));
        }
        true
    }

    fn present(&self, pass: &Self::Pass) {
        if let Some(library) = self.library() {
            // SAFETY: It takes a pass; the library is on its thread.
            unsafe { library.presentSecureElementPass(pass) };
        }
    }

    fn can_add(&self, configuration: &CarKeyConfiguration) -> bool {
        let configuration = car_key(configuration);
        PKAddSecureElementPassViewController::can_add_with_configuration(&configuration, self.mtm)
    }

    fn show(
        &self,
        configuration: &CarKeyConfiguration,
        reporter: SheetReporter,
    ) -> Result<(), SheetError> {
        let delegate = SheetDelegate::new(reporter.clone(), self.mtm);
        let controller = PKAddSecureElementPassViewController::init_with_configuration_delegate(
            PKAddSecureElementPassViewController::alloc(self.mtm),
            &car_key(configuration),
            Some(ProtocolObject::from_ref(&*delegate)),
        )
        .ok_or(SheetError::NotCreated)?;
        retain_delegate(&delegate, &controller);
        let sheet = OpenSheet { controller: Weak::from_retained(&controller), reporter };
        self.sheet.replace(Some(sheet));
        // No borrow of `sheet` is held here: the host may run the main loop before it returns.
        if self.presenter.present(&controller) { Ok(()) } else { Err(SheetError::NotPresented) }
    }

    fn sheet_facts(&self) -> Option<SheetFacts> {
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

/// Creates Apple's configuration from plain values.
fn car_key(configuration: &CarKeyConfiguration) -> Retained<PKAddCarKeyPassConfiguration> {
    // SAFETY: The method has no arguments and returns an instance.
    let car_key = unsafe { PKAddCarKeyPassConfiguration::new() };
    let text = |text: &Option<String>| text.as_deref().map(NSString::from_str);
    let CarKeyConfiguration { password, identifiers } = configuration;
    if let Some(password) = password {
        // SAFETY: It takes a string and copies it.
        unsafe { car_key.setPassword(&NSString::from_str(password.expose())) };
    }
    // iOS 14.5.
    if car_key.respondsToSelector(sel!(setSupportedRadioTechnologies:)) {
        let technologies = match identifiers.radio_technologies {
            RadioTechnologies::Nfc => PKRadioTechnology::NFC,
            RadioTechnologies::NfcAndBluetooth => {
                PKRadioTechnology::NFC | PKRadioTechnology::Bluetooth
            }
        };
        // SAFETY: It takes a set of options, and is there.
        unsafe { car_key.setSupportedRadioTechnologies(technologies) };
    }
    // iOS 16.
    if let Some(manufacturer) = text(&identifiers.manufacturer)
        && car_key.respondsToSelector(sel!(setManufacturerIdentifier:))
    {
        // SAFETY: It takes a string and copies it, and is there.
        unsafe { car_key.setManufacturerIdentifier(&manufacturer) };
    }
    // iOS 16.
    if let Some(template) = text(&identifiers.provisioning_template)
        && car_key.respondsToSelector(sel!(setProvisioningTemplateIdentifier:))
    {
        // SAFETY: It takes a string and keeps it, and is there.
        unsafe { car_key.setProvisioningTemplateIdentifier(Some(&template)) };
    }
    // SAFETY: It takes a string or nil, and copies it.
    unsafe { car_key.setIssuerIdentifier(text(&identifiers.issuer).as_deref()) };
    let description = text(&identifiers.localized_description);
    // SAFETY: It takes a string or nil, and copies it.
    unsafe { car_key.setLocalizedDescription(description.as_deref()) };
    car_key
}

/// Reads a property that is a string. The headers declare most of them as never nil. For a car
/// key's pass that is unproven, and a wrong declaration would end the app.
macro_rules! text {
    ($pass:ident, $property:ident) => {{
        // SAFETY: The property is a string or nil.
        let text: Option<Retained<NSString>> = unsafe { msg_send![$pass, $property] };
        text.map(|text| text.to_string())
    }};
}

/// Copies the fields that the adapter's decisions need.
pub(super) fn fields(pass: &PKSecureElementPass) -> PassFields {
    // SAFETY: The method has no arguments and returns a number.
    let state = unsafe { pass.passActivationState() };
    PassFields {
        primary_account_identifier: text!(pass, primaryAccountIdentifier).unwrap_or_default(),
        device_account_identifier: text!(pass, deviceAccountIdentifier).unwrap_or_default(),
        paired_terminal_identifier: text!(pass, pairedTerminalIdentifier),
        serial_number: text!(pass, serialNumber).unwrap_or_default(),
        activation_state: ActivationState::from_number(state.0 as i64),
        // SAFETY: The method has no arguments and returns a `BOOL`.
        is_remote: unsafe { pass.isRemotePass() },
    }
}
