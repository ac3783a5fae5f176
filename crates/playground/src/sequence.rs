//! Who called whom, in order.

use digital_key_domain::{Effect, Event};
use serde::Serialize;

use crate::moves::Move;
use crate::session::Entry;

/// One arrow of the sequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Arrow {
    /// Where it begins.
    pub from: &'static str,
    /// Where it ends.
    pub to: &'static str,
    /// What is said.
    pub text: String,
    /// The number of the move that it belongs to, from 1.
    pub at: usize,
}

/// Returns the arrows of these moves.
pub(crate) fn of(entries: &[Entry]) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    for (at, entry) in (1..).zip(entries) {
        if let Some((from, text)) = cause(entry.made) {
            arrows.push(Arrow { from, to: "App", text, at });
        }
        for step in &entry.steps {
            if let Event::Replied { reply, .. } = &step.event
                && matches!(
                    reply,
                    digital_key_domain::Reply::Record(_)
                        | digital_key_domain::Reply::PasswordStored(_)
                        | digital_key_domain::Reply::UseTaken(_)
                )
            {
                arrows.push(Arrow { from: "Cache", to: "App", text: "answer".into(), at });
            }
            for effect in &step.effects {
                arrows.push(Arrow { from: "App", to: callee(effect), text: call(effect), at });
            }
        }
    }
    arrows
}

/// Returns what began a move, and in which words.
fn cause(made: Move) -> Option<(&'static str, String)> {
    Some(match made {
        Move::Select(_) | Move::Tap(_) | Move::SignOut => ("Driver", crate::words::of_move(made)),
        Move::Background | Move::Foreground | Move::Kill => ("iOS", crate::words::of_move(made)),
        Move::Refresh(_) | Move::Forget(_) => ("Host", crate::words::of_move(made)),
        Move::Answer(_, asked, answer) => (asked.answered_by(), answer.words(asked)),
        Move::Sheet(_, answer) | Move::Late(_, answer) => ("Apple", crate::words::of_sheet(answer)),
        Move::SheetGone(_) => ("Apple", "the sheet is gone".into()),
        Move::World(_) => return None,
    })
}

fn callee(effect: &Effect) -> &'static str {
    match effect.call().split('.').next() {
        Some("bff") => "BFF",
        Some("cache") => "Cache",
        Some("wallet") => "Wallet",
        Some("apple_pairing") => "Apple",
        _ => "Host",
    }
}

fn call(effect: &Effect) -> String {
    let call = effect.call();
    call.split_once('.').map_or(call, |(_, call)| call).replace('_', " ")
}
