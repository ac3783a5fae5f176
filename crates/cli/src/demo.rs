//! `digital-key demo` plays the whole story without input.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use digital_key::backend::{BackendConfig, OwnerKey, VehicleChange};
use digital_key::ports::{DigitalKeyId, PairingAnswer};
use digital_key::{
    AppleErrorCode, Blockers, CardAction, EntryView, Intent, KeyState, PageView, Tap, View, Vin,
};
use serde_json::json;

use crate::error::CommandError;
use crate::harness::{CacheDirectory, Harness, OwnBackend};
use crate::render;

/// The options of `digital-key demo`. Its exit code is 0 only if every step is as expected.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  digital-key demo
  digital-key demo --json | jq -r .page
  digital-key demo --vehicles path/to/real/vehicles --data-dir ./cache")]
pub(crate) struct Options {
    /// Print one JSON object per step: step, page, view, calls.
    #[arg(long)]
    json: bool,
    /// Take the vehicles from the maker's files: a folder with vehicles_state.json and
    /// vehicle-list.json, or a folder of such folders.
    #[arg(long, value_name = "PATH")]
    vehicles: Option<PathBuf>,
    /// Keep the cache here instead of in a temporary directory. The story begins with a sign-out,
    /// which empties it.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// The token for the backend in this program, which accepts any.
pub(crate) const TOKEN: &str = "demonstration";

pub(crate) async fn run(options: Options) -> Result<ExitCode, CommandError> {
    let backend = OwnBackend::start(BackendConfig::default(), options.vehicles.as_deref()).await?;
    let directory = CacheDirectory::new(options.data_dir)?;
    let url = backend.backend().bff_url();
    let harness = Harness::start(&url, TOKEN, directory, Some(backend.control())).await?;
    let mut story = Story { harness, backend, json: options.json, steps: 0, failed: 0 };
    story.play().await?;
    story.end().await
}

struct Story {
    harness: Harness,
    backend: OwnBackend,
    json: bool,
    steps: usize,
    /// The number of steps that were not as expected.
    failed: usize,
}

impl Story {
    async fn play(&mut self) -> Result<(), CommandError> {
        self.harness.sign_out().await?;
        self.step("a new account", "VehicleTab", |view| view.vehicle.is_none())?;
        let Some(vin) = self.look_at_all_vehicles().await? else {
            self.failed += 1;
            return self.say("no vehicle here supports digital keys and belongs to this user");
        };
        self.pair_after_a_failure(vin).await?;
        self.wait_for_tracking(vin).await?;
        self.start_again_from_the_cache(vin).await?;
        self.delete_in_the_background().await?;
        self.move_from_another_phone(vin).await?;
        self.harness.sign_out().await?;
        self.step("the user signs out", "VehicleTab", |view| view.vehicle.is_none())
    }

    /// Shows the vehicle tab of each vehicle. Selects and returns the first one that can be paired.
    async fn look_at_all_vehicles(&mut self) -> Result<Option<Vin>, CommandError> {
        let mut pairable = None;
        for vin in self.backend.vehicles.clone() {
            self.select(vin).await?;
            let shown = self.harness.view()?.entry == EntryView::DigitalKey;
            let what = if shown { "has the entry" } else { "has no entry" };
            self.step(&format!("{} {what}", vin.as_str()), "VehicleTab", |_| true)?;
            let primary =
                self.backend.control().vehicle(vin).is_some_and(|it| it.primary_subscriber);
            if shown && primary {
                pairable = pairable.or(Some(vin));
            }
        }
        if let Some(vin) = pairable {
            self.select(vin).await?;
            self.step("the first of them is selected", "VehicleTab", |view| {
                view.entry == EntryView::DigitalKey
            })?;
        }
        Ok(pairable)
    }

    async fn pair_after_a_failure(&mut self, vin: Vin) -> Result<(), CommandError> {
        self.tap(Tap::Entry, "Welcome", |view| view.offers.contains(Tap::Continue)).await?;
        self.walk_to_the_sheet(true).await?;
        self.apple(None, Some(AppleErrorCode::UserCanceled)).await?;
        self.step("Apple answers: cancelled by the user", "PairingError", |view| {
            view.offers.contains(Tap::Retry)
        })?;
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
        self.step("the backend tracks the key; the app comes back", "Overview", |view| {
            view.key_state == KeyState::ActiveTracked
        })?;
        self.tap(Tap::CardAction, "Overview", |_| true).await
    }

