//! The types of a listing in Kotlin, as far as they cross the channel.

use std::collections::{BTreeMap, BTreeSet};

use crate::TaskError;

/// The types by name, in the order of the listing.
pub(super) struct Model {
    pub(super) types: Vec<Type>,
    aliases: BTreeMap<String, String>,
}

/// A declared type.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Type {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// An enum without fields.
    Choice(Vec<Variant>),
    /// An enum with fields.
    Sealed(Vec<Variant>),
    /// An error with its kinds.
    Error(Vec<Variant>),
    Record(Vec<Field>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Variant {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) of: Of,
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Of {
    Bool,
    Text,
    /// A number, with its type in Kotlin.
    Number(&'static str),
    /// The object that holds a vehicle identification number.
    Vin,
    Named(String),
    List(Box<Of>),
    Option(Box<Of>),
}

const NUMBERS: [&str; 4] = ["UByte", "UShort", "UInt", "ULong"];

impl Model {
    pub(super) fn read(listing: &str) -> Result<Self, TaskError> {
        let mut model = Self { types: Vec::new(), aliases: BTreeMap::new() };
        // Later aliases may name types of earlier fields.
        for line in listing.lines() {
            if let Some((name, of)) =
                line.strip_prefix("typealias ").and_then(|it| it.split_once(" = "))
            {
                model.aliases.insert(name.to_owned(), of.to_owned());
            }
        }
        for block in listing.split("\n\n") {
            let block = unwrap(block);
            let mut lines = block.iter().map(String::as_str).peekable();
            let doc = lines.next_if(|it| it.starts_with("/// ")).unwrap_or_default();
            let Some(head) = lines.next() else { continue };
            let Some((name, kind)) = model.kind(head, lines)? else { continue };
            let doc = doc.trim_start_matches("/// ").to_owned();
            model.types.push(Type { name, doc, kind });
        }
        Ok(model)
    }

    fn kind<'a>(
        &self,
        head: &str,
        lines: impl Iterator<Item = &'a str>,
    ) -> Result<Option<(String, Kind)>, TaskError> {
        let name = |text: &str| text.split([':', '(', ' ']).next().unwrap_or_default().to_owned();
        Ok(if let Some(rest) = head.strip_prefix("enum class ") {
            Some((name(rest), Kind::Choice(self.variants(lines)?)))
        } else if let Some(rest) = head.strip_prefix("sealed class ") {
            let variants = self.variants(lines)?;
            let is_error = rest.ends_with("Exception()");
            Some((
                name(rest),
                if is_error { Kind::Error(variants) } else { Kind::Sealed(variants) },
            ))
        } else if let Some(rest) = head.strip_prefix("data class ") {
            Some((name(rest), Kind::Record(self.fields(rest)?)))
        } else {
            None
        })
    }

    fn variants<'a>(
        &self,
        lines: impl Iterator<Item = &'a str>,
    ) -> Result<Vec<Variant>, TaskError> {
        let mut variants = Vec::new();
        let mut doc = String::new();
        for line in lines.map(str::trim) {
            if let Some(text) = line.strip_prefix("/// ") {
                doc = text.to_owned();
                continue;
            }
            let rest = ["object ", "data class ", "class "];
            let rest = rest.iter().find_map(|it| line.strip_prefix(it)).unwrap_or(line);
            let name = rest.split('(').next().unwrap_or_default().to_owned();
            let doc = std::mem::take(&mut doc);
            variants.push(Variant { name, doc, fields: self.fields(rest)? });
        }
        Ok(variants)
    }

    fn fields(&self, declaration: &str) -> Result<Vec<Field>, TaskError> {
        let Some((_, rest)) = declaration.split_once('(') else { return Ok(Vec::new()) };
        let list = rest.rsplit_once(')').map_or(rest, |(list, _)| list);
        let mut fields = Vec::new();
        for field in list.split("val ").map(str::trim).filter(|it| !it.is_empty()) {
            let (name, of) = field.split_once(": ").ok_or_else(|| format!("no type: {field}"))?;
            let of = of.split(" = ").next().unwrap_or(of).trim_end_matches(',');
            fields.push(Field { name: name.to_owned(), of: self.of(of) });
        }
        Ok(fields)
    }

    fn of(&self, text: &str) -> Of {
        if let Some(inner) = text.strip_suffix('?') {
            return Of::Option(Box::new(self.of(inner)));
        }
        if let Some(inner) = text.strip_prefix("List<").and_then(|it| it.strip_suffix('>')) {
            return Of::List(Box::new(self.of(inner)));
        }
        if let Some(number) = NUMBERS.into_iter().find(|it| *it == text) {
            return Of::Number(number);
        }
        match text {
            "Boolean" => Of::Bool,
            "String" => Of::Text,
            "Vin" => Of::Vin,
            _ => {
                self.aliases.get(text).map_or_else(|| Of::Named(text.to_owned()), |it| self.of(it))
            }
        }
    }

    /// The types with these names, and those of their fields.
    pub(super) fn reachable(&self, roots: &[&str]) -> Result<Vec<Type>, TaskError> {
        let mut open: Vec<String> = roots.iter().map(|it| (*it).to_owned()).collect();
        let mut names = BTreeSet::new();
        while let Some(name) = open.pop() {
            let found = self.types.iter().find(|it| it.name == name);
            let found = found.ok_or_else(|| format!("the listing has no type {name}"))?;
            if names.insert(name) {
                open.extend(found.fields().filter_map(|field| field.of.named()));
            }
        }
        Ok(self.types.iter().filter(|it| names.contains(&it.name)).cloned().collect())
    }
}

impl Type {
    fn fields(&self) -> impl Iterator<Item = &Field> {
        let (fields, variants): (&[Field], &[Variant]) = match &self.kind {
            Kind::Record(fields) => (fields, &[]),
            Kind::Choice(variants) | Kind::Sealed(variants) | Kind::Error(variants) => {
                (&[], variants)
            }
        };
        fields.iter().chain(variants.iter().flat_map(|it| &it.fields))
    }
}

impl Of {
    fn named(&self) -> Option<String> {
        match self {
            Self::Named(name) => Some(name.clone()),
            Self::List(inner) | Self::Option(inner) => inner.named(),
            Self::Bool | Self::Text | Self::Number(_) | Self::Vin => None,
        }
    }
}

/// The lines of a block, each with its arguments on the same line.
fn unwrap(block: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in block.lines() {
        match lines.last_mut() {
            Some(last)
                if !last.contains("///")
                    && last.matches('(').count() > last.matches(')').count() =>
            {
                last.push(' ');
                last.push_str(line.trim());
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_becomes_types() {
        let listing = "/// A.\nsealed class A: Disposable\n    /// B.\n    data class B(val c: Uses?)\n    \
                       object D\n\nenum class E\n    /// F.\n    F_G\n\ndata class H(\n    \
                       val e: List<E>,\n    val i: Boolean = false,\n): Disposable\n\n\
                       typealias Uses = UByte\n";
        let model = Model::read(listing).unwrap();
        let names: Vec<_> = model.types.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["A", "E", "H"]);
        let Kind::Sealed(variants) = &model.types[0].kind else { panic!("{:?}", model.types[0]) };
        let uses = Of::Option(Box::new(Of::Number("UByte")));
        assert_eq!(variants[0].fields, [Field { name: "c".into(), of: uses }]);
        assert_eq!((variants[1].name.as_str(), variants[0].doc.as_str()), ("D", "B."));
        let reached = model.reachable(&["H"]).unwrap();
        assert_eq!(reached.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["E", "H"]);
        assert!(model.reachable(&["J"]).is_err());
    }
}
