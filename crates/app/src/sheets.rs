//! Apple's sheets: what each of them answers, and what Apple says about it afterwards (CBK-7).

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use digital_key_domain::{Answer, Event, PairingAnswer, RequestId, Vin};
use digital_key_ports::{ApplePairing, LateAnswer, PairingPassword, PairingRequest};
use futures_util::FutureExt;
use tokio::task::{JoinError, JoinSet};

use crate::event_loop::{Done, Work, answered, log_failure};

/// Of how many vehicles the last sheet is remembered; the machine remembers as many sheets.
const MAX_VEHICLES: usize = 8;

#[derive(Default)]
pub(crate) struct Sheets {
    starts: JoinSet<Done>,
    /// The last sheet of each vehicle, the newest first.
    last: Vec<(Vin, RequestId)>,
    /// The newest sheet, until its start has ended.
    up: Option<RequestId>,
    /// A late success that waits for that end: only then it is clear that it is of no older sheet,
    /// or that it came later than the answer to that one.
    waiting: Option<LateAnswer>,
}

impl Sheets {
    /// The one place where a password goes to Apple's API (RDY-4).
    pub(crate) fn start(
        &mut self,
        apple_pairing: &Arc<dyn ApplePairing>,
        id: RequestId,
        vin: Vin,
        secret: Option<PairingPassword>,
    ) {
        self.last.retain(|(of, _)| *of != vin);
        self.last.truncate(MAX_VEHICLES - 1);
        self.last.insert(0, (vin, id));
        self.up = Some(id);
        let apple_pairing = Arc::clone(apple_pairing);
        let start = async move {
            let password = secret?;
            let started = apple_pairing.start(PairingRequest::new(vin, password)).await;
            started.map_err(|error| log_failure(&error)).ok()
        };
        self.starts.spawn(async move {
            let answer = AssertUnwindSafe(start).catch_unwind().await.ok().flatten();
            // A start that was refused has neither a pass nor an error (RDY-6).
            let answer = answer.unwrap_or_default();
            Done { work: Some(Work::Sheet(id)), event: pairing(id, vin, answer), secret: None }
        });
    }

    /// The end of a start; `None` when none runs.
    pub(crate) async fn join_next(&mut self) -> Option<Result<Done, JoinError>> {
        self.starts.join_next().await
    }

    /// The answer of this start was taken in: what has waited for that.
    pub(crate) fn ended(&mut self, id: RequestId) -> Option<Event> {
        self.up.take_if(|up| *up == id)?;
        self.waiting.take().and_then(|late| self.hear(late))
    }

    /// An answer after the end of a start, as one to the last sheet of its vehicle. A late error
    /// says nothing.
    pub(crate) fn hear(&mut self, late: LateAnswer) -> Option<Event> {
        late.answer.pass.as_ref()?;
        let (vin, id) = self.last.iter().copied().find(|(vin, _)| *vin == late.vin)?;
        if self.up == Some(id) {
            self.waiting = Some(late);
            return None;
        }
        pairing(id, vin, late.answer)
    }

    /// The user signed out: nothing of what was begun before is heard (GEN-5).
    pub(crate) fn forget(&mut self) {
        self.last.clear();
        self.waiting = None;
    }
}

fn pairing(id: RequestId, vin: Vin, answer: PairingAnswer) -> Option<Event> {
    answered(id, vin, Answer::Pairing(answer))
}
