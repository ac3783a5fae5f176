//! What runs beside the requests: the probe of the upstream, certificates and keys that change.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};

use crate::shared::Shared;
use crate::smacc::SmAccService;
use crate::tls::CertificateFiles;

/// How often the tokens of the rate limit are looked through.
const FORGET: Duration = Duration::from_secs(60);

/// Starts all of it.
pub(super) fn spawn(tasks: &mut JoinSet<()>, shared: &Arc<Shared>, smacc: Arc<dyn SmAccService>) {
    tasks.spawn(probe(Arc::clone(shared), smacc));
    for files in [&shared.files.api, &shared.files.upstream].into_iter().flatten() {
        tasks.spawn(reload(Arc::clone(files), shared.config.reload_interval));
    }
    if shared.tokens.is_some() {
        tasks.spawn(refresh_keys(Arc::clone(shared)));
    }
    if shared.rate.is_some() {
        tasks.spawn(forget_tokens(Arc::clone(shared)));
    }
}

/// Ticks now and after each pause.
fn ticks(pause: Duration) -> Interval {
    let mut ticks = interval(pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

async fn probe(shared: Arc<Shared>, smacc: Arc<dyn SmAccService>) {
    let deadline = shared.config.probe_deadline;
    let mut ticks = ticks(shared.config.probe_interval);
    let mut was_ready = None;
    loop {
        ticks.tick().await;
        let problem = match timeout(deadline, smacc.probe()).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("there was no answer within {} ms", deadline.as_millis())),
        };
        let ready = problem.is_none();
        shared.set_upstream_ready(ready);
        if was_ready.replace(ready) == Some(ready) {
            continue;
        }
        match problem {
            None => tracing::info!("the SmAcc service answers probes"),
            Some(problem) => tracing::warn!(problem, "the SmAcc service answers no probe"),
        }
    }
}

async fn reload(files: Arc<CertificateFiles>, pause: Duration) {
    let mut ticks = ticks(pause);
    loop {
        ticks.tick().await;
        match files.reload() {
            Ok(false) => {}
            Ok(true) => tracing::info!(?files, "the certificate was read again"),
            Err(error) => tracing::warn!(%error, "the certificate of before stays"),
        }
    }
}

async fn refresh_keys(shared: Arc<Shared>) {
    let mut ticks = ticks(shared.config.jwks_refresh_interval);
    loop {
        ticks.tick().await;
        if let Some(tokens) = &shared.tokens {
            tokens.refresh(Duration::ZERO).await;
        }
    }
}

async fn forget_tokens(shared: Arc<Shared>) {
    let mut ticks = ticks(FORGET);
    loop {
        ticks.tick().await;
        if let Some(rate) = &shared.rate {
            rate.forget_old();
        }
    }
}
