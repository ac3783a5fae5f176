//! The API listing of a package: what its generated source declares in public.
//!
//! What is written by hand in the package is listed, too. The source is not in git, so a review sees a change of the interface in the listing. Types are in
//! alphabetical order, so that a new type moves no other one, and their members in the order of
//! the source. What only carries values across the boundary is left out.

mod braces;
mod python;
#[cfg(test)]
mod tests;
pub(super) mod written;

use std::collections::BTreeMap;

pub(super) use braces::{kotlin, swift};
pub(super) use python::python;

/// How long a line may be before its parameters go on lines of their own.
const WIDTH: usize = 100;

/// How the names of UniFFI's mirrors end: of an interface for each class, and of a class for each
/// interface that a client implements.
const MIRRORS: [&str; 3] = ["Impl", "Interface", "Protocol"];

/// A public declaration.
#[derive(Debug, PartialEq)]
pub(super) struct Declaration {
    /// The type that it is or belongs to, or the name of a free function.
    owner: String,
    is_member: bool,
    text: String,
    /// The first sentence of its documentation, if it has one.
    doc: String,
}

/// The listing of these declarations.
pub(super) fn render(declarations: Vec<Declaration>) -> String {
    let mut owners = BTreeMap::<String, Vec<Declaration>>::new();
    for declaration in declarations {
        owners.entry(declaration.owner.clone()).or_default().push(declaration);
    }
    let mut listing = "Written by `cargo xtask codegen bindings`.\n".to_owned();
    for Declaration { is_member, text, doc, .. } in owners.values().flatten() {
        let indent = if *is_member { "    " } else { "" };
        if !is_member {
            listing += "\n";
        }
        if !doc.is_empty() {
            listing += &format!("{indent}/// {doc}\n");
        }
        listing += &format!("{indent}{}\n", wrapped(&tidy(text), indent));
    }
    listing
}

/// The text with single blanks, as a person writes it.
fn tidy(text: &str) -> String {
    let text = text.replace(',', ", ").replace(':', ": ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let blanks = [
        ("( ", "("),
        (" )", ")"),
        (" ,", ","),
        (",)", ")"),
        (" (", "("),
        (") :", "):"),
        (":(", ": ("),
    ];
    blanks.iter().fold(text, |text, (from, to)| text.replace(from, to))
}

/// The declaration on one line, or with each parameter on a line of its own when it is too long.
fn wrapped(text: &str, indent: &str) -> String {
    let parts = text.split_once('(').and_then(|(head, rest)| {
        let (parameters, tail) = rest.rsplit_once(')')?;
        Some((head, parameters, tail))
    });
    match parts {
        Some((head, parameters, tail)) if indent.len() + text.len() > WIDTH => {
            let mut depth = 0_i32;
            let parameters = parameters.split(|character| {
                depth += i32::from(matches!(character, '(' | '['));
                depth -= i32::from(matches!(character, ')' | ']'));
                character == ',' && depth == 0
            });
            let lines = parameters.map(|it| format!("{indent}    {},\n", it.trim()));
            format!("{head}(\n{}{indent}){tail}", lines.collect::<String>())
        }
        _ => text.to_owned(),
    }
}

/// The first sentence of a comment.
fn first_sentence(comment: &str) -> String {
    let lines = comment.lines().map(|line| line.trim_matches([' ', '*', '/']));
    let lines = lines.skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty());
    let text = lines.collect::<Vec<_>>().join(" ");
    text.split_once(". ").map_or(text.clone(), |(sentence, _)| format!("{sentence}."))
}
