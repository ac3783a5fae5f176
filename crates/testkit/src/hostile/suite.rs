//! All bad answers as one suite.

use std::time::Duration;

use digital_key_ports::Bff;
use futures_util::{StreamExt, stream};

use super::{BadAnswer, HostileServer, check};
use crate::violation::must;
use crate::{CaseResult, Violation};

/// How many servers there are at a time. A platform limits the connections of a client.
const AT_ONCE: usize = 6;

/// What the suite expects of an adapter.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The time within which the adapter ends each call. Three seconds suffice on a busy machine.
    pub deadline: Duration,
    /// Texts that no error holds, such as the token (GEN-6).
    pub secrets: &'a [&'a str],
    /// Headers that each request has: names in small letters, and values.
    pub headers: &'a [(&'a str, &'a str)],
}

/// Checks an adapter, or a transport below it, with these bad answers, such as [`BadAnswer::ALL`].
/// `make` makes the adapter for a base URL, without a decorator that retries.
///
/// Each answer passes [`check`]. Beyond that, no call sends a second request except after a 401, no
/// request has a cookie or lacks a header, and no answer is reused for a later request.
///
/// Returns the violations; a server that cannot start is one, too.
pub async fn check_all<B: Bff>(
    answers: impl IntoIterator<Item = BadAnswer>,
    expected: Expected<'_>,
    make: impl Fn(&str) -> B,
) -> Vec<Violation> {
    let make = &make;
    let checks = answers.into_iter().map(|answer| async move {
        let server = HostileServer::start(answer)
            .map_err(|error| Violation::new(format!("no server for {answer:?}: {error}")))?;
        let adapter = make(server.base_url());
        check(&server, &adapter, expected.deadline, expected.secrets).await?;
        check_requests(&server, expected.headers)?;
        if answer == BadAnswer::ExtraField {
            check(&server, &adapter, expected.deadline, expected.secrets).await?;
            must!(server.requests() == 6, "an answer was reused for a later request");
        }
        CaseResult::Ok(())
    });
    let ended = stream::iter(checks).buffer_unordered(AT_ONCE);
    ended.filter_map(async |ended| ended.err()).collect().await
}

fn check_requests(server: &HostileServer, headers: &[(&str, &str)]) -> CaseResult {
    let answer = server.answer();
    let (requests, most) = (server.requests(), answer.most_requests());
    must!(requests <= most, "{answer:?} led to {requests} requests; {most} are allowed");
    for head in server.heads() {
        let value = |wanted: &str| {
            head.lines()
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, value)| value.trim())
        };
        must!(value("cookie").is_none(), "a request after {answer:?} has a cookie");
        for (name, expected) in headers {
            must!(value(name) == Some(*expected), "a request before {answer:?} has another {name}");
        }
    }
    Ok(())
}
