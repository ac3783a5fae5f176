//! What must hold for any input: the bodies of the fuzz targets of `targets/`.
//!
//! Each is given bytes of any kind, and panics when a promise is broken. libFuzzer makes such bytes
//! (`cargo xtask fuzz`); the test `corpus` runs the committed ones through the same functions, with
//! the compiler that the project is built with.

mod backend;
mod bff;
mod cache;
mod phone;
mod secrecy;
mod vehicle;

pub use secrecy::LONGEST_ERROR;

/// A fuzz target.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// The name of its file in `crates/verification/fuzz/targets/fuzz_targets` and of its folder in `crates/verification/fuzz/targets/corpus`.
    pub name: &'static str,
    /// Reads an input, and panics when the outcome breaks a promise.
    pub run: fn(&[u8]),
}

/// Every reader of what others send.
pub const TARGETS: &[Target] = &[
    Target { name: "bff_password", run: bff::password },
    Target { name: "bff_status", run: bff::status },
    Target { name: "bff_support", run: bff::support },
    Target { name: "cache_record", run: cache::record },
    Target { name: "control_change", run: backend::change },
    Target { name: "machine_identifier", run: phone::machine_identifier },
    Target { name: "os_version", run: phone::os_version },
    Target { name: "retry_after", run: bff::retry_after },
    Target { name: "vehicle_list_file", run: backend::list_file },
    Target { name: "vehicle_state_file", run: backend::state_file },
    Target { name: "vin", run: vehicle::vin },
];

/// Runs the target of this name.
///
/// # Panics
/// When there is no such target, and when the input breaks a promise.
pub fn run(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    assert!(target.is_some(), "there is no target {name}");
    target.into_iter().for_each(|target| (target.run)(input));
}
