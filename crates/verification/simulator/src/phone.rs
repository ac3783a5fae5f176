//! The phone's ports: its wallet, Apple's sheet, and the life of the app.

use std::time::Duration;

use digital_key_domain::{AppleErrorCode, DigitalKeyId, PairingAnswer, Presence, Vin};
use digital_key_ports::{
    AppLifecycle, ApplePairing, ApplePairingError, ApplePairingErrorKind, ApplePairingOperation,
    Cause, LateAnswer, LifecycleEvent, PairingPassword, PairingRequest, Wallet, WalletError,
    WalletErrorKind, WalletOperation, async_trait,
};

use crate::action::{PhoneFault, SheetEnd};
use crate::backend::number_of;
use crate::invariant::{Invariant, Violation};
use crate::world::{Seat, World};

/// A sheet that is up; answered, it stays up until the call that showed it has ended.
#[derive(Debug)]
pub(crate) struct Sheet {
    number: u64,
    vehicle: usize,
    password: PairingPassword,
    answer: Option<PairingAnswer>,
}

impl World {
    /// Whether a sheet waits for its end.
    pub(crate) fn sheet_waits(&self, phone: usize) -> bool {
        self.devices[phone].sheet.as_ref().is_some_and(|sheet| sheet.answer.is_none())
    }

    /// Ends the sheet, if one waits. A password that is not the newest one makes no key.
    pub(crate) fn end_sheet(&mut self, phone: usize, end: SheetEnd) {
        let device = &mut self.devices[phone];
        let Some(sheet) = device.sheet.as_mut().filter(|sheet| sheet.answer.is_none()) else {
            return;
        };
        let takes = self.backend.takes(sheet.vehicle, &sheet.password);
        let answer = match end {
            SheetEnd::Made { .. } if !takes => {
                PairingAnswer { pass: None, error: Some(AppleErrorCode::InvalidConfiguration) }
            }
            SheetEnd::Made { backend_lags, with_error } => PairingAnswer {
                pass: self.backend.pair(sheet.vehicle, backend_lags),
                error: with_error.then_some(AppleErrorCode::GenericError),
            },
            SheetEnd::Failed(error) => PairingAnswer { pass: None, error: Some(error) },
            SheetEnd::Vanished => PairingAnswer::default(),
        };
        let made = answer.pass.clone();
        let vehicle = sheet.vehicle;
        sheet.answer = Some(answer);
        if let Some(key) = made {
            // The key before that is disabled, wherever it is.
            for other in &mut self.devices {
                let old = other.keys.iter().find(|key| crate::backend::is_of(key, vehicle));
                if let Some(old) = old.cloned() {
                    other.delete_key(&old);
                }
            }
            let device = &mut self.devices[phone];
            device.keys.push(key);
            device.wallet_changes += 1;
        }
        self.devices[phone].bell.notify_waiters();
    }

    /// A password goes to Apple's API: it is the right one, and its use was counted (invariants 1,
    /// 2 and 8).
    fn handed_over(
        &self,
        phone: usize,
        vehicle: usize,
        password: &PairingPassword,
    ) -> Option<Violation> {
        if self.backend.vehicle_of(password) != Some(vehicle) {
            return Some(
                Invariant::VehiclesAreApart
                    .violated(format!("vehicle {vehicle} got the password of another vehicle")),
            );
        }
        let durable = self.durable(phone, vehicle);
        let is_counted = durable.secret.as_ref() != Some(password)
            || durable.record.password.is_some_and(|password| password.uses.get() > 0);
        (!is_counted).then(|| {
            Invariant::GrantIsDurable
                .violated(format!("password {:?} was handed over uncounted", number_of(password)))
        })
    }
}

/// The three ports of one phone.
pub(crate) struct PhonePorts {
    pub(crate) seat: Seat,
}

impl PhonePorts {
    /// What befalls the next call.
    async fn fault(&self) -> Option<PhoneFault> {
        self.seat.alive().await;
        let fault = self.seat.device(|device| device.phone_faults.pop_front());
        if let Some(PhoneFault::Slow(millis)) = fault {
            tokio::time::sleep(Duration::from_millis(millis.into())).await;
            self.seat.alive().await;
        }
        fault
    }

