//! The processes of a measurement.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use crate::TaskError;
use crate::command::{Program, program, target_folder};
use crate::services::{Bff, Process};

/// What the SmAcc service answers about every vehicle.
const ANSWER: &str = r#"{"digitalKey":{"supported":true,"readerSupported":true,"vehicleSoftwareVersion":"11/2026.40"},"primarySubscriber":true,"prepared":true}"#;

/// Who is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bff,
    Nginx,
}

impl Kind {
    pub(super) const BOTH: [Self; 2] = [Self::Bff, Self::Nginx];
}

/// The service behind the contestants: an nginx that has one answer.
pub(super) struct Upstream {
    _process: Process,
    pub(super) process: u32,
    url: String,
}

impl Upstream {
    pub(super) fn start(core: usize) -> Result<Self, TaskError> {
        let address = free_address()?;
        let server = format!(
            "server {{ listen {address} backlog=4096; default_type application/json; \
             location / {{ return 200 '{ANSWER}'; }} }}"
        );
        let process = nginx(&format!("upstream-{core}"), core, "off", &server)?;
        Ok(Self { process: process.id(), _process: process, url: format!("http://{address}") })
    }
}

/// A proxy in front of the service.
pub(super) struct Contestant {
    pub(super) kind: Kind,
    pub(super) core: usize,
    process: Process,
    /// What is asked.
    pub(super) url: String,
}

impl Contestant {
    /// Starts it on a core. `log` is empty, or makes it log each request to where no one reads.
    pub(super) fn start(
        kind: Kind,
        upstream: &Upstream,
        core: usize,
        log: &str,
    ) -> Result<Self, TaskError> {
        let is_logging = !log.is_empty();
        let (process, api) = match kind {
            Kind::Bff => {
                let bff = on_core(core).argument(Bff::build_optimised()?);
                let settings = format!("--threads 1 --access-log {is_logging}");
                let bff = Bff::start(bff, &upstream.url, &settings)?;
                (bff.process, bff.api)
            }
            Kind::Nginx => {
                let address = free_address()?;
                let service = upstream.url.trim_start_matches("http://");
                let server = format!(
                    "upstream service {{ server {service}; keepalive 256; \
                     keepalive_requests 100000000; }} \
                     server {{ listen {address} backlog=4096; location / {{ \
                     proxy_pass http://service; proxy_http_version 1.1; \
                     proxy_set_header Connection \"\"; }} }}"
                );
                let log = if is_logging { "/dev/null" } else { "off" };
                let process = nginx(&format!("proxy-{core}-{is_logging}"), core, log, &server)?;
                (process, format!("http://{address}"))
            }
        };
        let url = format!("{api}/vehicles/WBADKEY0000000001/digital-key/support");
        Ok(Self { kind, core, process, url })
    }

    pub(super) fn process(&self) -> u32 {
        self.process.id()
    }

    /// The resident memory, in KiB.
    pub(super) fn memory(&self) -> Result<f64, TaskError> {
        super::machine::memory_of(self.process())
    }
}

/// A program that runs on this core only.
pub(super) fn on_core(core: usize) -> Program {
    on_cores(&core.to_string())
}

/// A program that runs on these cores only, a list such as `0,1`.
pub(super) fn on_cores(cores: &str) -> Program {
    program("taskset", "--cpu-list").argument(cores)
}

/// Starts nginx as one process, which is a worker without a master.
fn nginx(name: &str, core: usize, log: &str, server: &str) -> Result<Process, TaskError> {
    let folder = target_folder().join("bench").join(name);
    std::fs::create_dir_all(&folder)?;
    let configuration = folder.join("nginx.conf");
    std::fs::write(&configuration, configuration_of(&folder, log, server))?;
    let process = on_core(core)
        .argument(nginx_path())
        .argument("-c")
        .argument(&configuration)
        .argument("-e")
        .argument("stderr");
    let process = Process::start(process)?;
    let address = server.split("listen ").nth(1).and_then(|it| it.split(' ').next());
    super::wrk::wait_for(address.unwrap_or_default().parse()?)?;
    Ok(process)
}

fn configuration_of(folder: &Path, log: &str, server: &str) -> String {
    let folder = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .into_iter()
        .map(|kind| format!("{kind}_temp_path {folder}/{kind}; "))
        .collect();
    format!(
        "daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; \
         error_log stderr crit; events {{ worker_connections 30000; }} \
         http {{ access_log {log}; {temporary} keepalive_requests 100000000; \
         keepalive_timeout 300s; {server} }}\n"
    )
}

/// Debian puts it where only root looks.
fn nginx_path() -> PathBuf {
    let of_debian = PathBuf::from("/usr/sbin/nginx");
    if of_debian.exists() { of_debian } else { "nginx".into() }
}

/// An address that is free at this moment; each program takes its own before the next one asks.
fn free_address() -> Result<SocketAddr, TaskError> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
