//! Languages with braces: Swift and Kotlin.

use super::{Declaration, MIRRORS, first_sentence};

/// What only the names of UniFFI's own declarations hold.
const INTERNAL: [&str; 6] =
    ["Ffi", "InternalException", "NoHandle", "RustBuffer", "fromHandle", "niffi"];

/// What a Swift package declares in public.
pub(in super::super) fn swift(source: &str) -> Vec<Declaration> {
    let is_public = |text: &str, parent: Option<&str>| {
        let is_marked = text.starts_with("public ") || text.starts_with("open ");
        match parent {
            Some(parent) if parent.contains("protocol ") => text.starts_with("func "),
            Some(parent) if parent.contains("enum ") => {
                parent.starts_with("public ") && text.starts_with("case ")
            }
            // The `init` of a record has its fields.
            Some(_) => is_marked && !text.contains(" var "),
            None => is_marked,
        }
    };
    declarations(source, is_public, |text| {
        let words = ["public ", "open ", "convenience "];
        without(text, &words).replace(")async", ") async").replace(")throws", ") throws")
    })
}

/// What a Kotlin package declares in public.
pub(in super::super) fn kotlin(source: &str) -> Vec<Declaration> {
    const TYPES: &str = "class data enum interface object open sealed";
    let is_public = |text: &str, parent: Option<&str>| {
        let text = text.trim_start_matches("public ");
        let first = text.split([' ', '(']).next().unwrap_or_default();
        let is_type = TYPES.split(' ').any(|it| it == first);
        match parent {
            None => is_type || matches!(first, "fun" | "suspend" | "typealias" | "@Throws"),
            Some(parent) if parent.starts_with("enum ") => text == text.to_uppercase(),
            // A name that comes from Rust is in backquotes.
            Some(_) => is_type || first == "constructor" || text.contains('`'),
        }
    };
    declarations(source, is_public, |text| {
        let words = "public |open |override |@Suppress() |`|::class|kotlin.|java.time.|digitalkey.";
        let text = without(text, &words.split('|').collect::<Vec<_>>());
        let text = text.trim_end_matches([' ', ':', ',']);
        let throws = text.strip_prefix("@Throws(").and_then(|rest| rest.split_once(')'));
        throws.map_or(text.to_owned(), |(thrown, rest)| format!("{rest} throws {thrown}"))
    })
}

fn without(text: &str, words: &[&str]) -> String {
    words.iter().fold(text.to_owned(), |text, word| text.replace(word, ""))
}

/// The public statements. `is_public` gets each with the type whose body it is in.
fn declarations(
    source: &str,
    is_public: impl Fn(&str, Option<&str>) -> bool,
    tidy: impl Fn(&str) -> String,
) -> Vec<Declaration> {
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
    const KEYWORDS: &str = "class fun func enum interface object protocol struct typealias";
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
}

/// Reads a source as statements, whose bodies are statements again.
#[derive(Default)]
struct Reader {
    found: Vec<Statement>,
    open: Vec<Bracket>,
    text: String,
    doc: String,
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
            if length.is_none() {
                reader.take(character);
            } else if part.starts_with("/**") && !reader.is_in_brackets() {
                reader.doc = first_sentence(part);
            }
            rest = after;
        }
        reader.found
    }

    fn take(&mut self, character: char) {
        let may_end = !self.is_in_brackets() && self.is_whole();
        match character {
            '\n' | ';' if may_end => self.end_statement(),
            '{' | '}' => self.end_statement(),
            _ => self.text.push(character),
        }
        match character {
            '(' | '[' => self.open.push(Bracket::Round),
            '{' => self.open.push(Bracket::Body(self.found.len().saturating_sub(1))),
            ')' | ']' | '}' => drop(self.open.pop()),
            _ => {}
        }
    }

    fn is_in_brackets(&self) -> bool {
        self.open.last() == Some(&Bracket::Round)
    }

    /// Whether a statement may end with the line: a modifier or an annotation alone is none.
    fn is_whole(&self) -> bool {
        let text = self.text.trim();
        text != "public" && (!text.starts_with('@') || text.contains("fun "))
    }

    /// Keeps the statement that ends here, unless it is empty or part of a value in brackets.
    fn end_statement(&mut self) {
        let text = std::mem::take(&mut self.text);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let bodies = self.open.iter().map(|bracket| match bracket {
            Bracket::Body(place) => Some(*place),
            Bracket::Round => None,
        });
        if let Some(bodies) = bodies.collect()
            && !text.is_empty()
        {
            let doc = std::mem::take(&mut self.doc);
            self.found.push(Statement { bodies, text, doc });
        }
    }
}
