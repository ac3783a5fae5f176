//! Whether the BFF answers, accepts the token and knows the vehicle.

use std::sync::Arc;
use std::time::Duration;

use digital_key::Vin;
use digital_key::bff_http::{BearerToken, HttpBff, StaticToken};
use digital_key::ports::{Bff as _, BffError, BffErrorKind, Support, SupportAnswer};
use http::Method;

use super::{Finding, Options};
use crate::error::{CommandError, with_causes};
use crate::http_client::{HttpClient, HttpError};

/// How long the control interface may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

pub(super) async fn check(options: &Options) -> Result<Vec<Finding>, CommandError> {
    let token = BearerToken::new(options.token.as_str())
        .map_err(|error| CommandError::usage(format!("--token: {error}")))?;
    let bff = HttpBff::builder(&options.bff)
        .token_provider(Arc::new(StaticToken::new(token)))
        .build()
        .map_err(|error| CommandError::usage(format!("--bff {}: {error}", options.bff)))?;
    let mut findings = Vec::new();
    let known_vehicles = match &options.control {
        Some(control) => vehicles(control).await.map_err(|error| with_causes(&error)),
        None => Ok(Vec::new()),
    };
    match bff.support(options.vin).await {
        Ok(answer) => findings.extend(vehicle_is_known(options, answer)),
        Err(error) => {
            let known = known_vehicles.as_deref().unwrap_or_default();
            findings.extend(request_failed(options, &error, known));
        }
    }
    findings.push(match (&options.control, known_vehicles) {
        (None, _) => Finding::not_checked("the control interface, without --control"),
        (Some(control), Ok(known)) => Finding::passed(format!(
            "the control interface {control} answers; its vehicles: {}",
            listed(&known)
        )),
        (Some(control), Err(error)) => Finding::failed(
            format!("the control interface {control} does not answer: {error}"),
            "`digital-key backend` prints its address; a BFF in production has none",
        ),
    });
    Ok(findings)
}

fn vehicle_is_known(options: &Options, answer: SupportAnswer) -> Vec<Finding> {
    let entry = match answer {
        SupportAnswer::Known(Support::Supported { .. }) => "supports digital keys",
        SupportAnswer::Known(Support::NotSupported) => {
            "does not support digital keys, so that an app shows no entry"
        }
        SupportAnswer::Unknown => {
            "has a package or state that this version does not know, so that an app shows no entry"
        }
    };
    vec![
        backend_answers(options),
        token_is_accepted(),
        Finding::passed(format!("the vehicle {} is known, and {entry}", options.vin.short())),
    ]
}

fn backend_answers(options: &Options) -> Finding {
    Finding::passed(format!("the backend {} answers", options.bff))
}

fn token_is_accepted() -> Finding {
    Finding::passed("the backend accepts the token")
}

/// Finds out from the error of the one request how far it came.
fn request_failed(options: &Options, error: &BffError, known: &[Vin]) -> Vec<Finding> {
    let Options { bff, vin, .. } = options;
    let no_vehicle = Finding::not_checked(format!("the vehicle {}", vin.short()));
    match error.kind() {
        BffErrorKind::Unauthorized
        | BffErrorKind::NoToken
        | BffErrorKind::Status { status: 401 | 403, .. } => vec![
            backend_answers(options),
            Finding::failed(
                "the backend does not accept the token",
                "pass a token that it accepts with --token; `digital-key backend --token TOKEN` \
                 accepts only that one",
            ),
            no_vehicle,
        ],
        BffErrorKind::Status { status: 404, .. } => {
            let next_step = if known.is_empty() {
                "pass another --vin, or correct --bff, which ends before `/vehicles`; a backend \
                 for development lists its vehicles with --control URL"
                    .to_owned()
            } else {
                format!("pass one of these with --vin: {}", listed(known))
            };
            vec![
                backend_answers(options),
                token_is_accepted(),
                Finding::failed(
                    format!("the backend does not know the vehicle {}", vin.short()),
                    next_step,
                ),
            ]
        }
        BffErrorKind::Malformed => vec![
            Finding::failed(
                format!("{bff} answers, but not as a BFF: {}", with_causes(error)),
                "correct --bff: it ends before `/vehicles`",
            ),
            Finding::not_checked("the token"),
            no_vehicle,
        ],
        BffErrorKind::Status { status, .. } => vec![
            Finding::failed(
                format!("the backend {bff} answers with status {status}"),
                "look into its log; a backend for development may have a fault, which the control \
                 interface ends: curl -X DELETE CONTROL/faults",
            ),
            Finding::not_checked("the token"),
            no_vehicle,
        ],
        BffErrorKind::Unreachable
        | BffErrorKind::Interrupted
        | BffErrorKind::DeadlineExceeded
        | BffErrorKind::CircuitOpen { .. }
        | _ => vec![
            Finding::failed(
                format!("the backend {bff} does not answer: {}", with_causes(error)),
                "start it in another terminal with `cargo run -- backend`, or pass its address \
                 with --bff",
            ),
            Finding::not_checked("the token"),
            no_vehicle,
        ],
    }
}

fn listed(vehicles: &[Vin]) -> String {
    const MOST: usize = 5;
    let mut text: Vec<_> = vehicles.iter().take(MOST).map(Vin::as_str).collect();
    if vehicles.len() > MOST {
        text.push("…");
    }
    if text.is_empty() { "none".to_owned() } else { text.join(", ") }
}

/// Asks the control interface for its vehicles.
async fn vehicles(control: &str) -> Result<Vec<Vin>, HttpError> {
    #[derive(serde::Deserialize)]
    struct Listed {
        vin: String,
    }

    let url = format!("{}/vehicles", control.trim_end_matches('/'));
    let (status, body) = HttpClient::new(TIMEOUT).send(Method::GET, &url, None).await?;
    if !status.is_success() {
        return Err(HttpError::Status(status));
    }
    let listed: Vec<Listed> = serde_json::from_slice(&body)?;
    Ok(listed.into_iter().filter_map(|it| it.vin.parse().ok()).collect())
}
