//! Languages with braces: Swift and Kotlin.

use super::{Declaration, MIRRORS, first_sentence};

/// What only the names of UniFFI's own declarations hold.
const INTERNAL: [&str; 7] =
    ["Ffi", "ForeignBytes", "InternalException", "NoHandle", "RustBuffer", "fromHandle", "niffi"];

/// What a Swift package declares in public.
pub(in super::super) fn swift(source: &str) -> Vec<Declaration> {
    let is_public = |text: &str, parent: Option<&str>| {
        let is_marked = text.starts_with("public ") || text.starts_with("open ");
        match parent {
            Some(parent) if parent.contains("protocol ") => text.starts_with("func "),
            Some(parent) if parent.contains("enum ") => {
                parent.starts_with("public ") && text.starts_with("case ")
            }
            // These conform to protocols of the language.
            Some(parent) if parent.starts_with("extension ") => false,
            // The `init` of a record has its fields.
            Some(_) => is_marked && !text.contains(" var "),
            None => is_marked,
        }
    };
    declarations(source, &Reading { is_public: &is_public, tidy: &tidy_swift })
}

pub(super) fn tidy_swift(text: &str) -> String {
    let words = ["public ", "open ", "convenience "];
    without(text, &words).replace(")async", ") async").replace(")throws", ") throws")
}

/// What a Kotlin package declares in public.
pub(in super::super) fn kotlin(source: &str) -> Vec<Declaration> {
    let is_public = |text: &str, parent: Option<&str>| {
        let text = text.trim_start_matches("public ");
        let first = text.split([' ', '(']).next().unwrap_or_default();
        let is_type = kotlin_types(first);
        match parent {
            None => is_type || matches!(first, "fun" | "suspend" | "typealias" | "@Throws"),
            Some(parent) if parent.starts_with("enum ") => text == text.to_uppercase(),
            // A name that comes from Rust is in backquotes.
            Some(_) => is_type || first == "constructor" || text.contains('`'),
        }
    };
    declarations(source, &Reading { is_public: &is_public, tidy: &tidy_kotlin })
}

pub(super) fn tidy_kotlin(text: &str) -> String {
    let words = "public |open |override |@Suppress() |`|::class|kotlin.|java.time.|digitalkey.";
    let text = without(text, &words.split('|').collect::<Vec<_>>());
    let text = text.trim_end_matches([' ', ':', ',']);
    let throws = text.strip_prefix("@Throws(").and_then(|rest| rest.split_once(')'));
    throws.map_or(text.to_owned(), |(thrown, rest)| format!("{rest} throws {thrown}"))
}

/// Whether the declaration of a type begins with this word.
pub(super) fn kotlin_types(word: &str) -> bool {
    ["class", "data", "enum", "interface", "object", "open", "sealed"].contains(&word)
}

fn without(text: &str, words: &[&str]) -> String {
    words.iter().fold(text.to_owned(), |text, word| text.replace(word, ""))
}

/// How a source is read.
pub(super) struct Reading<'a> {
    /// Receives a statement, and the type whose body it is in.
    pub(super) is_public: &'a dyn Fn(&str, Option<&str>) -> bool,
    pub(super) tidy: &'a dyn Fn(&str) -> String,
}

/// The public statements.
pub(super) fn declarations(source: &str, reading: &Reading) -> Vec<Declaration> {
    let Reading { is_public, tidy } = reading;
    let statements = Reader::read(source);
    let declare = |Statement { bodies, text, doc }: &Statement| {
        let mut parents = bodies.iter().map(|place| statements[*place].text.as_str());
        let (parent, companion) = (parents.next(), parents.next());
        let is_nested = companion.is_some_and(|it| it != "companion object");
        if is_nested || parents.next().is_some() || !is_public(text, parent) {
            return None;
        }
        let owner = name(parent.unwrap_or(text))?;
        let is_mirror = MIRRORS.iter().any(|end| owner.ends_with(end));
        if is_mirror || INTERNAL.iter().any(|it| owner.contains(it) || text.contains(it)) {
            return None;
        }
        let text = tidy(text);
        // A variant names its own type.
        let text = text.trim_end_matches(&format!(": {owner}()")).trim_end();
        Some(Declaration {
            owner: owner.to_owned(),
            is_member: parent.is_some(),
            text: if companion.is_some() { format!("companion {text}") } else { text.to_owned() },
            doc: doc.clone(),
        })
    };
    statements.iter().filter_map(declare).collect()
}

