//! Whether the core builds for platforms other than the one that it is developed on.
//!
//! A standard library for the other platform is either installed (`rustup target add …`) or built
//! from its sources, which Debian's packages `rustc-web`, `cargo-web` and `rust-web-src` bring.

use std::path::{Path, PathBuf};

use crate::Failure;
use crate::ci::Ended;
use crate::command::{Program, cargo, program};

/// What must build for which platform.
struct Build {
    target: &'static str,
    /// The packages and features, as cargo's arguments.
    what: &'static str,
}

const BUILDS: &[Build] = &[
    // No operating system at all: whoever builds here does no I/O.
    Build { target: "wasm32-unknown-unknown", what: "-p digital-key-domain -p digital-key-ports" },
    // The product's own platform, without what needs Apple's SDK to be built.
    Build {
        target: "aarch64-apple-ios",
        what: "-p digital-key-domain -p digital-key-ports -p digital-key-wallet-ios \
               -p digital-key-bff-http --no-default-features --features digital-key-bff-http/native-tls",
    },
];

/// Checks every build for which there is a standard library, and tells for which there is none.
pub(crate) fn check() -> Result<Ended, Failure> {
    let mut missing = Vec::new();
    for build in BUILDS {
        match route_to(build.target) {
            Some(route) => route.check(build).run()?,
            None => missing.push(build.target),
        }
    }
    if missing.is_empty() {
        return Ok(Ended::Passed);
    }
    let missing = missing.join(", ");
    println!(
        "There is no standard library for {missing}, so nothing was built for it. Add it with \
         `rustup target add`, or on Debian with `apt-get install rustc-web cargo-web rust-web-src`."
    );
    Ok(Ended::Skipped(format!("no standard library for {missing}")))
}

/// A way to a standard library.
enum Route {
    /// It is installed beside the compiler that runs this program.
    Installed,
    /// A compiler builds it from its sources.
    Sources(Compiler),
}

impl Route {
    fn check(&self, Build { target, what }: &Build) -> Program {
        let check = format!("check --target {target} {what}");
        match self {
            Self::Installed => cargo(&check),
            Self::Sources(compiler) => {
                compiler.cargo(&format!("{check} -Zbuild-std=std,panic_abort"))
            }
        }
    }
}

/// The first route that there is.
fn route_to(target: &str) -> Option<Route> {
    let own = Compiler::own();
    let libraries = own.ask(&format!("--print target-libdir --target {target}"))?;
    if Path::new(&libraries).exists() {
        return Some(Route::Installed);
    }
    [own, Compiler::of_the_system()].into_iter().find(Compiler::can_build_std).map(Route::Sources)
}

/// A compiler and its cargo.
struct Compiler {
    rustc: PathBuf,
    cargo: PathBuf,
}

impl Compiler {
    fn own() -> Self {
        let path =
            |name, default: &str| PathBuf::from(std::env::var_os(name).unwrap_or(default.into()));
        Self { rustc: path("RUSTC", "rustc"), cargo: path("CARGO", "cargo") }
    }

    fn of_the_system() -> Self {
        Self { rustc: "/usr/bin/rustc".into(), cargo: "/usr/bin/cargo".into() }
    }

    /// Asks the compiler something; `None` when it is not there or does not know.
    fn ask(&self, arguments: &str) -> Option<String> {
        let answer = program(&self.rustc, arguments).output().ok()?;
        Some(answer.trim().to_owned())
    }

    /// Its cargo, with leave to use what is not stable: building the standard library is not.
    fn cargo(&self, arguments: &str) -> Program {
        program(&self.cargo, arguments)
            .env("RUSTC", &self.rustc.to_string_lossy())
            .env("RUSTC_BOOTSTRAP", "1")
    }

    /// Whether it is new enough, and the sources and all that they need are there.
    fn can_build_std(&self) -> bool {
        let Some(sysroot) = self.ask("--print sysroot") else {
            return false;
        };
        let sources = format!("{sysroot}/lib/rustlib/src/rust/library/Cargo.toml");
        let version = self.ask("--version").and_then(|text| minor_version(&text));
        version >= minor_version(concat!("rustc ", env!("CARGO_PKG_RUST_VERSION")))
            && Path::new(&sources).exists()
            && self.cargo(&format!("fetch --locked --manifest-path {sources}")).output().is_ok()
    }
}

/// The first two numbers of a compiler's version, such as 1 and 96 of `rustc 1.96.0 (ac68faa20)`.
fn minor_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split_whitespace().nth(1)?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let debian =
            minor_version("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)");
        assert_eq!(debian, Some((1, 96)));
        assert!(minor_version("rustc 1.100.0-nightly (x)") > debian);
        assert!(minor_version("rustc 2.0") > debian);
        assert!(minor_version("rustc") < debian);
        assert!(minor_version("rustc new") < debian);
    }
}
