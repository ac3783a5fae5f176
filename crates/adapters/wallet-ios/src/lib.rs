//! The wallet, the pairing sheet and the app's life on iOS.
//!
//! [`IosPhone`] implements [`Wallet`], [`ApplePairing`] and [`AppLifecycle`] over PassKit and
//! UIKit. Everything that decides something is plain Rust over copied values and runs on any
//! platform: which pass is our key ([`DigitalKeyField`]), whether a key is on this phone
//! ([`PassLibrary::presence`]), what the sheet answered ([`pairing_answer`]) and when it is gone.
//! What calls Apple stands behind two traits, [`PassKit`] and [`MainThread`], and is compiled for
//! iOS only.
//!
//! On iOS, `IosPhone::new(settings, presenter, mtm)` makes it. What the host must do about settings,
//! presenter, threads and entitlements stands in `docs/host-duties.md` of the repository.
//!
//! # The password
//! It goes from [`PairingRequest`](digital_key_ports::PairingRequest) into one `NSString`, which
//! Apple copies. Rust's copies are wiped; Apple's cannot be.
//!
//! # What has been checked, and what has not
//! The adapter passes the conformance suites over a fake, and each way in which a sheet can end is
//! a test. The calls of Objective-C are type-checked and linted for iOS and for its simulator, and
//! built into a static library; **they have never run**, on a device or anywhere else. A device has
//! to show:
//!
//! | question | what is taken for granted |
//! |---|---|
//! | Are selectors and signatures right? | those of `objc2-pass-kit`; for the sheet and its delegate, those that PassKit documents |
//! | Does `canAddSecureElementPass` say yes to a configuration without a password? | yes (WEL-4) |
//! | Does the sheet leave its dismissal to the delegate? | either way: it is dismissed if it is still presented |
//! | How long does UIKit delay the presentation of the sheet? | 10 seconds at most; after 12 a sheet that was never up was not presented |
//! | Does PassKit give an empty list when it fails? | yes, but not twice within a second |
//! | Is the sheet freed when nobody shows it? | either way: one that is nowhere on the screen is gone, too |
//! | Where does `present(_:)` of the library open a key? | in the wallet (OVR-4) |
//! | Does `isSecureElementPassActivationAvailable` prove the right to list passes? | yes |
//! | Which field is the key? | the maker knows; a setting |
//!
//! [`Wallet`]: digital_key_ports::Wallet
//! [`ApplePairing`]: digital_key_ports::ApplePairing
//! [`AppLifecycle`]: digital_key_ports::AppLifecycle

#[cfg(target_os = "ios")]
#[expect(unsafe_code, reason = "Objective-C is called here, and nowhere else")]
mod apple;
mod error_code;
mod news;
mod pass;
mod pass_kit;
mod phone;
mod presence;
mod settings;
mod sheet;

#[cfg(target_os = "ios")]
pub use apple::{ApplePassKit, FrontPresenter, MainQueue, SheetPresenter};
pub use error_code::{AppleError, pairing_answer};
pub use news::PhoneNews;
pub use pass::{ActivationState, DigitalKeyField, PassFields};
pub use pass_kit::{MainThread, NotShown, PassKit, SheetFacts};
pub use phone::IosPhone;
pub use presence::PassLibrary;
pub use settings::{CarKeyConfiguration, IosSettings, MakerIdentifiers, RadioTechnologies};
pub use sheet::SheetTeller;
