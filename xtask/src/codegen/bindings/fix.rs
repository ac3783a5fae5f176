//! Corrections to what the generator writes.

use crate::TaskError;

/// A text of the generator, and its replacement.
pub(super) struct Fix {
    pub(super) found: &'static str,
    pub(super) times: Times,
    pub(super) instead: &'static str,
}

/// How often a text has to be there. Another number means that the generator has changed, and that a
/// person has to look at the fault again.
pub(super) enum Times {
    /// This often.
    Exactly(usize),
    /// As often as this text, which is once in every place that has the fault.
    AsOftenAs(&'static str),
}

/// Replaces all of these texts, one after the other.
pub(super) fn fix(text: String, fixes: &[Fix]) -> Result<String, TaskError> {
    fixes.iter().try_fold(text, |text, Fix { found, times, instead }| {
        let expected = match times {
            Times::Exactly(times) => *times,
            Times::AsOftenAs(other) => text.matches(other).count(),
        };
        let times = text.matches(found).count();
        if times == 0 || times != expected {
            return Err(format!(
                "the generator writes this {times} times instead of {expected}, so it cannot be \
                 fixed:\n{found}"
            )
            .into());
        }
        Ok(text.replace(found, instead))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn try_fix(text: &str, times: Times) -> Result<String, String> {
        let fixes = [Fix { found: "bad", times, instead: "good" }];
        fix(text.to_owned(), &fixes).map_err(|error| error.to_string())
    }

    #[test]
    fn a_text_that_is_there_as_often_as_expected_is_replaced() {
        assert_eq!(try_fix("a bad b", Times::Exactly(1)), Ok("a good b".into()));
        assert_eq!(try_fix("bad bad", Times::Exactly(2)), Ok("good good".into()));
        assert_eq!(try_fix("f bad f bad", Times::AsOftenAs("f")), Ok("f good f good".into()));
    }

    #[test]
    fn a_text_that_is_there_another_number_of_times_is_an_error() {
        assert!(try_fix("a b", Times::Exactly(1)).unwrap_err().contains("0 times instead of 1"));
        assert!(
            try_fix("bad bad", Times::Exactly(1)).unwrap_err().contains("2 times instead of 1")
        );
        assert!(try_fix("f bad f", Times::AsOftenAs("f")).unwrap_err().contains("instead of 2"));
        assert!(try_fix("", Times::AsOftenAs("f")).is_err());
    }
}
