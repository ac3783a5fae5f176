//! The metrics that Prometheus collects.
//!
//! Each thread counts in numbers of its own, so that no request waits for another thread's lock. A
//! scrape adds them up.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use axum::http::Method;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{Registry, Unit};

use super::Route;
use super::process::ProcessFigures;
use crate::smacc::FailureKind;

/// The media type of the text: OpenMetrics, which Prometheus reads.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The upper bounds of the buckets, in seconds; they end past the longest deadline.
const BOUNDS: [f64; 15] =
    [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// The statuses that are counted by themselves; 0 = no answer was sent.
const STATUSES: [u16; 17] =
    [0, 200, 400, 401, 404, 405, 408, 409, 413, 414, 429, 431, 500, 502, 503, 504, OTHER];
/// Stands for every other status.
const OTHER: u16 = u16::MAX;

const METHODS: [&str; 4] = ["GET", "HEAD", "POST", "other"];

/// Why a request or a connection was refused without being worked on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shed {
    /// Too many requests are under way.
    Requests,
    /// Too many connections are open.
    Connections,
    /// A token makes too many requests.
    Rate,
    /// There are no keys to check tokens with.
    Keys,
}

impl Shed {
    const ALL: [Self; 4] = [Self::Requests, Self::Connections, Self::Rate, Self::Keys];

    fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Connections => "connections",
            Self::Rate => "rate",
            Self::Keys => "keys",
        }
    }
}

/// The numbers of one thread.
#[derive(Debug, Default)]
pub(crate) struct WorkerMetrics {
    requests: [[[AtomicU64; STATUSES.len()]; METHODS.len()]; Route::ALL.len()],
    durations: [Histogram; Route::ALL.len()],
    upstream_durations: [Histogram; Route::ALL.len()],
    failures: [[AtomicU64; FailureKind::ALL.len()]; Route::ALL.len()],
    shed: [AtomicU64; Shed::ALL.len()],
}

#[derive(Debug, Default)]
struct Histogram {
    /// How many durations are within each bound and above the one before; the last one has no bound.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    nanoseconds: AtomicU64,
}

impl Histogram {
    fn observe(&self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        let bucket = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
        self.buckets[bucket].fetch_add(1, Relaxed);
        // Five hundred years fit.
        self.nanoseconds.fetch_add(duration.as_nanos() as u64, Relaxed);
    }
}

impl WorkerMetrics {
    /// Counts a request. `status` is `None` when no answer was sent.
    pub(crate) fn count(
        &self,
        route: Route,
        method: &Method,
        status: Option<u16>,
        duration: Duration,
    ) {
        let method = METHODS.iter().position(|it| method == it).unwrap_or(METHODS.len() - 1);
        let status = status.unwrap_or(0);
        let status = STATUSES.iter().position(|it| *it == status).unwrap_or(STATUSES.len() - 1);
        self.requests[route as usize][method][status].fetch_add(1, Relaxed);
        self.durations[route as usize].observe(duration);
    }

    /// Counts a call of the upstream.
    pub(crate) fn count_upstream(
        &self,
        route: Route,
        duration: Duration,
        failure: Option<FailureKind>,
    ) {
        self.upstream_durations[route as usize].observe(duration);
        if let Some(kind) = failure {
            self.failures[route as usize][kind as usize].fetch_add(1, Relaxed);
        }
    }

    /// Counts what was refused.
    pub(crate) fn count_shed(&self, reason: Shed) {
        self.shed[reason as usize].fetch_add(1, Relaxed);
    }
}

/// What a scrape shows.
#[derive(Debug)]
pub(crate) struct Readings {
    pub(crate) workers: Vec<Arc<WorkerMetrics>>,
    pub(crate) requests_in_flight: usize,
    pub(crate) requests_limit: usize,
    pub(crate) connections: usize,
    pub(crate) connections_limit: usize,
    pub(crate) upstream_ready: bool,
    /// When the certificates from files end, in seconds since 1970.
    pub(crate) certificate_ends: Vec<(&'static str, u64)>,
}

/// Returns all metrics in the text format.
pub(crate) fn to_text(readings: Readings) -> String {
    let mut registry = Registry::default();
    registry.sub_registry_with_prefix("digital_key_bff").register_collector(Box::new(readings));
    registry.register_collector(Box::new(ProcessFigures));
    let mut text = String::new();
    // Writing into a string does not fail.
    let _ = text::encode(&mut text, &registry);
    text
}

impl Readings {
    fn sum(&self, number: impl Fn(&WorkerMetrics) -> &AtomicU64) -> u64 {
        self.workers.iter().map(|worker| number(worker).load(Relaxed)).sum()
    }

