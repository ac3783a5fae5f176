//! The three ports of the phone.

use async_trait::async_trait;
use digital_key_domain::{DigitalKeyId, PairingAnswer, Presence, Vin};
use digital_key_ports::{
    AppLifecycle, ApplePairing, ApplePairingError, ApplePairingErrorKind, ApplePairingOperation,
    LateAnswer, LifecycleEvent, PairingRequest, Wallet, WalletError,
};

use crate::ScriptedPhone;
use crate::world::World;

#[async_trait]
impl Wallet for ScriptedPhone {
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, WalletError> {
        let mut answer = Presence::CannotSay;
        self.world.send_modify(|world| {
            world.presence_questions += 1;
            answer = world.presence(&key);
        });
        Ok(self.until(|world| (!world.presence_held).then_some(answer)).await)
    }

    async fn open(&self, key: DigitalKeyId) -> Result<(), WalletError> {
        self.world.send_modify(|world| world.opened_at = Some(key));
        Ok(())
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        self.world.send_modify(|world| {
            world.changes_told.get_or_insert(world.changes);
            world.awaits_change = true;
        });
        self.until(|world| {
            // An app that was forgotten meanwhile is told nothing any more.
            let told = world.changes_told.as_mut()?;
            if *told == world.changes {
                return None;
            }
            *told = world.changes;
            world.awaits_change = false;
            Some(())
        })
        .await;
        Ok(())
    }
}

#[async_trait]
impl ApplePairing for ScriptedPhone {
    async fn can_create_key(&self, _vin: Vin) -> Result<bool, ApplePairingError> {
        Ok(!self.world.borrow().cannot_create)
    }

    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        let mut shown = None;
        self.world.send_modify(|world| shown = world.show_sheet(request));
        let number = shown.ok_or(ApplePairingError::new(
            ApplePairingOperation::Start,
            ApplePairingErrorKind::AlreadyRunning,
        ))?;
        let _shown = ShownSheet { phone: self, number };
        Ok(self.until(|world| world.sheet_answer(number)).await)
    }

    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError> {
        Ok(self.world.borrow().sheet.is_some())
    }

    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError> {
        self.world.send_modify(|world| world.takes_late_answer = false);
        Ok(Some(self.until(World::take_late_answer).await))
    }
}

/// Takes the sheet away when its `start` ends, also by being dropped.
struct ShownSheet<'a> {
    phone: &'a ScriptedPhone,
    number: u64,
}

impl Drop for ShownSheet<'_> {
    fn drop(&mut self) {
        self.phone.world.send_modify(|world| world.remove_sheet(self.number));
    }
}

#[async_trait]
impl AppLifecycle for ScriptedPhone {
    async fn next_event(&self) -> Option<LifecycleEvent> {
        self.world.send_modify(|world| world.awaits_event = true);
        let event = self.until(|world| {
            let event = world.lifecycle.pop_front()?;
            world.awaits_event = false;
            Some(event)
        });
        Some(event.await)
    }
}
