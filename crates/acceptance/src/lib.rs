//! The rules of the digital car key core as feature files, and the steps that check them.
//!
//! `features/` holds one file a page, with the number of its rule on each scenario. The same steps
//! run feature files from anywhere else:
//!
//! ```text
//! cargo test -p digital-key-acceptance --test features -- --input '/any/where/*.feature'
//! ```
//!
//! Under the steps is the real composition: the app, the BFF client over HTTP against a real
//! backend on loopback, and the sled cache in a directory of its own for each scenario. Only the
//! phone is scripted.
//!
//! # Keywords
//! No words mean two things, so that each step may stand under any keyword, `*` included.
//!
//! The app starts with the first step under `When`, before that step is performed, or with the
//! first step that needs it.
//!
//! # Looking at the caches
//! With `DIGITAL_KEY_KEPT_CACHES=/a/folder` each scenario leaves its cache directory there.

mod arguments;
mod files;
mod language;
mod report;
mod run;
mod steps;
mod world;

pub use arguments::{ArgumentError, Arguments};
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
