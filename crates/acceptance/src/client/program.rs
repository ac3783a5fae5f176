//! A client that is a program in any language, which reads and writes one line for each call.
//!
//! A line is a JSON object of texts. The scenario writes a call with an `id`, and the program answers
//! with the same `id`. The program's adapters of wallet, pairing and lifecycle ask the scenario's phone:
//! a line with an `ask` is answered by a line with the same `reply`, and a line with a `cancel` ends the
//! question, as the core does when it no longer waits.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use digital_key::ports::{Cache as _, VehicleRecord};
use digital_key::wallet_mock::ScriptedPhone;
use digital_key::{Intent, Phone, Vin};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::message::{Message, MessageError};
use super::{Client, DATA_KEY, FIRST_WAIT, LONGEST_WAIT, Screen, Start, TOKEN, TOTAL, TRIES};
use super::{in_process, phone};
use crate::language::{StepError, StepResult};

/// Programs of one command. A program serves one scenario at a time, and then the next one.
pub(crate) struct Programs {
    command: String,
    waiting: Mutex<Vec<Arc<Program>>>,
}

impl Programs {
    /// The programs of a command of the shell.
    pub(crate) fn new(command: &str) -> Self {
        Self { command: command.to_owned(), waiting: Mutex::default() }
    }

    /// Starts an app in a program that waits for one, or in a new one.
    pub(super) async fn start(
        self: &Arc<Self>,
        start: Start,
        phone: &ScriptedPhone,
    ) -> StepResult<Box<dyn Client>> {
        let waiting = lock(&self.waiting).pop().filter(|program| program.runs());
        let program = match waiting {
            Some(program) => program,
            None => Program::spawn(&self.command)?,
        };
        program.start(&start, phone).await?;
        let programs = Arc::clone(self);
        Ok(Box::new(ClientProgram { program: Some(program), programs, start: Mutex::new(start) }))
    }
}

/// A running app in a program.
struct ClientProgram {
    /// `None` once it is killed.
    program: Option<Arc<Program>>,
    programs: Arc<Programs>,
    start: Mutex<Start>,
}

impl Drop for ClientProgram {
    fn drop(&mut self) {
        if let Some(program) = self.program.take() {
            program.end_questions();
            lock(&self.programs.waiting).push(program);
        }
    }
}

impl ClientProgram {
    async fn call(&self, name: &str, arguments: Message) -> StepResult<Message> {
        match &self.program {
            Some(program) => program.call(name, arguments).await,
            None => Err(StepError("the program was killed".to_owned())),
        }
    }

    async fn call_about(&self, name: &str, vin: Vin) -> StepResult {
        self.call(name, Message::default().with("vin", vin.as_str())).await.map(drop)
    }
}

#[async_trait]
impl Client for ClientProgram {
    async fn dispatch(&self, intent: Intent) -> StepResult {
        match intent {
            Intent::SelectVehicle(vin) => self.call_about("select", vin).await,
            Intent::Tap(tap) => {
                self.call("tap", Message::default().with_name("tap", tap)).await.map(drop)
            }
        }
    }

    async fn refresh(&self, vin: Vin) -> StepResult {
        self.call_about("refresh", vin).await
    }

    async fn forget(&self, vin: Vin) -> StepResult {
        self.call_about("forget", vin).await
    }

    async fn sign_out(&self) -> StepResult {
        self.call("sign_out", Message::default()).await?;
        // From now on the cache belongs to no account.
        lock(&self.start).account = None;
        Ok(())
    }

    async fn suspend(&self) -> StepResult {
        let _ = self.call("suspend", Message::default()).await;
        Ok(())
    }

    async fn resume(&self) -> StepResult {
        let _ = self.call("resume", Message::default()).await;
        Ok(())
    }

    async fn idle_but_for(&self, held: usize) -> StepResult {
        self.call("idle", Message::default().with("held", held)).await.map(drop)
    }

    async fn pairing_ended(&self) -> StepResult {
        self.call("pairing_ended", Message::default()).await.map(drop)
    }

