//! The adapter: three ports over PassKit on the main thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use digital_key_domain::{DigitalKeyId, PairingAnswer, Presence, Vin};
use digital_key_ports::{
    AppLifecycle, ApplePairing, ApplePairingError, LifecycleEvent, PairingRequest, Wallet,
    WalletError, WalletOperation,
};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::news::Heard;
use crate::sheet::{LOOK_EVERY, SheetNews, Watch};
use crate::{IosSettings, MainThread, PassKit, PassLibrary, PhoneNews, SheetTeller};

/// An iPhone: its wallet, Apple's pairing sheet, and the life of the app on it.
///
/// It can be called from any thread. What it asks of Apple it asks on the main thread, without
/// ever making a thread wait for it.
pub struct IosPhone<M: MainThread> {
    main: M,
    settings: IosSettings,
    heard: Heard,
    /// A list of this process has held a pass.
    passes_seen: Arc<AtomicBool>,
    sheet_is_up: AtomicBool,
}

/// Making one.
impl<M: MainThread> IosPhone<M> {
    /// An adapter over any main thread; a client takes `IosPhone::new`, which exists on iOS.
    ///
    /// The closure makes the main thread's side, and gives the news to what hears them there.
    #[must_use]
    pub fn over(settings: IosSettings, main: impl FnOnce(PhoneNews) -> M) -> Self {
        let (news, heard) = Heard::new();
        Self {
            main: main(news),
            settings,
            heard,
            passes_seen: Arc::default(),
            sheet_is_up: AtomicBool::new(false),
        }
    }

    /// Asks the main thread. What nobody waits for any more is not done.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&M::PassKit) -> T + Send + 'static,
    ) -> Result<T, MainThreadGone> {
        let (answer, answered) = oneshot::channel();
        self.main.run(move |pass_kit| {
            if !answer.is_closed() {
                // It fails when nobody has waited until now.
                let _ = answer.send(question(pass_kit));
            }
        });
        answered.await.map_err(|_| MainThreadGone)
    }
}

/// The app's main thread takes no more work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the main thread does not answer; it has ended")]
struct MainThreadGone;

#[async_trait]
impl<M: MainThread> Wallet for IosPhone<M> {
    async fn presence(&self, key: DigitalKeyId) -> Result<Presence, WalletError> {
        let field = self.settings.key_field;
        let seen = Arc::clone(&self.passes_seen);
        let presence = self.ask(move |pass_kit| {
            let passes: Vec<_> = pass_kit.passes().into_iter().map(|(fields, _)| fields).collect();
            let has_passes = !passes.is_empty();
            let library = PassLibrary {
                available: pass_kit.is_library_available(),
                activation_available: pass_kit.is_activation_available(),
                passes_seen_before: seen.fetch_or(has_passes, Ordering::Relaxed),
                passes,
            };
            library.presence(field, &key)
        });
        presence.await.map_err(|gone| WalletError::Unavailable {
            operation: WalletOperation::Presence,
            cause: gone.into(),
        })
    }

    async fn open(&self, key: DigitalKeyId) -> Result<(), WalletError> {
        let operation = WalletOperation::Open;
        let field = self.settings.key_field;
        let opened = self.ask(move |pass_kit| {
            if !pass_kit.is_library_available() {
                return Err(WalletError::NotOffered { operation });
            }
            let passes = pass_kit.passes();
            let pass =
                passes.iter().find(|(fields, _)| field.key_id(fields).as_ref() == Some(&key));
            let (_, pass) =
                pass.ok_or(WalletError::Unavailable { operation, cause: NoSuchPass.into() })?;
            pass_kit.open(pass);
            Ok(())
        });
        opened
            .await
            .unwrap_or_else(|gone| Err(WalletError::Unavailable { operation, cause: gone.into() }))
    }

    async fn next_change(&self) -> Result<(), WalletError> {
        self.heard.next_change().await;
        Ok(())
    }
}

/// The wallet lists no pass of the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the wallet shows no pass of this key")]
struct NoSuchPass;

#[async_trait]
impl<M: MainThread> ApplePairing for IosPhone<M> {
    async fn can_create_key(&self, vin: Vin) -> Result<bool, ApplePairingError> {
        let configuration = self.settings.configuration(vin, None);
        self.ask(move |pass_kit| pass_kit.can_add(&configuration)).await.map_err(unavailable)
    }

    async fn start(&self, request: PairingRequest) -> Result<PairingAnswer, ApplePairingError> {
        let _up = SheetUp::new(self).ok_or(ApplePairingError::AlreadyRunning)?;
        let configuration = self.settings.configuration(request.vin, Some(request.password));
        let (teller, told) = SheetTeller::new(self.settings.key_field);
        let delegate = teller.clone();
        let shown = self.ask(move |pass_kit| pass_kit.show(&configuration, delegate)).await;
        shown.map_err(unavailable)?.map_err(unavailable)?;
        let answer = self.answer(told).await;
        // Until here, so that the channel has never ended.
        drop(teller);
        answer
    }

    async fn sheet_is_up(&self) -> bool {
        self.sheet_is_up.load(Ordering::SeqCst)
    }
}

fn unavailable(cause: impl std::error::Error + Send + Sync + 'static) -> ApplePairingError {
    ApplePairingError::Unavailable { cause: cause.into() }
}

impl<M: MainThread> IosPhone<M> {
    /// Waits until the sheet is gone, however that happens (GEN-2).
    async fn answer(
        &self,
        mut told: UnboundedReceiver<SheetNews>,
    ) -> Result<PairingAnswer, ApplePairingError> {
        let mut watch = Watch::default();
        loop {
            if let Ok(Some(SheetNews::Answered(answer))) = timeout(LOOK_EVERY, told.recv()).await
                && watch.take(answer)
            {
                // Apple leaves it to the delegate to take the sheet away.
                self.ask(PassKit::dismiss).await.map_err(unavailable)?;
            }
            let look = self.ask(PassKit::look).await.map_err(unavailable)?;
            if let Some(ended) = watch.look(look) {
                return ended.map_err(unavailable);
            }
        }
    }
}

/// A sheet, from the call of `start` until its future has ended or was dropped.
struct SheetUp<'a, M: MainThread> {
    phone: &'a IosPhone<M>,
}

impl<'a, M: MainThread> SheetUp<'a, M> {
    /// `None` when one is up already.
    fn new(phone: &'a IosPhone<M>) -> Option<Self> {
        let was_up = phone.sheet_is_up.swap(true, Ordering::SeqCst);
        // Made only when it is true: it closes the sheet when it is dropped.
        (!was_up).then(|| Self { phone })
    }
}

impl<M: MainThread> Drop for SheetUp<'_, M> {
    fn drop(&mut self) {
        // In this order, so that the next sheet is shown after this one was closed.
        self.phone.main.run(PassKit::close);
        self.phone.sheet_is_up.store(false, Ordering::SeqCst);
    }
}

#[async_trait]
impl<M: MainThread> AppLifecycle for IosPhone<M> {
    async fn next_event(&self) -> Option<LifecycleEvent> {
        self.heard.next_event().await
    }
}
