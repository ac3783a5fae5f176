//! The calls for a team that integrates the adapter.

use digital_key_testkit::values::{key, vin};
use digital_key_wallet_ios::{ActivationState, PassFields, PhoneError};

use crate::fake::{Phone, exception, pass};

#[tokio::test]
async fn a_diagnosis_shows_what_the_app_sees() {
    let phone = Phone::new();
    phone.state.send_modify(|state| state.entitled = false);
    let blind = phone.adapter.diagnose(vin(1)).await.unwrap();
    assert!(blind.library_available && !blind.entitlement_seen && blind.can_create_key);
    assert_eq!((blind.passes, blind.passes_without_id), (0, 0));

    let unnamed = PassFields { paired_terminal_identifier: None, ..pass(&key(1)) };
    phone.change_passes(|passes| passes.extend([unnamed, pass(&key(2)), pass(&key(3))]));
    phone.state.send_modify(|state| {
        state.entitled = true;
        state.can_create = false;
    });
    let seeing = phone.adapter.diagnose(vin(1)).await.unwrap();
    assert!(seeing.entitlement_seen && !seeing.can_create_key);
    assert_eq!((seeing.passes, seeing.passes_without_id), (3, 1));

    phone.state.send_modify(|state| state.library_available = false);
    assert!(!phone.adapter.diagnose(vin(1)).await.unwrap().library_available);
}

#[tokio::test]
async fn the_keys_on_the_phone_are_listed_only_when_none_can_be_missing() {
    let phone = Phone::new();
    assert_eq!(phone.adapter.local_keys().await.unwrap(), Some(Vec::new()));
    let dead = PassFields { activation_state: ActivationState::Deactivated, ..pass(&key(3)) };
    let on_the_watch = PassFields { is_remote: true, ..pass(&key(4)) };
    phone.change_passes(|passes| {
        passes.extend([pass(&key(1)), pass(&key(2)), pass(&key(1)), dead, on_the_watch]);
    });
    assert_eq!(phone.adapter.local_keys().await.unwrap(), Some(vec![key(1), key(2)]));
    phone.state.send_modify(|state| state.library_available = false);
    assert_eq!(phone.adapter.local_keys().await.unwrap(), None);

    let blind = Phone::new();
    blind.state.send_modify(|state| state.entitled = false);
    assert_eq!(blind.adapter.local_keys().await.unwrap(), None);

    let unnamed = PassFields { paired_terminal_identifier: None, ..pass(&key(1)) };
    let unreadable = Phone::new();
    unreadable.change_passes(|passes| passes.push(unnamed));
    assert_eq!(unreadable.adapter.local_keys().await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn a_diagnosis_ends_when_apple_fails() {
    let phone = Phone::new();
    phone.state.send_modify(|state| state.exception = Some(exception()));
    let error = phone.adapter.diagnose(vin(1)).await.unwrap_err();
    assert_eq!(error, PhoneError::Exception(exception()));
    phone.state.send_modify(|state| {
        state.exception = None;
        state.library_hangs = true;
    });
    assert_eq!(phone.adapter.local_keys().await.unwrap_err(), PhoneError::NotAnswered);
    assert_eq!(
        Phone::without_queues().adapter.diagnose(vin(1)).await.unwrap_err(),
        PhoneError::QueueGone
    );
}
