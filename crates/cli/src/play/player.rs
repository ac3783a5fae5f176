//! Carries out the commands of a person, beside the front end: a request under way never stops the
//! front end.

use std::sync::Arc;

use digital_key::backend::{OwnerKey, VehicleChange};
use digital_key::ports::PairingAnswer;
use digital_key::texts::{PageText, Texts, keys};
use digital_key::{Intent, Tap, Vin};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use super::command::Command;
use super::control::BackendControl;
use super::describe;
use super::world::{Note, PhoneState, Snapshot, World};
use crate::error::CommandError;
use crate::harness::{Harness, LogEntry};

/// The number of commands that may wait; more than a person can type.
const MAX_WAITING_COMMANDS: usize = 64;

/// The number of selected vehicles that are listed.
const MAX_SELECTED: usize = 32;

/// Owns the core and the world around it.
pub(super) struct Player {
    harness: Harness,
    control: BackendControl,
    texts: Arc<Texts>,
    phone: PhoneState,
    /// The vehicles that were selected: what is known of the vehicles of another BFF.
    selected: Vec<Vin>,
}

/// The front end's side of a player.
pub(super) struct Session {
    requests: mpsc::Sender<Request>,
    pub(super) snapshot: watch::Receiver<Snapshot>,
    pub(super) notes: mpsc::UnboundedReceiver<Note>,
    /// Ends when the requests end, and when all facts are stored.
    pub(super) player: JoinHandle<()>,
}

struct Request {
    command: Command,
    /// Wait until the core waits for the user, for Apple's sheet, or for an answer that is held back.
    waits: bool,
    done: oneshot::Sender<()>,
}

impl Session {
    /// Sends a command without waiting. The outcome shows in the snapshot and in the notes. The error
    /// is a sentence for the person.
    pub(super) fn send(&self, command: Command) -> Result<(), &'static str> {
        let (done, _) = oneshot::channel();
        let sent = self.requests.try_send(Request { command, waits: false, done });
        sent.map_err(|_| "too many commands wait; try again in a moment")
    }

    /// Sends a command, and waits until the core is idle after it.
    pub(super) async fn send_and_wait(&self, command: Command) {
        let (done, outcome) = oneshot::channel();
        // Both fail only if the player has ended, and then the front end ends, too.
        let _ = self.requests.send(Request { command, waits: true, done }).await;
        let _ = outcome.await;
    }
}

impl Player {
    pub(super) fn new(harness: Harness, control: BackendControl, texts: Arc<Texts>) -> Self {
        Self { harness, control, texts, phone: PhoneState::default(), selected: Vec::new() }
    }

    /// Starts the task of the player.
    pub(super) fn start(self) -> Result<Session, CommandError> {
        let (requests, waiting) = mpsc::channel(MAX_WAITING_COMMANDS);
        let (note_sender, notes) = mpsc::unbounded_channel();
        let first = Snapshot { view: self.harness.view()?, world: self.world() };
        let (sender, snapshot) = watch::channel(first);
        let player =
            tokio::spawn(self.run(waiting, Output { snapshot: sender, notes: note_sender }));
        Ok(Session { requests, snapshot, notes, player })
    }

    fn world(&self) -> World {
        let phone = PhoneState { keys: self.harness.phone.keys(), ..self.phone.clone() };
        let mut world = World { phone, ..World::default() };
        self.control.describe(&mut world);
        if let BackendControl::None = self.control {
            world.vehicles = self.selected.iter().map(|vin| (*vin, None)).collect();
        }
        world
    }

    async fn run(mut self, mut requests: mpsc::Receiver<Request>, output: Output) {
        let mut activity = self.harness.activity();
        loop {
            tokio::select! {
                request = requests.recv() => {
                    let Some(request) = request else { break };
                    self.carry_out(request, &output).await;
                }
                // The player holds the sender.
                _ = activity.changed() => {}
                () = self.control.changed() => {}
            }
            self.publish(&output);
        }
        self.harness.end().await;
    }

