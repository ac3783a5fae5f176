//! The tasks that wait for what happens outside, and send it to the event loop.

use std::sync::Arc;

use digital_key_domain::Event;
use digital_key_ports::{AppLifecycle, ApplePairing, LateAnswer, LifecycleEvent, Wallet};
use tokio::sync::mpsc;

use crate::messages::Message;

/// Sends background and foreground.
pub(crate) async fn listen_to_lifecycle(
    lifecycle: Arc<dyn AppLifecycle>,
    messages: mpsc::UnboundedSender<Message>,
) {
    while let Some(event) = lifecycle.next_event().await {
        let event = match event {
            LifecycleEvent::WentToBackground => Event::WentToBackground,
            LifecycleEvent::CameToForeground => Event::CameToForeground,
        };
        if messages.send(Message::Happened(event)).is_err() {
            return;
        }
    }
}

/// Sends the changes of the wallet, until the wallet reports an error (OVR-7).
pub(crate) async fn listen_to_wallet(
    wallet: Arc<dyn Wallet>,
    messages: mpsc::UnboundedSender<Message>,
) {
    loop {
        if let Err(error) = wallet.next_change().await {
            tracing::warn!(%error, "changes of the wallet are no longer reported");
            return;
        }
        if messages.send(Message::Happened(Event::WalletChanged)).is_err() {
            return;
        }
    }
}

/// Sends Apple's late answers, until there are no more or Apple's API reports an error (CBK-7).
pub(crate) async fn listen_to_late_answers(
    apple_pairing: Arc<dyn ApplePairing>,
    late_answers: mpsc::Sender<Event>,
) {
    loop {
        let LateAnswer { vin, answer } = match apple_pairing.next_late_answer().await {
            Ok(Some(late)) => late,
            Ok(None) => return,
            Err(error) => {
                tracing::warn!(%error, "late answers are no longer reported");
                return;
            }
        };
        if late_answers.send(Event::LateAnswer { vin, answer }).await.is_err() {
            return;
        }
    }
}
