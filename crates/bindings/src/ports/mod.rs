//! The five ports, with the adapters of a client and the built-in ones.

mod app_lifecycle;
mod apple_pairing;
mod bff;
mod cache;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod contract;
mod http;
mod wallet;

use std::sync::Arc;

pub use app_lifecycle::{AppLifecycle, AppLifecycleAdapter, AppLifecycleError};
pub use apple_pairing::{
    ApplePairing, ApplePairingAdapter, ApplePairingError, LateAnswer, PairingRequest,
};
pub use bff::{Bff, BffAdapter, BffError, TokenError, TokenProvider};
pub use cache::{Cache, CacheAdapter, CacheError, ErasureMark, Take};
pub use http::{
    HttpDeadlines, HttpOptions, HttpRequest, HttpResponse, HttpTransport, HttpTransportError,
};
pub use wallet::{Wallet, WalletAdapter, WalletError};

use crate::listener::Reporter;

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
    /// Returns the ports of the core.
    pub(crate) fn of_the_core(&self, reporter: &Reporter) -> digital_key_app::Ports {
        digital_key_app::Ports {
            bff: self.bff.0.clone(),
            wallet: self.wallet.0.clone(),
            apple_pairing: self.apple_pairing.0.clone(),
            cache: self.cache.0.clone(),
            // This port has no error, so the bridge itself reports failures.
            app_lifecycle: self.app_lifecycle.port(reporter),
        }
    }
}
