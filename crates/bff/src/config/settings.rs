//! Every setting, in one table: the fields of [`Config`] and the rows of [`SETTINGS`] are the same
//! lines.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use super::kind::{
    Address, BaseUrl, Choice, Count, File, Kind, LogFilter, Optional, Path, Protocol, Secret,
    SecretText, Size, Switch, Text, Time, Url,
};

/// A row of the table.
pub struct Setting {
    /// Its name in the configuration file.
    pub name: &'static str,
    /// What it is for, as a sentence without a full stop.
    pub help: &'static str,
    /// What its value must be.
    pub must: &'static str,
    /// Takes a value; `None` when it is not what it must be.
    pub(super) read: fn(&mut Config, &str) -> Option<()>,
    /// Whether an error may repeat the value.
    pub(super) repeatable: bool,
    pub(super) show: fn(&Config) -> String,
}

macro_rules! settings {
    ($($(#[doc = $help:literal])+ $name:ident: $type:ty [$kind:ty] = $default:expr, $must:literal;)+) => {
        /// The configuration of the service.
        #[derive(Debug, Clone)]
        pub struct Config {
            $($(#[doc = $help])+ pub $name: $type,)+
        }

        impl Default for Config {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }

        /// All settings, in the order in which they are listed.
        pub const SETTINGS: &[Setting] = &[$(Setting {
            name: stringify!($name),
            help: concat!($($help),+).trim_ascii(),
            must: $must,
            read: |config, text| {
                config.$name = <$kind>::read(text)?;
                Some(())
            },
            repeatable: <$kind>::REPEATABLE,
            show: |config| <$kind>::show(&config.$name),
        },)+];
    };
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), port)
}

settings! {
    /// The base URL of the SmAcc service
    upstream: Option<BaseUrl> [Optional<Url>] = None, "an URL with https, or with http to loopback, such as https://smacc.example.com";
    /// The address of the API
    listen: SocketAddr [Address] = loopback(8080), "an address with a port, such as 0.0.0.0:8080";
    /// The address for operations: probes, metrics, the API's description
    operations_listen: SocketAddr [Address] = loopback(8081), "an address with a port, such as 0.0.0.0:8081";
    /// Whether the upstream may be http to another machine
    allow_plain_upstream: bool [Switch] = false, "true or false";
    /// How long a call of the upstream may take, with its answer
    upstream_deadline: Duration [Time<10, 30_000>] = seconds(5), "a time from 10ms to 30s";
    /// How long a connection to the upstream may take to be made
    upstream_connect_deadline: Duration [Time<10, 30_000>] = seconds(2), "a time from 10ms to 30s";
    /// The protocol to the upstream; auto chooses HTTP/2 where TLS offers it
    upstream_protocol: Protocol [Choice] = Protocol::Auto, "auto, http1 or http2";
    /// How many idle connections to the upstream a thread keeps
    upstream_idle_connections: usize [Count<0, 10_000>] = 256, "a number from 0 to 10000";
    /// How long an idle connection to the upstream is kept; choose less than the upstream's own limit
    upstream_idle_deadline: Duration [Time<100, 3_600_000>] = seconds(15), "a time from 100ms to 1h";
    /// The authorities that sign the upstream's certificate, in place of the system's
    upstream_ca_file: Option<PathBuf> [Optional<File>] = None, "a PEM file with certificates";
    /// The certificate that the service shows to the upstream (mTLS); read again when it changes
    upstream_certificate_file: Option<PathBuf> [Optional<File>] = None, "a PEM file with a certificate chain";
    /// The key of that certificate
    upstream_key_file: Option<PathBuf> [Optional<File>] = None, "a PEM file with a private key";
    /// The path that is asked to see whether the upstream is ready; any status below 500 is good
    upstream_probe_path: String [Path] = "/".to_owned(), "a path, such as /health";
    /// How often the upstream is probed
    probe_interval: Duration [Time<100, 600_000>] = seconds(5), "a time from 100ms to 10m";
    /// How long a probe may take
    probe_deadline: Duration [Time<10, 30_000>] = seconds(1), "a time from 10ms to 30s";
    /// The certificate of the API, for TLS without an ingress; read again when it changes
    tls_certificate_file: Option<PathBuf> [Optional<File>] = None, "a PEM file with a certificate chain";
    /// The key of that certificate
    tls_key_file: Option<PathBuf> [Optional<File>] = None, "a PEM file with a private key";
    /// How often the certificate files are looked at
    reload_interval: Duration [Time<100, 3_600_000>] = seconds(10), "a time from 100ms to 1h";
    /// How many connections the API keeps open; one more is answered 503 and closed
    max_connections: usize [Count<1, 1_000_000>] = 16_384, "a number from 1 to 1000000";
    /// How many requests are under way at once; one more is answered 503
    max_requests: usize [Count<1, 1_000_000>] = 1024, "a number from 1 to 1000000";
    /// How long a client may take to send the head of a request, once it has begun, and to take an answer
    head_deadline: Duration [Time<10, 600_000>] = seconds(10), "a time from 10ms to 10m";
    /// How long a client may take to send the body of a request
    body_deadline: Duration [Time<10, 600_000>] = seconds(10), "a time from 10ms to 10m";
    /// How long a connection may wait for its next request; choose more than the load balancer's limit
    idle_deadline: Duration [Time<100, 3_600_000>] = seconds(75), "a time from 100ms to 1h";
    /// The longest head of a request
    max_head_size: usize [Size<8_192, 1_048_576>] = 16 * 1024, "a size from 8KiB to 1024KiB";
    /// The most headers of a request
    max_headers: usize [Count<8, 1_000>] = 64, "a number from 8 to 1000";
    /// The longest body of a request; no request needs one
    max_body_size: usize [Size<0, 1_048_576>] = 64 * 1024, "a size from 0 to 1024KiB";
    /// How many requests a second one token may make; 0 = no limit
    rate_limit: usize [Count<0, 1_000_000>] = 0, "a number from 0 to 1000000";
    /// How many requests one token may make at once before the rate limit counts
    rate_limit_burst: usize [Count<1, 1_000_000>] = 10, "a number from 1 to 1000000";
    /// How long the service still answers after SIGTERM, while it reports that it is not ready
    drain_delay: Duration [Time<0, 600_000>] = seconds(5), "a time from 0s to 10m";
    /// How long requests under way may take after that
    drain_deadline: Duration [Time<0, 600_000>] = seconds(30), "a time from 0s to 10m";
    /// Where the keys are that sign tokens; without it, the upstream alone checks tokens
    jwks_url: Option<BaseUrl> [Optional<Url>] = None, "an URL with https, or with http to loopback";
    /// The issuer that a token must name
    jwt_issuer: Option<String> [Optional<Text>] = None, "a text of 1 to 512 visible characters";
    /// The audience that a token must name
    jwt_audience: Option<String> [Optional<Text>] = None, "a text of 1 to 512 visible characters";
    /// How often the keys are fetched again
    jwks_refresh_interval: Duration [Time<1_000, 86_400_000>] = seconds(300), "a time from 1s to 24h";
    /// How many threads serve the API, each with its own listener; 0 = one for each core
    threads: usize [Count<0, 256>] = 0, "a number from 0 to 256";
    /// What is logged, as a filter of the crate tracing-subscriber
    log: String [LogFilter] = "info".to_owned(), "a filter, such as info or digital_key_bff=debug,info";
    /// Whether each request is logged
    access_log: bool [Switch] = true, "true or false";
    /// Where spans are sent with OTLP over HTTP, such as http://127.0.0.1:4318; needs the feature otlp
    otlp_endpoint: Option<BaseUrl> [Optional<Url>] = None, "an URL with https or http";
    /// The header Authorization of the requests to it
    otlp_authorization: Option<Secret> [Optional<SecretText>] = None, "a text of 1 to 4096 visible characters or blanks";
}
