//! Each case of each suite finds a fault that was planted for it.

#![allow(clippy::unwrap_used, reason = "the helpers are part of the tests")]

mod bff;
mod cache;
mod phone;

/// One test for each planted fault, named after the case that has to find it.
macro_rules! found {
    ($suite:ident: $($case:ident finds $fault:expr;)*) => {
        $(
            #[tokio::test(start_paused = true)]
            async fn $case() {
                let violation = digital_key_testkit::$suite::$case(&$fault).await;
                assert!(violation.is_err(), "the planted fault was not found");
            }
        )*
    };
}
pub(crate) use found;
