//! The cache's lane: one task that makes every call of the cache, one after the other.
//!
//! What the machine wants stored is stored in the order in which it was decided, and a use is
//! taken from what was stored before. While the app is suspended, calls wait here; after a failed
//! resume only what is to be stored does, since nobody may wait for an answer for ever (GEN-2).
//! Erasing never waits, since the app may be killed before it is resumed (GEN-5).

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use digital_key_domain::{
    Answer, CacheFailure, Event, Generation, RecordChange, RequestId, TakeAnswer, Vin,
};
use digital_key_ports::{Cache, CacheError, CacheErrorKind, CacheOperation, PairingPassword, Take};
use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};

use crate::event_loop::{Done, Work};

/// What the lane is asked to do.
pub(crate) enum LaneRequest {
    Call(CacheCall),
    Suspend(oneshot::Sender<Result<(), CacheError>>),
    Resume(oneshot::Sender<Result<(), CacheError>>),
}

/// A call of the cache that waits for its turn.
pub(crate) enum CacheCall {
    Load { id: RequestId, vin: Vin },
    Store { vin: Vin, change: RecordChange },
    StorePassword { id: RequestId, vin: Vin, password: PairingPassword, generation: Generation },
    TakeUse { id: RequestId, vin: Vin },
    EraseAll { done: Option<oneshot::Sender<Result<(), CacheError>>> },
}

/// Whether the cache is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gate {
    Open,
    /// The app is suspended.
    Suspended,
    /// The app was resumed, but the cache could not be opened.
    Stuck,
}

impl Gate {
    /// Whether a call waits for the cache to be opened. Any other is made at once, and answered as
    /// the cache answers it.
    fn lets_wait(self, call: &CacheCall) -> bool {
        match (self, call) {
            (Self::Open, _) | (_, CacheCall::EraseAll { .. }) => false,
            (Self::Suspended, _) | (Self::Stuck, CacheCall::Store { .. }) => true,
            (Self::Stuck, _) => false,
        }
    }
}

pub(crate) struct CacheLane {
    pub(crate) cache: Arc<dyn Cache>,
    pub(crate) deadline: Duration,
    pub(crate) results: mpsc::UnboundedSender<Done>,
    /// A sign-out could not erase the cache: nothing is read before that has worked (GEN-5).
    pub(crate) must_erase: bool,
}

impl CacheLane {
    pub(crate) async fn run(mut self, mut requests: mpsc::UnboundedReceiver<LaneRequest>) {
        let mut waiting = VecDeque::new();
        let mut gate = Gate::Open;
        while let Some(request) = requests.recv().await {
            match request {
                LaneRequest::Call(call) if gate.lets_wait(&call) => waiting.push_back(call),
                LaneRequest::Call(call) => {
                    if let CacheCall::EraseAll { .. } = call {
                        // What waits is of the account that is gone (GEN-5).
                        waiting.drain(..).for_each(|_: CacheCall| self.made(None, None));
                    }
                    self.make(call).await;
                }
                LaneRequest::Suspend(done) => {
                    gate = Gate::Suspended;
                    let closed = self.within(CacheOperation::Suspend, self.cache.suspend()).await;
                    let _ = done.send(closed);
                }
                LaneRequest::Resume(done) => {
                    let opened = self.within(CacheOperation::Resume, self.cache.resume()).await;
                    gate = if opened.is_ok() { Gate::Open } else { Gate::Stuck };
                    if gate == Gate::Open {
                        self.repeat_failed_erasing().await;
                    }
                    let _ = done.send(opened);
                    for call in std::mem::take(&mut waiting) {
                        if gate.lets_wait(&call) {
                            waiting.push_back(call);
                        } else {
                            self.make(call).await;
                        }
                    }
                }
            }
        }
    }

