//! The three ports of the phone.

use async_trait::async_trait;
use digital_key_domain::{DigitalKeyId, PairingAnswer, Presence, Vin};
use digital_key_ports::{
    AppLifecycle, ApplePairing, ApplePairingError, ApplePairingErrorKind, ApplePairingOperation,
    LateAnswer, LifecycleEvent, PairingRequest, Wallet, WalletError, WalletErrorKind,
    WalletOperation,
};

use crate::ScriptedPhone;
use crate::phone_state::PhoneState;

#[async_trait]
impl Wallet for ScriptedPhone {
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, WalletError> {
        let mut answer = Presence::CannotSay;
        self.state.send_modify(|state| {
            state.presence_questions += 1;
            answer = state.presence(&key);
        });
        Ok(self.until(|state| (!state.presence_held).then_some(answer)).await)
    }

    async fn open(&self, key: DigitalKeyId) -> Result<(), WalletError> {
        if self.state.borrow().mute {
            return Err(WalletError::new(WalletOperation::Open, WalletErrorKind::Unavailable));
        }
        self.state.send_modify(|state| state.opened_at = Some(key));
        Ok(())
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        self.state.send_modify(|state| {
            state.changes_delivered.get_or_insert(state.changes);
            state.awaits_change = true;
        });
        self.until(|state| {
            // `None`: the app was forgotten meanwhile and receives no more changes.
            let delivered = state.changes_delivered.as_mut()?;
            if *delivered == state.changes {
                return None;
            }
            *delivered = state.changes;
            state.awaits_change = false;
            Some(())
        })
        .await;
        Ok(())
    }
}

#[async_trait]
impl ApplePairing for ScriptedPhone {
    async fn can_create_key(&self, _vin: Vin) -> Result<bool, ApplePairingError> {
        Ok(!self.state.borrow().cannot_create)
    }

    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        let mut shown = None;
        self.state.send_modify(|state| shown = state.show_sheet(request));
        let number = shown.ok_or(ApplePairingError::new(
            ApplePairingOperation::Start,
            ApplePairingErrorKind::AlreadyRunning,
        ))?;
        let _shown = ShownSheet { phone: self, number };
        Ok(self.until(|state| state.sheet_answer(number)).await)
    }

    async fn sheet_is_up(&self) -> Result<bool, ApplePairingError> {
        Ok(self.state.borrow().sheet.is_some())
    }

    async fn next_late_answer(&self) -> Result<Option<LateAnswer>, ApplePairingError> {
        self.state.send_modify(|state| state.takes_late_answer = false);
        Ok(Some(self.until(PhoneState::take_late_answer).await))
    }
}

/// Removes the sheet when its `start` ends, also when the future is dropped.
struct ShownSheet<'a> {
    phone: &'a ScriptedPhone,
    number: u64,
}

impl Drop for ShownSheet<'_> {
    fn drop(&mut self) {
        self.phone.state.send_modify(|state| state.remove_sheet(self.number));
    }
}

#[async_trait]
impl AppLifecycle for ScriptedPhone {
    async fn next_event(&self) -> Option<LifecycleEvent> {
        self.state.send_modify(|state| state.awaits_event = true);
        let event = self.until(|state| {
            let event = state.lifecycle.pop_front()?;
            state.awaits_event = false;
            Some(event)
        });
        Some(event.await)
    }
}
