//! The `Cache` port on a [`Disk`](crate::disk::Disk): each call can be cut off at each of its
//! stages.

use std::time::Duration;

use digital_key_domain::{
    Generation, PasswordUse, RecordChange, StoredPassword, VehicleRecord, Vin,
};
use digital_key_ports::{
    Cache, CacheError, CacheErrorKind, CacheOperation, PairingPassword, Take, async_trait,
};

use crate::action::StoreFault;
use crate::disk::{Disk, Entry, StoreFlaw};
use crate::world::{Seat, World};

/// One opening of the store.
pub(crate) struct Store {
    seat: Seat,
    instance: u64,
}

impl Store {
    pub(crate) fn open(seat: Seat) -> Result<Self, CacheError> {
        let instance = seat.world().devices[seat.phone].disk.open()?;
        Ok(Self { seat, instance })
    }

    fn disk<T>(&self, look: impl FnOnce(&mut Disk) -> T) -> T {
        look(&mut self.seat.world().devices[self.seat.phone].disk)
    }

    /// A stage of a call: here it is cut off when the app is killed, or hangs.
    async fn stage(&self, fault: Option<StoreFault>, stage: u8) {
        tokio::task::yield_now().await;
        match fault {
            Some(StoreFault::HangsAt(at)) if at == stage => std::future::pending().await,
            Some(StoreFault::Slow(millis)) if stage == 1 => {
                tokio::time::sleep(Duration::from_millis(millis.into())).await;
            }
            _ => {}
        }
        self.seat.alive().await;
    }

    async fn begin(
        &self,
        operation: CacheOperation,
        vin: Option<Vin>,
    ) -> Result<Option<StoreFault>, CacheError> {
        self.seat.alive().await;
        let vehicle = vin.map(|vin| self.seat.vehicle(vin));
        let fault = self.disk(|disk| disk.begin(self.instance, operation, vehicle))?;
        self.stage(fault, 0).await;
        if fault == Some(StoreFault::FailsBefore) {
            return Err(unavailable(operation));
        }
        Ok(fault)
    }

    /// A call that writes: it is written, flushed, and answered.
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
            self.disk(Disk::reread);
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
        let vehicle = self.seat.vehicle(vin);
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
        self.disk(|disk| disk.let_go(instance));
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
                let vehicle = self.seat.vehicle(vin);
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
            let newest = entry.record.generation;
            if generation <= newest {
                if flaw != StoreFlaw::TakesOldGenerations {
                    return StoredPassword::Outdated { newest };
                }
                entry.record.generation = Generation::default();
            }
            entry.apply(&RecordChange::PasswordStored(generation));
            entry.secret = Some(password);
            StoredPassword::Stored
        })
        .await
    }

    async fn take_use(&self, vin: Vin) -> Result<Take, CacheError> {
        self.change(CacheOperation::TakeUse, vin, |entry, _| {
            let (Some(password), Some(secret)) = (entry.record.password, &entry.secret) else {
                return Take::NoPassword;
            };
            let Some(uses) = password.uses.next_use() else { return Take::Exhausted };
            let counted = PasswordUse { uses, ..password };
            let password = secret.clone();
            entry.apply(&RecordChange::UseTaken(counted));
            Take::Granted { password, counted }
        })
        .await
    }

    async fn erase_all(&self) -> Result<(), CacheError> {
        self.write(CacheOperation::EraseAll, None, |disk| {
            disk.volatile.iter_mut().for_each(|entry| *entry = Entry::default());
        })
        .await
    }

    async fn suspend(&self) -> Result<(), CacheError> {
        self.seat.alive().await;
        self.disk(|disk| disk.let_go(self.instance));
        Ok(())
    }

    async fn resume(&self) -> Result<(), CacheError> {
        self.seat.alive().await;
        self.disk(|disk| disk.take_hold(self.instance, CacheOperation::Resume))
    }
}

impl World {
    /// What is durable about a vehicle on a phone.
    pub(crate) fn durable(&self, phone: usize, vehicle: usize) -> &Entry {
        &self.devices[phone].disk.durable[vehicle]
    }
}
