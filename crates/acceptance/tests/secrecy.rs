//! GEN-6: no log and no cache of a run of all features holds a secret.
//!
//! The features run in a process of its own. Its standard output and error are the core's logs at
//! the lowest level, of `tracing` and of `log`. The feature files contain passwords, and so does
//! the report of a failed scenario. The report therefore goes to a file that the test does not
//! search.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use digital_key::Vin;
use digital_key::ports::PairingPassword;
use digital_key_acceptance::{Arguments, run};
use tempfile::TempDir;
use tracing_subscriber::filter::LevelFilter;

/// The environment variable with the folder of the process that runs the features.
const FOLDER: &str = "DIGITAL_KEY_SECRECY_FOLDER";

#[tokio::test]
async fn gen_6_a_run_of_all_features_writes_no_secret() {
    if let Some(folder) = env::var_os(FOLDER) {
        return run_features(Path::new(&folder)).await;
    }
    let folder = TempDir::new().unwrap();
    let caches = folder.path().join("caches");
    fs::create_dir(&caches).unwrap();
    let Output { status, stdout, stderr } = Command::new(env::current_exe().unwrap())
        .args(["--exact", "gen_6_a_run_of_all_features_writes_no_secret", "--nocapture"])
        .env(FOLDER, folder.path())
        .env("DIGITAL_KEY_KEPT_CACHES", &caches)
        .output()
        .unwrap();
    let report = fs::read_to_string(folder.path().join("report")).unwrap();
    assert!(status.success(), "{report}\n{}", String::from_utf8_lossy(&stderr));

    let logs = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
    // These lines show that the logs are complete.
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
        assert_not_logged(vin, logs.lines().filter(|line| !line.starts_with(SLED_TRACES)));
    }
    for password in passwords {
        assert_not_logged(password, logs.lines());
        for (path, content) in &caches {
            assert!(!content.contains(password), "{password} in {}", path.display());
        }
    }
}

/// The beginning of sled's logs at the lowest level. They hold the keys of its records, which are
/// VINs, as lists of bytes. SECURITY.md asks hosts to disable them.
const SLED_TRACES: &str = "TRACE sled::";

/// Fails if a line holds the secret, as text or as the list of its bytes in `Debug` output.
fn assert_not_logged<'a>(secret: &str, mut lines: impl Iterator<Item = &'a str>) {
    let bytes = format!("{:?}", secret.as_bytes());
    let bytes = bytes.trim_matches(['[', ']']);
    let line = lines.find(|line| line.contains(secret) || line.contains(bytes));
    assert!(line.is_none(), "{secret}: {line:?}");
}

/// Runs all features, and writes all logs to standard error.
async fn run_features(folder: &Path) {
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(LevelFilter::TRACE)
        .with_writer(std::io::stderr)
        .init();
    log::set_logger(&Stderr).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let report = run(&Arguments::default()).await;
    fs::write(folder.join("report"), report.to_string()).unwrap();
    assert!(report.is_success(), "a feature failed");
}

/// Writes the records of the `log` crate to standard error.
struct Stderr;

impl log::Log for Stderr {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    #[allow(clippy::print_stderr, reason = "the parent process reads standard error")]
    fn log(&self, record: &log::Record<'_>) {
        eprintln!("{} {}: {}", record.level(), record.target(), record.args());
    }

    fn flush(&self) {}
}

/// Returns all files below a folder with their text; bytes that are not text do not matter.
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

/// Returns all texts in quotes in the features, and the default password of a vehicle.
fn quoted_in_features() -> BTreeSet<String> {
    let features = Path::new(env!("CARGO_MANIFEST_DIR")).join("features");
    let mut quoted = BTreeSet::from(["12345678".to_owned()]);
    for (_, text) in files(&features) {
        quoted.extend(text.split('"').skip(1).step_by(2).map(str::to_owned));
    }
    quoted
}
