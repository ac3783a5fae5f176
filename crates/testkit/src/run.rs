//! The function and the helper macros that the macros of the suites expand to.

use std::time::Duration;

use tokio::runtime::Builder;
use tokio::time::timeout;

use crate::{CaseResult, Violation};

/// How long a case may take, including the setup of its harness.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs one case on a fresh harness, on a multi-threaded runtime of its own.
///
/// The macros do not expand to `#[tokio::test]`: its argument `crate` does not accept `$crate`, so
/// that each caller would have to depend on tokio.
///
/// # Errors
/// The violation that the case found, or that it did not end.
pub fn run<H>(
    new_harness: impl AsyncFnOnce() -> H,
    case: impl AsyncFnOnce(&H) -> CaseResult,
) -> CaseResult {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Violation::new(format!("the runtime cannot start: {error}")))?;
    runtime.block_on(async {
        let whole = async { case(&new_harness().await).await };
        timeout(LIMIT, whole)
            .await
            .unwrap_or_else(|_| Err(Violation::new(format!("it did not end within {LIMIT:?}"))))
    })
}

/// Expands to one test for each case, without those whose capability is left out.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance {
    (
        $port:ident($new:expr) without $left_out:tt
        $($case:ident)*
        $(; $capability:ident: $($dependent_case:ident)*)*
    ) => {
        $($crate::__test! { $port($new) $case })*
        $($crate::__unless_left_out! {
            $capability in $left_out
            { $($crate::__test! { $port($new) $dependent_case })* }
        })*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __test {
    ($port:ident($new:expr) $case:ident) => {
        #[test]
        fn $case() -> $crate::CaseResult {
            $crate::__private::run($new, $crate::$port::$case)
        }
    };
}

/// Expands to the tests unless their capability is left out. It has one rule for each capability,
/// since a macro cannot compare two names that it does not know.
#[doc(hidden)]
#[macro_export]
macro_rules! __unless_left_out {
    (Crash in [Crash $($others:ident)*] $tests:tt) => {};
    (FailedWrites in [FailedWrites $($others:ident)*] $tests:tt) => {};
    (UnreadableRecord in [UnreadableRecord $($others:ident)*] $tests:tt) => {};
    (UnreadableStore in [UnreadableStore $($others:ident)*] $tests:tt) => {};
    (SetKey in [SetKey $($others:ident)*] $tests:tt) => {};
    (StoredBytes in [StoredBytes $($others:ident)*] $tests:tt) => {};
    (OtherVin in [OtherVin $($others:ident)*] $tests:tt) => {};
    (UnableToKnow in [UnableToKnow $($others:ident)*] $tests:tt) => {};
    (KeyConditions in [KeyConditions $($others:ident)*] $tests:tt) => {};
    ($capability:ident in [$other:ident $($others:ident)*] $tests:tt) => {
        $crate::__unless_left_out! { $capability in [$($others)*] $tests }
    };
    ($capability:ident in [] { $($tests:item)* }) => { $($tests)* };
}
