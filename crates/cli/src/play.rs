//! `digital-key play` lets a person play the flow.

mod command;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use digital_key::backend::{BackendConfig, OwnerKey, VehicleChange};
use digital_key::{Intent, View, Vin};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::demo::TOKEN;
use crate::error::CommandError;
use crate::harness::{CacheDirectory, Harness, OwnBackend};
use crate::render;
use command::{Command, HELP};

/// The options of `digital-key play`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  digital-key play
  digital-key play --vehicles path/to/real/vehicles --data-dir ./cache
  digital-key play --bff http://127.0.0.1:8480 --token demonstration")]
pub(crate) struct Options {
    /// Use another BFF. Its vehicles cannot be changed from here.
    #[arg(long, value_name = "URL", requires = "token", conflicts_with = "vehicles")]
    bff: Option<String>,
    /// The bearer token for that BFF.
    #[arg(long, requires = "bff")]
    token: Option<String>,
    /// Take the vehicles from the maker's files: a folder with vehicles_state.json and
    /// vehicle-list.json, or a folder of such folders.
    #[arg(long, value_name = "PATH")]
    vehicles: Option<PathBuf>,
    /// Keep the cache here instead of in a temporary directory.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

pub(crate) async fn run(options: Options) -> Result<ExitCode, CommandError> {
    let directory = CacheDirectory::new(options.data_dir)?;
    let mut play = match (options.bff, options.token) {
        (Some(url), Some(token)) => {
            Play { harness: Harness::start(&url, &token, directory, None).await?, backend: None }
        }
        (Some(_) | None, Some(_) | None) => {
            let backend =
                OwnBackend::start(BackendConfig::default(), options.vehicles.as_deref()).await?;
            let url = backend.backend().bff_url();
            Play {
                harness: Harness::start(&url, TOKEN, directory, Some(backend.control())).await?,
                backend: Some(backend),
            }
        }
    };
    play.play().await?;
    play.harness.end().await;
    Ok(ExitCode::SUCCESS)
}

struct Play {
    harness: Harness,
    /// The backend of this program; `None` for another BFF.
    backend: Option<OwnBackend>,
}

impl Play {
    async fn play(&mut self) -> Result<(), CommandError> {
        say("Type a number to tap, or a command; `help` lists the commands, `quit` ends.")?;
        self.list_vehicles()?;
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        loop {
            self.show()?;
            let line = loop {
                tokio::select! {
                    line = lines.next_line() => break line?,
                    changed = self.harness.changed() => {
                        changed?;
                        self.show()?;
                    }
                }
            };
            let Some(line) = line else { return Ok(()) };
            match Command::parse(&line) {
                Ok(Command::Quit) => return Ok(()),
                Ok(command) => self.handle_command(command).await?,
                Err(error) => say(&error)?,
            }
        }
    }

    /// Prints the calls of ports since the last time, and the page.
    fn show(&self) -> Result<(), CommandError> {
        let view = self.harness.view()?;
        let drawing = render::draw(&view);
        let mut out = io::stdout().lock();
        let calls = self.harness.take_calls();
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

    fn list_vehicles(&self) -> Result<(), CommandError> {
        let Some(backend) = &self.backend else {
            return say("`select VIN` selects a vehicle of the BFF.");
        };
        for (number, vin) in (1..).zip(&backend.vehicles) {
            say(&format!("  select {number}   vehicle {}", vin.as_str()))?;
        }
        Ok(())
    }

    async fn handle_command(&mut self, command: Command) -> Result<(), CommandError> {
        match command {
            Command::Nothing | Command::Quit => Ok(()),
            Command::Help => say(HELP),
            Command::Tap(number) => self.tap(number).await,
            Command::Select(vin) => self.harness.dispatch(Intent::SelectVehicle(vin)).await,
            Command::SelectNumber(number) => {
                match number.checked_sub(1).and_then(|at| self.backend.as_ref()?.vehicles.get(at)) {
                    Some(vin) => self.harness.dispatch(Intent::SelectVehicle(*vin)).await,
                    None => say("there is no vehicle with this number"),
                }
            }
            Command::Apple(answer) => {
                // Apple reports a new key to the maker, so that our backend knows it, too.
                if let (Some(id), Some(request), Some(_)) =
                    (&answer.pass, self.harness.phone.last_request(), &self.backend)
                {
                    let key = OwnerKey { id: id.clone(), tracked: false };
                    self.change_vehicle(request.vin, VehicleChange::OwnerKey(Some(key)))?;
                }
                match self.harness.apple_answers(answer).await? {
                    true => Ok(()),
                    false => say("Apple's sheet is not up"),
                }
            }
            Command::CanCreate(can) => {
                self.harness.phone.set_can_create(can);
                Ok(())
            }
            Command::Delete(id) => {
                self.harness.phone.delete_key(&id);
                self.harness.wait_until_idle().await
            }
            Command::WalletAnswers(answers) => {
                self.harness.phone.set_wallet_answers(answers);
                Ok(())
            }
            Command::Background => self.harness.background().await,
            Command::Foreground => self.harness.foreground().await,
            Command::Restart => self.harness.restart().await,
            Command::SignOut => self.harness.sign_out().await,
            Command::Change(change) => match self.harness.view()?.vehicle {
                Some(vin) => self.change_vehicle(vin, change),
                None => say("select a vehicle first"),
            },
            Command::Fail(endpoint, fault) => self.control(|it| it.fail(endpoint, fault)),
            Command::Heal => self.control(digital_key::backend::Control::heal_all),
            Command::Hold(endpoint) => self.control(|it| it.hold(endpoint)),
            Command::Release(endpoint) => {
                self.control(|it| it.release(endpoint))?;
                self.harness.wait_until_idle().await
            }
        }
    }

    async fn tap(&self, number: usize) -> Result<(), CommandError> {
        let view: View = self.harness.view()?;
        let taps = render::draw(&view).taps;
        match number.checked_sub(1).and_then(|at| taps.get(at)) {
            Some((tap, _)) => self.harness.dispatch(*tap).await,
            None => say("the page has no control with this number"),
        }
    }

    /// Calls the control interface of our backend, or says that there is none.
    fn control(&self, change: impl Fn(&digital_key::backend::Control)) -> Result<(), CommandError> {
        match &self.backend {
            Some(backend) => {
                change(backend.control());
                Ok(())
            }
            None => say("another BFF cannot be changed from here"),
        }
    }

    fn change_vehicle(&self, vin: Vin, change: VehicleChange) -> Result<(), CommandError> {
        match self.backend.as_ref().map(|backend| backend.control().change(vin, change)) {
            Some(Ok(())) => Ok(()),
            Some(Err(error)) => say(&error.to_string()),
            None => self.control(|_| {}),
        }
    }
}

fn say(line: &str) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
