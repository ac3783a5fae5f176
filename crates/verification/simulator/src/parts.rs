//! The parts that an app is built from; a planted fault wraps or replaces one of them.

use std::sync::Arc;

use digital_key_app::AppBuilder;
use digital_key_ports::{Bff, Cache};

use crate::disk::StoreFlaw;

/// What stands between the core and the simulated environment: nothing, unless a fault is planted.
#[derive(Clone, Copy)]
pub struct Parts {
    /// Wraps the BFF.
    pub bff: fn(Arc<dyn Bff>) -> Arc<dyn Bff>,
    /// Wraps the store, below the ledger.
    pub cache: fn(Arc<dyn Cache>) -> Arc<dyn Cache>,
    /// Changes the settings of the app.
    pub app: fn(AppBuilder) -> AppBuilder,
    /// The flaw of the store.
    pub store: StoreFlaw,
}

impl Default for Parts {
    fn default() -> Self {
        Self { bff: |bff| bff, cache: |cache| cache, app: |app| app, store: StoreFlaw::Sound }
    }
}
