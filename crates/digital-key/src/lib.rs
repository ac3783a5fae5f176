//! A car maker's digital key, without a user interface.
//!
//! The core decides who may pair an iPhone with a car, which page comes next, how often a pairing
//! password may be used, and what each answer of the backend, of the wallet and of Apple's sheet
//! means. An app draws the [`View`] that the core publishes, and dispatches what the user did.
//!
//! ```no_run
//! use std::error::Error;
//! use std::process::ExitCode;
//! use std::sync::Arc;
//!
//! use digital_key::bff_http::{BearerToken, HttpBff, StaticToken};
//! use digital_key::cache_sled::{FileKey, SledCache};
//! use digital_key::wallet_mock::ScriptedPhone;
//! use digital_key::{App, EntryView, Intent, Phone, Ports, tokio};
//!
//! #[tokio::main]
//! async fn main() -> ExitCode {
//!     match run().await {
//!         Ok(()) => ExitCode::SUCCESS,
//!         Err(error) => {
//!             eprintln!("{error}"); // a sentence; `{error:?}` is for developers of the core
//!             ExitCode::FAILURE
//!         }
//!     }
//! }
//!
//! async fn run() -> Result<(), Box<dyn Error>> {
//!     let token = StaticToken::new(BearerToken::new("the-token-of-your-sign-in")?);
//!     let bff = HttpBff::builder("http://127.0.0.1:8480").token_provider(Arc::new(token)).build()?;
//!     let folder = std::env::home_dir().ok_or("there is no home folder")?.join(".digital-key");
//!     let key = FileKey::beside(&folder); // on a phone: a key from the Keychain
//!     let cache = SledCache::open(&folder, Arc::new(key)).await?;
//!     let phone = Arc::new(ScriptedPhone::new()); // or your own wallet adapter
//!     let ports = Ports {
//!         bff: Arc::new(bff),
//!         cache: Arc::new(cache),
//!         wallet: phone.clone(),
//!         apple_pairing: phone.clone(),
//!         app_lifecycle: phone,
//!     };
//!     let model = Phone::Ios { machine: "iPhone12,1".parse()?, version: "14.2".parse()? };
//!     let app = App::builder(model, ports).start()?;
//!
//!     app.dispatch(Intent::SelectVehicle("WBADKEY0000000001".parse()?))?;
//!     app.idle().await?; // until no call is under way; an app draws each view that comes meanwhile
//!     let view = app.view().borrow().clone(); // a tokio::sync::watch: always the newest whole view
//!     app.shutdown().await;
//!     if view.entry != EntryView::DigitalKey {
//!         return Err("there is no entry: `cargo run -- doctor` in the checkout says why".into());
//!     }
//!     println!("{}: the entry is there", view.page.name());
//!     Ok(())
//! }
//! ```
//!
//! # What a client uses
//!
//! | you want to | you use |
//! |---|---|
//! | start the core | [`App::builder`] with a [`Phone`] and the five [`Ports`]; [`AppBuilder`] has the settings |
//! | draw | [`App::view`]: the [`View`] has all that a page shows. Its [`page`](View::page) is a [`PageView`], and its [`offers`](View::offers) are the taps of the page ([GEN-8](rules)) |
//! | show texts | [`texts`], which suggests one for each page, button and error |
//! | pass on what the user did | [`App::dispatch`] with a [`Tap`] or an [`Intent`]; a tap that the page does not offer is ignored |
//! | follow the life of the app | [`App::suspend`], [`App::resume`], [`App::sign_out`] ([GEN-5](rules)), [`App::shutdown`] |
//! | handle errors | [`AppError`] for the calls above. What a user has to see is a page, not an error: an [`ErrorPage`], often with a [`Blocker`] ([WEL-7](rules)) |
//! | connect the backend, the disk and the phone | an adapter: [`bff_http`], [`cache_sled`], [`wallet_ios`], and [`wallet_mock`] for tests |
//! | write an adapter | a trait of [`ports`]; its MUST sentences are the contract, and [`testkit`] checks them |
//! | test an app | [`wallet_mock`] and [`backend`] for whole stories, [`mocks`] for the one call under test |
//! | check a vehicle or a phone without a flow | [`missing_equipment`] ([REQ-1](rules)), [`MachineIdentifier::support`] ([REQ-2](rules)), [`Vin::remarks`] |
//! | observe, replay or replace a part of the core | [`domain`], the machine behind the pages, and [`app`], which runs it |
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `rustls` | yes | [`bff_http`], the BFF over HTTP, with rustls and the certificates that the system trusts |
//! | `native-tls` | | [`bff_http`] with the TLS of the operating system; it wins over `rustls` |
//! | `bff-http` | by `rustls` | [`bff_http`] without HTTP of its own: the host brings a transport |
//! | `http` | | the same without TLS, which reaches loopback alone |
//! | `cache-sled` | yes | [`cache_sled`], the cache on disk |
//! | `keyring` | | the data key of that cache in the Keychain or in the Secret Service |
//! | `wallet-mock` | yes | [`wallet_mock`], a phone in memory that a test or a person scripts |
//! | `wallet-ios` | | [`wallet_ios`]: the wallet, Apple's sheet and the life of the app on an iPhone |
//! | `mocks` | | [`mocks`], a mock of every port, and a verifier that fails a test when an expectation is broken |
//! | `testkit` | | [`testkit`], a conformance suite for every port, and fakes that keep state |
//! | `hostile` | | `testkit::hostile`, a server that answers badly, for a BFF of your own |
//! | `serde` | | `Serialize` for the [`View`], also `Deserialize` for a [`VehicleRecord`](ports::VehicleRecord) and its changes |
//! | `texts` | | [`texts`], suggested texts for the pages in English and German |
//! | `backend` | | [`backend`], a backend to develop and test against |
//!
//! With the default features the program above runs on any computer, before there is a phone. They
//! cost an app little: the phone in memory brings no dependency of its own. An app for iPhones takes
//! PassKit, and the system's TLS, which needs no C compiler:
//!
//! ```toml
//! [dependencies.digital-key]
//! version = "0.1"
//! default-features = false
//! features = ["native-tls", "cache-sled", "keyring", "wallet-ios"]
//! ```
//!
//! # Words and rules
//!
//! [`glossary`] explains the words of the product, such as BFF, SmAcc, entry and owner key. The rules of
//! the product have numbers, such as [ENT-3](rules), which the documentation cites where a rule is
//! kept: [`rules`] lists them.
//!
//! [`backend`]: backend/index.html
//! [`bff_http`]: bff_http/index.html
//! [`cache_sled`]: cache_sled/index.html
//! [`mocks`]: mocks/index.html
//! [`testkit`]: testkit/index.html
//! [`texts`]: texts/index.html
//! [`wallet_ios`]: wallet_ios/index.html
//! [`wallet_mock`]: wallet_mock/index.html

