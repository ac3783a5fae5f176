//! `digital-key demo`: the whole story, played by itself.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use digital_key_backend::{BackendConfig, OwnerKey, VehicleChange};
use digital_key_domain::{
    AppleErrorCode, Blockers, CardAction, DigitalKeyId, EntryView, Intent, KeyState, PageView,
    PairingAnswer, Tap, View, Vin,
};
use serde_json::json;

use crate::failure::Failure;
use crate::render;
use crate::stage::{CacheDirectory, OwnBackend, Stage};

/// Exit code: 0 only if every step landed where it should.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  digital-key demo
  digital-key demo --json | jq -r .page
  digital-key demo --vehicles path/to/real/vehicles --data-dir ./cache")]
pub(crate) struct Options {
    /// Print one JSON object per step: step, page, view, calls.
    #[arg(long)]
    json: bool,
    /// The maker's own files: a folder with vehicles_state.json and vehicle-list.json, or a folder
    /// of such folders.
    #[arg(long, value_name = "PATH")]
    vehicles: Option<PathBuf>,
    /// Keep the cache here instead of in a temporary directory. The story begins with a sign-out,
    /// which empties it.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// Any token does for our own backend.
pub(crate) const TOKEN: &str = "demonstration";

pub(crate) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let backend = OwnBackend::start(BackendConfig::default(), options.vehicles.as_deref()).await?;
    let directory = CacheDirectory::new(options.data_dir)?;
    let url = backend.backend().bff_url();
    let stage = Stage::start(&url, TOKEN, directory, Some(backend.control())).await?;
    let mut story = Story { stage, backend, json: options.json, steps: 0, astray: 0 };
    story.tell().await?;
    story.end().await
}

struct Story {
    stage: Stage,
    backend: OwnBackend,
    json: bool,
    steps: usize,
    /// How many steps did not land where they should.
    astray: usize,
}

impl Story {
    async fn tell(&mut self) -> Result<(), Failure> {
        self.stage.sign_out().await?;
        self.step("a new account", "VehicleTab", |view| view.vehicle.is_none())?;
        let Some(vin) = self.look_at_all_vehicles().await? else {
            self.astray += 1;
            return self.say("no vehicle here supports digital keys and belongs to this user");
        };
        self.pair_after_a_failure(vin).await?;
        self.wait_for_tracking(vin).await?;
        self.start_again_from_the_cache(vin).await?;
        self.delete_in_the_background().await?;
        self.move_from_another_phone(vin).await?;
        self.stage.sign_out().await?;
        self.step("the user signs out", "VehicleTab", |view| view.vehicle.is_none())
    }

    /// Entry on the vehicle tab; answers the first vehicle that can be paired, which is selected.
    async fn look_at_all_vehicles(&mut self) -> Result<Option<Vin>, Failure> {
        let mut pairable = None;
        for vin in self.backend.vehicles.clone() {
            self.select(vin).await?;
            let shown = self.stage.view()?.entry == EntryView::DigitalKey;
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

    async fn pair_after_a_failure(&mut self, vin: Vin) -> Result<(), Failure> {
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

    async fn wait_for_tracking(&mut self, vin: Vin) -> Result<(), Failure> {
        self.change(vin, VehicleChange::Tracked(true))?;
        self.stage.background().await?;
        self.stage.foreground().await?;
        self.step("the backend tracks the key; the app comes back", "Overview", |view| {
            view.key_state == KeyState::ActiveTracked
        })?;
        self.tap(Tap::CardAction, "Overview", |_| true).await
    }

    async fn start_again_from_the_cache(&mut self, vin: Vin) -> Result<(), Failure> {
        self.stage.restart().await?;
        self.step("the app is killed and started again", "VehicleTab", |view| {
            view.vehicle.is_none()
        })?;
        self.select(vin).await?;
        self.step("the same vehicle, from the cache", "VehicleTab", |view| {
            view.entry == EntryView::DigitalKey && view.key_state == KeyState::ActiveTracked
        })?;
        self.tap(Tap::Entry, "Overview", |view| view.key_state == KeyState::ActiveTracked).await
    }

    async fn delete_in_the_background(&mut self) -> Result<(), Failure> {
        self.stage.background().await?;
        self.stage.phone.delete_key(&key("KEY-1")?);
        self.stage.foreground().await?;
        self.step(
            "the key is deleted in the background; the app comes back",
            "KeyDeleted",
            |_| true,
        )?;
        self.tap(Tap::ConfirmError, "VehicleTab", |view| view.key_state == KeyState::OtherDevice)
            .await
    }

    async fn move_from_another_phone(&mut self, vin: Vin) -> Result<(), Failure> {
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

    /// From Welcome to Apple's sheet.
    async fn walk_to_the_sheet(&mut self, forget_the_box: bool) -> Result<(), Failure> {
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

    /// Apple makes a key, which is then the vehicle's owner key.
    async fn make_key(&mut self, vin: Vin, id: &str) -> Result<(), Failure> {
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
    ) -> Result<(), Failure> {
        self.stage.apple_answers(PairingAnswer { pass, error }).await.map(drop)
    }

    fn change(&self, vin: Vin, change: VehicleChange) -> Result<(), Failure> {
        self.backend.control().change(vin, change).map_err(|error| Failure::other(&error))
    }

    async fn select(&self, vin: Vin) -> Result<(), Failure> {
        self.stage.dispatch(Intent::SelectVehicle(vin)).await
    }

    /// Taps what the page shows; a tap on something that is not there leads astray.
    async fn tap(
        &mut self,
        tap: Tap,
        page: &str,
        lands: impl Fn(&View) -> bool,
    ) -> Result<(), Failure> {
        let taps = render::draw(&self.stage.view()?).taps;
        let label = taps.iter().find(|(offered, _)| *offered == tap).map(|(_, label)| *label);
        self.stage.dispatch(tap).await?;
        match label {
            Some(label) => self.step(&format!("\"{label}\" is tapped"), page, lands),
            None => self.step(&format!("{tap:?} is tapped, and is not there"), page, |_| false),
        }
    }

    /// Prints where the story is now, and notes whether that is where it should be.
    fn step(
        &mut self,
        what: &str,
        page: &str,
        lands: impl Fn(&View) -> bool,
    ) -> Result<(), Failure> {
        let view = self.stage.view()?;
        let calls = self.stage.take_calls();
        let landed = view.page.name() == page && lands(&view);
        self.steps += 1;
        self.astray += usize::from(!landed);
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
        if landed {
            return Ok(());
        }
        self.say(&format!("step {} should have landed on {page}, but did not", self.steps))
    }

    fn say(&self, line: &str) -> Result<(), Failure> {
        writeln!(io::stderr(), "digital-key: {line}")?;
        Ok(())
    }

    async fn end(self) -> Result<ExitCode, Failure> {
        let Self { stage, json, steps, astray, .. } = self;
        stage.end().await;
        if !json {
            writeln!(io::stdout(), "{} of {steps} steps landed where they should", steps - astray)?;
        }
        Ok(ExitCode::from(u8::from(astray > 0)))
    }
}

fn is_card(view: &View, action: CardAction) -> bool {
    matches!(&view.page, PageView::Overview { card, .. } if card.action == action)
}

fn key(id: &str) -> Result<DigitalKeyId, Failure> {
    DigitalKeyId::try_from(id).map_err(|error| Failure::other(&error))
}
