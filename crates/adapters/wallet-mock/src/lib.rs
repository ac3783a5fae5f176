//! A phone in memory that a test or a person scripts.
//!
//! [`ScriptedPhone`] is the wallet, Apple's pairing sheet and the life of the app in one: it
//! implements [`Wallet`], [`ApplePairing`] and [`AppLifecycle`]. It keeps state, so that it can play
//! a whole flow. To expect one call, use a mock of `digital-key-ports`.
//!
//! [`Wallet`]: digital_key_ports::Wallet
//! [`ApplePairing`]: digital_key_ports::ApplePairing
//! [`AppLifecycle`]: digital_key_ports::AppLifecycle

mod phone_state;
mod ports;

use digital_key_domain::{DigitalKeyId, PairingAnswer};
use digital_key_ports::{LifecycleEvent, PairingRequest};
use tokio::sync::watch;

use phone_state::PhoneState;

/// A phone that does what its script says. Time and chance change no part of it.
///
/// A clone is the same phone: give one to the app under test and keep one for the script.
///
/// The phone starts with an empty wallet that knows its keys, and Apple allows a key to be created.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use digital_key_domain::{DigitalKeyId, PairingAnswer, Presence};
/// use digital_key_ports::{ApplePairing, PairingPassword, PairingRequest, Wallet};
/// use digital_key_wallet_mock::ScriptedPhone;
///
/// let phone = ScriptedPhone::new();
/// let request = PairingRequest::new(
///     "WBA00000000DEMO03".parse()?,
///     PairingPassword::parse("12345678")?,
/// );
/// let key = DigitalKeyId::try_from("K1")?;
/// let made = PairingAnswer { pass: Some(key.clone()), error: None };
///
/// let script = async {
///     phone.sheet_shown().await;
///     phone.answer(made.clone())
/// };
/// let (answer, scripted) = tokio::join!(phone.start(request), script);
/// scripted?;
/// assert_eq!(answer?, made);
/// assert_eq!(phone.presence(key).await?, Presence::Present);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct ScriptedPhone {
    /// Each call changes this value once or waits for a change, so that no change is missed.
    state: watch::Sender<PhoneState>,
}

/// The error of a script that answers a sheet although none waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no pairing sheet is waiting for an answer; wait for `sheet_shown` first")]
pub struct NoSheetError;

/// The wallet.
impl ScriptedPhone {
    /// Makes a phone with an empty wallet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a key into the wallet. This is a change of the wallet, unless the key is there.
    pub fn add_key(&self, key: DigitalKeyId) {
        self.state.send_modify(|state| state.add_key(key));
    }

    /// Returns the keys in the wallet.
    #[must_use]
    pub fn keys(&self) -> Vec<DigitalKeyId> {
        self.state.borrow().keys.iter().cloned().collect()
    }

    /// Deletes a key from the wallet. This is a change of the wallet, if the key is there.
    pub fn delete_key(&self, key: &DigitalKeyId) {
        self.state.send_modify(|state| {
            if state.keys.remove(key) {
                state.changes += 1;
            }
        });
    }

    /// Deletes all keys. This is a change of the wallet, unless it is empty.
    pub fn clear(&self) {
        self.state.send_modify(|state| {
            if !state.keys.is_empty() {
                state.keys.clear();
                state.changes += 1;
            }
        });
    }

    /// Sets whether the wallet knows which keys it holds. A wallet that does not know answers
    /// [`Presence::CannotSay`](digital_key_domain::Presence::CannotSay).
    pub fn set_wallet_answers(&self, answers: bool) {
        self.state.send_modify(|state| state.mute = !answers);
    }

    /// Holds back the answers of [`Wallet::presence`](digital_key_ports::Wallet::presence). Each
    /// answer is that of the moment of its question, and may be out of date when it is released.
    pub fn hold_presence(&self) {
        self.state.send_modify(|state| state.presence_held = true);
    }

    /// Sends the answers that are held back, and holds back no more.
    pub fn release_presence(&self) {
        self.state.send_modify(|state| state.presence_held = false);
    }

