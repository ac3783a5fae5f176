//! `digital-key play`: the same world, in the hands of a person.

mod command;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use digital_key_backend::{BackendConfig, OwnerKey, VehicleChange};
use digital_key_domain::{Intent, View, Vin};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::demo::TOKEN;
use crate::failure::Failure;
use crate::render;
use crate::stage::{CacheDirectory, OwnBackend, Stage};
use command::{Command, HELP};

/// Type a number to tap, or a command; `help` lists the commands.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  digital-key play
  digital-key play --vehicles path/to/real/vehicles --data-dir ./cache
  digital-key play --bff http://127.0.0.1:8480 --token demonstration")]
pub(crate) struct Options {
    /// Use a BFF elsewhere; its world is then not ours to change.
    #[arg(long, value_name = "URL", requires = "token", conflicts_with = "vehicles")]
    bff: Option<String>,
    /// The bearer token for that BFF.
    #[arg(long, requires = "bff")]
    token: Option<String>,
    /// The maker's own files: a folder with vehicles_state.json and vehicle-list.json, or a folder
    /// of such folders.
    #[arg(long, value_name = "PATH")]
    vehicles: Option<PathBuf>,
    /// Keep the cache here instead of in a temporary directory.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

pub(crate) async fn run(options: Options) -> Result<ExitCode, Failure> {
    let directory = CacheDirectory::new(options.data_dir)?;
    let mut play = match (options.bff, options.token) {
        (Some(url), Some(token)) => {
            Play { stage: Stage::start(&url, &token, directory, None).await?, backend: None }
        }
        (Some(_) | None, Some(_) | None) => {
            let backend =
                OwnBackend::start(BackendConfig::default(), options.vehicles.as_deref()).await?;
            let url = backend.backend().bff_url();
            Play {
                stage: Stage::start(&url, TOKEN, directory, Some(backend.control())).await?,
                backend: Some(backend),
            }
        }
    };
    play.play().await?;
    play.stage.end().await;
    Ok(ExitCode::SUCCESS)
}

struct Play {
    stage: Stage,
    /// Our own backend; `None` = a BFF elsewhere.
    backend: Option<OwnBackend>,
}

impl Play {
    async fn play(&mut self) -> Result<(), Failure> {
        say("Type a number to tap, or a command; `help` lists the commands, `quit` ends.")?;
        self.list_vehicles()?;
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        loop {
            self.show()?;
            let line = loop {
                tokio::select! {
                    line = lines.next_line() => break line?,
                    changed = self.stage.changed() => {
                        changed?;
                        self.show()?;
                    }
                }
            };
            let Some(line) = line else { return Ok(()) };
            match Command::parse(&line) {
                Ok(Command::Quit) => return Ok(()),
                Ok(command) => self.obey(command).await?,
                Err(error) => say(&error)?,
            }
        }
    }

    /// What is on the screen, and what was called since the last time.
    fn show(&self) -> Result<(), Failure> {
        let view = self.stage.view()?;
        let drawing = render::draw(&view);
        let mut out = io::stdout().lock();
        let calls = self.stage.take_calls();
        if !calls.is_empty() {
            writeln!(out, "  calls: {}", calls.join(", "))?;
        }
        writeln!(out, "\n+-- {} [{}]", drawing.title, view.page.name())?;
        for line in &drawing.lines {
            writeln!(out, "|   {line}")?;
        }
        for (number, (_, label)) in (1..).zip(&drawing.taps) {
            writeln!(out, "|   {number}) {label}")?;
        }
        write!(out, "> ")?;
        out.flush()?;
        Ok(())
    }

    fn list_vehicles(&self) -> Result<(), Failure> {
        let Some(backend) = &self.backend else {
            return say("`select VIN` selects a vehicle of the BFF.");
        };
        for (number, vin) in (1..).zip(&backend.vehicles) {
            say(&format!("  select {number}   vehicle {}", vin.as_str()))?;
        }
        Ok(())
    }

    async fn obey(&mut self, command: Command) -> Result<(), Failure> {
        match command {
            Command::Nothing | Command::Quit => Ok(()),
            Command::Help => say(HELP),
            Command::Tap(number) => self.tap(number).await,
            Command::Select(vin) => self.stage.dispatch(Intent::SelectVehicle(vin)).await,
            Command::SelectNumber(number) => {
                match number.checked_sub(1).and_then(|at| self.backend.as_ref()?.vehicles.get(at)) {
                    Some(vin) => self.stage.dispatch(Intent::SelectVehicle(*vin)).await,
                    None => say("there is no vehicle with this number"),
                }
            }
            Command::Apple(answer) => {
                if let (Some(id), Some(vin)) =
                    (&answer.pass, self.stage.phone.last_request().map(|request| request.vin))
                {
                    let key = OwnerKey { id: id.clone(), tracked: false };
                    self.change_vehicle(vin, VehicleChange::OwnerKey(Some(key)), false)?;
                }
                match self.stage.apple_answers(answer).await? {
                    true => Ok(()),
                    false => say("Apple's sheet is not up"),
                }
            }
            Command::CanCreate(can) => {
                self.stage.phone.set_can_create(can);
                Ok(())
            }
            Command::Delete(id) => {
                self.stage.phone.delete_key(&id);
                self.stage.settle().await
            }
            Command::WalletAnswers(answers) => {
                self.stage.phone.set_wallet_answers(answers);
                Ok(())
            }
            Command::Background => self.stage.background().await,
            Command::Foreground => self.stage.foreground().await,
            Command::Restart => self.stage.restart().await,
            Command::SignOut => self.stage.sign_out().await,
            Command::Change(change) => match self.stage.view()?.vehicle {
                Some(vin) => self.change_vehicle(vin, change, true),
                None => say("select a vehicle first"),
            },
            Command::Fail(endpoint, fault) => self.control(|it| it.fail(endpoint, fault)),
            Command::Heal => self.control(digital_key_backend::Control::heal_all),
            Command::Hold(endpoint) => self.control(|it| it.hold(endpoint)),
            Command::Release(endpoint) => {
                self.control(|it| it.release(endpoint))?;
                self.stage.settle().await
            }
        }
    }

    async fn tap(&self, number: usize) -> Result<(), Failure> {
        let view: View = self.stage.view()?;
        let taps = render::draw(&view).taps;
        match number.checked_sub(1).and_then(|at| taps.get(at)) {
            Some((tap, _)) => self.stage.dispatch(*tap).await,
            None => say("the page has nothing with this number"),
        }
    }

    fn control(&self, change: impl Fn(&digital_key_backend::Control)) -> Result<(), Failure> {
        match &self.backend {
            Some(backend) => {
                change(backend.control());
                Ok(())
            }
            None => say("this is not our own backend: it cannot be changed from here"),
        }
    }

    /// `told` = the user asked for it, and hears why it cannot be done.
    fn change_vehicle(&self, vin: Vin, change: VehicleChange, told: bool) -> Result<(), Failure> {
        let Some(backend) = &self.backend else {
            return if told { self.control(|_| {}) } else { Ok(()) };
        };
        match backend.control().change(vin, change) {
            Ok(()) => Ok(()),
            Err(error) => say(&error.to_string()),
        }
    }
}

fn say(line: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