    fn requests(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let mut family =
            encoder.encode_descriptor("requests", "Requests so far", None, MetricType::Counter)?;
        for route in Route::ALL {
            for (at, method) in METHODS.into_iter().enumerate() {
                for (index, status) in STATUSES.into_iter().enumerate() {
                    let count = self.sum(|worker| &worker.requests[route as usize][at][index]);
                    if count == 0 {
                        continue;
                    }
                    let status = match status {
                        0 => "none".to_owned(),
                        OTHER => "other".to_owned(),
                        status => status.to_string(),
                    };
                    let labels = [("route", route.name()), ("method", method), ("status", &status)];
                    counter(&mut family, &labels, count)?;
                }
            }
        }
        Ok(())
    }

    fn failures(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Calls of the SmAcc service that failed";
        let mut family =
            encoder.encode_descriptor("upstream_failures", help, None, MetricType::Counter)?;
        for route in Route::CALLING {
            for kind in FailureKind::ALL {
                let count = self.sum(|worker| &worker.failures[route as usize][kind as usize]);
                counter(&mut family, &[("route", route.name()), ("kind", kind.name())], count)?;
            }
        }
        Ok(())
    }

    fn shed(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let help = "Requests and connections that were refused without being worked on";
        let mut family = encoder.encode_descriptor("shed", help, None, MetricType::Counter)?;
        for reason in Shed::ALL {
            let count = self.sum(|worker| &worker.shed[reason as usize]);
            counter(&mut family, &[("reason", reason.name())], count)?;
        }
        Ok(())
    }

    fn certificates(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let name = "certificate_expiry_timestamp";
        let help = "When the certificate from a file ends, in Unix time";
        let unit = Some(&Unit::Seconds);
        let mut family = encoder.encode_descriptor(name, help, unit, MetricType::Gauge)?;
        for (of, end) in &self.certificate_ends {
            family.encode_family(&[("of", *of)])?.encode_gauge(end)?;
        }
        Ok(())
    }

    fn histogram(
        &self,
        encoder: &mut DescriptorEncoder<'_>,
        (name, help): (&str, &str),
        routes: &[Route],
        of: impl Fn(&WorkerMetrics, Route) -> &Histogram,
    ) -> fmt::Result {
        let mut family =
            encoder.encode_descriptor(name, help, Some(&Unit::Seconds), MetricType::Histogram)?;
        for &route in routes {
            let mut buckets = [(f64::INFINITY, 0); BOUNDS.len() + 1];
            for (index, bucket) in buckets.iter_mut().enumerate() {
                bucket.0 = BOUNDS.get(index).copied().unwrap_or(f64::INFINITY);
                bucket.1 = self.sum(|worker| &of(worker, route).buckets[index]);
            }
            let count = buckets.iter().map(|(_, count)| count).sum();
            let sum = self.sum(|worker| &of(worker, route).nanoseconds) as f64 / 1e9;
            let labels = [("route", route.name())];
            family
                .encode_family(&labels)?
                .encode_histogram::<[(&str, &str); 0]>(sum, count, &buckets, None)?;
        }
        Ok(())
    }
}

impl Collector for Readings {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let encoder = &mut encoder;
        self.requests(encoder)?;
        let durations = ("request_duration", "Time from a request to its answer");
        self.histogram(encoder, durations, &Route::ALL, |worker, route| {
            &worker.durations[route as usize]
        })?;
        let upstream = ("upstream_duration", "Time of a call of the SmAcc service");
        self.histogram(encoder, upstream, &Route::CALLING, |worker, route| {
            &worker.upstream_durations[route as usize]
        })?;
        self.failures(encoder)?;
        self.shed(encoder)?;
        let requests = self.requests_in_flight as u64;
        gauge(encoder, "requests_in_flight", "Requests under way", None, requests)?;
        let connections = self.connections as u64;
        gauge(encoder, "connections", "Open connections of the API", None, connections)?;
        let limits = [
            ("requests_limit", "The most requests under way: max_requests", self.requests_limit),
            ("connections_limit", "The most connections: max_connections", self.connections_limit),
        ];
        for (name, help, limit) in limits {
            gauge(encoder, name, help, None, limit as u64)?;
        }
        let ready = self.upstream_ready.into();
        gauge(
            encoder,
            "upstream_ready",
            "Whether the last probe of the SmAcc service was good",
            None,
            ready,
        )?;
        self.certificates(encoder)?;
        let mut info =
            encoder.encode_descriptor("build_info", "The version", None, MetricType::Gauge)?;
        info.encode_family(&[("version", crate::VERSION)])?.encode_gauge(&1_u64)
    }
}

fn counter(
    family: &mut prometheus_client::encoding::MetricEncoder<'_>,
    labels: &impl EncodeLabelSet,
    count: u64,
) -> fmt::Result {
    family.encode_family(labels)?.encode_counter::<[(&str, &str); 0], _, u64>(&count, None)
}

/// Writes a gauge without labels.
pub(super) fn gauge(
    encoder: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    unit: Option<&Unit>,
    value: u64,
) -> fmt::Result {
    encoder.encode_descriptor(name, help, unit, MetricType::Gauge)?.encode_gauge(&value)
}
