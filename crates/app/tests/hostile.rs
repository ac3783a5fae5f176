//! The HTTP client inside all decorators of the app, against every bad answer to every request.
#![allow(clippy::unwrap_used, reason = "a set-up that fails is a test that fails")]

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use digital_key_app::{CircuitBreakerPolicy, RetryPolicy, decorated_bff};
use digital_key_bff_http::{BearerToken, Deadlines, HttpBff, StaticToken};
use digital_key_testkit::Violation;
use digital_key_testkit::hostile::{BadAnswer, HostileServer, check};
use digital_key_testkit::values::{password, vin};
use tokio::runtime::Builder;
use tracing_subscriber::fmt::MakeWriter;

const TOKEN: &str = "sesame-4711";
/// Enough for all tries that are answered, on a busy machine.
const DEADLINE: Duration = Duration::from_secs(3);
const RETRY: RetryPolicy = RetryPolicy::new()
    .with_tries(3)
    .with_first_wait(Duration::from_millis(10))
    .with_longest_wait(Duration::from_millis(20))
    .with_total(DEADLINE);
/// As they are in the app, those of the client are longer; but that for the connection.
const DEADLINES: Deadlines = Deadlines::new()
    .with_connect(Duration::from_millis(500))
    .with_read(Duration::from_secs(30))
    .with_total(Duration::from_secs(30));
/// How far memory may grow while the questions are asked; the largest answers have 256 MiB.
const LARGEST_GROWTH: u64 = 1024 * 1024;

/// Counts the log lines, and those that hold what no log may hold (GEN-6).
#[derive(Clone, Default)]
struct Log {
    lines: Arc<AtomicUsize>,
    leaks: Arc<AtomicUsize>,
}

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let (vin, secret) = (vin(1), password(1));
        self.lines.fetch_add(1, Ordering::SeqCst);
        if [TOKEN, vin.as_str(), secret.expose()].iter().any(|secret| text.contains(secret)) {
            self.leaks.fetch_add(1, Ordering::SeqCst);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Asks a server that answers like this. The memory by which all this grew, at most, in bytes.
fn growth(answer: BadAnswer, log: Log) -> Result<u64, Violation> {
    let server = HostileServer::start(answer).unwrap();
    let token = StaticToken::new(BearerToken::new(TOKEN).unwrap());
    let bff = HttpBff::builder(server.base_url())
        .token_provider(Arc::new(token))
        .deadlines(DEADLINES)
        .build()
        .unwrap();
    let bff = decorated_bff(Arc::new(bff), RETRY, Some(CircuitBreakerPolicy::default()));
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log).finish();
    // All of the client's work is done on this thread, and none of the server's.
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let mut ended = Ok(());
    let allocated = allocation_counter::measure(|| {
        ended = tracing::subscriber::with_default(subscriber, || {
            runtime.block_on(check(&server, &bff, DEADLINE, &[TOKEN]))
        });
    });
    // A look-up of a name may still be under way.
    runtime.shutdown_background();
    ended?;
    let is_tried_again = matches!(
        answer,
        BadAnswer::Status(408 | 502 | 504)
            | BadAnswer::SlowErrorBody
            | BadAnswer::Reset
            | BadAnswer::Truncated
    );
    let most = if is_tried_again {
        9
    } else if answer == BadAnswer::Status(409) {
        // Only to the request for a password does it mean that an earlier try is still worked on.
        5
    } else if answer == BadAnswer::Status(401) {
        // With another token.
        6
    } else {
        // Also after 429 and 503, which ask for a wait of an hour, longer than the deadline.
        3
    };
    let requests = server.requests();
    if requests > most || (requests < most && matches!(answer, BadAnswer::Status(_))) {
        return Err(Violation::new(format!("it made {requests} requests, and not {most}")));
    }
    Ok(allocated.bytes_max)
}

#[test]
fn every_bad_answer_ends_as_it_has_to_under_the_decorators() {
    let log = Log::default();
    let growths: Vec<_> = std::thread::scope(|scope| {
        let started: Vec<_> = BadAnswer::ALL
            .into_iter()
            .map(|answer| (answer, log.clone()))
            .map(|(answer, log)| (answer, scope.spawn(move || growth(answer, log))))
            .collect();
        started.into_iter().map(|(answer, ended)| (answer, ended.join().unwrap())).collect()
    });
    let violations: Vec<_> = growths.iter().filter(|(_, growth)| growth.is_err()).collect();
    let largest = growths.iter().filter_map(|(_, growth)| growth.as_ref().ok()).max().unwrap();
    // Straight to the standard output, so that the figures show when the test passes.
    writeln!(
        std::io::stdout(),
        "\nfigure: bad answers that the decorated HTTP client was given: {}\n\
         figure: bad answers on which the decorated HTTP client hung or did what it must not (at most 0): {}\n\
         figure: largest memory growth of the decorated HTTP client on a bad answer, in KiB: {}",
        growths.len() * BadAnswer::OPERATIONS.len(),
        violations.len(),
        largest.div_ceil(1024)
    )
    .unwrap();
    assert!(violations.is_empty(), "{violations:#?}");
    for (answer, growth) in &growths {
        assert!(growth.as_ref().unwrap() <= &LARGEST_GROWTH, "{answer:?} took {growth:?} bytes");
    }
    assert!(log.lines.load(Ordering::SeqCst) >= growths.len(), "hardly anything was logged");
    assert_eq!(log.leaks.load(Ordering::SeqCst), 0, "a log line holds a secret or a whole VIN");
}
