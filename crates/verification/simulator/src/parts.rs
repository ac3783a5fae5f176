//! How the parts of an app are put together; a planted fault wraps one of them.

use std::sync::Arc;

use digital_key_app::AppBuilder;
use digital_key_ports::{Bff, Cache, Wallet};

use crate::disk::StoreFlaw;

/// What stands between the core and the simulated world: nothing, unless a fault is planted.
#[derive(Clone, Copy)]
pub struct Parts {
    /// Around the BFF.
    pub bff: fn(Arc<dyn Bff>) -> Arc<dyn Bff>,
    /// Around the store, below the ledger.
    pub cache: fn(Arc<dyn Cache>) -> Arc<dyn Cache>,
    /// Around the wallet.
    pub wallet: fn(Arc<dyn Wallet>) -> Arc<dyn Wallet>,
    /// The settings of the app.
    pub app: fn(AppBuilder) -> AppBuilder,
    /// How the store breaks its promises.
    pub store: StoreFlaw,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            bff: |bff| bff,
            cache: |cache| cache,
            wallet: |wallet| wallet,
            app: |app| app,
            store: StoreFlaw::Sound,
        }
    }
}
