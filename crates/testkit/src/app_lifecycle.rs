//! The suite of the [`AppLifecycle`] port.
//!
//! | MUST | case |
//! |---|---|
//! | events are reported in their order | [`events_are_reported_in_the_order_in_which_they_happened`] |
//! | no event is lost between two calls | [`no_event_between_two_calls_is_lost`] |
//! | a dropped call loses no event | [`a_dropped_call_loses_no_event`] |
//! | `next_event` waits for the next event | [`an_event_ends_the_waiting_for_it`] |

use digital_key_ports::{AppLifecycle, LifecycleEvent};
use futures_util::FutureExt;
use futures_util::future::join;
use tokio::task::yield_now;

use crate::CaseResult;
use crate::violation::{dropped_after, must_end, must_equal};

/// A scripted operating system, and the adapter that listens to it.
///
/// Each case gets a harness of its own, which has sent no event since the adapter was made.
#[expect(async_fn_in_trait, reason = "a case waits for its harness on its own thread")]
pub trait AppLifecycleHarness {
    /// The type of the adapter.
    type AppLifecycle: AppLifecycle;

    /// Returns the adapter.
    fn app_lifecycle(&self) -> &Self::AppLifecycle;

    /// Sends an event of the operating system. Cases alternate background and foreground, and begin
    /// with background.
    async fn send_event(&self, event: LifecycleEvent);
}

/// Runs the suite of the `AppLifecycle` port: one test for each case, of the same name.
///
/// The argument is an async function or closure that makes a fresh
/// [`AppLifecycleHarness`](crate::app_lifecycle::AppLifecycleHarness):
///
/// ```text
/// digital_key_testkit::app_lifecycle_conformance!(MyPhone::new);
/// ```
#[macro_export]
macro_rules! app_lifecycle_conformance {
    ($new:expr $(,)?) => {
        $crate::__conformance! {
            app_lifecycle($new) without []
            events_are_reported_in_the_order_in_which_they_happened
            no_event_between_two_calls_is_lost
            a_dropped_call_loses_no_event
            an_event_ends_the_waiting_for_it
        }
    };
}

const TURN: [LifecycleEvent; 2] =
    [LifecycleEvent::WentToBackground, LifecycleEvent::CameToForeground];

/// Background and foreground are reported in the order in which they happened.
pub async fn events_are_reported_in_the_order_in_which_they_happened<H: AppLifecycleHarness>(
    harness: &H,
) -> CaseResult {
    for _ in 0..3 {
        for event in TURN {
            harness.send_event(event).await;
        }
        for event in TURN {
            must_be_reported(harness, event).await?;
        }
    }
    Ok(())
}

/// Events that happen while no call waits are reported, also those before the first call.
pub async fn no_event_between_two_calls_is_lost<H: AppLifecycleHarness>(harness: &H) -> CaseResult {
    const TURNS: usize = 50;
    for _ in 0..2 {
        for _ in 0..TURNS {
            for event in TURN {
                harness.send_event(event).await;
            }
        }
        for _ in 0..TURNS {
            for event in TURN {
                must_be_reported(harness, event).await?;
            }
        }
    }
    Ok(())
}

/// A dropped call loses no event, whether it is dropped before the event or right after it.
pub async fn a_dropped_call_loses_no_event<H: AppLifecycleHarness>(harness: &H) -> CaseResult {
    for polls in 0..4 {
        let dropped = dropped_after(polls, harness.app_lifecycle().next_event()).await;
        must_equal("the report before any event", dropped, None)?;
        {
            let mut waiting = harness.app_lifecycle().next_event();
            let reported = (&mut waiting).now_or_never();
            must_equal("the report before any event", reported, None)?;
            harness.send_event(TURN[0]).await;
        }
        harness.send_event(TURN[1]).await;
        for event in TURN {
            must_be_reported(harness, event).await?;
        }
    }
    Ok(())
}

/// An event ends the call that waits for it.
pub async fn an_event_ends_the_waiting_for_it<H: AppLifecycleHarness>(harness: &H) -> CaseResult {
    for event in TURN {
        let happening = async {
            // The call is already waiting when the event happens.
            yield_now().await;
            harness.send_event(event).await;
        };
        let (reported, ()) = join(must_be_reported(harness, event), happening).await;
        reported?;
    }
    Ok(())
}

async fn must_be_reported<H: AppLifecycleHarness>(
    harness: &H,
    expected: LifecycleEvent,
) -> CaseResult {
    let reported = must_end("the report of an event", harness.app_lifecycle().next_event()).await?;
    must_equal("the next event", reported, Some(expected))
}
