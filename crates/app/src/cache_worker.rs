//! The cache worker: one task that makes every call of the cache, one after the other.
//!
//! The machine's changes are stored in the order in which it decided them, and a use is taken from
//! what was stored before. While the app is suspended, calls wait here. After a resume that failed
//! only changes wait, since no request may wait for ever (GEN-2). Erasing never waits: the app may
//! be killed before it is resumed (GEN-5).

use std::collections::{BTreeSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use digital_key_domain::{
    CacheFailure, Event, Generation, RecordChange, Reply, RequestId, TakeOutcome, Vin,
};
use digital_key_ports::{Cache, CacheError, CacheErrorKind, CacheOperation, PairingPassword, Take};
use futures_channel::mpsc;
use futures_util::FutureExt;
use tokio::sync::oneshot;

use crate::messages::{Message, Outcome, Work};
use crate::reporting;
use crate::sign_out::PendingSignOuts;

/// What the worker is asked to do.
pub(crate) enum CacheRequest {
    Call(CacheCall),
    /// Close the cache: for the host, which waits for the end, or for an event of the phone.
    Suspend(Option<Done>),
    /// Open the cache: for the host, or for an event of the phone, which needs no call if it is open.
    Resume(Option<Done>),
}

/// Where the end of a call of the host's is reported.
pub(crate) type Done = oneshot::Sender<Result<(), CacheError>>;

/// A call of the cache.
pub(crate) enum CacheCall {
    Ask { id: RequestId, vin: Vin, question: CacheQuestion },
    Store { vin: Vin, change: RecordChange },
    Erase { vin: Vin, done: Option<Done> },
    EraseAll { done: Option<Done> },
}

impl CacheCall {
    /// Returns the vehicle that the call is about.
    fn vin(&self) -> Option<Vin> {
        match self {
            Self::Ask { vin, .. } | Self::Store { vin, .. } | Self::Erase { vin, .. } => Some(*vin),
            Self::EraseAll { .. } => None,
        }
    }
}

/// A question to the cache that the machine waits for.
pub(crate) enum CacheQuestion {
    Record,
    StorePassword { password: PairingPassword, generation: Generation },
    TakeUse,
}

/// Whether the cache is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CacheState {
    Open,
    /// The app is suspended.
    Suspended,
    /// The app was resumed, but the cache could not be opened.
    ReopenFailed,
}

impl CacheState {
    /// Returns `true` if the call waits until the cache is open. Any other call is made at once.
    fn delays(self, call: &CacheCall) -> bool {
        match (self, call) {
            (Self::Open, _) | (_, CacheCall::Erase { .. } | CacheCall::EraseAll { .. }) => false,
            (Self::Suspended, _) | (Self::ReopenFailed, CacheCall::Store { .. }) => true,
            (Self::ReopenFailed, CacheCall::Ask { .. }) => false,
        }
    }
}

pub(crate) struct CacheWorker {
    cache: Arc<dyn Cache>,
    /// For one call.
    deadline: Duration,
    messages: mpsc::UnboundedSender<Message>,
    state: CacheState,
    /// The calls that wait until the cache is open.
    delayed: VecDeque<CacheCall>,
    /// A sign-out could not erase the cache: no call is made before that has worked (GEN-5).
    must_erase: bool,
    /// Vehicles that were forgotten and could not be erased: no call about them is made before that
    /// has worked (GEN-9).
    must_forget: BTreeSet<Vin>,
    /// While one is pending, the calls that are received are those of the account that is gone (GEN-5).
    sign_outs: PendingSignOuts,
}

impl CacheWorker {
    pub(crate) fn new(
        cache: Arc<dyn Cache>,
        deadline: Duration,
        messages: mpsc::UnboundedSender<Message>,
        sign_outs: PendingSignOuts,
    ) -> Self {
        Self {
            cache,
            deadline,
            messages,
            state: CacheState::Open,
            delayed: VecDeque::new(),
            must_erase: false,
            must_forget: BTreeSet::new(),
            sign_outs,
        }
    }

    pub(crate) async fn run(&mut self, requests: &mut mpsc::UnboundedReceiver<CacheRequest>) {
        while let Ok(request) = requests.recv().await {
            // In a box, so that a worker that waits for a request keeps no room for a call.
            Box::pin(self.handle(request)).await;
        }
    }

