//! The five ports of the digital car key core: the async traits through which it reaches the world.
//!
//! The doc comment of a port states its contract as sentences with MUST. Every implementation keeps
//! them, and the suites of `digital-key-testkit` check it. All calls that can fail return a
//! [`PortError`].
//!
//! The feature `mocks` exports a mock of every port, made by mockall (`MockBff`, …), for a test that
//! expects single calls. Give an app its mocks through the `MockVerifier` of `digital-key-testkit`:
//! otherwise the app catches their panics, and a broken expectation fails no test. For a test that
//! needs state, use an adapter in memory.

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
