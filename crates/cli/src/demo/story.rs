//! The story: a driver pairs a car, and what happens to the key afterwards.

use std::sync::Arc;

use digital_key::backend::{OwnerKey, VehicleChange};
use digital_key::ports::{DigitalKeyId, PairingAnswer};
use digital_key::texts::{PageText, Texts, Value};
use digital_key::{
    AppleErrorCode, Blockers, CardAction, EntryView, Intent, KeyState, PageView, Tap, View, Vin,
};

use super::stage::{Stage, Step};
use crate::error::CommandError;
use crate::harness::{Harness, LogEntry, OwnBackend};

/// The story, and how it goes.
pub(super) struct Story {
    pub(super) harness: Harness,
    pub(super) backend: OwnBackend,
    pub(super) texts: Arc<Texts>,
    pub(super) stage: Stage,
    /// The number of steps.
    pub(super) steps: usize,
    /// The number of steps that were not as expected.
    pub(super) failed: usize,
}

impl Story {
    pub(super) async fn play(&mut self) -> Result<(), CommandError> {
        self.stage.chapter("chapter-vehicles");
        self.harness.sign_out().await?;
        self.step(&self.texts.text("step-new-account"), "VehicleTab", |view| {
            view.vehicle.is_none()
        })
        .await?;
        let Some(vin) = self.look_at_all_vehicles().await? else {
            self.failed += 1;
            let problem = "no vehicle here supports digital keys and belongs to this user";
            return self.stage.problem(problem);
        };
        self.stage.chapter("chapter-pairing");
        self.pair_after_a_failure(vin).await?;
        self.stage.chapter("chapter-tracking");
        self.wait_for_tracking(vin).await?;
        self.stage.chapter("chapter-restart");
        self.start_again_from_the_cache(vin).await?;
        self.stage.chapter("chapter-deletion");
        self.delete_in_the_background().await?;
        self.stage.chapter("chapter-move");
        self.move_from_another_phone(vin).await?;
        self.stage.chapter("chapter-end");
        self.harness.sign_out().await?;
        self.step(&self.texts.text("step-signed-out"), "VehicleTab", |view| view.vehicle.is_none())
            .await
    }

    /// Shows the vehicle tab of each vehicle. Selects and returns the first one that can be paired.
    async fn look_at_all_vehicles(&mut self) -> Result<Option<Vin>, CommandError> {
        let mut pairable = None;
        for vin in self.backend.vehicles.clone() {
            self.select(vin).await?;
            let shown = self.harness.view()?.entry == EntryView::DigitalKey;
            let key = if shown { "step-has-entry" } else { "step-has-no-entry" };
            let what = self.texts.text_with(key, &[("vin", Value::Text(vin.as_str()))]);
            self.step(&what, "VehicleTab", |_| true).await?;
            let primary =
                self.backend.control().vehicle(vin).is_some_and(|it| it.primary_subscriber);
            if shown && primary {
                pairable = pairable.or(Some(vin));
            }
        }
        if let Some(vin) = pairable {
            self.select(vin).await?;
            self.step(&self.texts.text("step-selected"), "VehicleTab", |view| {
                view.entry == EntryView::DigitalKey
            })
            .await?;
        }
        Ok(pairable)
    }

    async fn pair_after_a_failure(&mut self, vin: Vin) -> Result<(), CommandError> {
        self.tap(Tap::Entry, "Welcome", |view| view.offers.contains(Tap::Continue)).await?;
        self.walk_to_the_sheet(true).await?;
        self.apple(None, Some(AppleErrorCode::UserCanceled)).await?;
        self.step(&self.texts.text("step-cancelled"), "PairingError", |view| {
            view.offers.contains(Tap::Retry)
        })
        .await?;
        self.tap(Tap::Retry, "PairingError", |view| view.pairing_runs).await?;
        self.make_key(vin, "KEY-1").await?;
        self.tap(Tap::Continue, "Tutorial2", |_| true).await?;
        self.tap(Tap::Continue, "Overview", |view| {
            view.key_state == KeyState::ActiveUntracked && is_card(view, CardAction::EditInWallet)
        })
        .await
    }

    async fn wait_for_tracking(&mut self, vin: Vin) -> Result<(), CommandError> {
        self.change(vin, VehicleChange::Tracked(true))?;
        self.harness.background().await?;
        self.harness.foreground().await?;
        self.step(&self.texts.text("step-tracked"), "Overview", |view| {
            view.key_state == KeyState::ActiveTracked
        })
        .await?;
        self.tap(Tap::CardAction, "Overview", |_| true).await
    }

    async fn start_again_from_the_cache(&mut self, vin: Vin) -> Result<(), CommandError> {
        self.harness.restart().await?;
        self.step(&self.texts.text("step-killed"), "VehicleTab", |view| view.vehicle.is_none())
            .await?;
        self.select(vin).await?;
        self.step(&self.texts.text("step-from-the-cache"), "VehicleTab", |view| {
            view.entry == EntryView::DigitalKey && view.key_state == KeyState::ActiveTracked
        })
        .await?;
        self.tap(Tap::Entry, "Overview", |view| view.key_state == KeyState::ActiveTracked).await
    }

    async fn delete_in_the_background(&mut self) -> Result<(), CommandError> {
        self.harness.background().await?;
        self.harness.phone.delete_key(&key("KEY-1")?);
        self.harness.foreground().await?;
        self.step(&self.texts.text("step-deleted"), "KeyDeleted", |_| true).await?;
        self.tap(Tap::ConfirmError, "VehicleTab", |view| view.key_state == KeyState::OtherDevice)
            .await
    }

