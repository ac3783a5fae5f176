//! What a case answers, and the checks that cases are made of.

use std::error::Error;
use std::fmt::{self, Write};
use std::pin::pin;
use std::time::Duration;

use digital_key_domain::Vin;
use futures_util::FutureExt;
use tokio::task::yield_now;
use tokio::time::timeout;

/// How long something may take that must come.
const LIMIT: Duration = Duration::from_secs(10);

/// What an adapter did that the contract of its port forbids.
///
/// `Debug` is the plain sentence as well, since a test that returns an error shows it so.
#[derive(Clone, PartialEq, Eq)]
pub struct Violation(String);

/// How a case ended.
pub type CaseResult = Result<(), Violation>;

impl Violation {
    /// Makes a violation with this text.
    #[must_use]
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// A harness that lacks what a case needs, and whose test does not leave the case out.
    pub(crate) fn no_hook(hook: &str, capability: impl fmt::Debug) -> Self {
        Self(format!(
            "this harness cannot do it: implement `{hook}`, or leave its cases out with \
             `without: {capability:?}` and check them in another way"
        ))
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Violation {}

/// Ends the case with a violation unless something holds.
macro_rules! must {
    ($holds:expr, $($otherwise:tt)+) => {
        if !$holds {
            return Err($crate::Violation::new(format!($($otherwise)+)));
        }
    };
}
pub(crate) use must;

pub(crate) fn must_equal<T: PartialEq + fmt::Debug>(
    what: &str,
    found: T,
    expected: T,
) -> CaseResult {
    must!(found == expected, "{what} is {found:?}, and not {expected:?}");
    Ok(())
}

/// The answer of a call that has no reason to fail.
pub(crate) fn must_work<T, E: Error>(call: &str, result: Result<T, E>) -> Result<T, Violation> {
    result.map_err(|error| Violation::new(format!("{call} failed: {}", all_of(&error))))
}

/// The error of a call that has no way to work.
pub(crate) fn must_fail<T: fmt::Debug, E>(
    call: &str,
    result: Result<T, E>,
) -> Result<E, Violation> {
    match result {
        Ok(answer) => Err(Violation::new(format!("{call} answered {answer:?}, and not an error"))),
        Err(error) => Ok(error),
    }
}

/// The output of a future that has to end soon.
pub(crate) async fn must_end<T>(
    what: &str,
    future: impl Future<Output = T>,
) -> Result<T, Violation> {
    timeout(LIMIT, future)
        .await
        .map_err(|_| Violation::new(format!("{what} did not end within {LIMIT:?}")))
}

/// Polls a call this often and drops it, if it has not ended by then.
pub(crate) async fn dropped_after<T>(polls: usize, call: impl Future<Output = T>) -> Option<T> {
    let mut call = pin!(call);
    for _ in 0..polls {
        if let Some(answer) = call.as_mut().now_or_never() {
            return Some(answer);
        }
        yield_now().await;
    }
    None
}

/// Everything that an error can print: itself and its causes, in both forms.
pub(crate) fn all_of(error: &dyn Error) -> String {
    let mut text = String::new();
    let mut link = Some(error);
    while let Some(error) = link {
        // Writing to a `String` does not fail.
        let _ = write!(text, "{error} {error:?} ");
        link = error.source();
    }
    text
}

/// No error and no `Debug` holds a password, a token or a whole VIN (GEN-6).
pub(crate) fn must_keep_secret(
    what: &str,
    text: &str,
    secrets: &[&str],
    vins: &[Vin],
) -> CaseResult {
    must!(!secrets.iter().any(|secret| text.contains(secret)), "{what} holds a secret: {text}");
    must!(!vins.iter().any(|vin| text.contains(vin.as_str())), "{what} holds a whole VIN: {text}");
    Ok(())
}
