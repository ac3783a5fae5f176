//! The port of the life of the app: background and foreground.

use async_trait::async_trait;

/// What the operating system reports about the app.
///
/// # Contract
/// - Events MUST be reported in the order in which they happened. An event that happens after the
///   implementation was made MUST NOT be lost, also when no call waits for it.
/// - A call whose future is dropped MUST lose no event.
#[cfg_attr(feature = "mocks", mockall::automock)]
#[async_trait]
pub trait AppLifecycle: Send + Sync {
    /// Waits for the next event. `None` means that there will be no more.
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
