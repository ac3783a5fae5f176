//! The five ports, with the adapters of a client and the built-in ones.

mod app_lifecycle;
mod apple_pairing;
mod bff;
mod cache;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod contract;
mod reporting;
mod wallet;

use std::sync::Arc;

pub use app_lifecycle::{AppLifecycle, AppLifecycleAdapter, AppLifecycleError};
pub use apple_pairing::{
    ApplePairing, ApplePairingAdapter, ApplePairingError, LateAnswer, PairingRequest,
};
pub use bff::{Bff, BffAdapter, BffError, TokenError, TokenProvider};
pub use cache::{Cache, CacheAdapter, CacheError, Take};
pub use wallet::{Wallet, WalletAdapter, WalletError};

use crate::listener::Reporter;
use reporting::Reporting;

/// The five ports that an app runs on. An adapter serves one app.
#[derive(uniffi::Record)]
pub struct Ports {
    /// The backend for frontend.
    pub bff: Arc<BffAdapter>,
    /// The wallet.
    pub wallet: Arc<WalletAdapter>,
    /// Apple's pairing API.
    pub apple_pairing: Arc<ApplePairingAdapter>,
    /// The cache.
    pub cache: Arc<CacheAdapter>,
    /// Background and foreground.
    pub app_lifecycle: Arc<AppLifecycleAdapter>,
}

impl Ports {
    /// The core's ports, which report each failure.
    pub(crate) fn reporting_to(&self, reporter: &Reporter) -> digital_key_app::Ports {
        digital_key_app::Ports {
            bff: Arc::new(Reporting::new(&self.bff.0, reporter)),
            wallet: Arc::new(Reporting::new(&self.wallet.0, reporter)),
            apple_pairing: Arc::new(Reporting::new(&self.apple_pairing.0, reporter)),
            cache: Arc::new(Reporting::new(&self.cache.0, reporter)),
            // This port has no error, so the bridge itself reports failures.
            app_lifecycle: self.app_lifecycle.port(reporter),
        }
    }
}