    /// The sheet is up from here on, until what is answered is dropped.
    fn show_sheet(&self, request: PairingRequest) -> Result<ShownSheet<'_>, ApplePairingError> {
        let vehicle = self.seat.vehicle(request.vin);
        let mut world = self.seat.world();
        if let Some(violation) = world.handed_over(self.seat.phone, vehicle, &request.password) {
            world.violate(violation);
        }
        let device = &mut world.devices[self.seat.phone];
        if device.sheet.is_some() {
            return Err(ApplePairingError::new(
                ApplePairingOperation::Start,
                ApplePairingErrorKind::AlreadyRunning,
            ));
        }
        device.sheets_shown += 1;
        let number = device.sheets_shown;
        device.sheet = Some(Sheet { number, vehicle, password: request.password, answer: None });
        Ok(ShownSheet { seat: &self.seat, number })
    }
}

fn refused() -> Cause {
    "the phone did not answer".into()
}

fn unavailable(operation: ApplePairingOperation) -> ApplePairingError {
    ApplePairingError::new(operation, ApplePairingErrorKind::Unavailable).with_source(refused())
}

#[async_trait]
impl Wallet for PhonePorts {
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, WalletError> {
        // What the wallet says is what is so when it is asked, also if it takes its time.
        let presence = self.seat.device(|device| match device.wallet_knows {
            false => Presence::CannotSay,
            true if device.keys.contains(&key) => Presence::Present,
            true => Presence::Absent,
        });
        match self.fault().await {
            Some(PhoneFault::Hangs) => std::future::pending().await,
            Some(PhoneFault::Fails) => {
                let operation = WalletOperation::Presence;
                Err(WalletError::new(operation, WalletErrorKind::Unavailable)
                    .with_source(refused()))
            }
            Some(PhoneFault::Slow(_)) | None => Ok(presence),
        }
    }

    async fn open(&self, _key: DigitalKeyId) -> Result<(), WalletError> {
        self.seat.alive().await;
        Ok(())
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        self.seat
            .until(|device| {
                let told = device.judge.wallet_changes_told.get_or_insert(device.wallet_changes);
                let is_new = *told != device.wallet_changes;
                *told = device.wallet_changes;
                is_new.then_some(())
            })
            .await;
        Ok(())
    }
}

#[async_trait]
impl ApplePairing for PhonePorts {
    async fn can_create_key(&self, _vin: Vin) -> Result<bool, ApplePairingError> {
        match self.fault().await {
            Some(PhoneFault::Hangs) => std::future::pending().await,
            Some(PhoneFault::Fails) => Err(unavailable(ApplePairingOperation::CanCreateKey)),
            Some(PhoneFault::Slow(_)) | None => Ok(true),
        }
    }

    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        self.seat.alive().await;
        let shown = self.show_sheet(request)?;
        if matches!(self.fault().await, Some(PhoneFault::Hangs | PhoneFault::Fails)) {
            return Err(unavailable(ApplePairingOperation::Start));
        }
        let number = shown.number;
        let answer = self.seat.until(|device| match &device.sheet {
            Some(sheet) if sheet.number == number => sheet.answer.clone(),
            _ => Some(PairingAnswer::default()),
        });
        Ok(answer.await)
    }

    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError> {
        match self.fault().await {
            Some(PhoneFault::Hangs) => std::future::pending().await,
            Some(PhoneFault::Fails) => Err(unavailable(ApplePairingOperation::SheetIsUp)),
            Some(PhoneFault::Slow(_)) | None => {
                Ok(self.seat.device(|device| device.sheet.is_some()))
            }
        }
    }

    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError> {
        Ok(None)
    }
}

/// Takes the sheet away when its `start` ends, also by being dropped.
struct ShownSheet<'a> {
    seat: &'a Seat,
    number: u64,
}

impl Drop for ShownSheet<'_> {
    fn drop(&mut self) {
        self.seat.device(|device| {
            device.sheet.take_if(|sheet| sheet.number == self.number);
        });
    }
}

#[async_trait]
impl AppLifecycle for PhonePorts {
    async fn next_event(&self) -> Option<LifecycleEvent> {
        Some(self.seat.until(|device| device.lifecycle.pop_front()).await)
    }
}
