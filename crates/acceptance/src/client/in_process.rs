//! The composition of a client in Rust, in this process.

use std::sync::Arc;

use async_trait::async_trait;
use digital_key::bff_http::{BearerToken, HttpBff, StaticToken};
use digital_key::cache_sled::{SledCache, StaticKey};
use digital_key::ports::{Cache as _, VehicleRecord};
use digital_key::wallet_mock::ScriptedPhone;
use digital_key::{App, Intent, Ports, RecorderOptions, Vin};

use super::{Client, DATA_KEY, RETRY, Screen, Start, TOKEN};
use crate::language::StepResult;

struct InProcess {
    app: App,
    /// The app's own handle of its cache.
    cache: Arc<SledCache>,
}

/// Starts the app.
pub(super) async fn start(start: &Start, phone: &ScriptedPhone) -> StepResult<Box<dyn Client>> {
    let token = StaticToken::new(BearerToken::new(TOKEN)?);
    let bff = HttpBff::builder(&start.bff_url).token_provider(Arc::new(token)).build()?;
    let cache = Arc::new(open_cache(start).await?);
    let phone = Arc::new(phone.clone());
    let ports = Ports {
        bff: Arc::new(bff),
        wallet: phone.clone(),
        apple_pairing: phone.clone(),
        cache: cache.clone(),
        app_lifecycle: phone,
    };
    let app = App::builder(start.model.clone(), ports)
        .entry_mode(start.entry_mode)
        .retry(RETRY)
        // The rules do not mention a circuit breaker: the backend of a scenario may fail often.
        .circuit_breaker(None)
        .record(RecorderOptions::new())
        .start()?;
    Ok(Box::new(InProcess { app, cache }))
}

/// Opens the cache of an app.
pub(super) async fn open_cache(start: &Start) -> StepResult<SledCache> {
    let key = Arc::new(StaticKey::new(*DATA_KEY));
    Ok(match &start.account {
        Some(account) => SledCache::open_for(&start.directory, key, account).await?,
        None => SledCache::open(&start.directory, key).await?,
    })
}

#[async_trait]
impl Client for InProcess {
    async fn dispatch(&self, intent: Intent) -> StepResult {
        Ok(self.app.dispatch(intent)?)
    }

    async fn refresh(&self, vin: Vin) -> StepResult {
        Ok(self.app.refresh(vin)?)
    }

    async fn forget(&self, vin: Vin) -> StepResult {
        Ok(self.app.forget(vin).await?)
    }

    async fn sign_out(&self) -> StepResult {
        Ok(self.app.sign_out().await?)
    }

    async fn suspend(&self) -> StepResult {
        let _ = self.app.suspend().await;
        Ok(())
    }

    async fn resume(&self) -> StepResult {
        let _ = self.app.resume().await;
        Ok(())
    }

    async fn idle_but_for(&self, held: usize) -> StepResult {
        Ok(self.app.idle_but_for(held).await?)
    }

    async fn pairing_ended(&self) -> StepResult {
        self.app.view().wait_for(|view| !view.pairing_runs).await?;
        Ok(())
    }

    async fn screen(&self) -> StepResult<Screen> {
        Ok(Screen::from(&*self.app.view().borrow()))
    }

    async fn recording(&self) -> StepResult<Vec<u8>> {
        Ok(self.app.recording().unwrap_or_default())
    }

    async fn record(&self, vin: Vin) -> StepResult<VehicleRecord> {
        Ok(self.cache.load(vin).await?)
    }

    async fn kill(self: Box<Self>) -> StepResult {
        let Self { app, cache } = *self;
        drop(app);
        // The end of a process releases the lock on the directory. This process goes on, and another
        // handle may still hold the lock for a moment.
        Ok(cache.suspend().await?)
    }
}
