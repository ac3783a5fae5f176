//! The digital car key core as an app uses it.
//!
//! An [`App`] owns the flow machine of `digital-key-domain`, performs its effects on the five
//! ports and publishes a complete [`View`]. The app draws the view and
//! tells what the user did.
//!
//! ```text
//! dispatch(intent) ─▶ event loop ─▶ Flow::step ─▶ effects ─▶ ports
//!      view() ◀─ watch ◀──┘   ▲                               │
//!                             └────────── answers ◀───────────┘
//! ```

mod app;
mod bff;
mod builder;
mod cache_lane;
mod event_loop;
mod sheets;

pub use app::{App, AppError};
pub use bff::{
    CircuitBreakerPolicy, CircuitBreakingBff, RetryPolicy, RetryingBff, SingleFlightBff,
    decorated_bff,
};
pub use builder::{
    AppBuilder, CacheReporter, Deadlines, EffectObserver, ObservedStep, Ports, StartError,
    StepObserver,
};

// What the signatures above name.
pub use digital_key_domain::{
    CacheFailure, Effect, EntryMode, Event, Intent, Phone, Tap, Verdict, View,
};
pub use digital_key_ports::{
    AppLifecycle, ApplePairing, Bff, Cache, CacheError, CacheErrorKind, CacheOperation, PortError,
    Wallet,
};
