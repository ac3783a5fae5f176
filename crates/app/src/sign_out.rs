//! What a sign-out does at the moment of its call, before the event loop handles it (GEN-5).
//!
//! From then on no fact of the account is shown, no effect for the account begins, and a kill of the
//! process brings no fact back.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use digital_key_domain::View;
use digital_key_ports::Cache;
use tokio::sync::watch;

/// The sign-outs that were called. Clones share the number.
#[derive(Clone, Default)]
struct Called(Arc<AtomicU64>);

/// The sign-outs that were called and that one task has not handled yet.
pub(crate) struct PendingSignOuts {
    called: Called,
    handled: u64,
}

impl PendingSignOuts {
    /// Returns `true` if what the task has before it belongs to an account that is signed out.
    pub(crate) fn any(&self) -> bool {
        self.called.0.load(Ordering::SeqCst) != self.handled
    }

    /// Notes that the task handles the oldest pending sign-out.
    pub(crate) fn handle_one(&mut self) {
        self.handled += 1;
    }
}

/// The view that is shown, and what a sign-out does at once.
pub(crate) struct Screen {
    view: watch::Sender<View>,
    /// What is shown once a sign-out was called: the vehicle tab without a vehicle.
    signed_out: View,
    cache: Arc<dyn Cache>,
    sign_outs: Called,
}

impl Screen {
    /// Returns a screen that shows the view of a fresh start.
    pub(crate) fn new(first: View, cache: Arc<dyn Cache>) -> Self {
        let signed_out = first.clone();
        Self { view: watch::Sender::new(first), signed_out, cache, sign_outs: Called::default() }
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<View> {
        self.view.subscribe()
    }

    /// Returns the sign-outs that a task has before it; the task must exist before the first one.
    pub(crate) fn pending_sign_outs(&self) -> PendingSignOuts {
        PendingSignOuts { called: self.sign_outs.clone(), handled: 0 }
    }

    /// Shows a view, unless it may be one of an account that is signed out.
    pub(crate) fn show(&self, view: View, pending: &PendingSignOuts) {
        self.view.send_if_modified(|shown| {
            // Asked for while the view is locked, so that no older view follows that of a sign-out.
            let changes = !pending.any() && *shown != view;
            if changes {
                *shown = view;
            }
            changes
        });
    }

    /// Begins a sign-out: marks the cache and hides the account.
    pub(crate) fn begin_sign_out(&self) {
        self.sign_outs.0.fetch_add(1, Ordering::SeqCst);
        let request = || self.cache.request_erasure();
        if catch_unwind(AssertUnwindSafe(request)).is_err() {
            tracing::error!("the cache panicked");
        }
        self.view.send_if_modified(|shown| {
            let changes = *shown != self.signed_out;
            if changes {
                *shown = self.signed_out.clone();
            }
            changes
        });
    }
}
