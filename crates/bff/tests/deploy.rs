//! The files that a team deploys the service with name what exists.
#![cfg(feature = "command")]
#![allow(clippy::unwrap_used, reason = "a panic fails the test")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use digital_key_bff::config::SETTINGS;
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy")
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

/// All files of the folder, one after the other.
fn all_files() -> String {
    fn collect(folder: &Path, text: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, text);
            } else {
                *text += &fs::read_to_string(path).unwrap();
            }
        }
    }
    let mut text = String::new();
    collect(&folder(), &mut text);
    text
}

/// The words of a text that begin with this prefix.
fn words<'a>(text: &'a str, prefix: &str) -> BTreeSet<&'a str> {
    let is_end = |letter: char| !(letter.is_ascii_alphanumeric() || letter == '_' || letter == ':');
    let words = text.split(is_end).map(|word| word.trim_end_matches(':'));
    words.filter(|word| word.len() > prefix.len() && word.starts_with(prefix)).collect()
}

fn alerts(rules: &str) -> BTreeSet<&str> {
    rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect()
}

#[test]
fn each_alert_has_a_section_of_the_runbook_and_links_to_it() {
    let (rules, runbook) = (read("prometheus/rules.yml"), read("runbook.md"));
    let alerts = alerts(&rules);
    assert!(!alerts.is_empty());
    let sections: BTreeSet<_> =
        runbook.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    assert_eq!(alerts, sections);
    for (alert, rest) in rules.split("- alert: ").skip(1).filter_map(|rule| rule.split_once('\n')) {
        let link = format!("/runbook.md#{}", alert.to_ascii_lowercase());
        assert!(rest.lines().any(|line| line.ends_with(&link)), "{alert} has no link");
    }
    for section in runbook.split("\n## ").skip(1) {
        for part in ["Severity: ", "**Means.** ", "**Look.**\n- ", "**Do.**\n- "] {
            assert!(section.contains(part), "{part:?} is missing: {section}");
        }
    }
}

#[test]
fn each_alert_fires_in_a_test() {
    let (rules, tests) = (read("prometheus/rules.yml"), read("prometheus/rules.test.yml"));
    for alert in alerts(&rules) {
        assert!(tests.contains(&format!("alertname=\"{alert}\"")), "no test lets {alert} fire");
    }
}

#[test]
fn the_links_of_the_runbook_lead_to_its_sections() {
    let runbook = read("runbook.md");
    for link in runbook.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let exists = match link.strip_prefix('#') {
            Some(section) => alerts(&read("prometheus/rules.yml"))
                .iter()
                .any(|alert| alert.to_ascii_lowercase() == section),
            None => folder().join(link).exists(),
        };
        assert!(exists, "{link}");
    }
}

#[test]
fn the_runbook_names_panels_of_the_dashboard() {
    let dashboard: Value = serde_json::from_str(&read("grafana/dashboard.json")).unwrap();
    let panels: BTreeSet<_> = dashboard["panels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|panel| panel["title"].as_str().unwrap().to_owned())
        .collect();
    let runbook = read("runbook.md");
    let named = runbook.split('“').skip(1).filter_map(|rest| rest.split('”').next());
    // A name may be broken over two lines.
    let named: BTreeSet<_> =
        named.map(|name| name.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert!(named.len() > 10, "{named:?}");
    let missing: Vec<_> = named.difference(&panels).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn each_named_metric_exists() {
    let files = all_files();
    let rules = read("prometheus/rules.yml");
    let recorded: BTreeSet<_> =
        rules.lines().filter_map(|line| line.trim().strip_prefix("- record: ")).collect();
    let metrics = metrics();
    let exists = |name: &&str| {
        recorded.contains(name)
            || metrics.lines().any(|line| {
                // A metric without a series at the moment has its type alone.
                let line = line.strip_prefix("# TYPE ").unwrap_or(line);
                line.strip_prefix(*name).is_some_and(|rest| rest.starts_with(['{', ' ']))
            })
    };
    let named = words(&files, "digital_key_bff").into_iter().chain(words(&files, "process_"));
    // The tests of the rules name series of Prometheus' own language, never other metrics.
    let missing: Vec<_> = named.filter(|name| !exists(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn each_named_setting_exists() {
    let files = all_files();
    let known: BTreeSet<_> = SETTINGS.iter().map(|setting| setting.variable()).collect();
    for variable in words(&files, "DIGITAL_KEY_BFF_") {
        assert!(known.contains(variable), "{variable}");
    }
    let known: BTreeSet<_> = SETTINGS.iter().map(|setting| setting.name).collect();
    let runbook = read("runbook.md");
    let words = runbook.split('`').skip(1).step_by(2);
    let is_setting = |word: &&str| {
        word.contains('_')
            && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
    };
    for word in words.filter(is_setting).filter(|word| !KINDS.contains(word)) {
        assert!(known.contains(word), "{word}");
    }
}

/// Words of the runbook that look like settings: kinds of failures.
const KINDS: [&str; 1] = ["too_large"];

/// Stops the process also when a test fails.
struct Stopped(Child);

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What `/metrics` answers after one request, with nothing behind the service.
fn metrics() -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_digital-key-bff"))
        .env_clear()
        .args(["--listen", "127.0.0.1:0", "--operations-listen", "127.0.0.1:0"])
        .args(["--upstream", "http://127.0.0.1:9"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let log = BufReader::new(child.stdout.take().unwrap());
    let _stopped = Stopped(child);
    let mut lines = log.lines().map(Result::unwrap);
    let started = lines.find_map(|line| {
        let event: Value = serde_json::from_str(&line).unwrap();
        event["api"].is_string().then_some(event)
    });
    let started = started.unwrap();
    let ask = |listener: &str, path: &str| {
        let mut stream = TcpStream::connect(started[listener].as_str().unwrap()).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    ask("api", "/nothing");
    ask("operations", "/metrics")
}
