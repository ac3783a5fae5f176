//! GEN-6: the whole story is played, and all that was written is searched for secrets.
//!
//! It is played in a process of its own, whose standard output and error are the core's logs at
//! the lowest level, of `tracing` and of `log`. The feature files name passwords, and so does the
//! report of a scenario that fails: the report goes to a file by itself, which is not searched.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use digital_key_acceptance::{Arguments, run};
use digital_key_domain::Vin;
use digital_key_ports::PairingPassword;
use tempfile::TempDir;
use tracing_subscriber::filter::LevelFilter;

/// Names the folder of the process that plays the story.
const FOLDER: &str = "DIGITAL_KEY_SECRECY_FOLDER";

#[tokio::test]
async fn gen_6_the_whole_story_writes_no_secret() {
    if let Some(folder) = env::var_os(FOLDER) {
        return play(Path::new(&folder)).await;
    }
    let folder = TempDir::new().unwrap();
    let caches = folder.path().join("caches");
    fs::create_dir(&caches).unwrap();
    let Output { status, stdout, stderr } = Command::new(env::current_exe().unwrap())
        .args(["--exact", "gen_6_the_whole_story_writes_no_secret", "--nocapture"])
        .env(FOLDER, folder.path())
        .env("DIGITAL_KEY_KEPT_CACHES", &caches)
        .output()
        .unwrap();
    let report = fs::read_to_string(folder.path().join("report")).unwrap();
    assert!(status.success(), "{report}\n{}", String::from_utf8_lossy(&stderr));

    let logs = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
    // Otherwise there would be nothing to find.
    for expected in ["WBA…", "the BFF answered", "TRACE reqwest", SLED_TRACES] {
        assert!(logs.contains(expected), "the logs do not have {expected:?}");
    }
    let caches = files(&caches);
    assert!(caches.len() > 100, "only {} files were left", caches.len());

    let quoted = quoted_in_features();
    let passwords = quoted.iter().filter(|text| PairingPassword::parse(text).is_ok());
    let vins = quoted.iter().filter(|text| text.parse::<Vin>().is_ok());
    assert!(passwords.clone().count() >= 4 && vins.clone().count() >= 2, "{quoted:?}");
    for vin in vins {
        not_logged(vin, logs.lines().filter(|line| !line.starts_with(SLED_TRACES)));
    }
    for password in passwords {
        not_logged(password, logs.lines());
        for (path, content) in &caches {
            assert!(!content.contains(password), "{password} in {}", path.display());
        }
    }
}

/// What sled logs at the lowest level: the keys of its records, which are VINs, as lists of bytes.
/// SECURITY.md tells hosts not to listen to it.
const SLED_TRACES: &str = "TRACE sled::";

/// Fails when a line holds the secret, as text or as the list of bytes that `Debug` makes of it.
fn not_logged<'a>(secret: &str, mut lines: impl Iterator<Item = &'a str>) {
    let bytes = format!("{:?}", secret.as_bytes());
    let bytes = bytes.trim_matches(['[', ']']);
    let line = lines.find(|line| line.contains(secret) || line.contains(bytes));
    assert!(line.is_none(), "{secret}: {line:?}");
}

/// Plays all features, and writes down everything that is logged.
async fn play(folder: &Path) {
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(LevelFilter::TRACE)
        .with_writer(std::io::stderr)
        .init();
    log::set_logger(&Stderr).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let report = run(&Arguments::default()).await;
    fs::write(folder.join("report"), report.to_string()).unwrap();
    assert!(report.is_success(), "the story failed");
}

/// Writes down what other crates log.
struct Stderr;

impl log::Log for Stderr {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    #[allow(clippy::print_stderr, reason = "this is where the process that asked reads")]
    fn log(&self, record: &log::Record<'_>) {
        eprintln!("{} {}: {}", record.level(), record.target(), record.args());
    }

    fn flush(&self) {}
}

/// All files below a folder, with what they hold; what is no text in them is of no matter.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let content = fs::read(&path).unwrap();
            found.push((path, String::from_utf8_lossy(&content).into_owned()));
        }
    }
    found
}

/// Everything in quotes in the features, and the password of a vehicle that is given no other.
fn quoted_in_features() -> BTreeSet<String> {
    let features = Path::new(env!("CARGO_MANIFEST_DIR")).join("features");
    let mut quoted = BTreeSet::from(["12345678".to_owned()]);
    for (_, text) in files(&features) {
        quoted.extend(text.split('"').skip(1).step_by(2).map(str::to_owned));
    }
    quoted
}
