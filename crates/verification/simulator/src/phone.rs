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
use crate::environment::{AppContext, Environment};
use crate::invariant::{Invariant, Violation};

/// A sheet that is up. An answered sheet stays up until the call that showed it has ended.
#[derive(Debug)]
pub(crate) struct Sheet {
    number: u64,
    vehicle: usize,
    password: PairingPassword,
    answer: Option<PairingAnswer>,
    /// Its account has signed out, or its vehicle was forgotten.
    is_dropped: bool,
}

/// The last sheet that was answered: Apple's API may call back about it once more (CBK-7).
#[derive(Debug, Clone)]
pub(crate) struct EndedSheet {
    vehicle: usize,
    /// The vehicle accepted its password.
    is_accepted: bool,
    /// The owner key after it ended.
    owner: Option<DigitalKeyId>,
    /// The key that it made.
    key: Option<DigitalKeyId>,
    is_dropped: bool,
}

impl Environment {
    /// Returns `true` if a sheet waits for its end.
    pub(crate) fn sheet_waits(&self, phone: usize) -> bool {
        self.devices[phone].sheet.as_ref().is_some_and(|sheet| sheet.answer.is_none())
    }

    /// Returns `true` if Apple's API may call back about a sheet that ended without a key.
    pub(crate) fn may_answer_late(&self, phone: usize) -> bool {
        self.devices[phone].ended_sheet.as_ref().is_some_and(|sheet| sheet.key.is_none())
    }

    /// Ends the sheet, if one waits.
    pub(crate) fn end_sheet(&mut self, phone: usize, end: SheetEnd) {
        let Some(sheet) = self.devices[phone].sheet.as_ref().filter(|sheet| sheet.answer.is_none())
        else {
            return;
        };
        let (vehicle, is_dropped) = (sheet.vehicle, sheet.is_dropped);
        let is_accepted = self.backend.accepts(vehicle, &sheet.password);
        let answer = self.answer(phone, vehicle, is_accepted, end);
        let owner = self.backend.owner(vehicle).cloned();
        let device = &mut self.devices[phone];
        let key = answer.pass.clone();
        device.judge.dropped_keys.extend(key.clone().filter(|_| is_dropped));
        device.ended_sheet = Some(EndedSheet { vehicle, is_accepted, owner, key, is_dropped });
        if let Some(sheet) = &mut device.sheet {
            sheet.answer = Some(answer);
        }
        device.changed.notify_waiters();
    }

    /// Apple's API calls back about the last sheet. It reports a key that was made after all, unless
    /// the vehicle has another one by now; of a sheet that made its key it reports that one again.
    pub(crate) fn answer_late(&mut self, phone: usize, end: SheetEnd) {
        let Some(ended) = self.devices[phone].ended_sheet.take() else { return };
        let EndedSheet { vehicle, is_accepted, owner, key, is_dropped } = ended;
        let is_latest = self.backend.owner(vehicle) == owner.as_ref();
        let answer = match key {
            Some(key) if self.devices[phone].keys.contains(&key) => {
                PairingAnswer { pass: Some(key), error: None }
            }
            Some(_) => return,
            None => self.answer(phone, vehicle, is_accepted && is_latest, end),
        };
        let device = &mut self.devices[phone];
        device.judge.dropped_keys.extend(answer.pass.clone().filter(|_| is_dropped));
        device.late_answers.push_back((vehicle, answer));
        device.changed.notify_waiters();
    }

    /// The account of the sheets so far is gone, or a vehicle is: no key that they make is recorded from
    /// now on (GEN-5, GEN-9).
    pub(crate) fn drop_sheets(&mut self, phone: usize, of: Option<usize>) {
        let device = &mut self.devices[phone];
        let is_gone = |vehicle| of.is_none_or(|of| of == vehicle);
        if let Some(sheet) = device.sheet.as_mut().filter(|sheet| is_gone(sheet.vehicle)) {
            sheet.is_dropped = true;
        }
        if let Some(sheet) = device.ended_sheet.as_mut().filter(|sheet| is_gone(sheet.vehicle)) {
            sheet.is_dropped = true;
        }
    }

    /// Returns Apple's answer. A password that the vehicle does not accept makes no key.
    fn answer(
        &mut self,
        phone: usize,
        vehicle: usize,
        is_accepted: bool,
        end: SheetEnd,
    ) -> PairingAnswer {
        match end {
            SheetEnd::Made { .. } if !is_accepted => {
                PairingAnswer { pass: None, error: Some(AppleErrorCode::InvalidConfiguration) }
            }
            SheetEnd::Made { backend_lags, with_error } => PairingAnswer {
                pass: self.make_key(phone, vehicle, backend_lags),
                error: with_error.then_some(AppleErrorCode::GenericError),
            },
            SheetEnd::Failed(error) => PairingAnswer { pass: None, error: Some(error) },
            SheetEnd::Vanished => PairingAnswer::default(),
        }
    }

