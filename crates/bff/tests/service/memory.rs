//! Memory does not grow with the number of requests.

use std::thread;

use crate::http::{Connection, path};
use crate::process::Bff;
use crate::upstream::{Reply, Upstream};

const CLIENTS: usize = 8;
/// By how much memory may differ after the warm-up: what the allocator keeps varies.
const TOLERANCE: f64 = 4.0 * 1024.0 * 1024.0;

/// How many requests are made; `DIGITAL_KEY_BFF_TEST_REQUESTS` sets another number.
fn requests() -> usize {
    let given = std::env::var("DIGITAL_KEY_BFF_TEST_REQUESTS").ok();
    given.and_then(|it| it.parse().ok()).unwrap_or(20_000)
}

/// Makes requests of all kinds on several connections.
fn load(bff: &Bff, requests: usize) {
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            scope.spawn(move || {
                let mut connection = Connection::to(bff.api).unwrap();
                for request in 0..requests / CLIENTS {
                    let key = format!("idempotency-key: {client}-{request}\r\n");
                    let (method, endpoint, headers, expected) = match request % 5 {
                        0 => ("GET", "support", "", 200),
                        1 => ("GET", "pairing-status", "", 200),
                        2 => ("POST", "pairing-password", key.as_str(), 200),
                        3 => ("POST", "pairing-password", "", 400),
                        _ => ("GET", "other", "x-correlation-id: its-id\r\n", 404),
                    };
                    let answer = connection.request(method, &path(endpoint), headers).unwrap();
                    assert_eq!(answer.status, expected);
                    if request % 1000 == 999 {
                        connection = Connection::to(bff.api).unwrap();
                    }
                }
            });
        }
    });
}

#[test]
fn memory_does_not_grow_with_the_number_of_requests() {
    let upstream = Upstream::forgetful(Reply::VEHICLE);
    // A busy machine must not turn into timeouts.
    let args = "--access-log false --upstream-deadline 30s --rate-limit 1000000 \
                --rate-limit-burst 1000000";
    let args: Vec<_> = args.split_whitespace().collect();
    let bff = Bff::start(&upstream.url(), &args);
    let memory = || bff.metric("process_resident_memory_bytes");
    load(&bff, requests() / 10);
    let warm = memory();
    load(&bff, requests());
    let after = memory();
    eprintln!("{} requests: {warm} bytes before, {after} bytes after", requests());
    assert!(after < warm + TOLERANCE, "{warm} bytes before, {after} bytes after");
}
