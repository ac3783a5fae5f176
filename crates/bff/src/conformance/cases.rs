//! The cases, each named after the rule that it checks.

use std::pin::Pin;
use std::time::{Duration, Instant};

use axum::http::{HeaderValue, Response, StatusCode};
use bytes::Bytes;
use digital_key_domain::{DigitalKeyId, Vin};

use super::server::{Answer, Service};
use super::{Dialect, Situation};
use crate::smacc::{
    Caller, FailureKind, IdempotencyKey, OwnerKey, Password, SmAccError, VehicleAnswer,
};

type Outcome = Result<(), String>;
type Case = fn(&dyn Dialect) -> Pin<Box<dyn Future<Output = Outcome> + '_>>;

macro_rules! cases {
    ($($name:ident),+ $(,)?) => {
        /// All cases with their names.
        pub(super) const CASES: &[(&str, Case)] =
            &[$((stringify!($name), |dialect| Box::pin($name(dialect)))),+];
    };
}

cases![
    a_vehicle_arrives_unchanged,
    what_is_absent_is_none,
    token_correlation_and_trace_are_passed_on,
    the_idempotency_key_is_passed_on,
    a_password_or_none_arrives,
    each_refusal_has_its_error,
    a_wait_that_is_asked_for_arrives,
    an_answer_that_cannot_be_read_is_a_failure,
    a_call_ends_within_its_deadline,
    an_unreachable_service_is_a_failure,
    no_error_repeats_a_secret,
];

const VIN: &str = "WBA00000000DEMO03";
const TOKEN: &str = "its-secret-token";
const CORRELATION: &str = "its-id";
const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const KEY: &str = "its-key";
/// Long enough for every answer.
const LONG: Duration = Duration::from_secs(10);
/// Short enough to wait for.
const SHORT: Duration = Duration::from_millis(100);
/// How much longer than its deadline a call may take on a busy machine.
const SLACK: Duration = Duration::from_secs(5);
/// Order, spaces, doubled members and huge numbers.
const ODD_OBJECT: &str = r#"{"state": "NEW",  "state":"B", "n":1e999, "é":[null]}"#;

fn vin() -> Result<Vin, String> {
    VIN.parse().map_err(|error| format!("{error}"))
}

fn caller() -> Caller {
    Caller {
        authorization: HeaderValue::from_static("Bearer its-secret-token"),
        correlation: HeaderValue::from_static(CORRELATION),
        traceparent: HeaderValue::from_static(TRACE),
        tracestate: None,
    }
}

fn key() -> Result<IdempotencyKey, String> {
    IdempotencyKey::from_header(&HeaderValue::from_static(KEY)).ok_or_else(|| "no key".to_owned())
}

fn owner_key() -> Result<OwnerKey, String> {
    let id = DigitalKeyId::try_from("key-1").map_err(|error| error.to_string())?;
    Ok(OwnerKey { id, tracked: true })
}

/// Calls that the adapter makes of a service that answers in this way.
struct Calls {
    service: Service,
    vehicle: Result<VehicleAnswer, SmAccError>,
}

async fn vehicle(
    dialect: &dyn Dialect,
    answer: Answer,
    deadline: Duration,
) -> Result<Calls, String> {
    let service = Service::start(answer).await?;
    let adapter = dialect.adapter(&service.url(), deadline);
    let vehicle = adapter.vehicle(vin()?, &caller()).await;
    Ok(Calls { service, vehicle })
}

async fn password(
    dialect: &dyn Dialect,
    situation: Situation,
) -> Result<(Service, Result<Option<Password>, SmAccError>), String> {
    let service = Service::start(Answer::Whole(dialect.answer(&situation))).await?;
    let adapter = dialect.adapter(&service.url(), LONG);
    let password = adapter.pairing_password(vin()?, &key()?, &caller()).await;
    Ok((service, password))
}

fn expect(holds: bool, problem: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(problem()) }
}

fn known(digital_key: Option<&'static str>, owner_key: Option<OwnerKey>) -> Situation {
    Situation::Vehicle { digital_key, owner_key, primary_subscriber: true, prepared: false }
}

