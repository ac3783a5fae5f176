//! The tasks that wait for what happens outside, and send it to the event loop.
//!
//! An adapter may answer a waiting call at once, again and again. A [`Pace`] bounds how often it is
//! asked, so that the core neither spins nor floods the backend, and an app becomes idle.

use std::sync::Arc;
use std::time::Duration;

use digital_key_domain::Event;
use digital_key_ports::{AppLifecycle, ApplePairing, LateAnswer, LifecycleEvent, Wallet};
use futures_channel::mpsc;
use tokio::time::Instant;

use crate::messages::Message;

/// How often an adapter is asked at once before it has to wait.
const BURST: u32 = 16;
/// The same for the lifecycle, whose events must not come late: the foreground opens the cache (GEN-10).
const LIFECYCLE_BURST: u32 = 4096;

/// Bounds how often an adapter is asked for what happened next: a burst at once, and then once in
/// [`Pace::INTERVAL`].
///
/// Waiting loses nothing: the ports promise to report later what happens while no call waits.
struct Pace {
    /// Each answer moves this by one interval.
    used_until: Instant,
    burst: u32,
}

impl Pace {
    const INTERVAL: Duration = Duration::from_millis(500);

    fn new(burst: u32) -> Self {
        Self { used_until: Instant::now(), burst }
    }

    /// Waits after an answer, until the next call is allowed.
    async fn wait(&mut self) {
        let now = Instant::now();
        self.used_until = self.used_until.max(now) + Self::INTERVAL;
        let ahead = self.used_until.duration_since(now);
        let excess = ahead.saturating_sub(Self::INTERVAL * self.burst);
        if !excess.is_zero() {
            tokio::time::sleep(excess).await;
        }
    }
}

/// Sends background and foreground.
pub(crate) async fn listen_to_lifecycle(
    lifecycle: Arc<dyn AppLifecycle>,
    messages: mpsc::UnboundedSender<Message>,
) {
    let mut pace = Pace::new(LIFECYCLE_BURST);
    while let Some(event) = lifecycle.next_event().await {
        let event = match event {
            LifecycleEvent::WentToBackground => Event::WentToBackground,
            LifecycleEvent::CameToForeground => Event::CameToForeground,
        };
        if messages.unbounded_send(Message::Happened(event)).is_err() {
            return;
        }
        pace.wait().await;
    }
}

/// Sends the changes of the wallet, until the wallet reports an error (OVR-7).
pub(crate) async fn listen_to_wallet(
    wallet: Arc<dyn Wallet>,
    messages: mpsc::UnboundedSender<Message>,
) {
    let mut pace = Pace::new(BURST);
    loop {
        if let Err(error) = wallet.next_change().await {
            tracing::warn!(%error, "changes of the wallet are no longer reported");
            return;
        }
        if messages.unbounded_send(Message::Happened(Event::WalletChanged)).is_err() {
            return;
        }
        pace.wait().await;
    }
}

/// Sends Apple's late answers, until there are no more or Apple's API reports an error (CBK-7).
pub(crate) async fn listen_to_late_answers(
    apple_pairing: Arc<dyn ApplePairing>,
    messages: mpsc::UnboundedSender<Message>,
) {
    let mut pace = Pace::new(BURST);
    loop {
        let LateAnswer { vin, answer } = match apple_pairing.next_late_answer().await {
            Ok(Some(late)) => late,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, "late answers are no longer reported");
                return;
            }
        };
        let event = Event::LateAnswer { vin, answer };
        if messages.unbounded_send(Message::Happened(event)).is_err() {
            return;
        }
        pace.wait().await;
    }
}
