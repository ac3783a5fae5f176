//! A phone in memory that a test or a person scripts.
//!
//! [`ScriptedPhone`] is the wallet, Apple's pairing sheet and the life of the app in one: it
//! implements [`Wallet`], [`ApplePairing`] and [`AppLifecycle`]. It keeps state, so that a whole
//! flow can be played on it; for one expected call take the mocks of `digital-key-ports`.
//!
//! [`Wallet`]: digital_key_ports::Wallet
//! [`ApplePairing`]: digital_key_ports::ApplePairing
//! [`AppLifecycle`]: digital_key_ports::AppLifecycle

mod ports;
mod world;

use digital_key_domain::{DigitalKeyId, PairingAnswer};
use digital_key_ports::{LifecycleEvent, PairingRequest};
use tokio::sync::watch;

use world::World;

/// A phone that does what its script says: nothing on it happens by itself or by time.
///
/// A clone is the same phone. Hand one to the app under test and keep one for the script.
///
/// It starts with an empty wallet that answers, and with an Apple that says that keys can be
/// created.
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
    /// Every call is one change of this value or waits for one, so that nothing is missed.
    world: watch::Sender<World>,
}

/// A script that answers a pairing without a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no pairing sheet is waiting for an answer; wait for `sheet_shown` first")]
pub struct NoSheetError;

/// The wallet.
impl ScriptedPhone {
    /// A phone with an empty wallet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a key into the wallet; a change, unless it is there.
    pub fn add_key(&self, key: DigitalKeyId) {
        self.world.send_modify(|world| world.add_key(key));
    }

    /// Deletes a key from the wallet; a change, if it is there.
    pub fn delete_key(&self, key: &DigitalKeyId) {
        self.world.send_modify(|world| {
            if world.keys.remove(key) {
                world.changes += 1;
            }
        });
    }

    /// Empties the wallet; a change, unless it is empty.
    pub fn clear(&self) {
        self.world.send_modify(|world| {
            if !world.keys.is_empty() {
                world.keys.clear();
                world.changes += 1;
            }
        });
    }

    /// Sets whether the wallet is able to know which keys it holds. While it is not, it answers
    /// [`Presence::CannotSay`](digital_key_domain::Presence::CannotSay).
    pub fn set_wallet_answers(&self, answers: bool) {
        self.world.send_modify(|world| world.mute = !answers);
    }

    /// Holds the answers to questions after a key back. Each is what the wallet says when it is
    /// asked, so it may be old when it is released.
    pub fn hold_presence(&self) {
        self.world.send_modify(|world| world.presence_held = true);
    }

    /// Sends the answers that are held back, and ends the holding.
    pub fn release_presence(&self) {
        self.world.send_modify(|world| world.presence_held = false);
    }

    /// Waits until the wallet was asked after keys this many times, since the phone was made.
    pub async fn presence_asked(&self, times: u64) {
        self.until(|world| (world.presence_questions >= times).then_some(())).await;
    }

    /// The key at which the wallet app was opened last.
    #[must_use]
    pub fn wallet_opened_at(&self) -> Option<DigitalKeyId> {
        self.world.borrow().opened_at.clone()
    }
}

/// Apple's pairing sheet.
impl ScriptedPhone {
    /// Sets whether Apple says that a key can be created.
    pub fn set_can_create(&self, can_create: bool) {
        self.world.send_modify(|world| world.cannot_create = !can_create);
    }

    /// Waits until a sheet is up that has no answer yet.
    pub async fn sheet_shown(&self) {
        self.until(|world| world.unanswered_sheet().map(|_| ())).await;
    }

    /// Ends the sheet with this answer. When the last sheet has its answer already, Apple answers
    /// once more, which the app is told as a late answer (CBK-7). The key of a pass is in the
    /// wallet at once.
    ///
    /// # Errors
    /// [`NoSheetError`] when no sheet was shown, or the last one went away without an answer;
    /// nothing happens then.
    pub fn answer(&self, answer: PairingAnswer) -> Result<(), NoSheetError> {
        let mut is_heard = false;
        self.world.send_modify(|world| {
            is_heard = world.answer_sheet(answer.clone()) || world.answer_again(answer);
        });
        if is_heard { Ok(()) } else { Err(NoSheetError) }
    }

    /// Lets the sheet vanish: it ends with neither a pass nor an error (CBK-4).
    ///
    /// # Errors
    /// [`NoSheetError`] when no sheet waits for an answer.
    pub fn dismiss_sheet(&self) -> Result<(), NoSheetError> {
        let mut was_up = false;
        self.world.send_modify(|world| was_up = world.answer_sheet(PairingAnswer::default()));
        if was_up { Ok(()) } else { Err(NoSheetError) }
    }

    /// How many sheets were shown since the phone was made.
    #[must_use]
    pub fn pairings_started(&self) -> u64 {
        self.world.borrow().pairings_started
    }

    /// What the last sheet that was shown was given, its password included.
    #[must_use]
    pub fn last_request(&self) -> Option<PairingRequest> {
        self.world.borrow().last_request.clone()
    }
}

/// The life of the app.
impl ScriptedPhone {
    /// Takes the focus from the app.
    pub fn background(&self) {
        self.tell(LifecycleEvent::WentToBackground);
    }

    /// Gives the focus to the app.
    pub fn foreground(&self) {
        self.tell(LifecycleEvent::CameToForeground);
    }

    /// Forgets the app, because it was killed: its sheets and what it has not been told are gone.
    /// The wallet keeps its keys, and what the script has set and counted stays.
    pub fn forget_app(&self) {
        self.world.send_modify(World::forget_app);
    }

    /// Waits until the app has been told every event, every wallet change and every late answer so
    /// far, and waits for more; for ever when no app listens.
    pub async fn heard(&self) {
        self.until(|world| world.is_heard().then_some(())).await;
    }

    fn tell(&self, event: LifecycleEvent) {
        self.world.send_modify(|world| world.lifecycle.push_back(event));
    }

    /// Waits until the step is taken: it is tried now and after every change, and must leave the
    /// world as it is when it answers `None`. Dropped, it has taken nothing.
    async fn until<T>(&self, mut step: impl FnMut(&mut World) -> Option<T>) -> T {
        // Subscribed before the first try, it misses no change after it.
        let mut changes = self.world.subscribe();
        loop {
            let mut taken = None;
            self.world.send_if_modified(|world| {
                taken = step(world);
                taken.is_some()
            });
            if let Some(taken) = taken {
                return taken;
            }
            // It fails only without a sender, and `self` is one.
            let _ = changes.changed().await;
        }
    }
}
