//! The lines between a scenario and a program.

use std::collections::BTreeMap;
use std::fmt::Debug;

/// One line: a JSON object whose values are texts. A value that is absent is not in the object.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(super) struct Message(BTreeMap<String, String>);

/// Why a line of a program cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MessageError {
    #[error("the program wrote a line that is no JSON object of texts: {line}: {source}")]
    Syntax { line: String, source: serde_json::Error },
    #[error("the program's answer has no valid {field:?}: {message}")]
    Field { field: &'static str, message: String },
}

impl Message {
    pub(super) fn read(line: &str) -> Result<Self, MessageError> {
        serde_json::from_str(line)
            .map_err(|source| MessageError::Syntax { line: line.to_owned(), source })
    }

    /// Returns the message as a line.
    pub(super) fn line(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string(self)? + "\n")
    }

    pub(super) fn with(mut self, field: &str, value: impl ToString) -> Self {
        self.0.insert(field.to_owned(), value.to_string());
        self
    }

    pub(super) fn with_some(self, field: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(field, value),
            None => self,
        }
    }

    /// Adds the name of a variant in capitals, such as `TICK_BOX`.
    pub(super) fn with_name(self, field: &str, variant: impl Debug) -> Self {
        let mut name = String::new();
        for character in format!("{variant:?}").chars() {
            if character.is_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.extend(character.to_uppercase());
        }
        self.with(field, name)
    }

    pub(super) fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    pub(super) fn text(&self, field: &'static str) -> Result<&str, MessageError> {
        self.get(field).ok_or_else(|| self.invalid(field))
    }

    /// The error for a field that is missing or not valid.
    pub(super) fn invalid(&self, field: &'static str) -> MessageError {
        let message = serde_json::to_string(self).unwrap_or_default();
        MessageError::Field { field, message }
    }
}