async fn a_vehicle_arrives_unchanged(dialect: &dyn Dialect) -> Outcome {
    let answer = dialect.answer(&known(Some(ODD_OBJECT), Some(owner_key()?)));
    let vehicle = vehicle(dialect, Answer::Whole(answer), LONG).await?.vehicle;
    let vehicle = vehicle.map_err(|error| error.to_string())?;
    let object = vehicle.digital_key.as_ref().map(|object| object.as_bytes());
    expect(object == Some(ODD_OBJECT.as_bytes()), || "the digitalKey object changed".to_owned())?;
    expect(vehicle.owner_key == Some(owner_key()?), || "the owner key changed".to_owned())?;
    expect(vehicle.primary_subscriber, || "the primary subscriber changed".to_owned())?;
    expect(!vehicle.prepared, || "whether it is prepared changed".to_owned())
}

async fn what_is_absent_is_none(dialect: &dyn Dialect) -> Outcome {
    let answer = dialect.answer(&known(None, None));
    let vehicle = vehicle(dialect, Answer::Whole(answer), LONG).await?.vehicle;
    let vehicle = vehicle.map_err(|error| error.to_string())?;
    expect(vehicle.digital_key.is_none(), || "a digitalKey object appeared".to_owned())?;
    expect(vehicle.owner_key.is_none(), || "an owner key appeared".to_owned())
}

async fn token_correlation_and_trace_are_passed_on(dialect: &dyn Dialect) -> Outcome {
    let answer = dialect.answer(&known(None, None));
    let request = vehicle(dialect, Answer::Whole(answer), LONG).await?.service.request()?;
    let token = dialect.token(&request);
    expect(token.as_deref() == Some(TOKEN), || "another token arrived".to_owned())?;
    let correlation = dialect.correlation(&request);
    expect(correlation.is_some_and(|id| id == CORRELATION), || "no correlation id".to_owned())?;
    let trace = dialect.traceparent(&request);
    expect(trace.is_some_and(|trace| trace == TRACE), || "another traceparent".to_owned())
}

async fn the_idempotency_key_is_passed_on(dialect: &dyn Dialect) -> Outcome {
    let (service, _) = password(dialect, Situation::Password(None)).await?;
    let key = dialect.idempotency_key(&service.request()?);
    expect(key.as_deref() == Some(KEY), || "another idempotency key arrived".to_owned())
}

async fn a_password_or_none_arrives(dialect: &dyn Dialect) -> Outcome {
    for given in [Some("86420975"), None] {
        let (_service, found) = password(dialect, Situation::Password(given)).await?;
        let found = found.map_err(|error| error.to_string())?;
        let found = found.as_ref().map(Password::expose);
        expect(found == given, || "another password arrived".to_owned())?;
    }
    Ok(())
}

async fn each_refusal_has_its_error(dialect: &dyn Dialect) -> Outcome {
    for (situation, expected) in [
        (Situation::UnknownVehicle, SmAccError::UnknownVehicle),
        (Situation::RefusedToken, SmAccError::Unauthorized),
    ] {
        let answer = Answer::Whole(dialect.answer(&situation));
        let found = vehicle(dialect, answer, LONG).await?.vehicle;
        expect(found.as_ref() == Err(&expected), || format!("{situation:?} is {found:?}"))?;
        let (_service, found) = password(dialect, situation.clone()).await?;
        expect(found.as_ref() == Err(&expected), || format!("{situation:?} is {found:?}"))?;
    }
    Ok(())
}

async fn a_wait_that_is_asked_for_arrives(dialect: &dyn Dialect) -> Outcome {
    let wait = Duration::from_secs(7);
    for (situation, expected) in [
        (Situation::StillWorkedOn(wait), SmAccError::StillWorkedOn(Some(wait))),
        (Situation::TooManyRequests(wait), SmAccError::TooManyRequests(Some(wait))),
        (Situation::Unavailable(wait), SmAccError::Unavailable(Some(wait))),
    ] {
        let (_service, found) = password(dialect, situation.clone()).await?;
        expect(found.as_ref() == Err(&expected), || format!("{situation:?} is {found:?}"))?;
    }
    Ok(())
}

