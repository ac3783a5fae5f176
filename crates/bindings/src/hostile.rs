//! The suite for a client's transport, in builds for tests.

use std::sync::Arc;
use std::time::Duration;

use digital_key_bff_http::{BearerToken, HttpBff, StaticToken};
use digital_key_testkit::hostile::{BadAnswer, Expected, check_all};

use crate::error::{DigitalKeyError, chain};
use crate::ports::{HttpDeadlines, HttpOptions, HttpTransport};
use crate::runtime::runtime;

/// The suite ends a call without an answer after this time. It is long, since FoundationNetworking
/// reads on for a while after a task is cancelled, and meanwhile answers no other.
const DEADLINE: Duration = Duration::from_secs(8);
const DEADLINES: HttpDeadlines =
    HttpDeadlines { connect: DEADLINE, read: DEADLINE, total: DEADLINE };
const TOKEN: &str = "sesame-4711";

/// Sends the requests of the core through this transport to servers that answer badly in every way,
/// and returns the rules that the transport broke. It takes half a minute.
///
/// Only a library that is built with the feature `hostile` has this function.
///
/// # Errors
/// `NoThreads` when the system has none left.
#[uniffi::export]
pub async fn transport_violations(
    transport: Arc<dyn HttpTransport>,
) -> Result<Vec<String>, DigitalKeyError> {
    let suite = async move {
        let expected = Expected {
            deadline: DEADLINE,
            secrets: &[TOKEN],
            headers: &[
                ("authorization", "Bearer sesame-4711"),
                ("accept-encoding", "identity"),
                ("user-agent", "suite/1.0"),
                ("x-app-version", "7.1"),
            ],
        };
        let make = |base_url: &str| client(base_url, &transport);
        let violations = check_all(BadAnswer::ALL, expected, make).await;
        violations.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let ended = runtime()?.spawn(suite).await;
    Ok(ended.unwrap_or_else(|error| vec![format!("the suite ended: {}", chain(&error))]))
}

/// Makes a client of the core that sends through this transport.
#[allow(clippy::expect_used, reason = "the settings are those above, and the server's own URL")]
fn client(base_url: &str, transport: &Arc<dyn HttpTransport>) -> HttpBff {
    let token = StaticToken::new(BearerToken::new(TOKEN).expect("it is visible ASCII"));
    let options = HttpOptions {
        transport: Some(Arc::clone(transport)),
        user_agent: Some("suite/1.0".to_owned()),
        headers: [("X-App-Version".to_owned(), "7.1".to_owned())].into(),
        deadlines: Some(DEADLINES),
    };
    let builder = HttpBff::builder(base_url).token_provider(Arc::new(token));
    options.build(builder).expect("the settings are valid")
}
