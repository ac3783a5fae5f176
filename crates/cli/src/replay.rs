//! `digital-key replay` takes the steps of a recording again, with the machine of this build.

mod judge;
mod shrink;
mod story;
mod test_code;

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use digital_key::domain::{Flow, Phone, Verdict};
use digital_key_model::Follower;
use digital_key_playground::Import;
use digital_key_recording::{Ending, Entry, Recording, Start, Step};

use crate::error::CommandError;
use judge::{Judgement, judge};

/// The options of `digital-key replay`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes:
  0  each step is as recorded, and as the rules want
  1  a step is not
  2  the file cannot be read

Examples:
  digital-key replay report.dkrec
  digital-key replay report.dkrec --story
  digital-key replay report.dkrec --shrink --feature > found.feature
  digital-key replay report.dkrec --open")]
pub(crate) struct Options {
    /// The recording, as an app exports it, or its JSON form.
    file: PathBuf,
    /// Print the session in words, step by step.
    #[arg(long)]
    story: bool,
    /// Print the session as a scenario of the acceptance language, and nothing else.
    #[arg(long, group = "form")]
    feature: bool,
    /// Print the session as a test in Rust, and nothing else.
    #[arg(long, group = "form")]
    rust: bool,
    /// Print the recording in its JSON form, and nothing else.
    #[arg(long, group = "form")]
    json: bool,
    /// Leave out each event that is not needed to show the first wrong step. The other switches then
    /// concern what is left.
    #[arg(long)]
    shrink: bool,
    /// Open the session in the playground, and print its address.
    #[arg(long)]
    open: bool,
    /// The address of the playground, as `cargo xtask playground` prints it.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:4173/")]
    playground: String,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, CommandError> {
    let recording = read(&options.file)?;
    let judged = judge_recording(&recording);
    let mut text = String::new();
    let shortest = options.shrink.then(|| shrunk(&recording, &judged)).flatten();
    if options.shrink && shortest.is_none() {
        writeln!(io::stderr(), "digital-key: no step is wrong, so that all events stay")?;
    }
    let is_shorter = shortest.is_some();
    let recording = match shortest {
        Some(steps) => {
            let entries = steps.into_iter().map(Entry::Step).collect();
            Recording { entries, ..recording }
        }
        None => recording,
    };
    let import = Import::of(&recording);
    if options.feature {
        let mut session = import.session.clone();
        session.go(usize::MAX);
        text += &digital_key_playground::feature(&session);
    } else if options.rust {
        text += &test_code::test(&recording, judged.violation.as_ref());
    } else if options.json {
        text += &recording.to_json();
        text.push('\n');
    } else {
        text += &summary(&recording, &judged);
        if is_shorter {
            let count = recording.steps().count();
            let _ = writeln!(text, "The shortest list of events that shows it has {count}:");
        }
        if options.story || is_shorter {
            text += &story::story(&recording);
        }
    }
    let broken = import.broken.as_ref();
    if let Some(broken) = broken {
        let _ = writeln!(io::stderr(), "digital-key: {broken}");
    }
    io::stdout().write_all(text.as_bytes())?;
    if options.open {
        let address = format!("{}#{}", options.playground, import.session.link());
        open(&address)?;
        for remark in &import.remarks {
            writeln!(io::stdout(), "{remark}")?;
        }
    }
    let is_good = judged.is_good() && broken.is_none();
    Ok(ExitCode::from(u8::from(!is_good)))
}

fn read(path: &Path) -> Result<Recording, CommandError> {
    let at = |problem: &dyn std::fmt::Display| {
        CommandError::usage(format!("{}: {problem}", path.display()))
    };
    // A file of any size is refused before it fills the memory.
    let length = std::fs::metadata(path).map_err(|error| at(&error))?.len();
    if length > Recording::MOST_BYTES as u64 {
        return Err(at(&format!(
            "the file has {length} bytes; a recording has at most {}",
            Recording::MOST_BYTES
        )));
    }
    let file = std::fs::read(path).map_err(|error| at(&error))?;
    match std::str::from_utf8(&file) {
        Ok(text) if text.trim_start().starts_with('{') => {
            Recording::from_json(text).map_err(|error| at(&error))
        }
        _ => Recording::read(&file).map_err(|error| at(&error)),
    }
}

/// The machine of this build and the rules, for the steps of a recording.
fn judge_recording(recording: &Recording) -> Judgement {
    judge(recording.flow(), follower(recording), &steps(recording))
}

fn steps(recording: &Recording) -> Vec<Step> {
    recording.steps().map(|(_, step)| step.clone()).collect()
}

/// The rules beside the machine. They know only what happened since the start of the app.
fn follower(recording: &Recording) -> Option<Follower> {
    (recording.start == Start::default()).then(|| Follower::new(recording.settings()))
}

/// The shortest list of steps that shows the first wrong one; `None` if all are good.
fn shrunk(recording: &Recording, judged: &Judgement) -> Option<Vec<Step>> {
    shrink::shortest(&|| recording.flow(), &|| follower(recording), &steps(recording), judged)
}

/// What was recorded, and how the replay went.
fn summary(recording: &Recording, judged: &Judgement) -> String {
    let header = &recording.header;
    let phone = match &header.phone {
        Phone::Ios { machine, version } => format!("{} with iOS {version}", machine.as_str()),
        Phone::Android => "an Android phone".to_owned(),
    };
    let steps = recording.steps().count();
    let failures = recording.entries.len() - steps;
    let millis = recording.timed_entries().last().map_or(0, |(millis, _)| millis);
    let mut text = format!(
        "Recorded by core {} on {phone}: {steps} steps within {}, {failures} failed calls of ports.\n",
        header.core,
        story::time(millis)
    );
    if let Ending::CutOff { at } = recording.ending {
        let _ = writeln!(text, "The file is cut off at byte {at}; what stands before it was read.");
    }
    if !header.is_of_this_core() {
        let _ = writeln!(
            text,
            "This is core {}: steps may differ because the rules have changed.",
            env!("CARGO_PKG_VERSION")
        );
    }
    match judged.difference.and_then(|at| judged.taken.get(at)) {
        None => text += "Replayed: each step is as recorded.\n",
        Some(taken) => {
            let recorded = &taken.recorded;
            let _ = writeln!(
                text,
                "Step {} is not as recorded: {}.",
                taken.number,
                story::words(&recorded.event)
            );
            let _ = writeln!(
                text,
                "  recorded:   {}, {}",
                recorded.page.as_str(),
                accepted(recorded.verdict)
            );
            let (page, verdict) = (taken.view.page.name(), accepted(taken.verdict));
            let _ = writeln!(text, "  this build: {page}, {verdict}; {:?}", taken.view);
        }
    }
    match &judged.violation {
        Some((number, violation)) => {
            let _ = writeln!(text, "Step {number} is against the rules: {violation}");
        }
        None if judged.is_judged => text += "Each step is as the rules want.\n",
        None => text += "The recording begins in the middle, so the rules were not compared.\n",
    }
    text
}

fn accepted(verdict: Verdict) -> String {
    match verdict {
        Verdict::Accepted => "accepted".to_owned(),
        Verdict::Ignored(reason) => format!("ignored: {reason}"),
    }
}

/// Prints an address and opens it with the program of the system, if there is one.
fn open(address: &str) -> Result<(), CommandError> {
    writeln!(io::stdout(), "{address}")?;
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let opened = Command::new(program)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if opened.is_err() {
        writeln!(io::stdout(), "Open this address while `cargo xtask playground` runs.")?;
    }
    Ok(())
}

impl judge::Machine for Flow {
    fn step(
        &mut self,
        event: digital_key::domain::Event,
        effects: &mut Vec<digital_key::domain::Effect>,
    ) -> Verdict {
        Flow::step(self, event, effects)
    }

    fn view(&self) -> digital_key::domain::View {
        Flow::view(self)
    }
}