    async fn screen(&self) -> StepResult<Screen> {
        Ok(Screen::try_from(&self.call("view", Message::default()).await?)?)
    }

    async fn recording(&self) -> StepResult<Vec<u8>> {
        let answer = self.call("recording", Message::default()).await?;
        Ok(BASE64_STANDARD.decode(answer.get("recording").unwrap_or_default())?)
    }

    /// Reads a copy of the cache, as an app would find it that starts after a kill at this moment: the
    /// program has the directory open.
    async fn record(&self, vin: Vin) -> StepResult<VehicleRecord> {
        let copy = tempfile::tempdir()?;
        let mut start = lock(&self.start).clone();
        copy_folder(&start.directory, copy.path())?;
        start.directory = copy.path().to_owned();
        let cache = in_process::open_cache(&start).await?;
        let record = cache.load(vin).await?;
        cache.suspend().await?;
        Ok(record)
    }

    async fn kill(mut self: Box<Self>) -> StepResult {
        match self.program.take() {
            Some(program) => program.kill().await,
            None => Ok(()),
        }
    }
}

/// Copies what is in a folder. A file that is removed meanwhile is left out.
fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let (entry, path) =
            (entry.as_ref().map(|it| it.path()), entry.as_ref().map(|it| it.file_name()));
        let (Ok(from), Ok(name)) = (entry, path) else { continue };
        let to = to.join(name);
        if from.is_dir() {
            std::fs::create_dir(&to)?;
            copy_folder(&from, &to)?;
        } else if let Err(error) = std::fs::copy(&from, &to)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(error);
        }
    }
    Ok(())
}

/// A process with those that it has started, which end with this value.
struct Program {
    child: Mutex<Child>,
    input: Mutex<ChildStdin>,
    /// The number of calls so far.
    calls: AtomicU64,
    /// The calls without an answer, or why the program has ended.
    unanswered: Mutex<Result<HashMap<String, oneshot::Sender<Message>>, String>>,
    /// The app for which the phone answers.
    served: Mutex<Option<(String, ScriptedPhone)>>,
    questions: Mutex<HashMap<String, JoinHandle<()>>>,
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end("the scenario has ended");
    }
}

