//! The `Cache` port on a [`Disk`](crate::disk::Disk): each call can be cut off at each of its
//! stages.

use std::time::Duration;

use digital_key_domain::{Generation, RecordChange, StoredPassword, VehicleRecord, Vin};
use digital_key_ports::{
    Cache, CacheError, CacheErrorKind, CacheOperation, PairingPassword, Take, async_trait,
};

use crate::action::StoreFault;
use crate::disk::{Disk, Entry, StoreFlaw};
use crate::environment::{AppContext, Environment};

/// One opening of the store.
pub(crate) struct Store {
    context: AppContext,
    instance: u64,
}

impl Store {
    /// Opens the store for an account. `None` = for the one that it belongs to.
    pub(crate) fn open(context: AppContext, account: Option<u8>) -> Result<Self, CacheError> {
        let instance = context.environment().devices[context.phone].disk.open(account)?;
        Ok(Self { context, instance })
    }

    fn disk<T>(&self, look: impl FnOnce(&mut Disk) -> T) -> T {
        look(&mut self.context.environment().devices[self.context.phone].disk)
    }

    /// Passes a stage of a call: here a kill cuts it off, or it hangs.
    async fn stage(&self, fault: Option<StoreFault>, stage: u8) {
        tokio::task::yield_now().await;
        match fault {
            Some(StoreFault::HangsAt(at)) if at == stage => std::future::pending().await,
            Some(StoreFault::Slow(millis)) if stage == 1 => {
                tokio::time::sleep(Duration::from_millis(millis.into())).await;
            }
            _ => {}
        }
        self.context.alive().await;
    }

    async fn begin(
        &self,
        operation: CacheOperation,
        vin: Option<Vin>,
    ) -> Result<Option<StoreFault>, CacheError> {
        self.context.alive().await;
        let vehicle = vin.map(|vin| self.context.vehicle(vin));
        let fault = self.disk(|disk| disk.begin(self.instance, operation, vehicle))?;
        self.stage(fault, 0).await;
        if fault == Some(StoreFault::FailsBefore) {
            return Err(unavailable(operation));
        }
        Ok(fault)
    }

    /// Performs a call that writes: it is written, flushed, and answered.
    async fn write<T>(
        &self,
        operation: CacheOperation,
        vin: Option<Vin>,
        write: impl FnOnce(&mut Disk) -> T + Send,
    ) -> Result<T, CacheError> {
        let fault = self.begin(operation, vin).await?;
        let (answer, flaw) = self.disk(|disk| (write(disk), disk.flaw));
        let is_take = operation == CacheOperation::TakeUse;
        if is_take && flaw == StoreFlaw::GrantsBeforeFlush {
            return Ok(answer);
        }
        self.stage(fault, 1).await;
        if fault == Some(StoreFault::FlushFails) {
            self.disk(Disk::discard_unflushed);
            return Err(unavailable(operation));
        }
        if is_take || flaw != StoreFlaw::ForgetsFlush {
            self.disk(Disk::flush);
        }
        self.stage(fault, 2).await;
        match fault {
            Some(StoreFault::FailsAfter) => Err(unavailable(operation)),
            _ => Ok(answer),
        }
    }

    async fn change<T>(
        &self,
        operation: CacheOperation,
        vin: Vin,
        change: impl FnOnce(&mut Entry, StoreFlaw) -> T + Send,
    ) -> Result<T, CacheError> {
        let vehicle = self.context.vehicle(vin);
        self.write(operation, Some(vin), |disk| change(&mut disk.volatile[vehicle], disk.flaw))
            .await
    }
}

fn unavailable(operation: CacheOperation) -> CacheError {
    CacheError::new(operation, CacheErrorKind::Unavailable).with_source("an I/O error")
}

impl Drop for Store {
    fn drop(&mut self) {
        let instance = self.instance;
        self.disk(|disk| disk.release(instance));
    }
}

#[async_trait]
impl Cache for Store {
    async fn load(&self, vin: Vin) -> Result<VehicleRecord, CacheError> {
        let fault = self.begin(CacheOperation::Load, Some(vin)).await?;
        self.stage(fault, 1).await;
        self.stage(fault, 2).await;
        match fault {
            None | Some(StoreFault::Slow(_) | StoreFault::LockedOnce) => {
                let vehicle = self.context.vehicle(vin);
                Ok(self.disk(|disk| disk.volatile[vehicle].record.clone()))
            }
            Some(_) => Err(unavailable(CacheOperation::Load)),
        }
    }

    async fn store(&self, vin: Vin, change: RecordChange) -> Result<(), CacheError> {
        self.change(CacheOperation::Store, vin, |entry, _| entry.apply(&change)).await
    }

    async fn store_password(
        &self,
        vin: Vin,
        password: PairingPassword,
        generation: Generation,
    ) -> Result<StoredPassword, CacheError> {
        self.change(CacheOperation::StorePassword, vin, |entry, flaw| {
            if flaw == StoreFlaw::TakesOldGenerations && generation <= entry.record.generation {
                entry.record.generation = Generation::default();
            }
            let stored = entry.record.store_password(generation);
            if stored == StoredPassword::Stored {
                entry.secret = Some(password);
            }
            stored
        })
        .await
    }

    async fn take_use(&self, vin: Vin) -> Result<Take, CacheError> {
        self.change(CacheOperation::TakeUse, vin, |entry, _| {
            let Some(secret) = entry.secret.clone() else { return Take::NoPassword };
            Take::new(entry.record.take_use(), secret)
        })
        .await
    }

    async fn erase(&self, vin: Vin) -> Result<(), CacheError> {
        let vehicle = self.context.vehicle(vin);
        self.write(CacheOperation::Erase, Some(vin), |disk| {
            disk.must_forget[vehicle] = true;
            disk.volatile[vehicle] = Entry::default();
        })
        .await?;
        self.disk(|disk| disk.must_forget[vehicle] = false);
        Ok(())
    }

    async fn erase_all(&self) -> Result<(), CacheError> {
        self.write(CacheOperation::EraseAll, None, |disk| {
            disk.volatile.iter_mut().for_each(|entry| *entry = Entry::default());
        })
        .await?;
        self.disk(Disk::erased);
        Ok(())
    }

    fn request_erasure(&self) {
        self.disk(|disk| disk.must_erase = true);
    }

    async fn suspend(&self) -> Result<(), CacheError> {
        self.context.alive().await;
        self.disk(|disk| disk.release(self.instance));
        Ok(())
    }

    async fn resume(&self) -> Result<(), CacheError> {
        self.context.alive().await;
        self.disk(|disk| disk.acquire(self.instance, CacheOperation::Resume))
    }
}

impl Environment {
    /// Returns what is durable about a vehicle on a phone.
    pub(crate) fn durable(&self, phone: usize, vehicle: usize) -> &Entry {
        &self.devices[phone].disk.durable[vehicle]
    }
}
