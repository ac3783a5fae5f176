//! Ten thousand idle connections.

use std::time::Instant;

use crate::http::{Connection, path};
use crate::process::Bff;
use crate::upstream::{Reply, Upstream};

const IDLE: usize = 10_000;
/// Files of this test and of the service beside the connections.
const OTHER_FILES: u64 = 600;
/// The most memory that an idle connection may take.
const MOST_BYTES: f64 = 20.0 * 1024.0;

#[test]
fn ten_thousand_idle_connections_keep_nobody_else_out() {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let needed = IDLE as u64 + OTHER_FILES;
    if limit.maximum.is_some_and(|most| most < needed) {
        eprintln!("NOT CHECKED HERE: the limit of open files is {:?}, not {needed}", limit.maximum);
        return;
    }
    let raised = limit.maximum.map_or(needed, |most| most.min(needed));
    let current = limit.current.map_or(raised, |current| current.max(raised));
    let raised = rustix::process::Rlimit { current: Some(current), ..limit };
    rustix::process::setrlimit(rustix::process::Resource::Nofile, raised).unwrap();

    let upstream = Upstream::start(Reply::VEHICLE);
    let bff = Bff::start(&upstream.url(), &["--access-log", "false"]);
    let before = bff.metric("process_resident_memory_bytes");
    let mut idle = Vec::new();
    for _ in 0..IDLE {
        let mut connection = Connection::to(bff.api).unwrap();
        // Each has been used once, as a real one has.
        assert_eq!(connection.request("GET", &path("support"), "").unwrap().status, 200);
        idle.push(connection);
    }
    assert_eq!(bff.metric("digital_key_bff_connections"), IDLE as f64);
    let started = Instant::now();
    assert_eq!(bff.get("support").status, 200);
    assert!(started.elapsed().as_secs() < 3, "another client waits: {:?}", started.elapsed());
    let each = (bff.metric("process_resident_memory_bytes") - before) / IDLE as f64;
    eprintln!("an idle connection takes {each:.0} bytes");
    assert!(each < MOST_BYTES, "an idle connection takes {each:.0} bytes");
    assert_eq!(idle[0].request("GET", &path("support"), "").unwrap().status, 200);
}
