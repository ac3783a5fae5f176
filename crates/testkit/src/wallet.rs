//! The suite of the [`Wallet`] port.
//!
//! | MUST | case |
//! |---|---|
//! | `Absent` only if the wallet is able to know | [`absence_is_claimed_only_by_a_wallet_that_is_able_to_know`] |
//! | `Present` means a key that is on this phone | [`a_key_is_present_exactly_while_it_is_on_this_phone`] |
//! | … that is not dead; it may be suspended or untracked | [`a_key_is_present_unless_it_is_dead`] |
//! | a change between two calls is reported by the second | [`a_change_between_two_calls_is_reported_by_the_second`] |
//! | `next_change` waits for the next change (OVR-7) | [`a_change_ends_the_waiting_for_it`] |
//! | a dropped call leaves the adapter usable | [`a_dropped_call_leaves_the_adapter_usable`] |
//! | `open` opens the wallet app at this key (OVR-4) | [`the_wallet_app_opens_at_the_key`] |

use digital_key_domain::{DigitalKeyId, Presence};
use digital_key_ports::Wallet;
use futures_util::FutureExt;
use tokio::task::yield_now;

use crate::values::key;
use crate::violation::{dropped_after, must, must_end, must_equal, must_work};
use crate::{CaseResult, Violation};

/// A phone with a scripted wallet, and the adapter that reads it.
///
/// Each case gets a harness of its own, whose wallet is empty and able to know what it holds.
#[expect(async_fn_in_trait, reason = "a case waits for its harness on its own thread")]
pub trait WalletHarness {
    /// The type of the adapter.
    type Wallet: Wallet;

    /// Returns the adapter.
    fn wallet(&self) -> &Self::Wallet;

    /// Puts an active, tracked key into the wallet.
    async fn add_key(&self, key: DigitalKeyId);

    /// Deletes a key from the wallet.
    async fn delete_key(&self, key: DigitalKeyId);

    /// Returns the key that the wallet app was opened at last.
    async fn opened_at(&self) -> Option<DigitalKeyId>;

    /// Sets whether the wallet is able to know which keys it holds. PassKit is not without the
    /// app's entitlement.
    async fn set_able_to_know(&self, _able: bool) -> CaseResult {
        let hook = "WalletHarness::set_able_to_know";
        Err(Violation::missing_hook(hook, WalletCapability::UnableToKnow))
    }

    /// Changes the condition of a key that is in the wallet.
    async fn set_condition(&self, _key: DigitalKeyId, _condition: KeyCondition) -> CaseResult {
        let hook = "WalletHarness::set_condition";
        Err(Violation::missing_hook(hook, WalletCapability::KeyConditions))
    }
}

/// A capability that a harness may lack; see [`wallet_conformance!`](crate::wallet_conformance).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalletCapability {
    /// [`WalletHarness::set_able_to_know`].
    UnableToKnow,
    /// [`WalletHarness::set_condition`].
    KeyConditions,
}

/// The condition of a key that is in the wallet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyCondition {
    /// It works.
    Active,
    /// It is not registered with the maker's key tracking service yet.
    Untracked,
    /// The user or the maker has suspended it; it can come back.
    Suspended,
    /// It is terminated for good, although the wallet still lists it.
    Dead,
}

/// Runs the suite of the `Wallet` port: one test for each case, of the same name.
///
/// The argument is an async function or closure that makes a fresh
/// [`WalletHarness`](crate::wallet::WalletHarness). After `without:` stands each
/// [`WalletCapability`](crate::wallet::WalletCapability) that the harness lacks:
///
/// ```text
/// digital_key_testkit::wallet_conformance!(MyPhone::new, without: KeyConditions);
/// ```
#[macro_export]
macro_rules! wallet_conformance {
    ($new:expr $(, without: $($left_out:ident),+)? $(,)?) => {
        const _: &[$crate::wallet::WalletCapability] =
            &[$($($crate::wallet::WalletCapability::$left_out),+)?];

        $crate::__conformance! {
            wallet($new) without [$($($left_out)+)?]
            a_key_is_present_exactly_while_it_is_on_this_phone
            a_change_between_two_calls_is_reported_by_the_second
            a_change_ends_the_waiting_for_it
            a_dropped_call_leaves_the_adapter_usable
            the_wallet_app_opens_at_the_key;
            UnableToKnow:
            absence_is_claimed_only_by_a_wallet_that_is_able_to_know;
            KeyConditions:
            a_key_is_present_unless_it_is_dead
        }
    };
}

/// A wallet that is not able to know claims no absence, neither of a key that it holds nor of one
/// that it does not hold. It answers again once it is able to know.
pub async fn absence_is_claimed_only_by_a_wallet_that_is_able_to_know<H: WalletHarness>(
    harness: &H,
) -> CaseResult {
    harness.add_key(key(1)).await;
    harness.set_able_to_know(false).await?;
    for key in [key(1), key(2)] {
        // An error counts as `CannotSay`.
        if let Ok(presence) = harness.wallet().presence(key).await {
            let what = "the presence in a wallet that is not able to know";
            must_equal(what, presence, Presence::CannotSay)?;
        }
    }
    harness.set_able_to_know(true).await?;
    must_be(harness, 1, Presence::Present).await?;
    must_be(harness, 2, Presence::Absent).await
}

