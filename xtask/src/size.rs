//! The size of the library that an app links.

use crate::Outcome;
use crate::TaskError;
use crate::command::{cargo, program, target_folder};
use crate::{portable, symbols};

/// What the stripped library may weigh, in KiB: 2.3 MiB.
const LIMIT: u64 = 2355;

/// Builds the library for a phone's processor as an app gets it, prints its size, and fails when it
/// is too large.
///
/// reqwest and rustls are left out: on the product's own platform, URLSession sends the requests.
pub(crate) fn check() -> Result<Outcome, TaskError> {
    let library = if std::env::consts::ARCH == "aarch64" {
        let library = "--quiet --profile phone --lib -p digital-key-bindings --no-default-features";
        cargo(&format!("rustc {library} {}", portable::SHARED)).run()?;
        let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        format!("phone/{prefix}digital_key_bindings{suffix}")
    } else if program("aarch64-linux-gnu-gcc", "--version").output().is_err() {
        let missing = "no C compiler for aarch64; on Debian: apt-get install gcc-aarch64-linux-gnu";
        return Ok(Outcome::Skipped(missing.to_owned()));
    } else {
        if let Outcome::Skipped(missing) = portable::check(&[portable::ON_AARCH64])? {
            return Ok(Outcome::Skipped(missing));
        }
        "aarch64-unknown-linux-gnu/phone/libdigital_key_bindings.so".to_owned()
    };
    let library = target_folder().join(library);
    // On a Mac the library has another format.
    if library.extension().is_some_and(|it| it == "so") {
        symbols::check_exports(&library)?;
    }
    let size = std::fs::metadata(&library)?.len() / 1024;
    println!(
        "figure: stripped library for aarch64 without HTTP of its own, in KiB (at most {LIMIT}): {size}"
    );
    if size <= LIMIT {
        Ok(Outcome::Passed)
    } else {
        Err(format!("the library has {size} KiB; {LIMIT} are allowed").into())
    }
}
