//! The JSON form of a recording, for people and other tools.

use serde::{Deserialize, Serialize};

use crate::read::{Parts, ReadError};
use crate::recording::{Ending, Header, Recording};
use crate::wire::{FORMAT, Frame, HeaderFrame};

/// The JSON form: the same parts as in a file.
#[derive(Serialize, Deserialize)]
struct Document {
    format: u16,
    header: HeaderFrame,
    parts: Vec<Frame>,
}

/// Why a text is not the JSON form of a recording.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// The text is no JSON, or has other members.
    #[error("line {line}, column {column} of the JSON is not what a recording has there")]
    Malformed {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// The recording is refused.
    #[error(transparent)]
    Refused(#[from] ReadError),
}

impl Recording {
    /// Returns the recording as JSON, with fresh numbers for vehicles and keys.
    #[must_use]
    pub fn to_json(&self) -> String {
        let document =
            Document { format: FORMAT, header: self.header.frame(), parts: self.frames() };
        // No map of it has a key that is not a text.
        serde_json::to_string_pretty(&document).unwrap_or_default()
    }

    /// Reads the JSON form.
    ///
    /// # Errors
    /// [`JsonError`] says what is wrong, and where.
    pub fn from_json(text: &str) -> Result<Self, JsonError> {
        if text.len() > Self::MOST_BYTES {
            return Err(ReadError::TooLarge { found: text.len() }.into());
        }
        let document: Document = serde_json::from_str(text)
            .map_err(|error| JsonError::Malformed { line: error.line(), column: error.column() })?;
        if document.format != FORMAT {
            return Err(ReadError::UnknownVersion { found: document.format }.into());
        }
        let header = Header::read(document.header).map_err(|_| ReadError::BrokenHeader)?;
        let mut recording = Self::of(header);
        let mut parts = Parts::default();
        for (at, frame) in document.parts.into_iter().enumerate() {
            let number = at + 1;
            let broken = |_| ReadError::BrokenPart { number, at };
            parts.add(frame, &mut recording).map_err(broken)?;
        }
        if !parts.has_ended {
            recording.ending = Ending::CutOff { at: text.len() };
        }
        Ok(recording)
    }
}
