//! Whether the crates build for platforms other than the one that they are developed on.
//!
//! A standard library for the other platform is either installed (`rustup target add …`) or built
//! from its sources, which Debian's packages `rustc-web`, `cargo-web` and `rust-web-src` bring. All
//! builds share the workspace's target folder.

use std::path::{Path, PathBuf};

use crate::Failure;
use crate::ci::Ended;
use crate::command::{Program, program};

/// What must build for which platform.
pub(crate) struct Build {
    target: &'static str,
    how: How,
    /// The packages and features, as cargo's arguments.
    what: &'static str,
}

/// How far a build goes. Without the tools of the platform's maker nothing can be linked.
#[derive(Clone, Copy)]
enum How {
    /// Type-checked, and by clippy where there is one.
    Checked,
    /// Built into a static library, as an app links it; that needs no linker.
    StaticLibrary,
    /// Linked into a shared library, by the C compiler of this name.
    SharedLibrary { linker: &'static str },
}

/// The core without any operating system: whoever builds there does no I/O.
pub(crate) const PORTABLE: &[Build] = &[Build {
    target: "wasm32-unknown-unknown",
    how: How::Checked,
    what: "-p digital-key-domain -p digital-key-ports",
}];

/// All that an app on an iPhone is made of, with the system's TLS, which needs no C compiler.
const ON_IOS: &str = "-p digital-key-app -p digital-key-bff-http -p digital-key-cache-sled \
                      -p digital-key-wallet-ios -p digital-key -p digital-key-bindings \
                      --no-default-features --features digital-key-bff-http/native-tls \
                      --features digital-key/cache-sled,digital-key/wallet-ios";

/// The product's own platform, on the phone and in the simulator.
pub(crate) const IOS: &[Build] = &[
    Build { target: "aarch64-apple-ios", how: How::Checked, what: ON_IOS },
    Build { target: "aarch64-apple-ios-sim", how: How::Checked, what: ON_IOS },
    Build {
        target: "aarch64-apple-ios",
        how: How::StaticLibrary,
        what: "-p digital-key-wallet-ios --lib",
    },
];

/// The library of the packages, as small as an app gets it.
const LIBRARY: &str = "-p digital-key-bindings --no-default-features --profile phone --lib";

/// What the Swift package holds, for the phone and for the simulator on a Mac with Apple silicon.
pub(crate) const SWIFT_PACKAGE: &[Build] = &[
    Build { target: "aarch64-apple-ios", how: How::StaticLibrary, what: LIBRARY },
    Build { target: "aarch64-apple-ios-sim", how: How::StaticLibrary, what: LIBRARY },
];

/// All but a wallet of its own, which nobody has written for Android, and TLS: that needs the C
/// compiler of the NDK. The bindings are what the Kotlin package ships.
pub(crate) const ANDROID: &[Build] = &[Build {
    target: "aarch64-linux-android",
    how: How::Checked,
    what: "-p digital-key-app -p digital-key-bff-http -p digital-key-cache-sled \
           -p digital-key-bindings --no-default-features",
}];

/// The library of a phone's processor, on the one system that can be linked for on most machines.
pub(crate) const ON_AARCH64: Build = Build {
    target: "aarch64-unknown-linux-gnu",
    how: How::SharedLibrary { linker: "aarch64-linux-gnu-gcc" },
    what: LIBRARY,
};

/// Does every build for which there is a standard library, and tells for which there is none.
pub(crate) fn check(builds: &[Build]) -> Result<Ended, Failure> {
    build(builds, |program| program)
}

/// Does the same, with each call of cargo set up further by the caller.
pub(crate) fn build(
    builds: &[Build],
    set_up: impl Fn(Program) -> Program,
) -> Result<Ended, Failure> {
    let mut missing = Vec::new();
    for build in builds {
        match Route::to(build.target) {
            Some(route) => set_up(route.take(build)).run()?,
            None => missing.push(build.target),
        }
    }
    missing.dedup();
    if missing.is_empty() {
        return Ok(Ended::Passed);
    }
    let missing = missing.join(", ");
    println!(
        "There is no standard library for {missing}, so nothing was built for it. Add it with \
         `rustup target add`, or on Debian with `apt-get install rustc-web cargo-web rust-web-src \
         rust-web-clippy`."
    );
    Ok(Ended::Skipped(format!("no standard library for {missing}")))
}

/// A compiler, and where its standard library comes from.
struct Route {
    compiler: Compiler,
    builds_std: bool,
}

impl Route {
    /// The first that there is: a library that is installed beside the compiler that runs this
    /// program, or a compiler that builds it from its sources.
    fn to(target: &str) -> Option<Self> {
        let own = Compiler::own();
        let libraries = own.ask(&format!("--print target-libdir --target {target}"))?;
        if Path::new(&libraries).exists() {
            return Some(Self { compiler: own, builds_std: false });
        }
        let mut compilers = [own, Compiler::of_the_system()].into_iter();
        let compiler = compilers.find(Compiler::can_build_std)?;
        Some(Self { compiler, builds_std: true })
    }

