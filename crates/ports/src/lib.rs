//! The ports of the digital car key core: what it needs from the world, as async traits.
//!
//! A port's contract stands in its doc comment as sentences with MUST; whoever implements the port
//! keeps them.
//!
//! With the feature `mocks` each port has a mock made by mockall (`MockBff`, …), for the one call
//! under test. An app gets its mocks through the `MockVerifier` of `digital-key-testkit`: otherwise
//! the app catches their panics, and a broken expectation fails no test.

mod app_lifecycle;
mod apple_pairing;
mod bff;
mod cache;
mod error;
mod password;
mod wallet;

pub use app_lifecycle::{AppLifecycle, LifecycleEvent};
pub use apple_pairing::{
    ApplePairing, ApplePairingError, ApplePairingErrorKind, ApplePairingOperation, LateAnswer,
    PairingRequest,
};
pub use async_trait::async_trait;
pub use bff::{Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey};
pub use cache::{Cache, CacheError, CacheErrorKind, CacheOperation, Take};
pub use digital_key_domain::StoredPassword;
pub use error::{Cause, PortError, PortErrorKind};
pub use password::{PairingPassword, PairingPasswordError};
pub use wallet::{Wallet, WalletError, WalletErrorKind, WalletOperation};

#[cfg(feature = "mocks")]
pub use {
    app_lifecycle::MockAppLifecycle, apple_pairing::MockApplePairing, bff::MockBff,
    cache::MockCache, wallet::MockWallet,
};
