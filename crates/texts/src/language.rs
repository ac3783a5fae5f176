//! The languages of the texts.

use std::fmt;
use std::str::FromStr;

/// A language in which there is a text for each key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German, as a car maker addresses its customers.
    German,
}

impl Language {
    /// All languages.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Returns the code of the language by ISO 639-1, such as `de`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// Returns the language of a locale, such as `de_AT.UTF-8` or `de-CH`, and English for a locale
    /// that has no texts.
    #[must_use]
    pub fn of_locale(locale: &str) -> Self {
        let code = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        code.parse().unwrap_or_default()
    }

    /// The Fluent file.
    pub(crate) fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("../texts/en.ftl"),
            Self::German => include_str!("../texts/de.ftl"),
        }
    }
}

impl FromStr for Language {
    type Err = UnknownLanguageError;

    fn from_str(code: &str) -> Result<Self, UnknownLanguageError> {
        let found = Self::ALL.into_iter().find(|it| it.code().eq_ignore_ascii_case(code));
        found.ok_or(UnknownLanguageError)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The error of a code for which there are no texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownLanguageError;

impl fmt::Display for UnknownLanguageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there are no texts in this language; there are en and de")
    }
}

impl std::error::Error for UnknownLanguageError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_has_the_language_before_its_country() {
        for (locale, language) in [
            ("de", Language::German),
            ("de_AT.UTF-8", Language::German),
            ("de-CH", Language::German),
            ("DE", Language::German),
            ("en_GB", Language::English),
            ("deu", Language::English),
            ("fr_FR", Language::English),
            ("C", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::of_locale(locale), language, "{locale}");
        }
    }

    #[test]
    fn a_code_without_texts_is_an_error_that_lists_the_others() {
        assert_eq!("de".parse(), Ok(Language::German));
        let error = "fr".parse::<Language>().unwrap_err().to_string();
        for language in Language::ALL {
            assert!(error.contains(language.code()), "{error}");
        }
    }
}
