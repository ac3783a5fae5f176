//! The digital car key core as an app uses it.
//!
//! An [`App`] owns the flow machine of `digital-key-domain`, performs its effects on the five
//! ports and publishes a complete [`View`](digital_key_domain::View). The app draws the view and
//! tells what the user did.
//!
//! ```text
//! dispatch(intent) ─▶ event loop ─▶ Flow::step ─▶ effects ─▶ ports
//!      view() ◀─ watch ◀──┘   ▲                               │
//!                             └────────── answers ◀───────────┘
//! ```

mod app;
mod builder;
mod cache_lane;
mod event_loop;
mod retry;

pub use app::{App, AppError};
pub use builder::{AppBuilder, CacheReporter, Deadlines, EffectObserver, Ports, StartError};
pub use retry::{RetryPolicy, RetryingBff};
