//! The rules of the digital car key core as feature files, and the steps that check them.
//!
//! `features/` has one file per page, and each scenario has the number of its rule as a tag. The
//! same steps run feature files from any other folder:
//!
//! ```text
//! cargo test -p digital-key-acceptance --test features -- --input '/any/where/*.feature'
//! ```
//!
//! The steps run on the real composition: the app, the BFF client over HTTP against a real backend
//! on loopback, and the sled cache in a directory of its own for each scenario. Only the phone is
//! scripted.
//!
//! # Other languages
//! With `--phone 'command'` the app runs in a program in any language, which reads and writes one line
//! for each call. The README of this crate describes the lines.
//!
//! # Keywords
//! Each text has one meaning, so that a step may have any keyword, `*` included.
//!
//! The app starts with the first step that acts on it or checks it.
//!
//! # Inspecting the caches
//! With `DIGITAL_KEY_KEPT_CACHES=/a/folder` each scenario leaves its cache directory in that
//! folder.

mod arguments;
mod files;
mod run;
mod language;
mod steps;
mod scenario;
mod client;
mod recorded;
mod report;

pub use arguments::{ArgumentError, Arguments, HELP};
pub use report::Report;
pub use run::run;

/// The code in the project's README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

/// The code on the page for clients in Rust, as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/clients/rust.md")]
struct PageForRust;

/// The code on the page for analytics teams, as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/clients/analytics.md")]
struct PageForAnalytics;
