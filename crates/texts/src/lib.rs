//! Suggested texts for the pages of a digital car key, in English and German.
//!
//! An app may use these texts, change them, or ignore them: the core knows none of them.
//!
//! ```
//! use digital_key_domain::Tap;
//! use digital_key_texts::{Language, Texts, keys};
//!
//! let texts = Texts::new(Language::German);
//! assert_eq!(texts.text(keys::tap(Tap::Retry, None)), "Erneut versuchen");
//! ```

mod language;
mod texts;
pub mod keys;
mod page;

pub use language::{Language, UnknownLanguageError};
pub use page::{Button, Checkbox, Line, LineKind, PageText};
pub use texts::{Texts, Value};
