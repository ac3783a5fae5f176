//! The bodies of the fuzz targets in `targets/`.
//!
//! Each body takes any bytes, and panics if a property of the parser does not hold. libFuzzer
//! generates the bytes (`cargo xtask fuzz`). The test `corpus` runs the committed inputs through
//! the same functions, with the project's own compiler.

mod vehicle;
mod phone;
mod bff;
mod cache;
mod backend;
mod recording;
mod secrecy;

pub use secrecy::LONGEST_ERROR;

/// A fuzz target.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The name of its file in `targets/fuzz_targets` and of its folder in `targets/corpus`.
    pub name: &'static str,
    /// Parses an input, and panics if a property does not hold.
    pub run: fn(&[u8]),
}

/// The fuzz targets: one for each parser of data from outside.
pub const TARGETS: &[Target] = &[
    Target { name: "bff_password", run: bff::password },
    Target { name: "bff_status", run: bff::status },
    Target { name: "bff_support", run: bff::support },
    Target { name: "cache_record", run: cache::record },
    Target { name: "control_change", run: backend::change },
    Target { name: "machine_identifier", run: phone::machine_identifier },
    Target { name: "os_version", run: phone::os_version },
    Target { name: "recording", run: recording::file },
    Target { name: "retry_after", run: bff::retry_after },
    Target { name: "vehicle_list_file", run: backend::list_file },
    Target { name: "vehicle_state_file", run: backend::state_file },
    Target { name: "vin", run: vehicle::vin },
];

/// Runs the target with this name.
///
/// # Panics
/// When there is no such target, and when a property does not hold for the input.
pub fn run(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    assert!(target.is_some(), "there is no target {name}");
    target.into_iter().for_each(|target| (target.run)(input));
}
