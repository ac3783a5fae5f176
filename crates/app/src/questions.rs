//! The questions of the machine as calls of the ports: each runs in a task of its own, with its deadline
//! and its reply, or waits in the cache worker.

use std::error::Error;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use digital_key_domain::{
    CacheFailure, Event, FailureKind, KeyCreation, NoAnswer, PairingAnswer, PasswordFetch,
    Presence, Question, Reply, Request, RequestId, Vin,
};
use digital_key_ports::{Bff, BffError, IdempotencyKey, PairingPassword, PairingRequest};
use futures_util::FutureExt;

use crate::cache_worker::CacheQuestion;
use crate::messages::{Message, Outcome, Work};
use crate::port_calls::PortCalls;
use crate::reporting::{self, Chain};

/// A request to the BFF whose adapter panicked.
const PANICKED: NoAnswer = NoAnswer { kind: FailureKind::Other, wait: None };

impl PortCalls {
    pub(crate) fn ask(&mut self, request: Request, password: &mut Option<PairingPassword>) {
        let Request { id, vin, question } = request;
        match question {
            Question::Record => self.ask_cache(id, vin, CacheQuestion::Record),
            Question::TakeUse => self.ask_cache(id, vin, CacheQuestion::TakeUse),
            Question::StorePassword(generation) => match password.take() {
                Some(password) => {
                    let question = CacheQuestion::StorePassword { password, generation };
                    self.ask_cache(id, vin, question);
                }
                None => {
                    let reply = Reply::PasswordStored(Err(CacheFailure::Unavailable));
                    self.send(Message::Happened(Event::Replied { id, vin, reply }));
                }
            },
            Question::Support => {
                let bff = Arc::clone(&self.bff);
                self.ask_bff(id, vin, Reply::Support(Err(PANICKED)), async move {
                    let answer = bff.support(vin).await;
                    Answer::from(Reply::Support(answer.map_err(|error| bff_failed(&error))))
                });
            }
            Question::Status => {
                let bff = Arc::clone(&self.bff);
                self.ask_bff(id, vin, Reply::Status(Err(PANICKED)), async move {
                    let answer = bff.pairing_status(vin).await;
                    Answer::from(Reply::Status(answer.map_err(|error| bff_failed(&error))))
                });
            }
            Question::Password => {
                let bff = Arc::clone(&self.bff);
                let key = IdempotencyKey::from(uuid::Uuid::new_v4().as_u128());
                let failed = |no_answer| Reply::Password(PasswordFetch::Failed(no_answer));
                self.ask_bff(id, vin, failed(PANICKED), async move {
                    match bff.pairing_password(vin, key).await {
                        Ok(Some(password)) => {
                            Answer::WithPassword(Reply::Password(PasswordFetch::Fetched), password)
                        }
                        Ok(None) => Answer::from(Reply::Password(PasswordFetch::NoPassword)),
                        Err(error) => Answer::from(failed(bff_failed(&error))),
                    }
                });
            }
            Question::CanCreateKey => {
                let apple_pairing = Arc::clone(&self.apple_pairing);
                let late = Reply::CanCreateKey(KeyCreation::NoAnswer);
                self.ask_phone(id, vin, late, async move {
                    let can = apple_pairing.can_create_key(vin).await;
                    Answer::from(Reply::CanCreateKey(
                        match can.map_err(|error| log_failure(&error)) {
                            Ok(true) => KeyCreation::Possible,
                            Ok(false) | Err(()) => KeyCreation::Refused,
                        },
                    ))
                });
            }
            Question::Presence(key) => {
                let wallet = Arc::clone(&self.wallet);
                self.ask_phone(id, vin, Reply::Presence(Presence::CannotSay), async move {
                    let presence = wallet.presence(key).await.map_err(|error| log_failure(&error));
                    Answer::from(Reply::Presence(presence.unwrap_or(Presence::CannotSay)))
                });
            }
            Question::OpenWallet(key) => {
                let wallet = Arc::clone(&self.wallet);
                self.ask_phone(id, vin, Reply::WalletOpened(false), async move {
                    let opened = wallet.open(key).await.map_err(|error| log_failure(&error));
                    Answer::from(Reply::WalletOpened(opened.is_ok()))
                });
            }
            Question::StartPairing => self.start_pairing(id, vin, password.take()),
            Question::CheckSheet => {
                let apple_pairing = Arc::clone(&self.apple_pairing);
                let grace = self.deadlines.sheet_grace;
                self.ask_phone(id, vin, Reply::SheetGone, async move {
                    let is_up = apple_pairing.sheet_is_up().await;
                    if is_up.map_err(|error| log_failure(&error)).unwrap_or(false) {
                        return Answer::Silent;
                    }
                    // The answer of the sheet may be on its way; that one counts then.
                    tokio::time::sleep(grace).await;
                    Answer::from(Reply::SheetGone)
                });
            }
        }
    }