    /// Waits until [`Wallet::presence`](digital_key_ports::Wallet::presence) was called this many
    /// times since the phone was made.
    pub async fn presence_asked(&self, times: u64) {
        self.until(|state| (state.presence_questions >= times).then_some(())).await;
    }

    /// Returns the key at which the wallet app was opened last.
    #[must_use]
    pub fn wallet_opened_at(&self) -> Option<DigitalKeyId> {
        self.state.borrow().opened_at.clone()
    }
}

/// Apple's pairing sheet.
impl ScriptedPhone {
    /// Sets whether Apple allows a key to be created.
    pub fn set_can_create(&self, can_create: bool) {
        self.state.send_modify(|state| state.cannot_create = !can_create);
    }

    /// Waits until a sheet without an answer is up.
    pub async fn sheet_shown(&self) {
        self.until(|state| state.unanswered_sheet().map(|_| ())).await;
    }

    /// Ends the sheet with this answer. If the last sheet has its answer already, the app receives
    /// this one as a late answer (CBK-7). The key of a pass is in the wallet at once.
    ///
    /// # Errors
    /// [`NoSheetError`] if no sheet was shown, or if the last sheet went away without an answer. The
    /// phone does not change then.
    pub fn answer(&self, answer: PairingAnswer) -> Result<(), NoSheetError> {
        let mut is_taken = false;
        self.state.send_modify(|state| {
            is_taken = state.answer_sheet(answer.clone()) || state.answer_again(answer);
        });
        if is_taken { Ok(()) } else { Err(NoSheetError) }
    }

    /// Removes the sheet: its pairing ends with neither a pass nor an error (CBK-4).
    ///
    /// # Errors
    /// [`NoSheetError`] if no sheet waits for an answer.
    pub fn dismiss_sheet(&self) -> Result<(), NoSheetError> {
        let mut was_up = false;
        self.state.send_modify(|state| was_up = state.answer_sheet(PairingAnswer::default()));
        if was_up { Ok(()) } else { Err(NoSheetError) }
    }

    /// Returns how many sheets were shown since the phone was made.
    #[must_use]
    pub fn pairings_started(&self) -> u64 {
        self.state.borrow().pairings_started
    }

    /// Returns the request of the last sheet, with its password.
    #[must_use]
    pub fn last_request(&self) -> Option<PairingRequest> {
        self.state.borrow().last_request.clone()
    }
}

/// The life of the app.
impl ScriptedPhone {
    /// Sends the app to the background.
    pub fn background(&self) {
        self.push_event(LifecycleEvent::WentToBackground);
    }

    /// Brings the app to the foreground.
    pub fn foreground(&self) {
        self.push_event(LifecycleEvent::CameToForeground);
    }

    /// Forgets the app, as when it is killed: its sheet, its events and Apple's late answers are gone.
    /// The keys, the settings of the script and the counters stay.
    pub fn forget_app(&self) {
        self.state.send_modify(PhoneState::forget_app);
    }

    /// Waits until the app has received all events, wallet changes and late answers so far, and
    /// listens for more. Waits for ever if no app listens.
    pub async fn delivered(&self) {
        self.until(|state| state.is_delivered().then_some(())).await;
    }

    fn push_event(&self, event: LifecycleEvent) {
        self.state.send_modify(|state| state.lifecycle.push_back(event));
    }

    /// Tries a step now and after each change, until it returns a value. A step that returns `None`
    /// must leave the state as it is. Dropping the future has no effect on the state.
    async fn until<T>(&self, mut step: impl FnMut(&mut PhoneState) -> Option<T>) -> T {
        // Subscribe before the first try: a change may follow at any time.
        let mut changes = self.state.subscribe();
        loop {
            let mut taken = None;
            self.state.send_if_modified(|state| {
                taken = step(state);
                taken.is_some()
            });
            if let Some(taken) = taken {
                return taken;
            }
            // This fails only without a sender, and `self` is one.
            let _ = changes.changed().await;
        }
    }
}