async fn an_answer_that_cannot_be_read_is_a_failure(dialect: &dyn Dialect) -> Outcome {
    let with = |status, body: String| {
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = status;
        response.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
        response
    };
    let whole = dialect.answer(&known(Some(ODD_OBJECT), None));
    let too_long = format!(r#"{{"x":"{}"}}"#, "x".repeat(10 * 1024 * 1024));
    for (what, answer) in [
        ("an empty answer", Answer::Whole(with(StatusCode::OK, String::new()))),
        ("an answer that is not JSON", Answer::Whole(with(StatusCode::OK, "<html>".to_owned()))),
        ("an answer of another shape", Answer::Whole(with(StatusCode::OK, "[null]".to_owned()))),
        ("an answer without members", Answer::Whole(with(StatusCode::OK, "{}".to_owned()))),
        ("an answer that is too long", Answer::Whole(with(StatusCode::OK, too_long))),
        ("an answer that breaks off", Answer::Broken(whole)),
        ("a redirect", Answer::Whole(with(StatusCode::FOUND, "{}".to_owned()))),
        ("a failure", Answer::Whole(dialect.answer(&Situation::Failure("stack trace")))),
    ] {
        let found = vehicle(dialect, answer, LONG).await?.vehicle;
        expect(matches!(found, Err(SmAccError::Failed { .. })), || format!("{what} is {found:?}"))?;
    }
    Ok(())
}

fn is_failure<T>(found: &Result<T, SmAccError>, kind: FailureKind) -> bool {
    matches!(found, Err(SmAccError::Failed { kind: found, .. }) if *found == kind)
}

async fn a_call_ends_within_its_deadline(dialect: &dyn Dialect) -> Outcome {
    let service = Service::start(Answer::Never).await?;
    let adapter = dialect.adapter(&service.url(), SHORT);
    let started = Instant::now();
    let vehicle = adapter.vehicle(vin()?, &caller()).await;
    let password = adapter.pairing_password(vin()?, &key()?, &caller()).await;
    let took = started.elapsed();
    expect(took < 2 * SHORT + SLACK, || format!("two calls took {took:?}"))?;
    expect(is_failure(&vehicle, FailureKind::Timeout), || format!("it is {vehicle:?}"))?;
    expect(is_failure(&password, FailureKind::Timeout), || format!("it is {password:?}"))
}

async fn an_unreachable_service_is_a_failure(dialect: &dyn Dialect) -> Outcome {
    let service = Service::start(Answer::Never).await?;
    let adapter = dialect.adapter(&service.url(), LONG);
    let address = service.url();
    drop(service);
    // The listener closes when its task has ended.
    tokio::task::yield_now().await;
    let found = adapter.vehicle(vin()?, &caller()).await;
    expect(is_failure(&found, FailureKind::Connect), || format!("it is {found:?}"))?;
    let probed = adapter.probe().await;
    expect(probed.is_err(), || "a probe finds it".to_owned())?;
    let text = format!("{found:?}");
    expect(!text.contains(&address["http://".len()..]), || format!("an error names it: {text}"))
}

async fn no_error_repeats_a_secret(dialect: &dyn Dialect) -> Outcome {
    let with_password = dialect.answer(&Situation::Password(Some("86420975")));
    for answer in [
        dialect.answer(&Situation::Failure("86420975")),
        dialect.answer(&Situation::UnknownVehicle),
        dialect.answer(&Situation::RefusedToken),
        with_password,
    ] {
        let found = vehicle(dialect, Answer::Whole(answer), LONG).await?.vehicle;
        let error = found.err().ok_or("an answer of another kind is accepted")?;
        let text = format!("{error} {error:?}");
        for secret in [VIN, TOKEN, "86420975"] {
            expect(!text.contains(secret), || format!("an error repeats a secret: {text}"))?;
        }
    }
    Ok(())
}
