//! A conformance suite for each port of the digital car key core, and fakes that keep state.
//!
//! A port's contract stands in its doc comment as sentences with MUST. Here each of them is a case
//! of its own: an async function that takes a harness and answers with a [`Violation`] when the
//! adapter does what it must not. The adapters of this project pass the suites, and so do yours
//! when you swap one: write a harness, which makes the adapter and lets things happen to it, and
//! one line.
//!
//! ```
//! use digital_key_testkit::fake::MemoryDisk;
//!
//! // A `#[test]` for each case, such as `a_password_is_given_out_exactly_three_times`.
//! digital_key_testkit::cache_conformance!(async || MemoryDisk::new());
//! ```
//!
//! `tests/client_adapter.rs` of this crate shows all of it for an adapter of a client team. Two
//! suites in one file stand in a module each, since cases of two ports can share a name.
//!
//! | port | macro | harness | MUSTs and their cases |
//! |---|---|---|---|
//! | `Bff` | [`bff_conformance!`] | [`BffHarness`](bff::BffHarness) | [`bff`] |
//! | `Wallet` | [`wallet_conformance!`] | [`WalletHarness`](wallet::WalletHarness) | [`wallet`] |
//! | `ApplePairing` | [`apple_pairing_conformance!`] | [`ApplePairingHarness`](apple_pairing::ApplePairingHarness) | [`apple_pairing`] |
//! | `Cache` | [`cache_conformance!`] | [`CacheHarness`](cache::CacheHarness) | [`cache`] |
//! | `AppLifecycle` | [`app_lifecycle_conformance!`] | [`AppLifecycleHarness`](app_lifecycle::AppLifecycleHarness) | [`app_lifecycle`] |
//!
//! # Nothing is skipped in silence
//! Some harnesses cannot do some things, such as letting a write fail. What is left out then
//! stands in the line of the test, by the name of a capability; what is neither implemented nor
//! left out fails.
//!
//! ```
//! use digital_key_testkit::fake::MemoryDisk;
//!
//! digital_key_testkit::cache_conformance!(async || MemoryDisk::new(), without: Crash, FailedWrites);
//! ```
//!
//! # What a suite cannot see
//! It sees an adapter from outside and for some seconds. Power cuts, full disks of a real device,
//! other processes and what lies in a log are for tests of the adapter itself.
//!
//! An adapter of `Bff` that speaks HTTP can be tried against a server that answers badly: the
//! module `hostile`, behind the feature of that name.
//!
//! For an adapter that only has to work, in the tests of something else, take one of [`fake`].
//!
//! # Mocks
//! With the feature `mocks`, the module `mocks` has a verifier that fails a test when a mock in a
//! running app was called in another way than the test expects.

pub mod app_lifecycle;
pub mod apple_pairing;
pub mod bff;
pub mod cache;
pub mod fake;
#[cfg(feature = "hostile")]
pub mod hostile;
#[cfg(feature = "mocks")]
pub mod mocks;
mod run;
pub mod values;
mod violation;
pub mod wallet;

pub use violation::{CaseResult, Violation};

/// What the macros need; not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::run::run;
}
