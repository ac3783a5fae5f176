//! The result of a case, and the checks that cases are made of.

use std::error::Error;
use std::fmt::{self, Write};
use std::pin::pin;
use std::time::Duration;

use digital_key_domain::Vin;
use futures_util::FutureExt;
use tokio::task::yield_now;
use tokio::time::timeout;

/// How long a call or an event may take.
const LIMIT: Duration = Duration::from_secs(10);

/// A breach of a port's contract by an adapter.
///
/// `Debug` shows the same sentence as `Display`: a test that returns an error prints its `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Violation(String);

/// The result of a case.
pub type CaseResult = Result<(), Violation>;

impl Violation {
    /// Makes a violation with this text.
    #[must_use]
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// The harness lacks a hook that a case needs, and the macro line does not leave the case out.
    pub(crate) fn missing_hook(hook: &str, capability: impl fmt::Debug) -> Self {
        Self(format!(
            "this harness lacks a hook: implement `{hook}`, or leave its cases out with \
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

/// Ends the case with a violation unless the condition holds.
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
    must!(found == expected, "{what} is {found:?}, not {expected:?}");
    Ok(())
}

/// Returns the answer of a call that must succeed.
pub(crate) fn must_work<T, E: Error>(call: &str, result: Result<T, E>) -> Result<T, Violation> {
    result.map_err(|error| Violation::new(format!("{call} failed: {}", error_text(&error))))
}

/// Returns the error of a call that must fail.
pub(crate) fn must_fail<T: fmt::Debug, E>(
    call: &str,
    result: Result<T, E>,
) -> Result<E, Violation> {
    match result {
        Ok(answer) => Err(Violation::new(format!("{call} returned {answer:?}, not an error"))),
        Err(error) => Ok(error),
    }
}

/// Returns the output of a future that must end within [`LIMIT`].
pub(crate) async fn must_end<T>(
    what: &str,
    future: impl Future<Output = T>,
) -> Result<T, Violation> {
    timeout(LIMIT, future)
        .await
        .map_err(|_| Violation::new(format!("{what} did not end within {LIMIT:?}")))
}

/// Polls a call this often, and drops it if it has not ended by then.
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

/// Returns the `Display` and `Debug` text of an error and of all its causes.
pub(crate) fn error_text(error: &dyn Error) -> String {
    let mut text = String::new();
    let mut link = Some(error);
    while let Some(error) = link {
        // Writing to a `String` does not fail.
        let _ = write!(text, "{error} {error:?} ");
        link = error.source();
    }
    text
}

/// Checks that a text holds none of these secrets and no whole VIN (GEN-6).
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