    async fn handle(&mut self, request: CacheRequest) {
        match request {
            CacheRequest::Call(call) => self.make_or_delay(call).await,
            CacheRequest::Suspend(done) => {
                self.state = CacheState::Suspended;
                let closed = self.within(CacheOperation::Suspend, self.cache.suspend()).await;
                self.report(done, closed);
            }
            CacheRequest::Resume(None) if self.state == CacheState::Open => {
                self.send_end(Outcome::Silent);
            }
            CacheRequest::Resume(done) => self.resume(done).await,
        }
    }

    async fn resume(&mut self, done: Option<Done>) {
        let opened = self.within(CacheOperation::Resume, self.cache.resume()).await;
        self.state = if opened.is_ok() { CacheState::Open } else { CacheState::ReopenFailed };
        if self.state == CacheState::Open {
            self.repeat_failed_erasing().await;
        }
        self.report(done, opened);
        for call in std::mem::take(&mut self.delayed) {
            self.make_or_delay(call).await;
        }
    }

    /// Reports the end of a suspend or a resume to the host, or to the event loop, which counts those
    /// that it began.
    fn report(&self, done: Option<Done>, result: Result<(), CacheError>) {
        match done {
            Some(done) => drop(done.send(result)),
            None => self.send_end(failed(result)),
        }
    }

    async fn make_or_delay(&mut self, call: CacheCall) {
        if matches!(call, CacheCall::EraseAll { .. }) {
            self.sign_outs.handle_one();
        }
        if self.sign_outs.any() && !matches!(call, CacheCall::EraseAll { .. }) {
            // The erasure of everything, which follows, erases a vehicle, too.
            if let CacheCall::Erase { done: Some(done), .. } = call {
                let _ = done.send(Ok(()));
            }
            return self.send_end(Outcome::Silent);
        }
        if self.state.delays(&call) {
            self.delayed.push_back(call);
            return;
        }
        let outcome = match call {
            CacheCall::Ask { id, vin, question } => {
                self.repeat_failed_erasing().await;
                self.ask(id, vin, question).await
            }
            CacheCall::Store { vin, change } => {
                self.repeat_failed_erasing().await;
                let store = || self.cache.store(vin, change.clone());
                failed(self.call(vin, CacheOperation::Store, store).await)
            }
            CacheCall::Erase { vin, done } => {
                // The delayed calls about the vehicle belong to it, and are dropped (GEN-9).
                let before = self.delayed.len();
                self.delayed.retain(|call| call.vin() != Some(vin));
                for _ in self.delayed.len()..before {
                    self.send_end(Outcome::Silent);
                }
                let erased = self.erase(vin).await;
                let outcome = failed(erased.as_ref().map(|_| ()).map_err(CacheError::clone));
                if let Some(done) = done {
                    let _ = done.send(erased);
                }
                outcome
            }
            CacheCall::EraseAll { done } => {
                // The delayed calls belong to the account that is gone (GEN-5).
                for _ in std::mem::take(&mut self.delayed) {
                    self.send_end(Outcome::Silent);
                }
                let erased = self.erase_all().await;
                let outcome = failed(erased.as_ref().map(|_| ()).map_err(CacheError::clone));
                if let Some(done) = done {
                    let _ = done.send(erased);
                }
                outcome
            }
        };
        self.send_end(outcome);
    }

    async fn ask(&self, id: RequestId, vin: Vin, question: CacheQuestion) -> Outcome {
        let mut taken = None;
        let reply = match question {
            CacheQuestion::Record => {
                let record = self.call(vin, CacheOperation::Load, || self.cache.load(vin)).await;
                Reply::Record(record.map_err(|error| failure(&error)))
            }
            CacheQuestion::StorePassword { password, generation } => {
                let store = || self.cache.store_password(vin, password.clone(), generation);
                let stored = self.call(vin, CacheOperation::StorePassword, store).await;
                Reply::PasswordStored(stored.map_err(|error| failure(&error)))
            }
            CacheQuestion::TakeUse => {
                let take =
                    self.call(vin, CacheOperation::TakeUse, || self.cache.take_use(vin)).await;
                let outcome = take.map(|take| match take {
                    Take::Granted { password, counted } => {
                        taken = Some(password);
                        TakeOutcome::Granted(counted)
                    }
                    Take::NoPassword => TakeOutcome::NoPassword,
                    Take::Exhausted => TakeOutcome::Exhausted,
                });
                Reply::UseTaken(outcome.map_err(|error| failure(&error)))
            }
        };
        let event = Event::Replied { id, vin, reply };
        match taken {
            Some(password) => Outcome::EventWithPassword(event, password),
            None => Outcome::Event(event),
        }
    }

