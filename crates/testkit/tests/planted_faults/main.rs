//! Each case of each suite finds the fault that is planted for it.

#![allow(clippy::unwrap_used, reason = "the helpers are part of the tests")]

mod bff;
mod phone;
mod cache;

/// Expands to one test for each planted fault, named after the case that must find it.
macro_rules! found {
    ($suite:ident: $($case:ident finds $fault:expr;)*) => {
        $(
            #[tokio::test(start_paused = true)]
            async fn $case() {
                let violation = digital_key_testkit::$suite::$case(&$fault).await;
                assert!(violation.is_err(), "the case does not find the planted fault");
            }
        )*
    };
}
pub(crate) use found;