    /// Publishes what happened since the last time.
    fn publish(&self, output: &Output) {
        for entry in self.harness.take_log() {
            output.note(match entry {
                LogEntry::Call(call) => Note::Call(call),
                LogEntry::Failed(reason) => Note::Failed(reason),
                LogEntry::Ignored(reason) => Note::Said(self.texts.text(keys::reason(reason))),
            });
        }
        let world = self.world();
        output.snapshot.send_if_modified(|known| {
            // Without an app, as after a failed restart, the last page stays.
            let view = self.harness.view().unwrap_or_else(|_| known.view.clone());
            let new = Snapshot { view, world };
            let is_new = *known != new;
            *known = new;
            is_new
        });
    }

    async fn carry_out(&mut self, request: Request, output: &Output) {
        let Request { command, waits, done } = request;
        let is_answer = matches!(command, Command::Apple(_));
        match self.handle_command(command, output).await {
            Ok(()) if waits && is_answer => {
                self.report(self.harness.wait_for_the_answer().await, output)
            }
            Ok(()) if waits => self.report(self.harness.wait_until_idle().await, output),
            Ok(()) => {}
            Err(Refusal(sentence)) => output.note(Note::Said(sentence)),
        }
        self.publish(output);
        // A front end that does not wait has dropped its side.
        let _ = done.send(());
    }

    fn report(&self, outcome: Result<(), CommandError>, output: &Output) {
        if let Err(error) = outcome {
            output.note(Note::Said(error.to_string()));
        }
    }

    async fn handle_command(&mut self, command: Command, output: &Output) -> Result<(), Refusal> {
        match command {
            Command::Nothing | Command::Quit => {}
            Command::Help(topic) => output.note(Note::Said(topic.text().to_owned())),
            Command::Vehicles => output.note(Note::Said(self.vehicles())),
            Command::Tap(number) => {
                let page = PageText::of(&self.harness.view()?, &self.texts);
                let button = number.checked_sub(1).and_then(|place| page.buttons.get(place));
                let Some(button) = button else {
                    return Err(no_button(number, page.buttons.len()));
                };
                self.tap(button.tap, output)?;
            }
            #[cfg(feature = "full-screen")]
            Command::Press(tap) => self.tap(tap, output)?,
            Command::Select(vin) => self.select(vin, output)?,
            Command::SelectNumber(number) => {
                let vehicles = self.world().vehicles;
                let listed = number.checked_sub(1).and_then(|place| vehicles.get(place));
                let Some((vin, _)) = listed else {
                    return Err(Refusal(format!(
                        "there is no vehicle {number}; {}",
                        self.vehicles()
                    )));
                };
                self.select(*vin, output)?;
            }
            Command::Apple(answer) => self.answer_the_sheet(answer, output).await?,
            Command::CanCreate(can) => {
                self.harness.phone.set_can_create(can);
                self.phone.refuses_keys = !can;
                let does = if can { "allows" } else { "refuses" };
                output.note(Note::Did(format!("Apple {does} keys")));
            }
            Command::Delete(id) => {
                if !self.harness.phone.keys().contains(&id) {
                    return Err(Refusal(format!("the wallet has no key {:?}", id.as_str())));
                }
                self.harness.phone.delete_key(&id);
                output.note(Note::Did(format!("delete {id} from the wallet")));
            }
            Command::WalletAnswers(answers) => {
                self.harness.phone.set_wallet_answers(answers);
                self.phone.wallet_is_mute = !answers;
                let does = if answers { "answers" } else { "cannot say which keys it has" };
                output.note(Note::Did(format!("the wallet {does}")));
            }
            Command::Background => {
                self.harness.phone.background();
                self.phone.in_background = true;
                output.note(Note::Did("the app goes to the background".to_owned()));
            }
            Command::Foreground => {
                self.harness.phone.foreground();
                self.phone.in_background = false;
                output.note(Note::Did("the app comes to the foreground".to_owned()));
            }
            Command::Restart => {
                output.note(Note::Did("the app is killed and started again".to_owned()));
                self.phone.in_background = false;
                self.harness.restart().await?;
            }
            Command::Refresh(vin) => self.harness.refresh(vin).await?,
            Command::Forget(vin) => self.harness.forget(vin).await?,
            Command::SignOut => {
                output.note(Note::Did("the user signs out".to_owned()));
                self.harness.sign_out().await?;
            }
            Command::Change(change) => {
                let vin = self.harness.view()?.vehicle;
                let vin = vin.ok_or_else(|| Refusal("select a vehicle first".to_owned()))?;
                let text = describe::change(&change);
                self.control.change(vin, change).await.map_err(Refusal)?;
                output.note(Note::Did(format!("{}: {text}", vin.short())));
            }
            Command::Endpoint(change) => {
                self.control.change_endpoint(change).await.map_err(Refusal)?;
                output.note(Note::Did(describe::endpoint(change)));
            }
        }
        Ok(())
    }