    fn take(&self, Build { target, how, what }: &Build) -> Program {
        let std = if self.builds_std { "-Zbuild-std=std,panic_abort " } else { "" };
        let build = format!("{std}--target {target} {what}");
        let program = match how {
            How::Checked if self.compiler.has_clippy() => self.compiler.clippy(&build),
            How::Checked => self.compiler.cargo(&format!("check {build}")),
            How::StaticLibrary => {
                self.compiler.cargo(&format!("rustc {build} --crate-type staticlib"))
            }
            How::SharedLibrary { linker } => {
                let variable = target.to_uppercase().replace('-', "_");
                let variable = format!("CARGO_TARGET_{variable}_LINKER");
                self.compiler.cargo(&format!("build {build}")).env(&variable, linker)
            }
        };
        if self.builds_std { with_leave(program) } else { program }
    }
}

/// Lets a compiler use what is not stable: building the standard library is not.
fn with_leave(program: Program) -> Program {
    program.env("RUSTC_BOOTSTRAP", "1")
}

/// A compiler, its cargo and its clippy.
struct Compiler {
    rustc: PathBuf,
    cargo: PathBuf,
    clippy: PathBuf,
}

impl Compiler {
    fn own() -> Self {
        let path =
            |name, default: &str| PathBuf::from(std::env::var_os(name).unwrap_or(default.into()));
        Self::new(path("RUSTC", "rustc"), path("CARGO", "cargo"))
    }

    fn of_the_system() -> Self {
        Self::new("/usr/bin/rustc".into(), "/usr/bin/cargo".into())
    }

    fn new(rustc: PathBuf, cargo: PathBuf) -> Self {
        // Called by its path: `cargo clippy` would look for another one first.
        let clippy = cargo.with_file_name("cargo-clippy");
        Self { rustc, cargo, clippy }
    }

    /// Asks the compiler something; `None` when it is not there or does not know.
    fn ask(&self, arguments: &str) -> Option<String> {
        let answer = program(&self.rustc, arguments).output().ok()?;
        Some(answer.trim().to_owned())
    }

    fn has_clippy(&self) -> bool {
        program(&self.clippy, "--version").output().is_ok()
    }

    fn clippy(&self, arguments: &str) -> Program {
        program(&self.clippy, &format!("clippy {arguments} -- -D warnings"))
            .env("CARGO", &self.cargo.to_string_lossy())
            .env("RUSTC", &self.rustc.to_string_lossy())
    }

    fn cargo(&self, arguments: &str) -> Program {
        program(&self.cargo, arguments).env("RUSTC", &self.rustc.to_string_lossy())
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
            && with_leave(self.cargo(&format!("fetch --locked --manifest-path {sources}")))
                .output()
                .is_ok()
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