    async fn make(&mut self, call: CacheCall) {
        if !matches!(call, CacheCall::EraseAll { .. }) {
            self.repeat_failed_erasing().await;
        }
        let (event, secret) = match call {
            CacheCall::Load { id, vin } => {
                let record = self.call(CacheOperation::Load, || self.cache.load(vin)).await;
                let answer = Answer::Record(record.map_err(|error| failure(&error)));
                (Some(Event::Answered { id, vin, answer }), None)
            }
            CacheCall::Store { vin, change } => {
                let stored = self
                    .call(CacheOperation::Store, || self.cache.store(vin, change.clone()))
                    .await;
                (stored.err().map(|error| Event::CacheFailed(failure(&error))), None)
            }
            CacheCall::StorePassword { id, vin, password, generation } => {
                let stored = self
                    .call(CacheOperation::StorePassword, || {
                        self.cache.store_password(vin, password.clone(), generation)
                    })
                    .await;
                let answer = Answer::PasswordStored(stored.map_err(|error| failure(&error)));
                (Some(Event::Answered { id, vin, answer }), None)
            }
            CacheCall::TakeUse { id, vin } => {
                let taken = self.call(CacheOperation::TakeUse, || self.cache.take_use(vin)).await;
                let (answer, secret) = match taken {
                    Ok(Take::Granted { password, counted }) => {
                        (TakeAnswer::Granted(counted), Some(password))
                    }
                    Ok(Take::NoPassword) => (TakeAnswer::NoPassword, None),
                    Ok(Take::Exhausted) => (TakeAnswer::Exhausted, None),
                    Err(error) => (TakeAnswer::Failed(failure(&error)), None),
                };
                (Some(Event::Answered { id, vin, answer: Answer::Take(answer) }), secret)
            }
            CacheCall::EraseAll { done } => {
                let erased = self.call(CacheOperation::EraseAll, || self.cache.erase_all()).await;
                self.must_erase = erased.is_err();
                let event = erased.as_ref().err().map(|error| Event::CacheFailed(failure(error)));
                if let Some(done) = done {
                    let _ = done.send(erased);
                }
                (event, None)
            }
        };
        self.made(event, secret);
    }

    async fn repeat_failed_erasing(&mut self) {
        if self.must_erase {
            self.must_erase =
                self.call(CacheOperation::EraseAll, || self.cache.erase_all()).await.is_err();
        }
    }

    fn made(&self, event: Option<Event>, secret: Option<PairingPassword>) {
        let _ = self.results.send(Done { work: Some(Work::Cache), event, secret });
    }

    /// Makes one call. A store that says it was lost is reported, and is asked once more, since it
    /// works from then on (GEN-7).
    async fn call<T, F>(
        &self,
        operation: CacheOperation,
        call: impl Fn() -> F,
    ) -> Result<T, CacheError>
    where
        F: Future<Output = Result<T, CacheError>>,
    {
        if self.must_erase && operation != CacheOperation::EraseAll {
            return Err(CacheError::new(operation, CacheErrorKind::Unavailable)
                .with_source("the sign-out has not erased the cache yet"));
        }
        let mut result = self.within(operation, call()).await;
        if result.as_ref().is_err_and(|error| error.kind() == CacheErrorKind::Lost) {
            let event = Some(Event::CacheFailed(CacheFailure::Lost));
            let _ = self.results.send(Done { work: None, event, secret: None });
            result = self.within(operation, call()).await;
        }
        if let Err(error) = &result {
            tracing::warn!(%operation, %error, "the cache failed");
        }
        result
    }

    /// A call that hangs or panics is a failure like any other: the lane goes on.
    async fn within<T>(
        &self,
        operation: CacheOperation,
        call: impl Future<Output = Result<T, CacheError>>,
    ) -> Result<T, CacheError> {
        let unavailable = |why: &str| {
            Err(CacheError::new(operation, CacheErrorKind::Unavailable).with_source(why))
        };
        match tokio::time::timeout(self.deadline, AssertUnwindSafe(call).catch_unwind()).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => unavailable("the adapter panicked"),
            Err(_) => unavailable("the adapter did not answer in time"),
        }
    }
}

fn failure(error: &CacheError) -> CacheFailure {
    match error.kind() {
        CacheErrorKind::Lost => CacheFailure::Lost,
        // The last pattern stands for kinds that a later version of the port adds.
        CacheErrorKind::Busy | CacheErrorKind::Unavailable | CacheErrorKind::Suspended | _ => {
            CacheFailure::Unavailable
        }
    }
}
