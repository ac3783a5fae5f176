//! A real Prometheus collects from a real BFF under load, in front of the simulated SmAcc service.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::Agent;

use super::dashboard::{Query, queries};
use super::file;
use crate::TaskError;
use crate::command::{program, target_folder};
use crate::http;
use crate::services::{Backend, Bff, Process};

/// How long the series may take to appear.
const PATIENCE: Duration = Duration::from_secs(60);

/// The alert that must notice that the SmAcc service is gone.
const UPSTREAM_DOWN: &str = "DigitalKeyBffUpstreamDown";

pub(super) fn check() -> Result<(), TaskError> {
    let backend = Backend::start("")?;
    let bff =
        Bff::start(Bff::build()?, &backend.smacc, "--probe-interval 500ms --access-log false")?;
    let prometheus = Prometheus::start(&bff)?;
    let queries = queries(&std::fs::read_to_string(file("grafana/dashboard.json"))?)?;

    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| make_load(&bff.api, &is_over));
        let result = judge(&prometheus, &queries, backend);
        is_over.store(true, Ordering::Relaxed);
        result
    })
}

/// Checks what Prometheus knows while the load goes on, first with the SmAcc service, then without.
fn judge(prometheus: &Prometheus, queries: &[Query], backend: Backend) -> Result<(), TaskError> {
    until(|| {
        // Only a BFF that serves TLS itself has certificates.
        let queries = queries.iter().filter(|it| !it.expression.contains("certificate_expiry"));
        for Query { of, expression } in queries {
            if !prometheus.has_figure(expression)? {
                return Ok(Err(format!("the query of {of:?} returns no series: {expression}")));
            }
        }
        prometheus.rules_are_healthy()
    })?;
    println!("each of the {} queries of the dashboard returns a series", queries.len());

    drop(backend);
    for expression in [
        "digital_key_bff_upstream_ready == 0",
        "rate(digital_key_bff_upstream_failures_total{kind=\"connect\"}[15s]) > 0",
        "digital_key_bff:errors:ratio_rate5m > 0",
        &format!("ALERTS{{alertname=\"{UPSTREAM_DOWN}\"}}"),
    ] {
        until(|| {
            let found = prometheus.has_figure(expression)?;
            Ok(if found { Ok(()) } else { Err(format!("without SmAcc service: no {expression}")) })
        })?;
    }
    println!("without the SmAcc service, {UPSTREAM_DOWN} is on its way");
    Ok(())
}

/// Asks again and again until the answer is good, and returns its complaint when it stays bad.
fn until(mut ask: impl FnMut() -> Result<Result<(), String>, TaskError>) -> Result<(), TaskError> {
    let start = Instant::now();
    loop {
        match ask()? {
            Ok(()) => return Ok(()),
            Err(complaint) if start.elapsed() > PATIENCE => return Err(complaint.into()),
            Err(_) => std::thread::sleep(Duration::from_millis(250)),
        }
    }
}

/// Sends good and bad requests for each route. Their answers are not judged here.
fn make_load(api: &str, is_over: &AtomicBool) {
    let agent = http::agent();
    let known = format!("{api}/vehicles/WBADKEY0000000001/digital-key");
    let unknown = format!("{api}/vehicles/WBADKEY0000000099/digital-key");
    let mut key = 0_u64;
    while !is_over.load(Ordering::Relaxed) {
        for vehicle in [&known, &known, &known, &unknown] {
            for path in ["support", "pairing-status", "nothing"] {
                let url = format!("{vehicle}/{path}");
                let _ = agent.get(&url).header("Authorization", "Bearer token").call();
            }
        }
        key += 1;
        let _ = agent
            .post(format!("{known}/pairing-password"))
            .header("Authorization", "Bearer token")
            .header("Idempotency-Key", key.to_string())
            .send_empty();
        let _ = agent.get(format!("{known}/support")).call();
        // Some hundred requests a second are enough.
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A running Prometheus with the rules, which stops when this value is dropped.
struct Prometheus {
    _process: Process,
    url: String,
    agent: Agent,
}

impl Prometheus {
    /// Starts it, and lets it collect once a second.
    fn start(bff: &Bff) -> Result<Self, TaskError> {
        let folder = empty_folder("prometheus")?;
        let config = folder.join("prometheus.yml");
        let target = bff.operations.trim_start_matches("http://");
        std::fs::write(&config, configuration(&file("prometheus/rules.yml"), target))?;
        // Free at this moment; nothing else of this program takes a port.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let process = program("prometheus", "--log.level=error")
            .args(&format!("--web.listen-address={address}"))
            .argument(format!("--config.file={}", config.display()))
            .argument(format!("--storage.tsdb.path={}", folder.join("data").display()));
        let process = Process::start(process)?;
        let this =
            Self { _process: process, url: format!("http://{address}"), agent: http::agent() };
        let ready = format!("{}/-/ready", this.url);
        until(|| match this.agent.get(&ready).call() {
            Ok(answer) if answer.status().is_success() => Ok(Ok(())),
            Ok(_) | Err(_) => Ok(Err("Prometheus does not get ready".to_owned())),
        })?;
        Ok(this)
    }

    /// Whether a query returns a series with a number.
    fn has_figure(&self, expression: &str) -> Result<bool, TaskError> {
        let url = format!("{}/api/v1/query", self.url);
        let mut answer = self.agent.get(&url).query("query", expression).call()?;
        let answer: Value = answer.body_mut().read_json()?;
        if answer["status"] != "success" {
            return Err(format!("{expression}: {}", answer["error"]).into());
        }
        let series = answer["data"]["result"].as_array().map_or(&[][..], Vec::as_slice);
        let value = |series: &Value| series["value"][1].as_str()?.parse::<f64>().ok();
        Ok(series.iter().filter_map(value).any(f64::is_finite))
    }

    /// Whether each rule was evaluated without an error.
    fn rules_are_healthy(&self) -> Result<Result<(), String>, TaskError> {
        let mut answer = self.agent.get(format!("{}/api/v1/rules", self.url)).call()?;
        let answer: Value = answer.body_mut().read_json()?;
        let groups = answer["data"]["groups"].as_array().ok_or("Prometheus has no rules")?;
        let rules = groups.iter().filter_map(|group| group["rules"].as_array()).flatten();
        for rule in rules {
            if rule["health"] != "ok" {
                return Ok(Err(format!("a rule does not work: {rule}")));
            }
        }
        Ok(Ok(()))
    }
}

fn configuration(rules: &Path, target: &str) -> String {
    format!(
        "global: {{ scrape_interval: 1s, evaluation_interval: 1s }}\n\
         rule_files: [{rules:?}]\n\
         scrape_configs:\n\
         - job_name: digital-key-bff\n  \
           static_configs: [{{ targets: [{target:?}] }}]\n"
    )
}

/// An empty folder of this name in the target folder.
pub(super) fn empty_folder(name: &str) -> Result<PathBuf, TaskError> {
    let folder = target_folder().join("monitoring").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
