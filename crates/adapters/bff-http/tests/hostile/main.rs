//! The client against every bad answer to every request: each call ends with the right error, in
//! time and in little memory.
#![allow(clippy::unwrap_used, reason = "a set-up that fails is a test that fails")]

mod careless;
mod host_transport;

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use digital_key_bff_http::{BearerToken, Deadlines, HttpBff, HttpTransport, StaticToken};
use digital_key_testkit::Violation;
use digital_key_testkit::hostile::{BadAnswer, Expected, HostileServer, check, check_all};
use host_transport::HostTransport;
use tokio::runtime::Builder;

const TOKEN: &str = "sesame-4711";
/// Enough for every answer that comes, on a busy machine.
const DEADLINE: Duration = Duration::from_secs(3);
/// The deadline for the connection is shorter, so that it ends a call without a connection.
const DEADLINES: Deadlines = Deadlines::new()
    .with_connect(Duration::from_millis(500))
    .with_read(DEADLINE)
    .with_total(DEADLINE);
/// How many bytes the client's memory may grow during a call; the largest answers have 256 MiB.
const LARGEST_GROWTH: u64 = 1024 * 1024;

/// The bad answers that a client with these features can meet.
fn bad_answers() -> impl Iterator<Item = BadAnswer> {
    let has_tls = cfg!(any(feature = "rustls", feature = "native-tls"));
    BadAnswer::ALL.into_iter().filter(move |answer| has_tls || !answer.needs_tls())
}

/// Calls a server that answers like this, and returns by how many bytes the client's memory grew.
fn growth(answer: BadAnswer) -> Result<u64, Violation> {
    let server = HostileServer::start(answer).unwrap();
    let token = StaticToken::new(BearerToken::new(TOKEN).unwrap());
    let bff = HttpBff::builder(server.base_url())
        .token_provider(Arc::new(token))
        .deadlines(DEADLINES)
        .build()
        .unwrap();
    // The client works on this thread alone, and the server works on others.
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let mut ended = Ok(());
    let allocated = allocation_counter::measure(|| {
        ended = runtime.block_on(check(&server, &bff, DEADLINE, &[TOKEN]));
    });
    // A look-up of a name may still be running.
    runtime.shutdown_background();
    ended?;
    if server.requests() > answer.most_requests() {
        return Err(Violation::new(format!("it made {} requests", server.requests())));
    }
    Ok(allocated.bytes_max)
}

#[test]
fn every_bad_answer_ends_as_it_has_to() {
    let growths: Vec<_> = std::thread::scope(|scope| {
        let started: Vec<_> =
            bad_answers().map(|answer| (answer, scope.spawn(move || growth(answer)))).collect();
        started.into_iter().map(|(answer, ended)| (answer, ended.join().unwrap())).collect()
    });
    let violations: Vec<_> = growths.iter().filter(|(_, growth)| growth.is_err()).collect();
    let largest = growths.iter().filter_map(|(_, growth)| growth.as_ref().ok()).max().unwrap();
    // Written to the standard output directly, so that the figures show when the test passes.
    writeln!(
        std::io::stdout(),
        "\nfigure: bad answers that the HTTP client was given: {}\n\
         figure: bad answers on which the HTTP client hung or did what it must not (at most 0): {}\n\
         figure: largest memory growth of the HTTP client on a bad answer, in KiB: {}",
        growths.len() * BadAnswer::OPERATIONS.len(),
        violations.len(),
        largest.div_ceil(1024)
    )
    .unwrap();
    assert!(violations.is_empty(), "{violations:#?}");
    for (answer, growth) in &growths {
        assert!(growth.as_ref().unwrap() <= &LARGEST_GROWTH, "{answer:?} took {growth:?} bytes");
    }
}

/// The suite on a client that sends through this transport, or through the built-in one.
async fn violations(transport: Option<Arc<dyn HttpTransport>>) -> Vec<Violation> {
    let expected = Expected {
        deadline: DEADLINE,
        secrets: &[TOKEN],
        headers: &[("authorization", "Bearer sesame-4711"), ("accept-encoding", "identity")],
    };
    let make = |base_url: &str| {
        let token = StaticToken::new(BearerToken::new(TOKEN).unwrap());
        let mut builder = HttpBff::builder(base_url).token_provider(Arc::new(token));
        if let Some(transport) = &transport {
            builder = builder.transport(Arc::clone(transport));
        }
        builder.deadlines(DEADLINES).build().unwrap()
    };
    check_all(bad_answers(), expected, make).await
}

#[tokio::test]
async fn the_built_in_transport_passes_the_suite() {
    let violations = violations(None).await;
    assert!(violations.is_empty(), "{violations:#?}");
}

#[tokio::test]
async fn a_transport_of_the_host_passes_the_suite() {
    let violations = violations(Some(Arc::new(HostTransport(client(false))))).await;
    assert!(violations.is_empty(), "{violations:#?}");
}

#[tokio::test]
async fn the_suite_finds_a_transport_that_follows_redirects() {
    let violations = violations(Some(Arc::new(HostTransport(client(true))))).await;
    let found: Vec<_> = violations.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().any(|it| it.contains("to another host")), "{found:#?}");
}

fn client(follows_redirects: bool) -> reqwest::Client {
    // For the certificates; without the feature there is no TLS.
    #[cfg(feature = "rustls")]
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().connect_timeout(DEADLINES.connect);
    let none = reqwest::redirect::Policy::none();
    let client = if follows_redirects { client } else { client.redirect(none) };
    client.build().unwrap()
}
