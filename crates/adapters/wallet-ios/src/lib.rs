//! The wallet, the pairing sheet and the app's lifecycle on iOS.
//!
//! [`IosPhone`] implements [`Wallet`], [`ApplePairing`] and [`AppLifecycle`] over PassKit and
//! UIKit. All decisions are plain Rust over copied values and run on any platform: which pass is
//! our key ([`DigitalKeyField`]), whether a key is on this phone ([`PassLibrary::presence`]), what
//! the sheet answered ([`pairing_answer`]), and when the sheet is gone. The calls of Apple's API
//! are behind two traits, [`PassKit`] and [`MainThread`], and are compiled for iOS only.
//!
//! On iOS, `IosPhone::new(settings, presenter, mtm)` creates the adapter. `docs/host-duties.md` of
//! the repository lists what the host must do about settings, presenter, threads and entitlements.
//!
//! # The password
//! The password goes from [`PairingRequest`](digital_key_ports::PairingRequest) into one
//! `NSString`, which Apple copies. The copies in Rust are wiped; Apple's copies cannot be.
//!
//! # Open questions for a device
//! The adapter passes the conformance suites over a fake, and each way in which a sheet can end has
//! a test. The calls of Objective-C are type-checked and linted for iOS and its simulator, and are
//! built into a static library. **They have never run**, neither on a device nor elsewhere. A
//! device has to answer these questions:
//!
//! | question | assumption |
//! |---|---|
//! | Are selectors and signatures right? | they are those of `objc2-pass-kit`; for the sheet and its delegate, those that PassKit documents |
//! | Does `canAddSecureElementPass` accept a configuration without a password? | yes (WEL-4) |
//! | Does the sheet leave its dismissal to the delegate? | both answers work: the adapter dismisses the sheet if it is still presented |
//! | How long does UIKit delay the presentation of the sheet? | 10 seconds at most; a sheet that is not up after 12 seconds was not presented |
//! | Does PassKit return an empty list when it fails? | yes, but not twice within a second |
//! | Is the sheet freed when no view controller shows it? | both answers work: a sheet that is nowhere on the screen is gone, too |
//! | Does the `passURL` of a car key open it in the wallet app? | yes (OVR-4) |
//! | Does the wallet list a new key when PassKit reports an error? | yes, before the sheet is gone (CBK-3) |
//! | Does `isSecureElementPassActivationAvailable` prove the right to list passes? | yes |
//! | Which field is the key? | the maker knows; it is a setting |
//!
//! [`Wallet`]: digital_key_ports::Wallet
//! [`ApplePairing`]: digital_key_ports::ApplePairing
//! [`AppLifecycle`]: digital_key_ports::AppLifecycle

mod phone;
mod settings;
mod pass;
mod presence;
mod keys_before;
mod sheet;
mod error_code;
mod events;
mod pass_kit;
#[cfg(target_os = "ios")]
#[expect(unsafe_code, reason = "all calls of Objective-C are in this module")]
mod apple;

#[cfg(target_os = "ios")]
pub use apple::{ApplePassKit, FrontPresenter, MainQueue, SheetPresenter};
pub use error_code::{AppleError, pairing_answer};
pub use events::PhoneReporter;
pub use pass::{ActivationState, DigitalKeyField, PassFields};
pub use pass_kit::{MainThread, PassKit, SheetError, SheetFacts};
pub use phone::IosPhone;
pub use presence::PassLibrary;
pub use settings::{CarKeyConfiguration, IosSettings, MakerIdentifiers, RadioTechnologies};
pub use sheet::{ClosingSheet, ClosingStep, SheetReporter};