// Start the core.
#[doc(inline)]
pub use digital_key_app::{
    App, AppBuilder, CircuitBreakerPolicy, Deadlines, EntryMode, FunnelEvent, Ports,
    RecorderOptions, RetryPolicy,
};
#[doc(inline)]
pub use digital_key_domain::{MachineIdentifier, OsVersion, Phone, Vin};

// Draw.
#[doc(inline)]
pub use digital_key_domain::{
    AppleErrorCode, Blocker, Blockers, CardAction, CardView, EntryView, ErrorPage, FailureKind,
    HiddenReason, KeyState, NoAnswer, Notice, PageName, PageView, PairingAdvice,
    PhoneSoftwareIssue, Remedy, Taps, UsageCounter, View,
};

#[cfg(feature = "texts")]
#[doc(inline)]
pub use digital_key_texts as texts;

// Pass on what the user did.
#[doc(inline)]
pub use digital_key_domain::{Intent, Tap};

// Handle errors.
#[doc(inline)]
pub use digital_key_app::{
    AppError, CacheError, CacheErrorKind, CacheFailure, CacheOperation, Diagnostic, PortCall,
    PortError, PortFailure, PortFailureKind, StartError,
};
#[doc(inline)]
pub use digital_key_domain::{MachineIdentifierError, OsVersionError, VinError};

