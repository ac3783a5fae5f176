//! Lines that a person types into a terminal, with editing and history.

use std::thread;

use rustyline::error::ReadlineError;
use rustyline::{Config, DefaultEditor, ExternalPrinter};
use tokio::sync::mpsc;

/// An editor of lines in a thread of its own, since it cannot be interrupted.
pub(super) struct Typing {
    lines: mpsc::Receiver<String>,
    read_on: std::sync::mpsc::Sender<()>,
    /// Texts for the thread that prints above the prompt.
    texts: std::sync::mpsc::Sender<String>,
}

impl Typing {
    /// Starts the editor; `None` if the terminal offers none.
    pub(super) fn start() -> Option<Self> {
        let config = Config::builder().auto_add_history(true).build();
        let mut editor = DefaultEditor::with_config(config).ok()?;
        let mut printer = editor.create_external_printer().ok()?;
        let (texts, to_print) = std::sync::mpsc::channel();
        // Between two prompts the printer blocks until the next one, so it has a thread of its own.
        thread::spawn(move || {
            while let Ok(text) = to_print.recv() {
                // A terminal that is gone ends the editor, too.
                let _ = printer.print(text);
            }
        });
        let (sender, lines) = mpsc::channel(1);
        let (read_on, may_read) = std::sync::mpsc::channel();
        thread::spawn(move || {
            loop {
                match editor.readline("> ") {
                    Ok(line) => {
                        // The next prompt waits until the line was handled: at `quit` there is none,
                        // and the terminal stays as it was found.
                        if sender.blocking_send(line).is_err() || may_read.recv().is_err() {
                            return;
                        }
                    }
                    // Bytes that are no text: the line is lost, and the next one is read.
                    Err(ReadlineError::Io(error))
                        if error.kind() == std::io::ErrorKind::InvalidData => {}
                    Err(_) => return,
                }
            }
        });
        Some(Self { lines, read_on, texts })
    }

    /// Returns the next line; `None` after Ctrl-C, Ctrl-D and the end of the input.
    pub(super) async fn next(&mut self) -> Option<String> {
        self.lines.recv().await
    }

    /// Shows the prompt again, after a line.
    pub(super) fn read_on(&self) {
        // This fails only if the editor has ended.
        let _ = self.read_on.send(());
    }

    /// Prints above the prompt.
    pub(super) fn print(&self, text: &str) {
        // This fails only if the thread has ended, which it does after this value.
        let _ = self.texts.send(format!("{text}\n"));
    }
}
