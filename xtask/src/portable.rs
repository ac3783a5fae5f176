//! Whether the crates build for other platforms than that of the developer.
//!
//! The standard library for the other platform is either installed (`rustup target add …`) or built
//! from the sources in Debian's packages `rustc-web`, `cargo-web` and `rust-web-src`.

use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::TaskError;
use crate::command::{Program, program, target_folder};

/// What must build for which platform.
pub(crate) struct Build {
    target: &'static str,
    how: How,
    /// The packages and features, as cargo's arguments.
    what: &'static str,
}

/// How far a build goes: linking takes the tools of the platform's maker.
#[derive(Clone, Copy)]
enum How {
    /// Type-checked, and by clippy where there is one.
    Checked,
    /// Built into a static library, as an app links it; that needs no linker.
    StaticLibrary,
    /// Linked into a shared library, by the C compiler of this name.
    SharedLibrary { linker: &'static str },
}

/// The core and its texts without an operating system, which shows that they do no I/O.
pub(crate) const PORTABLE: &[Build] = &[Build {
    target: "wasm32-unknown-unknown",
    how: How::Checked,
    what: "-p digital-key-domain -p digital-key-ports -p digital-key-texts",
}];

/// The crates of an iPhone app, with the system's TLS, which needs no C compiler.
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
        what: "-p digital-key-bindings --no-default-features --lib",
    },
];

/// The library of the packages, as small as an app gets it.
const LIBRARY: &str = "-p digital-key-bindings --no-default-features --profile phone --lib";

/// The one type of library to build. With all types of the manifest, one of them is a Rust library, and
/// cargo then leaves link-time optimisation out.
pub(crate) const SHARED: &str = "--crate-type cdylib";

/// The libraries of the Swift package, for the phone and for the simulator on both kinds of Mac.
pub(crate) const SWIFT_PACKAGE: &[Build] = &[
    Build { target: "aarch64-apple-ios", how: How::StaticLibrary, what: LIBRARY },
    Build { target: "aarch64-apple-ios-sim", how: How::StaticLibrary, what: LIBRARY },
    Build { target: "x86_64-apple-ios", how: How::StaticLibrary, what: LIBRARY },
];

/// The crates of an Android app, without a wallet, which does not exist, and without TLS, which needs
/// the C compiler of the NDK. The Kotlin package ships the bindings.
pub(crate) const ANDROID: &[Build] = &[Build {
    target: "aarch64-linux-android",
    how: How::Checked,
    what: "-p digital-key-app -p digital-key-bff-http -p digital-key-cache-sled \
           -p digital-key-bindings --no-default-features --features digital-key-bff-http/reqwest",
}];

/// The library for the phones with Android.
pub(crate) const ANDROID_ARM64: Build = Build {
    target: "aarch64-linux-android",
    how: How::SharedLibrary { linker: "aarch64-linux-android26-clang" },
    what: LIBRARY,
};

/// The library for old phones with Android.
pub(crate) const ANDROID_ARM: Build = Build {
    target: "armv7-linux-androideabi",
    how: How::SharedLibrary { linker: "armv7a-linux-androideabi26-clang" },
    what: LIBRARY,
};

/// The library for Android's emulator.
pub(crate) const ANDROID_X86: Build = Build {
    target: "x86_64-linux-android",
    how: How::SharedLibrary { linker: "x86_64-linux-android26-clang" },
    what: LIBRARY,
};

/// The library for Android as any linker for its processor links it, without optimisation.
pub(crate) const ANDROID_DEBUG: Build = Build {
    target: "aarch64-linux-android",
    how: How::SharedLibrary { linker: "aarch64-linux-gnu-gcc" },
    what: "-p digital-key-bindings --no-default-features --lib",
};

/// The library for a phone's processor, on the system for which most machines can link.
pub(crate) const ON_AARCH64: Build = Build {
    target: "aarch64-unknown-linux-gnu",
    how: How::SharedLibrary { linker: "aarch64-linux-gnu-gcc" },
    what: LIBRARY,
};

/// Builds for the platforms whose standard library is available, and reports the others.
pub(crate) fn check(builds: &[Build]) -> Result<Outcome, TaskError> {
    build(builds, |program| program)
}

/// Does the same, after `set_up` has completed each call of cargo.
pub(crate) fn build(
    builds: &[Build],
    set_up: impl Fn(Program) -> Program,
) -> Result<Outcome, TaskError> {
    let mut missing = Vec::new();
    for build in builds {
        match Route::to(build.target) {
            Some(_)
                if needs_clang(build.target) && program("clang", "--version").output().is_err() =>
            {
                return Ok(Outcome::Skipped("no clang: `apt-get install clang` adds it".into()));
            }
            Some(route) => set_up(route.build(build)?).run()?,
            None => missing.push(build.target),
        }
    }
    missing.dedup();
    if missing.is_empty() {
        return Ok(Outcome::Passed);
    }
    Ok(Outcome::Skipped(format!(
        "no standard library for {}: `rustup target add` installs it, or on Debian `apt-get install \
         rustc-web cargo-web rust-web-src rust-web-clippy`",
        missing.join(", ")
    )))
}

/// A compiler, and the origin of its standard library.
struct Route {
    compiler: Compiler,
    builds_std: bool,
}

impl Route {
    /// The first available one: a library that is installed for the compiler that runs this program,
    /// or a compiler that builds the library from its sources.
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

    fn build(&self, Build { target, how, what }: &Build) -> Result<Program, TaskError> {
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
                self.compiler.cargo(&format!("rustc {build} {SHARED}")).env(&variable, linker)
            }
        };
        let program = if needs_clang(target) { with_clang(program, target)? } else { program };
        Ok(if self.builds_std { allow_unstable(program) } else { program })
    }
}

/// Whether this target takes a compiler of Objective-C that the system does not choose by itself. On a
/// Mac it does. The only such code catches exceptions, and includes no header.
fn needs_clang(target: &str) -> bool {
    target.contains("-apple-") && !cfg!(target_os = "macos")
}

/// Names clang, and an empty folder as Apple's SDK, which the `cc` crate would ask Xcode for.
fn with_clang(program: Program, target: &str) -> Result<Program, TaskError> {
    let sdk = target_folder().join("no-sdk");
    std::fs::create_dir_all(&sdk)?;
    Ok(program
        .env(&format!("CC_{}", target.replace('-', "_")), "clang")
        .env("SDKROOT", &sdk.to_string_lossy()))
}

/// Lets a compiler use unstable features, such as building the standard library.
fn allow_unstable(program: Program) -> Program {
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

    /// The compiler's answer; `None` when the compiler is missing or has no answer.
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

    /// Whether the sources of its standard library, and all that they need, are installed.
    fn can_build_std(&self) -> bool {
        let Some(sysroot) = self.ask("--print sysroot") else {
            return false;
        };
        let sources = format!("{sysroot}/lib/rustlib/src/rust/library/Cargo.toml");
        let fetch = self.cargo(&format!("fetch --locked --manifest-path {sources}"));
        Path::new(&sources).exists() && allow_unstable(fetch).output().is_ok()
    }
}
