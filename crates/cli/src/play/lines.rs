//! The line mode: commands in, pages out. For pipes, screen readers, and terminals that cannot draw.

mod input;
mod typing;

use std::io::{self, IsTerminal as _, Write as _};

use digital_key::View;
use digital_key::texts::{PageText, Texts};
use tokio::task::JoinHandle;

use super::command::Command;
use super::player::Session;
use super::world::{Note, Snapshot};
use crate::error::CommandError;
use crate::render;
use input::{InputLine, InputLines};
use typing::Typing;

const GREETING: &str =
    "Type the number of a button to tap it, or a command.\n`help` lists the commands, `quit` ends.";

/// Plays until the input ends. Returns the player, which then stores what is pending.
pub(super) async fn run(session: Session, texts: &Texts) -> Result<JoinHandle<()>, CommandError> {
    let is_typed = io::stdin().is_terminal() && io::stdout().is_terminal();
    match if is_typed { Typing::start() } else { None } {
        Some(typing) => typed(session, texts, typing).await,
        None => piped(session, texts).await,
    }
}

/// Reads a pipe: each command waits until the core is idle, so that the next one finds its page.
async fn piped(mut session: Session, texts: &Texts) -> Result<JoinHandle<()>, CommandError> {
    let mut input = InputLines::new(tokio::io::stdin());
    let mut shown = Shown::default();
    say(GREETING)?;
    session.send_and_wait(Command::Vehicles).await;
    say_all(&shown.next(&mut session, texts))?;
    loop {
        print("> ")?;
        let Some(line) = input.next().await? else { break };
        let text = match line {
            InputLine::Text(text) => text,
            InputLine::Refused(why) => {
                say(&why)?;
                continue;
            }
        };
        say(text.trim_end())?;
        match Command::parse(&text) {
            Ok(Command::Quit) => break,
            Ok(command) => session.send_and_wait(command).await,
            Err(error) => say(&error)?,
        }
        say_all(&shown.next(&mut session, texts))?;
    }
    say("")?;
    Ok(session.player)
}

/// Reads a terminal: the prompt stays free while a request is under way, and a page is printed above
/// it as soon as it changes.
async fn typed(
    mut session: Session,
    texts: &Texts,
    mut typing: Typing,
) -> Result<JoinHandle<()>, CommandError> {
    let mut shown = Shown::default();
    typing.print(GREETING);
    session.send_and_wait(Command::Vehicles).await;
    loop {
        for text in shown.next(&mut session, texts) {
            typing.print(&text);
        }
        tokio::select! {
            line = typing.next() => {
                let Some(line) = line else { break };
                match Command::parse(&line) {
                    Ok(Command::Quit) => break,
                    Ok(command) => match session.send(command) {
                        Ok(()) => {}
                        Err(error) => typing.print(error),
                    },
                    Err(error) => typing.print(&error),
                }
                typing.read_on();
            }
            changed = session.snapshot.changed() => if changed.is_err() { break },
            note = session.notes.recv() => match note {
                Some(note) => shown.notes.push(note),
                None => break,
            },
        }
    }
    Ok(session.player)
}

/// What was printed last, so that only what is new is printed.
#[derive(Default)]
struct Shown {
    page: String,
    /// Notes that were taken and not printed yet.
    notes: Vec<Note>,
}

impl Shown {
    /// Returns what is new: notes, calls on one line, and the page if it changed.
    fn next(&mut self, session: &mut Session, texts: &Texts) -> Vec<String> {
        while let Ok(note) = session.notes.try_recv() {
            self.notes.push(note);
        }
        let snapshot = session.snapshot.borrow_and_update().clone();
        let mut new = Vec::new();
        let mut calls = Vec::new();
        for note in self.notes.drain(..) {
            match note {
                Note::Call(call) => calls.push(call),
                Note::Said(text) => new.push(text),
                Note::Failed(reason) => new.push(format!("  failed: {reason}")),
                // The person typed it a moment ago.
                Note::Did(_) => {}
            }
        }
        if !calls.is_empty() {
            new.push(format!("  calls: {}", calls.join(", ")));
        }
        let page = page(&snapshot, texts);
        if page != self.page {
            new.push(page.clone());
            self.page = page;
        }
        new
    }
}

/// The page, and how to answer Apple's sheet when it is up.
fn page(snapshot: &Snapshot, texts: &Texts) -> String {
    let view: &View = &snapshot.view;
    let page = PageText::of(view, texts);
    let mut lines = vec![render::heading(view, &page, texts)];
    lines.extend(render::lines(&page).iter().map(|line| format!("|   {line}")));
    lines.extend((1..).zip(&page.buttons).map(|(number, button)| {
        let state = if button.is_enabled { "" } else { " (not now)" };
        format!("|   {number}) {}{state}", render::label(button))
    }));
    if view.pairing_runs {
        let key = snapshot.world.next_key();
        lines.push(format!(
            "Apple's sheet is up. Answer it: `apple pass {key}`, `apple error userCanceled`\n\
             or `apple nothing`; `help apple` says more."
        ));
    }
    lines.join("\n")
}

fn say_all(texts: &[String]) -> io::Result<()> {
    texts.iter().try_for_each(|text| say(text))
}

fn say(line: &str) -> io::Result<()> {
    print(&format!("{line}\n"))
}

fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