    /// Makes a key on a phone, and disables the earlier one, wherever it is.
    fn make_key(
        &mut self,
        phone: usize,
        vehicle: usize,
        backend_lags: bool,
    ) -> Option<DigitalKeyId> {
        let key = self.backend.pair(vehicle, backend_lags)?;
        for device in &mut self.devices {
            let old = device.keys.iter().find(|key| crate::backend::is_of(key, vehicle));
            if let Some(old) = old.cloned() {
                device.delete_key(&old);
            }
        }
        let device = &mut self.devices[phone];
        device.keys.push(key.clone());
        device.wallet_changes += 1;
        Some(key)
    }

    /// Checks a password that goes to Apple's API: it belongs to the vehicle, and its use was counted
    /// (invariants 1, 2 and 8).
    fn check_handed_over(
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
        if self.backend.account_of(password) != Some(self.devices[phone].account) {
            return Some(
                Invariant::SignedOutIsGone.violated("the password of another account is used"),
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
    pub(crate) context: AppContext,
}

impl PhonePorts {
    /// Returns the fault of the next call.
    async fn fault(&self) -> Option<PhoneFault> {
        self.context.alive().await;
        let fault = self.context.device(|device| device.phone_faults.pop_front());
        if let Some(PhoneFault::Slow(millis)) = fault {
            tokio::time::sleep(Duration::from_millis(millis.into())).await;
            self.context.alive().await;
        }
        fault
    }

    /// Shows the sheet, which is up until the returned value is dropped.
    fn show_sheet(&self, request: PairingRequest) -> Result<ShownSheet<'_>, ApplePairingError> {
        let vehicle = self.context.vehicle(request.vin);
        let mut environment = self.context.environment();
        if let Some(violation) =
            environment.check_handed_over(self.context.phone, vehicle, &request.password)
        {
            environment.record_violation(violation);
        }
        let device = &mut environment.devices[self.context.phone];
        if device.sheet.is_some() {
            return Err(ApplePairingError::new(
                ApplePairingOperation::Start,
                ApplePairingErrorKind::AlreadyRunning,
            ));
        }
        device.sheets_shown += 1;
        let number = device.sheets_shown;
        device.sheet = Some(Sheet {
            number,
            vehicle,
            password: request.password,
            answer: None,
            is_dropped: false,
        });
        Ok(ShownSheet { context: &self.context, number })
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
        // A slow answer is about the moment of the question.
        let presence = self.context.device(|device| match device.wallet_knows {
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
        match self.fault().await {
            Some(PhoneFault::Hangs) => std::future::pending().await,
            Some(PhoneFault::Fails) => {
                let kind = WalletErrorKind::Unavailable;
                Err(WalletError::new(WalletOperation::Open, kind).with_source(refused()))
            }
            Some(PhoneFault::Slow(_)) | None => Ok(()),
        }
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        self.context
            .until(|device| {
                let reported =
                    device.judge.reported_wallet_changes.get_or_insert(device.wallet_changes);
                let is_new = *reported != device.wallet_changes;
                *reported = device.wallet_changes;
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
        self.context.alive().await;
        let shown = self.show_sheet(request)?;
        match self.fault().await {
            // The sheet is gone, as when the system ends it, and there is never an answer (GEN-2).
            Some(PhoneFault::Hangs) => {
                drop(shown);
                return std::future::pending().await;
            }
            Some(PhoneFault::Fails) => return Err(unavailable(ApplePairingOperation::Start)),
            Some(PhoneFault::Slow(_)) | None => {}
        }
        let number = shown.number;
        let answer = self.context.until(|device| match &device.sheet {
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
                Ok(self.context.device(|device| device.sheet.is_some()))
            }
        }
    }

    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError> {
        let (vehicle, answer) = self.context.until(|device| device.late_answers.pop_front()).await;
        Ok(Some(LateAnswer { vin: self.context.vins[vehicle], answer }))
    }
}

/// Removes the sheet when its `start` ends or is dropped.
struct ShownSheet<'a> {
    context: &'a AppContext,
    number: u64,
}

impl Drop for ShownSheet<'_> {
    fn drop(&mut self) {
        self.context.device(|device| {
            device.sheet.take_if(|sheet| sheet.number == self.number);
        });
    }
}

#[async_trait]
impl AppLifecycle for PhonePorts {
    async fn next_event(&self) -> Option<LifecycleEvent> {
        Some(self.context.until(|device| device.lifecycle.pop_front()).await)
    }
}
