//! The life of the app: background and foreground.

use async_trait::async_trait;

/// What the operating system says about the app.
///
/// # Contract
/// - Events MUST be told in the order in which they happened, and none that happened after the
///   implementation was made may be lost between two calls.
/// - A call whose future is dropped MUST lose no event.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait AppLifecycle: Send + Sync {
    /// Waits for the next event; `None` = there will be no more.
    async fn next_event(&self) -> Option<LifecycleEvent>;
}

/// A change in the life of the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LifecycleEvent {
    /// The app lost focus.
    WentToBackground,
    /// The app regained focus.
    CameToForeground,
}
