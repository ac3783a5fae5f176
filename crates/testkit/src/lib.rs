//! A conformance suite for each port of the digital car key core, and fakes that keep state.
//!
//! A port's doc comment states its contract in sentences with MUST. Each of them is a case here: an
//! async function that takes a harness and returns a [`Violation`] when the adapter breaks the
//! contract. The adapters of this project pass the suites. To run a suite on an adapter of your
//! own, write a harness, which makes the adapter and controls what happens to it, and one macro
//! line.
//!
//! ```
//! use digital_key_testkit::fake::MemoryDisk;
//!
//! // Expands to a `#[test]` for each case, such as `a_password_is_given_out_exactly_three_times`.
//! digital_key_testkit::cache_conformance!(async || MemoryDisk::new());
//! ```
//!
//! `tests/client_adapter.rs` of this crate is a complete example for an adapter of a client team.
//! Put two suites in one file into a module each: cases of two ports can share a name.
//!
//! | port | macro | harness | MUSTs and their cases |
//! |---|---|---|---|
//! | `Bff` | [`bff_conformance!`] | [`BffHarness`](bff::BffHarness) | [`bff`] |
//! | `Wallet` | [`wallet_conformance!`] | [`WalletHarness`](wallet::WalletHarness) | [`wallet`] |
//! | `ApplePairing` | [`apple_pairing_conformance!`] | [`ApplePairingHarness`](apple_pairing::ApplePairingHarness) | [`apple_pairing`] |
//! | `Cache` | [`cache_conformance!`] | [`CacheHarness`](cache::CacheHarness) | [`cache`] |
//! | `AppLifecycle` | [`app_lifecycle_conformance!`] | [`AppLifecycleHarness`](app_lifecycle::AppLifecycleHarness) | [`app_lifecycle`] |
//!
//! # Leaving cases out
//! Some harnesses lack a capability, such as letting a write fail. Name the capability in the macro
//! line to leave its cases out. A case fails when the harness lacks its capability and the line
//! does not name it.
//!
//! ```
//! use digital_key_testkit::fake::MemoryDisk;
//!
//! digital_key_testkit::cache_conformance!(async || MemoryDisk::new(), without: Crash, FailedWrites);
//! ```
//!
//! # What a suite cannot check
//! A suite observes an adapter from outside, for some seconds. Test power cuts, full disks of a
//! real device, other processes and the content of logs in the adapter itself.
//!
//! The module `hostile`, behind the feature of that name, has a server that sends bad answers, for
//! adapters of `Bff` that speak HTTP.
//!
//! The module [`fake`] has working adapters for the tests of other code, and [`canned`] has a view of
//! every page, for previews and snapshot tests.
//!
//! # Mocks
//! With the feature `mocks`, the module `mocks` has a verifier. It fails a test when a running app
//! does not call a mock as the test expects.

pub mod bff;
pub mod wallet;
pub mod apple_pairing;
pub mod cache;
pub mod app_lifecycle;
mod violation;
pub mod values;
mod run;
pub mod fake;
pub mod canned;
#[cfg(feature = "hostile")]
pub mod hostile;
#[cfg(feature = "mocks")]
pub mod mocks;

pub use violation::{CaseResult, Violation};

/// The parts that the macros expand to. They are not part of the API.
#[doc(hidden)]
pub mod __private {
    pub use crate::run::run;
}