    async fn start_again_from_the_cache(&mut self, vin: Vin) -> Result<(), CommandError> {
        self.harness.restart().await?;
        self.step("the app is killed and started again", "VehicleTab", |view| {
            view.vehicle.is_none()
        })?;
        self.select(vin).await?;
        self.step("the same vehicle, from the cache", "VehicleTab", |view| {
            view.entry == EntryView::DigitalKey && view.key_state == KeyState::ActiveTracked
        })?;
        self.tap(Tap::Entry, "Overview", |view| view.key_state == KeyState::ActiveTracked).await
    }

    async fn delete_in_the_background(&mut self) -> Result<(), CommandError> {
        self.harness.background().await?;
        self.harness.phone.delete_key(&key("KEY-1")?);
        self.harness.foreground().await?;
        self.step(
            "the key is deleted in the background; the app comes back",
            "KeyDeleted",
            |_| true,
        )?;
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
        self.step(&format!("Apple answers: {id} is made"), "Tutorial1", |view| {
            view.key_state == KeyState::ActiveUntracked && view.password_uses.is_none()
        })
    }

    async fn apple(
        &self,
        pass: Option<DigitalKeyId>,
        error: Option<AppleErrorCode>,
    ) -> Result<(), CommandError> {
        self.harness.apple_answers(PairingAnswer { pass, error }).await.map(drop)
    }

    fn change(&self, vin: Vin, change: VehicleChange) -> Result<(), CommandError> {
        self.backend.control().change(vin, change).map_err(|error| CommandError::other(&error))
    }

    async fn select(&self, vin: Vin) -> Result<(), CommandError> {
        self.harness.dispatch(Intent::SelectVehicle(vin)).await
    }

    /// Taps a control and checks the page that follows. A tap that the page does not offer fails.
    async fn tap(
        &mut self,
        tap: Tap,
        page: &str,
        expected: impl Fn(&View) -> bool,
    ) -> Result<(), CommandError> {
        let taps = render::draw(&self.harness.view()?).taps;
        let label = taps.iter().find(|(offered, _)| *offered == tap).map(|(_, label)| *label);
        self.harness.dispatch(tap).await?;
        match label {
            Some(label) => self.step(&format!("\"{label}\" is tapped"), page, expected),
            None => self.step(
                &format!("{tap:?} is tapped, but the page does not offer it"),
                page,
                |_| false,
            ),
        }
    }

    /// Prints a step, and counts it as failed if the page or the view is not as expected.
    fn step(
        &mut self,
        what: &str,
        page: &str,
        expected: impl Fn(&View) -> bool,
    ) -> Result<(), CommandError> {
        let view = self.harness.view()?;
        let calls = self.harness.take_calls();
        let is_expected = view.page.name() == page && expected(&view);
        self.steps += 1;
        self.failed += usize::from(!is_expected);
        let mut out = io::stdout().lock();
        if self.json {
            let step = json!({
                "step": what,
                "page": view.page.name(),
                "view": render::to_json(&view),
                "calls": calls,
            });
            writeln!(out, "{step}")?;
        } else {
            let drawing = render::draw(&view);
            writeln!(out, "{:>2}. {what}", self.steps)?;
            writeln!(out, "    +-- {} [{}]", drawing.title, view.page.name())?;
            for line in &drawing.lines {
                writeln!(out, "    |   {line}")?;
            }
            let taps: Vec<_> = drawing.taps.iter().map(|(_, label)| format!("({label})")).collect();
            if !taps.is_empty() {
                writeln!(out, "    |   {}", taps.join(" "))?;
            }
            if !calls.is_empty() {
                writeln!(out, "    +-- calls: {}", calls.join(", "))?;
            }
            writeln!(out)?;
        }
        out.flush()?;
        drop(out);
        if is_expected {
            return Ok(());
        }
        self.say(&format!("step {} is not {page} as expected", self.steps))
    }

    fn say(&self, line: &str) -> Result<(), CommandError> {
        writeln!(io::stderr(), "digital-key: {line}")?;
        Ok(())
    }

    async fn end(self) -> Result<ExitCode, CommandError> {
        let Self { harness, json, steps, failed, .. } = self;
        harness.end().await;
        if !json {
            writeln!(io::stdout(), "{} of {steps} steps are as expected", steps - failed)?;
        }
        Ok(ExitCode::from(u8::from(failed > 0)))
    }
}

fn is_card(view: &View, action: CardAction) -> bool {
    matches!(&view.page, PageView::Overview { card, .. } if card.action == action)
}

fn key(id: &str) -> Result<DigitalKeyId, CommandError> {
    DigitalKeyId::try_from(id).map_err(|error| CommandError::other(&error))
}
