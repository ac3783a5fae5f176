//! Texts that are exchanged in what the generator writes.

use crate::Failure;

/// A text of the generator's, and what stands there instead.
pub(super) struct Mend {
    pub(super) found: &'static str,
    pub(super) times: Times,
    pub(super) instead: &'static str,
}

/// How often a text has to be there. Another number means that the generator writes otherwise now,
/// and that somebody has to look what became of the fault.
pub(super) enum Times {
    /// Once.
    Once,
    /// This often.
    Exactly(usize),
    /// As often as this text, which stands once in every place that has to be mended.
    AsOftenAs(&'static str),
}

/// The text with all of these exchanged, one after the other.
pub(super) fn mend(text: String, mends: &[Mend]) -> Result<String, Failure> {
    mends.iter().try_fold(text, |text, Mend { found, times, instead }| {
        let expected = match times {
            Times::Once => 1,
            Times::Exactly(times) => *times,
            Times::AsOftenAs(other) => text.matches(other).count(),
        };
        let times = text.matches(found).count();
        if times == 0 || times != expected {
            return Err(format!(
                "the generator writes this {times} times instead of {expected}, so that it cannot \
                 be mended:\n{found}"
            )
            .into());
        }
        Ok(text.replace(found, instead))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn try_mend(text: &str, times: Times) -> Result<String, String> {
        let mends = [Mend { found: "bad", times, instead: "good" }];
        mend(text.to_owned(), &mends).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_there_as_often_as_expected_is_exchanged() {
        assert_eq!(try_mend("a bad b", Times::Once), Ok("a good b".into()));
        assert_eq!(try_mend("bad bad", Times::Exactly(2)), Ok("good good".into()));
        assert_eq!(try_mend("f bad f bad", Times::AsOftenAs("f")), Ok("f good f good".into()));
    }

    #[test]
    fn what_is_there_another_number_of_times_is_an_error() {
        assert!(try_mend("a b", Times::Once).unwrap_err().contains("0 times instead of 1"));
        assert!(try_mend("bad bad", Times::Once).unwrap_err().contains("2 times instead of 1"));
        assert!(try_mend("f bad f", Times::AsOftenAs("f")).unwrap_err().contains("instead of 2"));
        assert!(try_mend("", Times::AsOftenAs("f")).is_err());
    }
}