    async fn move_from_another_phone(&mut self, vin: Vin) -> Result<(), CommandError> {
        let elsewhere = OwnerKey { id: key("KEY-2")?, tracked: true };
        self.change(vin, VehicleChange::OwnerKey(Some(elsewhere)))?;
        self.tap(Tap::Entry, "Welcome", |view| view.offers.contains(Tap::Continue)).await?;
        self.tap(Tap::Continue, "Overview", |view| {
            view.key_state == KeyState::OtherDevice && is_card(view, CardAction::MoveToThisPhone)
        })
        .await?;
        self.tap(Tap::CardAction, "MoveKeyWarning", |_| true).await?;
        self.tap(Tap::ConfirmMove, "Welcome", |view| {
            let is_free = |blockers: &Blockers| blockers.first().is_none();
            view.offers.contains(Tap::Continue)
                && matches!(&view.page, PageView::Welcome { move_flow: true, blockers }
                    if is_free(blockers))
        })
        .await?;
        self.walk_to_the_sheet(false).await?;
        self.make_key(vin, "KEY-3").await?;
        self.tap(Tap::Close, "VehicleTab", |view| view.key_state == KeyState::ActiveUntracked)
            .await?;
        self.tap(Tap::Entry, "Overview", |view| is_card(view, CardAction::EditInWallet)).await
    }

    /// Goes from Welcome to Apple's sheet.
    async fn walk_to_the_sheet(&mut self, forget_the_box: bool) -> Result<(), CommandError> {
        self.tap(Tap::Continue, "GrabYourTwoKeys", |_| true).await?;
        self.tap(Tap::Continue, "ReadyToPair", |_| true).await?;
        if forget_the_box {
            self.tap(Tap::Continue, "ReadyToPair", |view| {
                matches!(view.page, PageView::ReadyToPair { highlighted: true, .. })
            })
            .await?;
        }
        self.tap(Tap::TickBox, "ReadyToPair", |view| {
            matches!(view.page, PageView::ReadyToPair { checked: true, highlighted: false })
        })
        .await?;
        self.tap(Tap::Continue, "ReadyToPair", |view| view.pairing_runs).await
    }

    /// Lets Apple make a key, which becomes the vehicle's owner key.
    async fn make_key(&mut self, vin: Vin, id: &str) -> Result<(), CommandError> {
        let made = OwnerKey { id: key(id)?, tracked: false };
        self.change(vin, VehicleChange::OwnerKey(Some(made)))?;
        self.apple(Some(key(id)?), None).await?;
        let made = self.texts.text_with("step-key-made", &[("key", Value::Text(id))]);
        self.step(&made, "Tutorial1", |view| {
            view.key_state == KeyState::ActiveUntracked && view.password_uses.is_none()
        })
        .await
    }

    async fn apple(
        &self,
        pass: Option<DigitalKeyId>,
        error: Option<AppleErrorCode>,
    ) -> Result<(), CommandError> {
        self.harness.apple_answers(PairingAnswer { pass, error }).await
    }

    fn change(&self, vin: Vin, change: VehicleChange) -> Result<(), CommandError> {
        self.backend.control().change(vin, change).map_err(|error| CommandError::other(&error))
    }

    async fn select(&self, vin: Vin) -> Result<(), CommandError> {
        self.harness.dispatch(Intent::SelectVehicle(vin)).await
    }

    /// Taps a button and checks the page that follows. A tap that the page does not offer fails.
    async fn tap(
        &mut self,
        tap: Tap,
        page: &str,
        expected: impl Fn(&View) -> bool,
    ) -> Result<(), CommandError> {
        let view = self.harness.view()?;
        let before = PageText::of(&view, &self.texts);
        let button = before.buttons.iter().find(|button| button.tap == tap && button.is_enabled);
        self.stage.before_tap(&view, tap).await?;
        self.harness.dispatch(tap).await?;
        match button {
            Some(button) => {
                let label = [("label", Value::Text(&button.label))];
                self.step(&self.texts.text_with("step-tapped", &label), page, expected).await
            }
            None => {
                let what = format!("{tap:?} is tapped, but the page does not offer it");
                self.step(&what, page, |_| false).await
            }
        }
    }

    /// Shows a step, and counts it as failed if the page or the view is not as expected.
    async fn step(
        &mut self,
        what: &str,
        page: &str,
        expected: impl Fn(&View) -> bool,
    ) -> Result<(), CommandError> {
        let view = self.harness.view()?;
        let log = self.harness.take_log().into_iter();
        let calls = log.filter_map(|entry| match entry {
            LogEntry::Call(call) => Some(call),
            LogEntry::Failed(_) | LogEntry::Ignored(_) => None,
        });
        let calls: Vec<_> = calls.collect();
        let is_expected = view.page.name() == page && expected(&view);
        self.steps += 1;
        self.failed += usize::from(!is_expected);
        self.stage.step(&Step { number: self.steps, what, view: &view, calls: &calls }).await?;
        if is_expected {
            return Ok(());
        }
        self.stage.problem(&format!("step {} is not {page} as expected", self.steps))
    }
}

fn is_card(view: &View, action: CardAction) -> bool {
    matches!(&view.page, PageView::Overview { card, .. } if card.action == action)
}

fn key(id: &str) -> Result<DigitalKeyId, CommandError> {
    DigitalKeyId::try_from(id).map_err(|error| CommandError::other(&error))
}
