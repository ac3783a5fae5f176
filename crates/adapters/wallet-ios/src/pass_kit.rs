//! Apple's side of the adapter as two traits: PassKit, and the main thread that it runs on.

use crate::{CarKeyConfiguration, PassFields, SheetReporter};

/// The main thread with PassKit's objects, which never leave it.
pub trait MainThread: Send + Sync + 'static {
    /// PassKit's objects. They need not be `Send`.
    type PassKit: PassKit;

    /// Runs work on the main thread, in the order of the calls, and returns without waiting for it.
    /// If the main thread has ended, the work is dropped.
    fn run(&self, work: impl FnOnce(&Self::PassKit) + Send + 'static);
}

/// The part of PassKit that the adapter needs. Each method is one operation of Apple's API, and
/// makes no decision.
///
/// All methods are called on the main thread. The adapter shows one sheet at a time.
pub trait PassKit {
    /// A pass object of PassKit.
    type Pass;

    /// `PKPassLibrary.isPassLibraryAvailable()`.
    fn is_library_available(&self) -> bool;

    /// `isSecureElementPassActivationAvailable`.
    fn is_activation_available(&self) -> bool;

    /// `passes(of: .secureElement)`.
    fn passes(&self) -> Vec<(PassFields, Self::Pass)>;

    /// Opens the wallet app at a pass from [`PassKit::passes`], by the pass's `passURL`, and reports
    /// whether iOS has opened it. Returns `false`, and reports nothing, for a pass without a URL.
    fn open(&self, pass: &Self::Pass, done: impl FnOnce(bool) + Send + 'static) -> bool;

    /// `present(_:)` of the library: shows a pass above the app, where it cannot be edited.
    fn present(&self, pass: &Self::Pass);

    /// `PKAddSecureElementPassViewController.canAddSecureElementPass(configuration:)`.
    fn can_add(&self, configuration: &CarKeyConfiguration) -> bool;

    /// Creates a sheet, and has the host present it. The delegate of the sheet calls the reporter.
    /// It lives as long as Apple's view controller, possibly long after [`PassKit::close`].
    ///
    /// # Errors
    /// Returns an error if there is no sheet.
    fn show(
        &self,
        configuration: &CarKeyConfiguration,
        reporter: SheetReporter,
    ) -> Result<(), SheetError>;

    /// Inspects the sheet of the last [`PassKit::show`]. Returns `None` if it was freed.
    fn sheet_facts(&self) -> Option<SheetFacts>;

    /// Dismisses the sheet, and calls [`SheetReporter::dismissed`] once it is gone. The call is
    /// optional for a sheet that is already gone.
    fn dismiss(&self);

    /// Releases the sheet, and dismisses it first if it is up or comes up later ([`ClosingSheet`]).
    ///
    /// [`ClosingSheet`]: crate::ClosingSheet
    fn close(&self);
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum SheetError {
    /// The view controller's initialiser returned nil.
    #[error("PassKit created no sheet; check the configuration and the app's entitlement")]
    NotCreated,
    /// The host's presenter returned `false`, or the sheet never came up.
    #[error("the sheet was not presented; check the host's presenter")]
    NotPresented,
}