/// The name of the type or free function that a statement declares.
fn name(text: &str) -> Option<&str> {
    const KEYWORDS: &str =
        "actor class extension fun func enum interface object protocol struct typealias";
    let mut words = text.split([' ', ':', '(']).map(|word| word.trim_matches('`'));
    words.by_ref().find(|word| KEYWORDS.split(' ').any(|it| it == *word))?;
    words.find(|word| *word != "class")
}

/// The beginning of a statement, up to its body.
struct Statement {
    /// The places of the statements whose bodies it is in, the outermost first.
    bodies: Vec<usize>,
    text: String,
    /// The first sentence of the comment before it.
    doc: String,
}

/// What is open at a place in the source.
#[derive(PartialEq)]
enum Bracket {
    /// Parameters, or a value.
    Round,
    /// The body of the statement at this place.
    Body(usize),
    /// A function without a name in a value, which is passed over.
    Closure,
}

/// Reads a source as statements, whose bodies are statements again.
#[derive(Default)]
struct Reader {
    found: Vec<Statement>,
    open: Vec<Bracket>,
    text: String,
    /// The comment before the statement.
    comment: String,
}

impl Reader {
    fn read(source: &str) -> Vec<Statement> {
        let mut reader = Self::default();
        let mut rest = source;
        while let Some(character) = rest.chars().next() {
            // A comment and a string are passed over as a whole.
            let length = match rest.get(..2) {
                Some("/*") => rest.find("*/").map(|end| end + 2),
                Some("//") => rest.find('\n'),
                _ if character == '"' => rest[1..].find('"').map(|end| end + 2),
                _ => None,
            };
            let (part, after) = rest.split_at(length.unwrap_or(character.len_utf8()));
            let is_default = character == '"' && reader.text.trim_end().ends_with('=');
            if length.is_none() {
                reader.take(character);
            } else if is_default && reader.is_in_brackets() {
                reader.text += part;
            } else if part.starts_with("/**") && !reader.is_in_brackets() {
                reader.comment = part.to_owned();
            } else if part.starts_with("///") && !reader.is_in_brackets() {
                reader.comment += &format!("{part}\n");
            }
            rest = after;
        }
        reader.found
    }

    fn take(&mut self, character: char) {
        let may_end = !self.is_in_brackets() && self.is_whole();
        let in_value = self.is_in_brackets() || self.is_in_closure();
        match character {
            '{' | '}' if in_value => {}
            _ if self.is_in_closure() => {}
            '\n' | ';' if may_end => self.end_statement(),
            '{' | '}' => self.end_statement(),
            _ => self.text.push(character),
        }
        match character {
            '(' | '[' => self.open.push(Bracket::Round),
            '{' if in_value => self.open.push(Bracket::Closure),
            '{' => self.open.push(Bracket::Body(self.found.len().saturating_sub(1))),
            ')' | ']' | '}' => drop(self.open.pop()),
            _ => {}
        }
    }

    fn is_in_brackets(&self) -> bool {
        self.open.last() == Some(&Bracket::Round)
    }

    fn is_in_closure(&self) -> bool {
        self.open.contains(&Bracket::Closure)
    }

    /// Whether a statement may end with the line: a modifier or an annotation alone is none.
    fn is_whole(&self) -> bool {
        let text = self.text.trim();
        const DECLARING: [&str; 5] = ["fun ", "func ", "constructor(", " var ", " let "];
        let is_modifier = text.starts_with('@') && !DECLARING.iter().any(|it| text.contains(it));
        text != "public" && !is_modifier
    }

    /// Keeps the statement that ends here, unless it is empty or part of a value in brackets.
    fn end_statement(&mut self) {
        let text = std::mem::take(&mut self.text);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let bodies = self.open.iter().map(|bracket| match bracket {
            Bracket::Body(place) => Some(*place),
            Bracket::Round | Bracket::Closure => None,
        });
        if let Some(bodies) = bodies.collect()
            && !text.is_empty()
        {
            let doc = first_sentence(&std::mem::take(&mut self.comment));
            self.found.push(Statement { bodies, text, doc });
        }
    }
}