    async fn repeat_failed_erasing(&mut self) {
        if self.must_erase {
            let _ = self.erase_all().await;
        }
        for vin in std::mem::take(&mut self.must_forget) {
            let _ = self.erase(vin).await;
        }
    }

    async fn erase_all(&mut self) -> Result<(), CacheError> {
        let erased =
            self.call_once_more_if_lost(CacheOperation::EraseAll, || self.cache.erase_all());
        let erased = erased.await;
        self.must_erase = erased.is_err();
        if erased.is_ok() {
            self.must_forget.clear();
        }
        erased
    }

    async fn erase(&mut self, vin: Vin) -> Result<(), CacheError> {
        let erased = self.call_once_more_if_lost(CacheOperation::Erase, || self.cache.erase(vin));
        let erased = erased.await;
        if erased.is_err() {
            self.must_forget.insert(vin);
        }
        erased
    }

    /// Makes a call about a vehicle, unless a sign-out has not erased the cache yet, or the vehicle was
    /// forgotten and is not erased yet.
    async fn call<T, F>(
        &self,
        vin: Vin,
        operation: CacheOperation,
        call: impl Fn() -> F,
    ) -> Result<T, CacheError>
    where
        F: Future<Output = Result<T, CacheError>>,
    {
        // A sign-out may be called while the worker waits for a call that comes before this one.
        if self.must_erase || self.sign_outs.any() {
            return Err(unavailable(operation, "the sign-out has not erased the cache yet"));
        }
        if self.must_forget.contains(&vin) {
            return Err(unavailable(operation, "the forgotten vehicle is not erased yet"));
        }
        self.call_once_more_if_lost(operation, call).await
    }

    /// Makes a call. A store that was lost is reported, and the call is made once more, since it
    /// works from then on (GEN-7).
    async fn call_once_more_if_lost<T, F>(
        &self,
        operation: CacheOperation,
        call: impl Fn() -> F,
    ) -> Result<T, CacheError>
    where
        F: Future<Output = Result<T, CacheError>>,
    {
        let mut result = self.within(operation, call()).await;
        if result.as_ref().is_err_and(|error| error.kind() == CacheErrorKind::Lost) {
            let lost = Event::CacheFailed(CacheFailure::Lost);
            let _ = self.messages.unbounded_send(Message::Happened(lost));
            if operation == CacheOperation::EraseAll || !self.sign_outs.any() {
                result = self.within(operation, call()).await;
            }
        }
        if let Err(error) = &result {
            tracing::warn!(%operation, %error, "the cache failed");
        }
        result
    }

    /// Turns a call that hangs or panics into an error, so that the worker goes on.
    async fn within<T>(
        &self,
        operation: CacheOperation,
        call: impl Future<Output = Result<T, CacheError>>,
    ) -> Result<T, CacheError> {
        let call = AssertUnwindSafe(call).catch_unwind();
        match reporting::within(self.deadline, call).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(unavailable(operation, "the adapter panicked")),
            Err(_) => Err(unavailable(operation, "the adapter did not answer in time")),
        }
    }

    fn send_end(&self, outcome: Outcome) {
        let _ = self.messages.unbounded_send(Message::Ended(Work::Cache, outcome));
    }
}

fn unavailable(operation: CacheOperation, why: &str) -> CacheError {
    CacheError::new(operation, CacheErrorKind::Unavailable).with_source(why)
}

/// Returns the event of a call whose success the machine does not wait for.
fn failed(result: Result<(), CacheError>) -> Outcome {
    match result {
        Ok(()) => Outcome::Silent,
        Err(error) => Outcome::Event(Event::CacheFailed(failure(&error))),
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
