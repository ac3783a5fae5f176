//! The pass library, on its queue.

use std::cell::OnceCell;

use objc2::rc::Retained;
use objc2::{ClassType, msg_send};
use objc2_foundation::NSString;
use objc2_pass_kit::{PKPassLibrary, PKPassType, PKSecureElementPass};

use super::exception::catch;
use crate::{ActivationState, ExceptionError, PassFields, PassKitLibrary};

/// PassKit's pass library.
#[derive(Default)]
pub struct ApplePassLibrary {
    /// Kept, since changes are notified only while an instance lives.
    library: OnceCell<Retained<PKPassLibrary>>,
}

impl ApplePassLibrary {
    /// Creates the library, if it is available now.
    pub(super) fn create(&self) {
        // An exception is reported by the first call that needs the library.
        let _ = catch("PKPassLibrary.init", || self.library().is_some());
    }

    /// Returns the library, if it is available now.
    fn library(&self) -> Option<&PKPassLibrary> {
        if self.library.get().is_none() && self.is_available() {
            // SAFETY: `new` has no arguments and returns an instance, or nil.
            let made: Option<_> = unsafe { msg_send![PKPassLibrary::class(), new] };
            let _ = made.map(|library| self.library.set(library));
        }
        self.library.get().map(|library| &**library)
    }
}

impl PassKitLibrary for ApplePassLibrary {
    type Pass = Retained<PKSecureElementPass>;

    fn is_available(&self) -> bool {
        // SAFETY: The method has no arguments and returns a `BOOL`.
        unsafe { PKPassLibrary::isPassLibraryAvailable() }
    }

    fn is_activation_available(&self) -> bool {
        self.library().is_some_and(|library| {
            // SAFETY: The method has no arguments and returns a `BOOL`; the library is on its queue.
            unsafe { library.isSecureElementPassActivationAvailable() }
        })
    }

    fn passes(&self) -> Result<Vec<(PassFields, Self::Pass)>, ExceptionError> {
        catch("PKPassLibrary.passes", || {
            let Some(library) = self.library() else {
                return Vec::new();
            };
            // SAFETY: It takes a type of pass and returns an array; the library is on its queue.
            let passes = unsafe { library.passesOfType(PKPassType::SecureElement) };
            let passes = passes.to_vec().into_iter().filter_map(|pass| {
                // SAFETY: The method has no arguments and returns the same pass as its subclass, or
                // nil.
                unsafe { pass.secureElementPass() }
            });
            passes.map(|pass| (fields(&pass), pass)).collect()
        })
    }

    fn url(&self, pass: &Self::Pass) -> Option<String> {
        // SAFETY: The method has no arguments and returns a URL, or nil.
        let url = unsafe { pass.passURL() };
        Some(url?.absoluteString()?.to_string())
    }

    fn present(&self, pass: &Self::Pass) -> Result<(), ExceptionError> {
        catch("PKPassLibrary.present", || {
            if let Some(library) = self.library() {
                // SAFETY: It takes a pass; the library is on its queue.
                unsafe { library.presentSecureElementPass(pass) };
            }
        })
    }
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
