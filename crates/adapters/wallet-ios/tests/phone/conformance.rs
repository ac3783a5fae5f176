//! The conformance suites of the phone's three ports.

use digital_key_domain::{DigitalKeyId, PairingAnswer};
use digital_key_ports::{LifecycleEvent, PairingRequest};
use digital_key_testkit::CaseResult;
use digital_key_testkit::app_lifecycle::AppLifecycleHarness;
use digital_key_testkit::apple_pairing::ApplePairingHarness;
use digital_key_testkit::wallet::{KeyCondition, WalletHarness};
use digital_key_wallet_ios::{ActivationState, IosPhone};

use crate::fake::{FIELD, FakeQueues, Phone, SheetState, pass};

mod wallet {
    digital_key_testkit::wallet_conformance!(async || super::Phone::new());
}

mod apple_pairing {
    digital_key_testkit::apple_pairing_conformance!(async || super::Phone::new());
}

mod app_lifecycle {
    digital_key_testkit::app_lifecycle_conformance!(async || super::Phone::new());
}

impl WalletHarness for Phone {
    type Wallet = IosPhone<FakeQueues>;

    fn wallet(&self) -> &IosPhone<FakeQueues> {
        &self.adapter
    }

    async fn add_key(&self, key: DigitalKeyId) {
        self.change_passes(|passes| passes.push(pass(&key)));
    }

    async fn delete_key(&self, key: DigitalKeyId) {
        self.change_passes(|passes| passes.retain(|pass| FIELD.key_id(pass) != Some(key.clone())));
    }

    async fn opened_at(&self) -> Option<DigitalKeyId> {
        DigitalKeyId::try_from(self.state.borrow().opened.as_deref()?).ok()
    }

    async fn set_able_to_know(&self, able: bool) -> CaseResult {
        self.state.send_modify(|state| state.entitled = able);
        Ok(())
    }

    async fn set_condition(&self, key: DigitalKeyId, condition: KeyCondition) -> CaseResult {
        let state = match condition {
            // The maker's tracking is unknown to Apple.
            KeyCondition::Active | KeyCondition::Untracked => ActivationState::Activated,
            KeyCondition::Suspended => ActivationState::Suspended,
            KeyCondition::Dead => ActivationState::Deactivated,
        };
        self.change_passes(|passes| {
            for pass in passes.iter_mut().filter(|pass| FIELD.key_id(pass) == Some(key.clone())) {
                pass.activation_state = state;
            }
        });
        Ok(())
    }
}

impl ApplePairingHarness for Phone {
    type ApplePairing = IosPhone<FakeQueues>;

    fn apple_pairing(&self) -> &IosPhone<FakeQueues> {
        &self.adapter
    }

    fn debug_text(&self) -> String {
        // The adapter has no `Debug`; the reporter of a sheet has.
        format!("{:?}", self.state.borrow().delegate)
    }

    async fn set_can_create(&self, can_create: bool) {
        self.state.send_modify(|state| state.can_create = can_create);
    }

    async fn sheet_shown(&self) {
        Phone::sheet_shown(self).await;
    }

    async fn answer(&self, answer: PairingAnswer) {
        Phone::answer(self, &answer);
    }

    async fn answer_late(&self, answer: PairingAnswer) -> bool {
        Phone::answer(self, &answer);
        true
    }

    async fn dismiss(&self) {
        self.sheet_becomes(SheetState::Freed);
    }

    async fn given_to_apple(&self) -> Option<PairingRequest> {
        let given = self.state.borrow().configuration.clone()?;
        let vin = given.identifiers.localized_description?.parse().ok()?;
        Some(PairingRequest::new(vin, given.password?))
    }
}

impl AppLifecycleHarness for Phone {
    type AppLifecycle = IosPhone<FakeQueues>;

    fn app_lifecycle(&self) -> &IosPhone<FakeQueues> {
        &self.adapter
    }

    async fn send_event(&self, event: LifecycleEvent) {
        match event {
            LifecycleEvent::WentToBackground => self.reporter.went_to_background(),
            LifecycleEvent::CameToForeground => self.reporter.came_to_foreground(),
        }
    }
}
