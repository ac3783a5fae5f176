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
use crate::screen::wrap::wrap_columns;
use crate::words::with;
use input::{InputLine, InputLines};
use typing::Typing;

/// The longest line of a text of `help`, without its indent.
pub(super) const HELP_WIDTH: usize = 78;

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
    say(&texts.text("lines-greeting"))?;
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
    typing.print(&texts.text("lines-greeting"));
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
                        Err(key) => typing.print(&texts.text(key)),
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
        let mut failures: Vec<(String, u64)> = Vec::new();
        for note in self.notes.drain(..) {
            match note {
                Note::Call(call) => calls.push(call),
                Note::Said(text) => new.push(text),
                Note::Help(text) => new.push(indented(&text)),
                Note::Failed(reason) => match failures.iter_mut().find(|it| it.0 == reason) {
                    Some((_, tries)) => *tries += 1,
                    None => failures.push((reason, 1)),
                },
                // The person typed it a moment ago.
                Note::Did(_) => {}
            }
        }
        new.extend(failures.into_iter().map(|(reason, tries)| {
            let reason = render::tries(reason, tries, texts);
            format!("  {}", with(texts, "lines-failed", &[("reason", &reason)]))
        }));
        if !calls.is_empty() {
            let calls = with(texts, "lines-calls", &[("calls", &calls.join(", "))]);
            new.push(format!("  {calls}"));
        }
        let page = page(&snapshot, texts);
        if page != self.page {
            new.push(page.clone());
            self.page = page;
        }
        new
    }
}

/// A text of `help`, indented.
fn indented(text: &str) -> String {
    let indent = |line: String| if line.is_empty() { line } else { format!("  {line}") };
    wrap_columns(text, HELP_WIDTH).into_iter().map(indent).collect::<Vec<_>>().join("\n")
}

/// The page, and how to answer Apple's sheet when it is up.
fn page(snapshot: &Snapshot, texts: &Texts) -> String {
    let view: &View = &snapshot.view;
    let page = PageText::of(view, texts);
    let mut lines = vec![render::heading(view, &page, texts)];
    lines.extend(render::lines(&page).iter().map(|line| format!("|   {line}")));
    lines.extend((1..).zip(&page.buttons).map(|(number, button)| {
        let label = render::label(button);
        match button.is_enabled {
            true => format!("|   {number}) {label}"),
            false => format!("|   {number}) {label} ({})", texts.text("lines-not-now")),
        }
    }));
    if view.pairing_runs {
        let key = snapshot.world.next_key();
        lines.push(with(texts, "lines-sheet", &[("key", &key)]));
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
