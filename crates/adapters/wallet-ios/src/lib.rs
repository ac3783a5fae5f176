//! The wallet, the pairing sheet and the app's life on iOS.
//!
//! [`IosPhone`] implements [`Wallet`], [`ApplePairing`] and [`AppLifecycle`] over PassKit and
//! UIKit. Everything that decides something is plain Rust over copied values and runs on any
//! platform: which pass is our key ([`DigitalKeyField`]), whether a key is on this phone
//! ([`PassLibrary::presence`]), what the sheet answered ([`pairing_answer`]) and when it is gone.
//! What calls Apple stands behind two traits, [`PassKit`] and [`MainThread`], and is compiled for
//! iOS only.
//!
//! # What the host does
//!
//! On iOS there is `IosPhone::new(settings, presenter, mtm)`:
//!
//! - **Settings.** [`IosSettings`]: which field of a pass is the DigitalKeyID, and what Apple is
//!   told of a vehicle ([`MakerIdentifiers`]). Apple and the maker agree on both.
//! - **Presenter.** The core knows no window, so the host presents the sheet, by a `SheetPresenter`:
//!   a closure that gets the `UIViewController`, presents it modally and says whether it could, or
//!   `FrontPresenter`, which presents it from whatever a root view controller shows in front. The
//!   adapter takes the sheet away after Apple's answer. Whoever presents it later keeps it until
//!   then: the adapter does not, so that it can see when the sheet is gone.
//! - **No panic.** What the host gives must not panic on the main thread: Objective-C is below it.
//! - **iOS.** The deployment target is iOS 13.4 or later, where car keys begin; a setting of a later
//!   iOS is left out on an older one.
//! - **Thread.** It is made on the main thread, as the `MainThreadMarker` proves, at the app's
//!   start: it tells what happens from there on. Its calls may come from any thread. The main
//!   thread must never wait for one of them, since they wait for it.
//! - **Runtime.** Its futures need tokio with time, as those of the core do.
//! - **Entitlements.** `com.apple.developer.contactless-payment-pass-provisioning` with what Apple
//!   grants the maker for car keys, and `com.apple.developer.pass-type-identifiers` to see the
//!   passes. Without them PassKit shows no passes and says no error; the wallet then "cannot say".
//! - **Info.plist.** No key is known to be needed: the sheet is Apple's, and so is its use of NFC.
//! - **Link.** PassKit and UIKit; a static library cannot bring them along.
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