/// A key is present from its addition to its deletion, independently of other keys.
pub async fn a_key_is_present_exactly_while_it_is_on_this_phone<H: WalletHarness>(
    harness: &H,
) -> CaseResult {
    must_be(harness, 1, Presence::Absent).await?;
    harness.add_key(key(1)).await;
    must_be(harness, 1, Presence::Present).await?;
    must_be(harness, 2, Presence::Absent).await?;
    harness.add_key(key(2)).await;
    harness.delete_key(key(1)).await;
    must_be(harness, 1, Presence::Absent).await?;
    must_be(harness, 2, Presence::Present).await
}

/// A key that is suspended or not yet tracked is present. A dead key is not, although the wallet
/// still lists it.
pub async fn a_key_is_present_unless_it_is_dead<H: WalletHarness>(harness: &H) -> CaseResult {
    harness.add_key(key(1)).await;
    for (condition, presence) in [
        (KeyCondition::Untracked, Presence::Present),
        (KeyCondition::Suspended, Presence::Present),
        (KeyCondition::Active, Presence::Present),
        (KeyCondition::Dead, Presence::Absent),
    ] {
        harness.set_condition(key(1), condition).await?;
        must_be(harness, 1, presence)
            .await
            .map_err(|violation| Violation::new(format!("{condition:?}: {violation}")))?;
    }
    Ok(())
}

/// A call reports an addition or a deletion that happened before it, while no call waited.
pub async fn a_change_between_two_calls_is_reported_by_the_second<H: WalletHarness>(
    harness: &H,
) -> CaseResult {
    drain_changes(harness).await?;
    harness.add_key(key(1)).await;
    must_be_reported(harness, "an addition").await?;
    drain_changes(harness).await?;
    harness.delete_key(key(1)).await;
    must_be_reported(harness, "a deletion").await
}

/// A change wakes the call that waits for it.
pub async fn a_change_ends_the_waiting_for_it<H: WalletHarness>(harness: &H) -> CaseResult {
    for number in 0..3 {
        drain_changes(harness).await?;
        let waiting = async {
            let reported =
                must_end("the waiting for a change", harness.wallet().next_change()).await?;
            must_work("next_change", reported)
        };
        let change = async {
            // The call is already waiting when the change happens.
            yield_now().await;
            harness.add_key(key(number)).await;
        };
        let (reported, ()) = futures_util::future::join(waiting, change).await;
        reported?;
    }
    Ok(())
}

/// After dropped calls the adapter answers later calls and has lost no change, however far the
/// dropped calls got.
pub async fn a_dropped_call_leaves_the_adapter_usable<H: WalletHarness>(harness: &H) -> CaseResult {
    harness.add_key(key(1)).await;
    for polls in 0..4 {
        let _ = dropped_after(polls, harness.wallet().presence(key(1))).await;
        let _ = dropped_after(polls, harness.wallet().open(key(1))).await;
        drain_changes(harness).await?;
        let _ = dropped_after(polls, harness.wallet().next_change()).await;
        harness.add_key(key(10 + polls as u32)).await;
        must_be_reported(harness, "a change after a dropped call").await?;
        must_be(harness, 1, Presence::Present).await?;
        must_be(harness, 2, Presence::Absent).await?;
    }
    must_open_at(harness, 1).await
}

/// The wallet app opens at the key of the call (OVR-4).
pub async fn the_wallet_app_opens_at_the_key<H: WalletHarness>(harness: &H) -> CaseResult {
    harness.add_key(key(1)).await;
    harness.add_key(key(2)).await;
    for number in [1, 2, 1] {
        must_open_at(harness, number).await?;
    }
    Ok(())
}

async fn must_open_at<H: WalletHarness>(harness: &H, number: u32) -> CaseResult {
    let opened = must_end("open", harness.wallet().open(key(number))).await?;
    must_work("open", opened)?;
    must_equal(
        "the key that the wallet app was opened at",
        harness.opened_at().await,
        Some(key(number)),
    )
}

async fn must_be<H: WalletHarness>(harness: &H, number: u32, expected: Presence) -> CaseResult {
    let presence = must_end("presence", harness.wallet().presence(key(number))).await?;
    let presence = must_work("presence", presence)?;
    must_equal(&format!("the presence of {}", key(number)), presence, expected)
}

async fn must_be_reported<H: WalletHarness>(harness: &H, what: &str) -> CaseResult {
    let reported =
        must_end(&format!("the report of {what}"), harness.wallet().next_change()).await?;
    must_work("next_change", reported)
}

/// Calls `next_change` until all earlier changes are reported, so that the next call waits.
async fn drain_changes<H: WalletHarness>(harness: &H) -> CaseResult {
    /// More changes than a case makes.
    const MOST_CHANGES: usize = 100;
    for _ in 0..MOST_CHANGES {
        match harness.wallet().next_change().now_or_never() {
            Some(reported) => must_work("next_change", reported)?,
            None => return Ok(()),
        }
    }
    must!(false, "next_change reports changes without end");
    Ok(())
}