impl Program {
    fn spawn(command: &str) -> StepResult<Arc<Self>> {
        let mut child = Command::new("sh")
            .args(["-c", &format!("exec {command}")])
            // Its own group, so that a kill also ends the processes that it starts.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(StepError("the program has no standard input and output".to_owned()));
        };
        let program = Arc::new(Self {
            child: Mutex::new(child),
            input: Mutex::new(input),
            calls: AtomicU64::new(0),
            unanswered: Mutex::new(Ok(HashMap::new())),
            served: Mutex::default(),
            questions: Mutex::default(),
        });
        let (sender, mut lines) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            // The last line, with its end missing, belongs to a program that was killed.
            BufReader::new(output)
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        let reader = Arc::downgrade(&program);
        tokio::spawn(async move {
            while let Some(line) = lines.recv().await {
                let Some(program) = reader.upgrade() else { return };
                if let Err(error) = program.on_line(&line) {
                    program.end(&error.to_string());
                }
            }
            if let Some(program) = reader.upgrade() {
                program.end("the program has ended");
            }
        });
        Ok(program)
    }

    async fn start(self: &Arc<Self>, start: &Start, phone: &ScriptedPhone) -> StepResult {
        let id = self.next_id();
        *lock(&self.served) = Some((id.clone(), phone.clone()));
        let mut arguments = Message::default()
            .with("bff", &start.bff_url)
            .with("token", TOKEN)
            .with("directory", start.directory.display())
            .with("data_key", String::from_utf8_lossy(DATA_KEY))
            .with_some("account", start.account.as_ref())
            .with_name("entry_mode", start.entry_mode)
            .with("tries", TRIES)
            .with("first_wait", FIRST_WAIT.as_millis())
            .with("longest_wait", LONGEST_WAIT.as_millis())
            .with("total", TOTAL.as_millis());
        // Without these two, it is an Android phone.
        if let Phone::Ios { machine, version } = &start.model {
            arguments = arguments.with("machine", machine.as_str()).with("version", version);
        }
        self.ask(id, "start", arguments).await.map(drop)
    }

    async fn call(&self, name: &str, arguments: Message) -> StepResult<Message> {
        self.ask(self.next_id(), name, arguments).await
    }

    fn runs(&self) -> bool {
        lock(&self.unanswered).is_ok()
    }

    fn next_id(&self) -> String {
        self.calls.fetch_add(1, Ordering::Relaxed).to_string()
    }

    async fn ask(&self, id: String, name: &str, arguments: Message) -> StepResult<Message> {
        let ended = |reason: &str| StepError(format!("{reason}, before it answered {name:?}"));
        let (sender, answer) = oneshot::channel();
        match &mut *lock(&self.unanswered) {
            Ok(calls) => drop(calls.insert(id.clone(), sender)),
            Err(reason) => return Err(ended(reason)),
        }
        // A program that has ended is noticed below.
        let _ = self.write(&arguments.with("id", id).with("call", name));
        let Ok(answer) = answer.await else {
            return Err(match &*lock(&self.unanswered) {
                Ok(_) => ended("the call was dropped"),
                Err(reason) => ended(reason),
            });
        };
        match answer.get("error") {
            Some(error) => Err(StepError(format!("the program fails in {name:?}: {error}"))),
            None => Ok(answer),
        }
    }

    fn write(&self, message: &Message) -> StepResult {
        Ok(lock(&self.input).write_all(message.line()?.as_bytes())?)
    }

    fn on_line(self: &Arc<Self>, line: &str) -> Result<(), MessageError> {
        let message = Message::read(line)?;
        if let Some(id) = message.get("id") {
            let waiting = lock(&self.unanswered).as_mut().ok().and_then(|calls| calls.remove(id));
            // The scenario may no longer wait for this answer.
            let _ = waiting.map(|waiting| waiting.send(message));
        } else if let Some(number) = message.get("ask") {
            let number = number.to_owned();
            // An app of an earlier scenario may still ask.
            let app = message.text("app")?;
            let phone = lock(&self.served).clone().filter(|(served, _)| served == app);
            if let Some((_, phone)) = phone {
                let question = Arc::clone(self).answer(number.clone(), phone, message);
                lock(&self.questions).insert(number, tokio::spawn(question));
            }
        } else if let Some(question) = lock(&self.questions).remove(message.text("cancel")?) {
            question.abort();
        }
        Ok(())
    }

    async fn answer(self: Arc<Self>, number: String, phone: ScriptedPhone, ask: Message) {
        let answer = phone::answer(&phone, &ask).await;
        lock(&self.questions).remove(&number);
        // The end of the program is noticed by its reader.
        let _ = self.write(&answer.with("reply", number));
    }

    /// Ends the questions to the phone. The tasks end later.
    fn end_questions(&self) -> Vec<JoinHandle<()>> {
        *lock(&self.served) = None;
        let questions: Vec<_> =
            lock(&self.questions).drain().map(|(_, question)| question).collect();
        questions.iter().for_each(JoinHandle::abort);
        questions
    }

    /// Ends the process; calls without an answer fail. The first reason stays.
    fn end(&self, reason: &str) {
        let mut child = lock(&self.child);
        // The processes may have ended by themselves. Its number is not used again before the wait.
        let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
        let _ = child.wait();
        let mut unanswered = lock(&self.unanswered);
        if unanswered.is_ok() {
            *unanswered = Err(reason.to_owned());
        }
        drop(self.end_questions());
    }

    async fn kill(&self) -> StepResult {
        let questions = self.end_questions();
        self.end("the program was killed");
        // Until they have ended, the phone takes them for those of the next app.
        for question in questions {
            let _ = question.await;
        }
        Ok(())
    }
}

/// Locks a value. A panic never leaves one half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
