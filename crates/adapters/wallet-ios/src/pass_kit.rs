//! Apple's side of the adapter as traits: the pass library, the pairing sheet, and the queues on
//! which they are called.

use crate::{CarKeyConfiguration, PassFields, SheetReporter};

/// The queues on which Apple's objects are called. The objects never leave their queue.
///
/// The pass library has a queue of its own, since each of its calls waits for another process. The
/// main thread would be blocked meanwhile.
pub trait AppleQueues: Send + Sync + 'static {
    /// The pass library. It need not be `Send`.
    type Library: PassKitLibrary;
    /// The pairing sheet. It need not be `Send`.
    type Sheet: PairingSheet;

    /// Runs work on the queue of the pass library, in the order of the calls, and returns without
    /// waiting for it. If the queue has ended, the work is dropped.
    fn run_on_library_queue(&self, work: impl FnOnce(&Self::Library) + Send + 'static);

    /// Runs work on the main thread, in the order of the calls, and returns without waiting for it.
    /// If the main thread has ended, the work is dropped.
    fn run_on_main_thread(&self, work: impl FnOnce(&Self::Sheet) + Send + 'static);
}

/// The part of `PKPassLibrary` that the adapter needs. Each method is one operation of Apple's API,
/// and makes no decision. All methods are called on the queue of the library.
pub trait PassKitLibrary {
    /// A pass object of PassKit.
    type Pass;

    /// `PKPassLibrary.isPassLibraryAvailable()`.
    fn is_available(&self) -> bool;

    /// `isSecureElementPassActivationAvailable`.
    fn is_activation_available(&self) -> bool;

    /// `passes(of: .secureElement)`.
    ///
    /// # Errors
    /// Returns an error if PassKit throws an exception.
    fn passes(&self) -> Result<Vec<(PassFields, Self::Pass)>, ExceptionError>;

    /// The `passURL` of a pass from [`PassKitLibrary::passes`], which opens it in the wallet app.
    fn url(&self, pass: &Self::Pass) -> Option<String>;

    /// `present(_:)`: shows a pass above the app, where it cannot be edited.
    ///
    /// # Errors
    /// Returns an error if PassKit throws an exception.
    fn present(&self, pass: &Self::Pass) -> Result<(), ExceptionError>;
}

/// The part of PassKit and UIKit that needs the main thread. Each method is one operation of Apple's
/// API, and makes no decision.
///
/// All methods are called on the main thread. The adapter shows one sheet at a time.
pub trait PairingSheet {
    /// `PKAddSecureElementPassViewController.canAddSecureElementPass(configuration:)`.
    ///
    /// # Errors
    /// Returns an error if PassKit throws an exception.
    fn can_add(&self, configuration: &CarKeyConfiguration) -> Result<bool, ExceptionError>;

    /// Creates a sheet, and has the host present it. The delegate of the sheet calls the reporter.
    /// It lives as long as Apple's view controller, possibly long after [`PairingSheet::close`].
    ///
    /// # Errors
    /// Returns an error if there is no sheet, or if PassKit or UIKit throws an exception.
    fn show(
        &self,
        configuration: &CarKeyConfiguration,
        reporter: SheetReporter,
    ) -> Result<(), SheetError>;

    /// Inspects the sheet of the last [`PairingSheet::show`]. Returns `None` if it was freed.
    fn facts(&self) -> Option<SheetFacts>;

    /// Dismisses the sheet, and calls [`SheetReporter::dismissed`] once it is gone. The call is
    /// optional for a sheet that is already gone.
    fn dismiss(&self);

    /// Releases the sheet, and dismisses it first if it is up or comes up later ([`ClosingSheet`]).
    ///
    /// [`ClosingSheet`]: crate::ClosingSheet
    fn close(&self);

    /// Opens a URL with `UIApplication`, and reports whether iOS has opened it.
    ///
    /// # Errors
    /// Returns an error if UIKit throws an exception.
    fn open_url(
        &self,
        url: &str,
        done: impl FnOnce(bool) + Send + 'static,
    ) -> Result<(), ExceptionError>;
}

/// The facts of an inspection of a sheet that exists, in UIKit's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SheetFacts {
    /// It has a `presentingViewController`.
    pub is_presented: bool,
    /// `isBeingPresented`.
    pub is_being_presented: bool,
    /// It has a `parent`: the host shows it inside another view controller.
    pub has_parent: bool,
    /// Its view is loaded and in a window.
    pub is_in_window: bool,
}

/// Why a sheet was not shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum SheetError {
    /// The view controller's initialiser returned nil.
    #[error("PassKit created no sheet; check the configuration and the app's entitlement")]
    NotCreated,
    /// The host's presenter returned `false`, or the sheet never came up.
    #[error("the sheet was not presented; check the host's presenter")]
    NotPresented,
    /// PassKit, UIKit or the host's presenter threw an exception.
    #[error(transparent)]
    Exception(#[from] ExceptionError),
}

/// A call of Apple's threw an exception of Objective-C.
///
/// It has only the exception's name: the reason may contain an argument of the call, such as the
/// password (GEN-6).
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{call} threw the exception {name}")]
pub struct ExceptionError {
    /// The call, in Apple's words.
    pub call: &'static str,
    /// `NSException.name`, such as `NSInvalidArgumentException`.
    pub name: String,
}
