//! The digital car key core for clients that are not written in Rust: Swift, Kotlin and Python.
//!
//! UniFFI generates the packages in `crates/bindings/packages` from the exported items. This crate
//! contains no rule of the product: it translates values, forwards calls and names errors.
//!
//! - [`DigitalKeyApp`] is the running core, on a tokio runtime of its own.
//! - [`Ports`] are its five ports. Each takes an adapter of the client ([`Bff`], [`Wallet`],
//!   [`ApplePairing`], [`Cache`], [`AppLifecycle`]) or a built-in one.
//! - [`ViewState`] is all that an app draws. It arrives through a [`Listener`] and through
//!   [`DigitalKeyApp::view_stream`], which each package turns into a stream of its language.

mod app;
mod canned;
mod config;
mod data_key;
mod error;
mod funnel;
#[cfg(feature = "hostile")]
mod hostile;
mod intent;
mod ios_phone;
mod ios_settings;
mod listener;
mod ports;
mod record;
mod runtime;
mod scripted_phone;
mod secret;
mod values;
mod view;
mod vin;

pub use app::{DigitalKeyApp, PendingCall, ViewStream};
pub use canned::{CannedView, canned_views};
pub use config::{
    CircuitBreaker, CircuitBreakerPolicy, Config, Deadlines, Phone, RecorderOptions, RetryPolicy,
};
pub use data_key::{DataKey, DataKeyError, DataKeySource};
pub use digital_key_app::{FunnelEvent, PageName};
pub use digital_key_domain::Vin;
pub use error::{DigitalKeyError, Port, PortCall, PortFailure};
#[cfg(feature = "hostile")]
pub use hostile::transport_violations;
pub use intent::Intent;
#[cfg(unix)]
pub use ios_phone::machine_identifier;
pub use ios_phone::{IosPhone, PhoneDiagnosis, PresenterError, SheetPresenter};
pub use ios_settings::{IdentifiersError, IosSettings, MakerIdentifiers, VehicleIdentifiers};
pub use listener::{Diagnostic, Listener, ListenerError};
pub use ports::{
    AppLifecycle, AppLifecycleAdapter, AppLifecycleError, ApplePairing, ApplePairingAdapter,
    ApplePairingError, Bff, BffAdapter, BffError, Cache, CacheAdapter, CacheError, ErasureMark,
    HttpDeadlines, HttpOptions, HttpRequest, HttpResponse, HttpTransport, HttpTransportError,
    LateAnswer, PairingRequest, Ports, Take, TokenError, TokenProvider, Wallet, WalletAdapter,
    WalletError,
};
pub use record::{RecordWithPassword, RecordWithUse, apply_change, store_password, take_use};
pub use scripted_phone::ScriptedPhone;
pub use secret::{BearerToken, PairingPassword};
pub use values::{Capability, decide_support};
pub use view::{Blocker, BlockerView, ErrorPage, PageView, ViewState};
pub use vin::parse_vin;

// The name of the module in each language; `digital_key` is the name of a Rust crate, too.
uniffi::setup_scaffolding!("digital_key");