// Check a vehicle and a phone.
#[doc(inline)]
pub use digital_key_domain::{
    EquipmentCode, EquipmentError, MissingEquipment, ModelSupport, Series, VinRemark,
    missing_equipment,
};

// Connect the backend, the disk and the phone.
#[cfg(feature = "bff-http")]
#[doc(inline)]
pub use digital_key_bff_http as bff_http;
#[cfg(feature = "cache-sled")]
#[doc(inline)]
pub use digital_key_cache_sled as cache_sled;
#[cfg(feature = "wallet-ios")]
#[doc(inline)]
pub use digital_key_wallet_ios as wallet_ios;
#[cfg(feature = "wallet-mock")]
#[doc(inline)]
pub use digital_key_wallet_mock as wallet_mock;

/// The five ports, their errors, and the values that they take and answer: what an adapter needs.
///
/// ```
/// use digital_key::ports::{
///     DigitalKeyId, Presence, Wallet, WalletError, WalletErrorKind, WalletOperation, async_trait,
/// };
///
/// /// A wallet for phones that have none.
/// struct NoWallet;
///
/// #[async_trait]
/// impl Wallet for NoWallet {
///     async fn presence(&self, _key: DigitalKeyId) -> Result<Presence, WalletError> {
///         Ok(Presence::CannotSay) // only a wallet that is able to know may say "absent"
///     }
///
///     async fn open(&self, _key: DigitalKeyId) -> Result<(), WalletError> {
///         Err(WalletError::new(WalletOperation::Open, WalletErrorKind::NotOffered))
///     }
///
///     async fn next_change(&self) -> Result<(), WalletError> {
///         std::future::pending().await
///     }
/// }
/// ```
pub mod ports {
    #[doc(inline)]
    pub use digital_key_domain::{
        AppleErrorCode, DigitalKeyCapability, DigitalKeyId, DigitalKeyIdError, Generation,
        KnownKey, OwnerKey, PairingAnswer, PairingStatus, PasswordUse, Presence, Readiness,
        RecordChange, ReportedKey, Support, SupportAnswer, TakeOutcome, UsageCounter,
        VehicleRecord, Vin,
    };
    #[doc(inline)]
    pub use digital_key_ports::*;
}

/// A mock of every port, made by mockall, and the verifier that lets a broken expectation fail a
/// test.
///
/// A mock is for the one call under test. For a test that needs state, use `wallet_mock`, `backend`,
/// or a fake of `testkit`.
#[cfg(feature = "mocks")]
pub mod mocks {
    #[doc(inline)]
    pub use digital_key_ports::{
        MockAppLifecycle, MockApplePairing, MockBff, MockCache, MockWallet,
    };
    #[doc(inline)]
    pub use digital_key_testkit::mocks::{MockVerifier, PortMock, WatchedMock};
}

#[cfg(feature = "backend")]
#[doc(inline)]
pub use digital_key_backend as backend;
#[cfg(feature = "testkit")]
#[doc(inline)]
pub use digital_key_testkit as testkit;

// Observe, replay or replace a part of the core.
#[doc(no_inline)]
pub use digital_key_app as app;
#[doc(no_inline)]
pub use digital_key_domain as domain;
#[doc(no_inline)]
pub use digital_key_recording as recording;

#[cfg(doc)]
#[doc = include_str!("../glossary.md")]
pub mod glossary {}

#[cfg(doc)]
#[expect(rustdoc::broken_intra_doc_links, reason = "[S], [D] and [B] are marks and no links")]
#[doc = include_str!("../rules.md")]
pub mod rules {}

/// The runtime that the core runs on, so that a first program needs no second dependency.
///
/// A program that depends on tokio has the same crate under its own name.
#[doc(no_inline)]
pub use tokio;
