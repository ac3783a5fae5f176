//! The cost of a durable take, as a multiple of the least that the disk needs for it: two writes of
//! 64 bytes in place, one after the other, each with an `fdatasync`, on a blocking thread.
//!
//! The benchmark runs below the target folder, since the folder for temporary files may be in
//! memory.
// A benchmark fails by a panic.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use digital_key_cache_sled::{SledCache, StaticKey};
use digital_key_domain::{Generation, UsageCounter, Vin};
use digital_key_ports::{Cache, PairingPassword, Take};
use tokio::task::spawn_blocking;

/// The number of rounds, which is odd so that the median is one of them.
const ROUNDS: usize = 301;
/// The highest cost of a take that is accepted, as a multiple of the two writes.
const LIMIT: f64 = 1.1;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (take, two_writes) = measure().await;
    let ratio = take.as_secs_f64() / two_writes.as_secs_f64();
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    // `cargo xtask bench take` reads this line.
    println!("in µs: {:.1} / {:.1}", micros(take), micros(two_writes));
    println!(
        "figure: durable take as a multiple of two writes with fdatasync (at most {LIMIT}): {ratio:.2}"
    );
    assert!(ratio <= LIMIT, "a durable take costs more than {LIMIT} times two writes");
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Measures takes and plain writes in turn, so that a change of the disk's speed affects both.
async fn measure() -> (Duration, Duration) {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let cache = open(&directory.path().join("cache")).await;
    let path = directory.path().join("file");
    let mut file = File::create(&path).unwrap();
    file.write_all(&[0; 128]).unwrap();
    file.sync_all().unwrap();
    let (mut takes, mut two_writes) = (Vec::new(), Vec::new());
    let password = PairingPassword::parse("12345678").unwrap();
    for round in 0..ROUNDS {
        if round % usize::from(UsageCounter::LIMIT) == 0 {
            let generation = Generation::new(round as u64 + 1);
            cache.store_password(vin(1), password.clone(), generation).await.unwrap();
        }
        let start = Instant::now();
        let take = cache.take_use(vin(1)).await.unwrap();
        takes.push(start.elapsed());
        assert!(matches!(take, Take::Granted { .. }));

        let start = Instant::now();
        file = spawn_blocking(move || {
            for at in [0, 64] {
                file.seek(SeekFrom::Start(at)).unwrap();
                file.write_all(&[round as u8; 64]).unwrap();
                file.sync_data().unwrap();
            }
            file
        })
        .await
        .unwrap();
        two_writes.push(start.elapsed());
    }
    (median(&mut takes), median(&mut two_writes))
}

async fn open(directory: &Path) -> SledCache {
    SledCache::open(directory, Arc::new(StaticKey::new([7; 32]))).await.unwrap()
}

fn vin(number: u32) -> Vin {
    format!("WBADKEY{number:010}").parse().unwrap()
}
