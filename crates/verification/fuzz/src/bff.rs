//! The answers of a BFF.

use std::error::Error;
use std::time::{Duration, SystemTime};

use digital_key_bff_http::fuzzing;
use digital_key_domain::{DigitalKeyCapability, SupportAnswer, Vin};
use serde_json::{Value, json};

use crate::secrecy;

/// The vehicle of the call.
const VIN: &str = "WBA00000000DEMO03";

/// Returns the parsed answer. Checks that an error shows no secret.
fn parse<T, E: Error + 'static>(
    parser: impl Fn(&[u8], Vin) -> Result<T, E>,
    body: &[u8],
) -> Option<T> {
    let vin = VIN.parse().ok()?;
    parser(body, vin).inspect_err(|error| secrecy::check(error)).ok()
}

/// REQ-5: the two fields decide the answer.
pub(crate) fn support(body: &[u8]) {
    let Some(found) = parse(fuzzing::support, body) else { return };
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return };
    let key = &value["digitalKey"];
    let capability = key.is_object().then(|| DigitalKeyCapability {
        state: key["state"].as_str(),
        package: key["bookedServicePackage"].as_str(),
        upgrade_required: key["vehicleSoftwareUpgradeRequired"].as_bool(),
    });
    assert_eq!(found, SupportAnswer::decide(capability));
}

/// WEL-1: a status is the same after it was written and parsed again.
pub(crate) fn status(body: &[u8]) {
    let Some(found) = parse(fuzzing::status, body) else { return };
    let key = found
        .owner_key
        .as_ref()
        .map(|key| json!({ "id": key.id.as_str(), "tracked": key.tracked }));
    let written = json!({
        "vin": VIN,
        "ownerKey": key,
        "primarySubscriber": found.primary_subscriber,
        "prepared": found.prepared,
    });
    assert_eq!(parse(fuzzing::status, written.to_string().as_bytes()), Some(found));
}

/// WEL-3: a password is the same after it was written and parsed again, and `Debug` does not show
/// it.
pub(crate) fn password(body: &[u8]) {
    let Some(found) = parse(fuzzing::password, body) else { return };
    let digits = found.as_ref().map(|password| password.expose());
    assert!(digits.is_none_or(|digits| !format!("{found:?}").contains(digits)));
    let written = json!({ "vin": VIN, "password": digits }).to_string();
    assert_eq!(parse(fuzzing::password, written.as_bytes()), Some(found));
}

/// A wait is the header's number of seconds or its date, up to a limit.
pub(crate) fn retry_after(header: &[u8]) {
    const LIMIT: Duration = Duration::from_secs(60 * 60);
    // A whole second, since dates in headers have no fractions.
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_900_000_000);
    let Ok(text) = std::str::from_utf8(header) else { return };
    let found = fuzzing::retry_after(text, now);
    assert!(found.is_none_or(|wait| wait <= LIMIT));
    if let Ok(seconds) = text.trim().parse::<u32>()
        && !text.contains('+')
    {
        assert_eq!(found, Some(Duration::from_secs(seconds.into()).min(LIMIT)));
    }
    if let Some(wait) = found {
        let date = httpdate::fmt_http_date(now + wait);
        assert_eq!(fuzzing::retry_after(&date, now), Some(wait));
    }
}