    /// Asks the BFF, which keeps a deadline of its own: that of the retry policy.
    fn ask_bff(
        &mut self,
        id: RequestId,
        vin: Vin,
        fallback: Reply,
        call: impl Future<Output = Answer> + Send + 'static,
    ) {
        self.spawn_question(vin, Work::Bff, async move {
            let answer = catch_panic(call).await.unwrap_or(Answer::Reply(fallback));
            answer.ends(Work::Bff, id, vin)
        });
    }

    fn ask_phone(
        &mut self,
        id: RequestId,
        vin: Vin,
        fallback: Reply,
        call: impl Future<Output = Answer> + Send + 'static,
    ) {
        let call = self.call_phone(call);
        self.spawn_question(vin, Work::Phone, async move {
            call.await.unwrap_or(Answer::Reply(fallback)).ends(Work::Phone, id, vin)
        });
    }

    /// Returns the answer of the phone, or `None` if it does not come within its deadline.
    fn call_phone<T>(
        &mut self,
        call: impl Future<Output = T> + Send + 'static,
    ) -> impl Future<Output = Option<T>> + Send + 'static
    where
        T: Send + 'static,
    {
        let deadline = self.deadlines.phone;
        async move {
            match reporting::within(deadline, catch_panic(call)).await {
                Ok(answer) => answer,
                Err(_) => {
                    tracing::warn!(?deadline, "the phone did not answer in time");
                    None
                }
            }
        }
    }

    /// Shows Apple's sheet: the one place where a password goes to Apple's API (RDY-4). A start that
    /// is refused has neither a pass nor an error (RDY-6).
    fn start_pairing(&mut self, id: RequestId, vin: Vin, password: Option<PairingPassword>) {
        let apple_pairing = Arc::clone(&self.apple_pairing);
        let start = async move {
            let started = apple_pairing.start(PairingRequest::new(vin, password?)).await;
            started.map_err(|error| log_failure(&error)).ok()
        };
        self.spawn_sheet(async move {
            let answer: PairingAnswer = catch_panic(start).await.flatten().unwrap_or_default();
            Answer::Reply(Reply::Pairing(answer)).ends(Work::Sheet, id, vin)
        });
    }
}

/// What a port answered to a request.
enum Answer {
    /// There is no reply.
    Silent,
    Reply(Reply),
    WithPassword(Reply, PairingPassword),
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::Reply(reply)
    }
}

impl Answer {
    fn ends(self, work: Work, id: RequestId, vin: Vin) -> Message {
        let outcome = match self {
            Self::Silent => Outcome::Silent,
            Self::Reply(reply) => Outcome::Event(Event::Replied { id, vin, reply }),
            Self::WithPassword(reply, password) => {
                Outcome::EventWithPassword(Event::Replied { id, vin, reply }, password)
            }
        };
        Message::Ended(work, outcome)
    }
}

/// Returns `None` if the adapter panicked: its call failed, and no page waits for it (GEN-2).
async fn catch_panic<T>(call: impl Future<Output = T>) -> Option<T> {
    let result = AssertUnwindSafe(call).catch_unwind().await;
    if result.is_err() {
        tracing::error!("an adapter panicked");
    }
    result.ok()
}

/// Logs the error of the BFF, and returns what the machine learns of it.
fn bff_failed(error: &BffError) -> NoAnswer {
    log_failure(error);
    error.into()
}

/// Logs the error of a port.
fn log_failure(error: &dyn Error) {
    tracing::warn!(error = %Chain(error), "a port failed");
}