    fn tap(&self, tap: Tap, output: &Output) -> Result<(), Refusal> {
        let page = PageText::of(&self.harness.view()?, &self.texts);
        let button = page.buttons.iter().find(|button| button.tap == tap);
        let label = button.map_or_else(|| tap.name().to_owned(), |button| button.label.clone());
        output.note(Note::Did(label));
        Ok(self.harness.send(tap)?)
    }

    fn select(&mut self, vin: Vin, output: &Output) -> Result<(), Refusal> {
        if !self.selected.contains(&vin) && self.selected.len() < MAX_SELECTED {
            self.selected.push(vin);
        }
        output.note(Note::Did(format!("select {}", vin.as_str())));
        Ok(self.harness.send(Intent::SelectVehicle(vin))?)
    }

    async fn answer_the_sheet(
        &mut self,
        answer: PairingAnswer,
        output: &Output,
    ) -> Result<(), Refusal> {
        let vin = self.harness.phone.last_request().map(|request| request.vin);
        let made = answer.pass.clone();
        let text = describe::answer(&answer);
        self.harness.phone.answer(answer).map_err(|_| {
            Refusal("Apple's sheet is not up; it comes up on the page ReadyToPair".to_owned())
        })?;
        output.note(Note::Did(text));
        let (Some(id), Some(vin)) = (made, vin) else { return Ok(()) };
        self.phone.keys_made += 1;
        // Apple reports a new key to the maker, so that the backend knows it, too.
        let key = OwnerKey { id, tracked: false };
        match self.control {
            BackendControl::None => Ok(()),
            BackendControl::Own { .. } | BackendControl::Remote(_) => {
                let change = VehicleChange::OwnerKey(Some(key));
                self.control.change(vin, change).await.map_err(Refusal)
            }
        }
    }

    /// The vehicles with their numbers, as lines for a person.
    fn vehicles(&self) -> String {
        let vehicles = self.world().vehicles;
        if vehicles.is_empty() {
            return "`select VIN` selects a vehicle; a BFF does not list its vehicles".to_owned();
        }
        let lines = (1..)
            .zip(&vehicles)
            .map(|(number, (vin, _))| format!("  select {number}   vehicle {}", vin.as_str()));
        std::iter::once("the vehicles:".to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
    }
}

/// The sender's side of what a front end shows.
struct Output {
    snapshot: watch::Sender<Snapshot>,
    notes: mpsc::UnboundedSender<Note>,
}

impl Output {
    fn note(&self, note: Note) {
        // This fails only if the front end has ended.
        let _ = self.notes.send(note);
    }
}

/// Why a command is not carried out, as a sentence for the person.
struct Refusal(String);

impl From<CommandError> for Refusal {
    fn from(error: CommandError) -> Self {
        Self(error.to_string())
    }
}

fn no_button(number: usize, count: usize) -> Refusal {
    Refusal(match count {
        0 => format!("{number}: this page has no buttons; `select 1` selects a vehicle"),
        1 => format!("{number}: this page has one button, 1"),
        _ => format!("{number}: this page has the buttons 1 to {count}"),
    })
}
