//! The client against every bad answer to every request: each call ends with the right error, in
//! time and in little memory.
#![allow(clippy::unwrap_used, reason = "a set-up that fails is a test that fails")]

mod careless;

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use digital_key_bff_http::{BearerToken, Deadlines, HttpBff, StaticToken};
use digital_key_testkit::Violation;
use digital_key_testkit::hostile::{BadAnswer, HostileServer, check};
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
    // One request for each question, and one more with another token after a 401.
    let most = if answer == BadAnswer::Status(401) { 6 } else { 3 };
    if server.requests() > most {
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
