//! Whether the cache should be open: what the host asked for, and whether the app is in the foreground.
//!
//! The host's calls and the events of the phone come on different ways, so each may overtake the
//! other. In the foreground the cache is open, whatever the host asked for last (GEN-10).

/// What is known about suspension.
#[derive(Debug, Default)]
pub(crate) struct Suspension {
    /// The host has suspended the app. Neither a resume nor a foreground has come since.
    is_requested: bool,
    /// The app came to the foreground and has not gone to the background since. `false` at the start:
    /// a host without a lifecycle reports neither.
    in_foreground: bool,
}

impl Suspension {
    /// Returns `true` if the cache should be closed.
    pub(crate) fn is_in_force(&self) -> bool {
        self.is_requested && !self.in_foreground
    }

    pub(crate) fn request(&mut self) {
        self.is_requested = true;
    }

    pub(crate) fn end(&mut self) {
        self.is_requested = false;
    }

    pub(crate) fn come_to_foreground(&mut self) {
        *self = Self { is_requested: false, in_foreground: true };
    }

    /// Returns `true` if a suspension that was requested in the foreground is in force from now on.
    /// The host may suspend the app before the phone reports the background.
    pub(crate) fn go_to_background(&mut self) -> bool {
        let was_in_foreground = std::mem::take(&mut self.in_foreground);
        was_in_foreground && self.is_requested
    }
}
