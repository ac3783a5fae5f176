//! Apple's side of the adapter, as two traits: what PassKit does, and the thread it does it on.

use crate::{CarKeyConfiguration, PassFields, SheetTeller};

/// The main thread, and PassKit's objects, which live on it and never leave it.
pub trait MainThread: Send + Sync + 'static {
    /// What lives there. It need not be `Send`.
    type PassKit: PassKit;

    /// Has the main thread do this: soon, in the order of the calls, and without waiting for it.
    /// When there is no main thread any more, the work is dropped.
    fn run(&self, work: impl FnOnce(&Self::PassKit) + Send + 'static);
}

/// PassKit's objects, as far as the adapter needs them: each method is one thing that Apple's API
/// does, and decides nothing.
///
/// Everything is called on the main thread. The adapter shows one sheet at a time.
pub trait PassKit {
    /// A pass, as PassKit holds it.
    type Pass;

    /// `PKPassLibrary.isPassLibraryAvailable()`.
    fn is_library_available(&self) -> bool;

    /// `isSecureElementPassActivationAvailable`.
    fn is_activation_available(&self) -> bool;

    /// `passes(of: .secureElement)`.
    fn passes(&self) -> Vec<(PassFields, Self::Pass)>;

    /// Opens the wallet app at a pass of [`PassKit::passes`].
    fn open(&self, pass: &Self::Pass);

    /// `PKAddSecureElementPassViewController.canAddSecureElementPass(configuration:)`.
    fn can_add(&self, configuration: &CarKeyConfiguration) -> bool;

    /// Makes a sheet and has the host present it. Its delegate tells the teller, and lives as long
    /// as Apple's view controller, which may be long after [`PassKit::close`].
    ///
    /// # Errors
    /// There is no sheet then.
    fn show(
        &self,
        configuration: &CarKeyConfiguration,
        teller: SheetTeller,
    ) -> Result<(), NotShown>;

    /// Looks after the sheet of the last [`PassKit::show`]; `None` when it was freed.
    fn look(&self) -> Option<SheetFacts>;

    /// Takes the sheet away, and tells the teller once it is gone. A sheet that is gone already
    /// may be told or not.
    fn dismiss(&self);

    /// Lets go of the sheet, after taking it away if it is up.
    fn close(&self);
}

/// What one look at a sheet that exists sees, in UIKit's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SheetFacts {
    /// It has a `presentingViewController`.
    pub is_presented: bool,
    /// `isBeingPresented`.
    pub is_being_presented: bool,
    /// It has a `parent`: the host shows it inside of another view controller.
    pub has_parent: bool,
    /// Its view is loaded and in a window.
    pub is_in_window: bool,
}

/// Why there is no sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NotShown {
    /// The view controller's initialiser returned nil.
    #[error("PassKit made no sheet; check the configuration and the app's entitlement")]
    NotMade,
    /// The host's presenter said no, or nothing has come of it.
    #[error("the sheet was not presented; check the host's presenter")]
    NotPresented,
}
