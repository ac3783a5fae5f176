//! The wallet, the pairing sheet and the app's lifecycle on iOS.
//!
//! [`IosPhone`] implements [`Wallet`], [`ApplePairing`] and [`AppLifecycle`] over PassKit and
//! UIKit. All decisions are plain Rust over copied values and run on any platform: which pass is
//! our key ([`DigitalKeyField`]), whether a key is on this phone ([`PassLibrary::presence`]), what
//! the sheet answered ([`pairing_answer`]), and when the sheet is gone. The calls of Apple's API
//! are behind the traits [`PassKitLibrary`], [`PairingSheet`] and [`AppleQueues`], and are compiled
//! for iOS only.
//!
//! On iOS, `IosPhone::new(settings, presenter, mtm)` creates the adapter. `docs/host-duties.md` of
//! the repository lists what the host must do about settings, presenter, threads and entitlements.
//!
//! # The password
//! The password goes from [`PairingRequest`](digital_key_ports::PairingRequest) into one
//! `NSString`, which Apple copies. The copies in Rust are wiped; Apple's copies cannot be.
//!
//! # Never run on a device
//! The adapter passes the conformance suites over a fake, and each way in which a sheet can end has
//! a test. The calls of Objective-C are type-checked and linted for iOS and its simulator, and are
//! built into a static library. **They have never run**, neither on a device nor elsewhere. The page
//! `docs/clients/iphone-first-session.md` of the repository lists what a device has to show, in the
//! order of risk.
//!
//! [`Wallet`]: digital_key_ports::Wallet
//! [`ApplePairing`]: digital_key_ports::ApplePairing
//! [`AppLifecycle`]: digital_key_ports::AppLifecycle

mod phone;
mod wallet;
mod settings;
mod pass;
mod presence;
mod keys_before;
mod sheet;
mod error_code;
mod diagnosis;
#[cfg(unix)]
mod machine;
mod events;
mod pass_kit;
#[cfg(target_os = "ios")]
#[expect(unsafe_code, reason = "all calls of Objective-C are in this module")]
mod apple;

#[cfg(target_os = "ios")]
pub use apple::{
    ApplePairingSheet, ApplePassLibrary, DispatchQueues, FrontPresenter, SheetPresenter,
};
pub use diagnosis::PhoneDiagnosis;
pub use error_code::{AppleError, pairing_answer};
pub use events::PhoneReporter;
#[cfg(unix)]
pub use machine::machine_identifier;
pub use pass::{ActivationState, DigitalKeyField, PassFields};
pub use pass_kit::{
    AppleQueues, ExceptionError, PairingSheet, PassKitLibrary, SheetError, SheetFacts,
};
pub use phone::{IosPhone, PhoneError};
pub use presence::PassLibrary;
pub use settings::{CarKeyConfiguration, IosSettings, MakerIdentifiers, RadioTechnologies};
pub use sheet::{ClosingSheet, ClosingStep, SheetReporter};
