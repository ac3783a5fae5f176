//! The conformance suites of the phone's three ports, on the scripted phone.

#![allow(clippy::unwrap_used, reason = "a script that fails is a test that fails")]

use digital_key_domain::{DigitalKeyId, PairingAnswer};
use digital_key_ports::{LifecycleEvent, PairingRequest};
use digital_key_testkit::CaseResult;
use digital_key_testkit::app_lifecycle::AppLifecycleHarness;
use digital_key_testkit::apple_pairing::ApplePairingHarness;
use digital_key_testkit::wallet::WalletHarness;
use digital_key_wallet_mock::ScriptedPhone;

mod wallet {
    // Its keys have no conditions such as "suspended".
    digital_key_testkit::wallet_conformance!(super::Phone::new, without: KeyConditions);
}

mod apple_pairing {
    digital_key_testkit::apple_pairing_conformance!(super::Phone::new);
}

mod app_lifecycle {
    digital_key_testkit::app_lifecycle_conformance!(super::Phone::new);
}

struct Phone(ScriptedPhone);

impl Phone {
    async fn new() -> Self {
        Self(ScriptedPhone::new())
    }
}

impl WalletHarness for Phone {
    type Wallet = ScriptedPhone;

    fn wallet(&self) -> &ScriptedPhone {
        &self.0
    }

    async fn add_key(&self, key: DigitalKeyId) {
        self.0.add_key(key);
    }

    async fn delete_key(&self, key: DigitalKeyId) {
        self.0.delete_key(&key);
    }

    async fn opened_at(&self) -> Option<DigitalKeyId> {
        self.0.wallet_opened_at()
    }

    async fn set_able_to_know(&self, able: bool) -> CaseResult {
        self.0.set_wallet_answers(able);
        Ok(())
    }
}

impl ApplePairingHarness for Phone {
    type ApplePairing = ScriptedPhone;

    fn apple_pairing(&self) -> &ScriptedPhone {
        &self.0
    }

    fn debug_text(&self) -> String {
        format!("{:?} {:#?}", self.0, self.0)
    }

    async fn set_can_create(&self, can_create: bool) {
        self.0.set_can_create(can_create);
    }

    async fn sheet_shown(&self) {
        self.0.sheet_shown().await;
    }

    async fn answer(&self, answer: PairingAnswer) {
        self.0.answer(answer).unwrap();
    }

    async fn answer_late(&self, answer: PairingAnswer) -> bool {
        self.0.answer(answer).is_ok()
    }

    async fn dismiss(&self) {
        self.0.dismiss_sheet().unwrap();
    }

    async fn given_to_apple(&self) -> Option<PairingRequest> {
        self.0.last_request()
    }
}

impl AppLifecycleHarness for Phone {
    type AppLifecycle = ScriptedPhone;

    fn app_lifecycle(&self) -> &ScriptedPhone {
        &self.0
    }

    async fn send_event(&self, event: LifecycleEvent) {
        match event {
            LifecycleEvent::WentToBackground => self.0.background(),
            LifecycleEvent::CameToForeground => self.0.foreground(),
        }
    }
}
