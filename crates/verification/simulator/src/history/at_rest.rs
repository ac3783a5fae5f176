//! The end of a history: without faults every app comes to rest, and goes on from there.

use std::time::Duration;

use digital_key_domain::{HiddenReason, Intent, PageView, Tap};
use digital_key_ports::LifecycleEvent;
use tokio::time::{sleep, timeout};

use super::{ACTION, History};
use crate::action::SheetEnd;
use crate::invariant::{Invariant, Violation};

/// After this time everything has ended that began under faults: a request ends within 10 seconds,
/// so does a call of the store, and a lost store is asked once more.
const CALM: Duration = Duration::from_secs(45);

impl History {
    /// The faults stop: everything that was pending ends, and the app can be used (invariant 10).
    pub(super) async fn finish(&mut self) -> Result<(), Violation> {
        for phone in 0..self.processes.len() {
            self.environment().devices[phone].stop_faults();
            // The host may forget to resume the app: the foreground opens the cache (GEN-10).
            self.send(phone, LifecycleEvent::CameToForeground)?;
        }
        sleep(CALM).await;
        // The user ends a sheet.
        for phone in 0..self.processes.len() {
            self.environment().end_sheet(phone, SheetEnd::Vanished);
        }
        sleep(ACTION).await;
        self.check()?;
        let steps = [
            Tap::Close.into(),
            Intent::SelectVehicle(self.setting.vins[0]),
            Tap::Entry.into(),
            Tap::Continue.into(),
        ];
        for phone in 0..self.processes.len() {
            self.must_be_at_rest(phone, "after the faults have stopped").await?;
            for step in steps {
                self.dispatch(phone, step)?;
                sleep(ACTION).await;
                self.must_be_at_rest(phone, &format!("after {step:?}")).await?;
            }
        }
        // What was acknowledged to the last app is there for the next one (invariant 4).
        for phone in 0..self.processes.len() {
            self.kill(phone, false);
            drop(self.start(phone)?);
        }
        Ok(())
    }

    /// Checks that no work is left, and that no page waits for an answer.
    async fn must_be_at_rest(&mut self, phone: usize, when: &str) -> Result<(), Violation> {
        let never = |what: &str| Err(Invariant::EveryActionEnds.violated(format!("{what} {when}")));
        let Some(process) = self.app(phone)? else { return never("the app does not start") };
        match timeout(ACTION, process.app.idle()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return never("the core has ended"),
            Err(_) => return never("work is left"),
        }
        let view = process.app.view().borrow().clone();
        match view.page {
            PageView::VehicleTab { opening: true, .. } => never("the page does not open"),
            PageView::VehicleTab { hidden: Some(HiddenReason::Asking), .. } => {
                never("the entry is not decided")
            }
            PageView::Welcome { .. } if !view.offers.contains(Tap::Continue) => {
                never("Continue is not offered")
            }
            _ if view.pairing_runs => never("a pairing runs"),
            _ if self.environment().devices[phone].disk.holder.is_none() => {
                never("the cache is closed in the foreground")
            }
            _ => Ok(()),
        }
    }
}
