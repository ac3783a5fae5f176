//! The figures of this process, from Linux. Elsewhere there are none.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;

#[derive(Debug)]
pub(super) struct ProcessFigures;

#[cfg(not(target_os = "linux"))]
impl Collector for ProcessFigures {
    fn encode(&self, _: DescriptorEncoder<'_>) -> fmt::Result {
        Ok(())
    }
}

#[cfg(target_os = "linux")]
impl Collector for ProcessFigures {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        // A container may forbid to look: then there are no figures.
        linux::Figures::read().map_or(Ok(()), |figures| figures.encode(&mut encoder))
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fmt;

    use procfs::process::{LimitValue, Process};
    use procfs::{CurrentSI as _, WithCurrentSystemInfo as _};
    use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
    use prometheus_client::metrics::MetricType;
    use prometheus_client::registry::Unit;

    use crate::observe::metrics::gauge;

    pub(super) struct Figures {
        start_time: f64,
        cpu_seconds: f64,
        resident_bytes: u64,
        open_fds: u64,
        max_fds: Option<u64>,
    }

    impl Figures {
        pub(super) fn read() -> Option<Self> {
            let process = Process::myself().ok()?;
            let stat = process.stat().ok()?;
            let ticks = procfs::ticks_per_second() as f64;
            let booted = procfs::KernelStats::current().ok()?.btime as f64;
            let max_fds = match process.limits().ok()?.max_open_files.soft_limit {
                LimitValue::Value(limit) => Some(limit),
                LimitValue::Unlimited => None,
            };
            Some(Self {
                start_time: booted + stat.starttime as f64 / ticks,
                cpu_seconds: (stat.utime + stat.stime) as f64 / ticks,
                resident_bytes: stat.rss_bytes().get(),
                open_fds: process.fd_count().ok()? as u64,
                max_fds,
            })
        }

        pub(super) fn encode(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
            let seconds = Some(&Unit::Seconds);
            encoder
                .encode_descriptor(
                    "process_start_time",
                    "When the process began",
                    seconds,
                    MetricType::Gauge,
                )?
                .encode_gauge(&self.start_time)?;
            encoder
                .encode_descriptor(
                    "process_cpu",
                    "CPU time of the process",
                    seconds,
                    MetricType::Counter,
                )?
                .encode_counter::<NoLabelSet, _, u64>(&self.cpu_seconds, None)?;
            let bytes = Some(&Unit::Bytes);
            gauge(
                encoder,
                "process_resident_memory",
                "Resident memory",
                bytes,
                self.resident_bytes,
            )?;
            gauge(encoder, "process_open_fds", "Open file descriptors", None, self.open_fds)?;
            match self.max_fds {
                Some(limit) => {
                    gauge(encoder, "process_max_fds", "Most file descriptors", None, limit)
                }
                None => Ok(()),
            }
        }
    }
}
