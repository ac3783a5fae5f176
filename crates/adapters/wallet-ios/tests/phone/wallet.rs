//! The answers of the wallet beyond its contract, and its errors.

use digital_key_domain::Presence;
use digital_key_ports::{Wallet, WalletErrorKind};
use digital_key_testkit::values::key;
use digital_key_wallet_ios::PassFields;

use crate::fake::{Phone, exception, pass};

#[tokio::test(start_paused = true)]
async fn ovr_2_an_empty_list_is_a_deletion_when_this_process_has_seen_a_pass() {
    let phone = Phone::new();
    phone.change_passes(|passes| passes.push(pass(&key(1))));
    phone.state.send_modify(|state| state.entitled = false);
    assert_eq!(phone.adapter.presence(key(1)).await.unwrap(), Presence::CannotSay);
    phone.state.send_modify(|state| state.entitled = true);
    assert_eq!(phone.adapter.presence(key(1)).await.unwrap(), Presence::Present);
    phone.state.send_modify(|state| state.entitled = false);
    assert_eq!(phone.adapter.presence(key(1)).await.unwrap(), Presence::Absent);
}

#[tokio::test(start_paused = true)]
async fn ovr_2_a_list_that_is_empty_for_a_moment_is_not_a_deletion() {
    let phone = Phone::new();
    phone.change_passes(|passes| passes.push(pass(&key(1))));
    assert_eq!(phone.adapter.presence(key(1)).await.unwrap(), Presence::Present);
    phone.state.send_modify(|state| state.empty_lists = 1);
    assert_eq!(phone.adapter.presence(key(1)).await.unwrap(), Presence::Present);
    phone.state.send_modify(|state| state.empty_lists = 2);
    assert_eq!(phone.adapter.presence(key(1)).await.unwrap(), Presence::Absent);
}

#[tokio::test]
async fn a_pass_of_a_paired_watch_is_not_a_key_of_this_phone() {
    let phone = Phone::new();
    let on_the_watch = PassFields { is_remote: true, ..pass(&key(1)) };
    phone.change_passes(|passes| passes.extend([on_the_watch, pass(&key(2))]));
    assert_eq!(phone.adapter.presence(key(1)).await.unwrap(), Presence::Absent);
    assert!(phone.adapter.open(key(1)).await.is_err());
}

#[tokio::test]
async fn wel_2_an_unavailable_library_cannot_say() {
    let phone = Phone::new();
    phone.change_passes(|passes| passes.push(pass(&key(1))));
    phone.state.send_modify(|state| state.library_available = false);
    assert_eq!(phone.adapter.presence(key(1)).await.unwrap(), Presence::CannotSay);
}

#[tokio::test]
async fn ovr_4_opening_a_missing_key_is_a_retryable_error() {
    let phone = Phone::new();
    phone.change_passes(|passes| passes.push(pass(&key(2))));
    let error = phone.adapter.open(key(1)).await.unwrap_err();
    assert!(error.is_retryable(), "{error}");
    assert!(phone.state.borrow().opened.is_none());
}

#[tokio::test]
async fn ovr_4_without_a_library_the_wallet_is_not_offered() {
    let phone = Phone::new();
    phone.change_passes(|passes| passes.push(pass(&key(1))));
    phone.state.send_modify(|state| state.library_available = false);
    let error = phone.adapter.open(key(1)).await.unwrap_err();
    assert_eq!(error.kind(), WalletErrorKind::NotOffered, "{error}");
}

#[tokio::test]
async fn ovr_4_the_wallet_opens_at_the_key_and_a_refusal_is_a_retryable_error() {
    let phone = Phone::new();
    phone.change_passes(|passes| passes.push(pass(&key(1))));
    for (reported, opens) in [(Some(true), true), (Some(false), false), (None, false)] {
        phone.state.send_modify(|state| state.pass_url = Some(reported));
        let opened = phone.adapter.open(key(1)).await;
        assert_eq!(opened.is_ok(), opens, "{reported:?}");
        assert!(opened.err().is_none_or(|error| error.is_retryable()), "{reported:?}");
    }
    assert!(phone.state.borrow().presented.is_none());
}

#[tokio::test]
async fn ovr_4_a_pass_without_a_url_is_presented() {
    let phone = Phone::new();
    phone.change_passes(|passes| passes.push(pass(&key(1))));
    phone.state.send_modify(|state| state.pass_url = None);
    phone.adapter.open(key(1)).await.unwrap();
    assert_eq!(phone.state.borrow().presented, Some(pass(&key(1))));
}

#[tokio::test]
async fn wel_2_an_exception_of_the_library_is_a_retryable_error() {
    let phone = Phone::new();
    phone.change_passes(|passes| passes.push(pass(&key(1))));
    phone.state.send_modify(|state| state.exception = Some(exception()));
    assert!(phone.adapter.presence(key(1)).await.unwrap_err().is_retryable());
    assert!(phone.adapter.open(key(1)).await.unwrap_err().is_retryable());
}
