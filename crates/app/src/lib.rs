//! The digital car key core as an app uses it.
//!
//! An [`App`] owns the flow machine of `digital-key-domain`, performs its effects on the five ports
//! and publishes a complete [`View`]. The app draws the view and
//! dispatches what the user did.
//!
//! ```text
//! dispatch(intent) ─▶ event loop ─▶ Flow::step ─▶ effects ─▶ ports
//!      view() ◀─ watch ◀──┘   ▲                               │
//!                             └────────── replies ◀───────────┘
//! ```

mod app;
mod builder;
mod config;
mod messages;
mod event_loop;
mod sign_out;
mod port_calls;
mod questions;
mod suspension;
mod cache_worker;
mod listeners;
mod reporting;
mod funnel;
mod flight_recorder;
mod recorded_failure;
mod bff;

pub use app::{App, AppError};
pub use bff::{
    CircuitBreakerPolicy, CircuitBreakingBff, RetryPolicy, RetryingBff, SingleFlightBff,
    decorated_bff,
};
pub use builder::{AppBuilder, StartError};
pub use config::{
    CacheReporter, Deadlines, DiagnosticReporter, EffectObserver, ObservedStep, Ports, StepObserver,
};
pub use flight_recorder::RecorderOptions;
pub use funnel::{FunnelEvent, FunnelObserver};
pub use reporting::{PortCall, PortFailure, PortFailureKind, PortFailureObserver, Reporting};

// The types of other crates in the signatures above.
pub use digital_key_domain::{
    CacheFailure, Diagnostic, Effect, EntryMode, Event, Intent, PageName, Phone, Tap, Verdict, View,
};
pub use digital_key_ports::{
    AppLifecycle, ApplePairing, ApplePairingErrorKind, ApplePairingOperation, Bff, BffErrorKind,
    BffOperation, Cache, CacheError, CacheErrorKind, CacheOperation, PortError, Wallet,
    WalletErrorKind, WalletOperation,
};
