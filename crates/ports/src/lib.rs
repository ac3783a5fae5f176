//! The ports of the digital car key core: what it needs from the world, as async traits.
//!
//! A port's contract stands in its doc comment as sentences with MUST; whoever implements the port
//! keeps them. With the feature `mocks` each port has a mock made by mockall (`MockBff`, …), for
//! the one call under test; for state, take the in-memory adapter.

mod app_lifecycle;
mod apple_pairing;
mod bff;
mod cache;
mod password;
mod wallet;

pub use app_lifecycle::{AppLifecycle, LifecycleEvent};
pub use apple_pairing::{
    ApplePairing, ApplePairingError, ApplePairingOperation, LateAnswer, PairingRequest,
};
pub use async_trait::async_trait;
pub use bff::{Bff, BffError, BffOperation, IdempotencyKey};
pub use cache::{Cache, CacheError, CacheOperation, Take};
pub use digital_key_domain::StoredPassword;
pub use password::{PairingPassword, PairingPasswordError};
pub use wallet::{Wallet, WalletError, WalletOperation};

#[cfg(feature = "mocks")]
pub use {
    app_lifecycle::MockAppLifecycle, apple_pairing::MockApplePairing, bff::MockBff,
    cache::MockCache, wallet::MockWallet,
};

/// The cause of an error, boxed, as an adapter knows it. It holds nothing secret (GEN-6).
pub type Cause = Box<dyn std::error::Error + Send + Sync>;
