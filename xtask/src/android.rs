//! The library for Android: linked by the NDK, and laid out for memory pages of 16 KiB.

use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::TaskError;
use crate::command::{Program, program, target_folder};
use crate::portable::{self, ANDROID_DEBUG, Build};
use crate::symbols;

/// The size of a memory page that a 64-bit phone may have.
const PAGE: u64 = 16 * 1024;

/// A kind of processor, by Android's name.
pub(crate) struct Abi {
    pub(crate) name: &'static str,
    target: &'static str,
    build: &'static Build,
    /// Whether its phones may have large pages.
    is_64_bit: bool,
}

/// The processors of phones, and that of the emulator.
pub(crate) const ABIS: &[Abi] = &[
    Abi {
        name: "arm64-v8a",
        target: "aarch64-linux-android",
        build: &portable::ANDROID_ARM64,
        is_64_bit: true,
    },
    Abi {
        name: "armeabi-v7a",
        target: "armv7-linux-androideabi",
        build: &portable::ANDROID_ARM,
        is_64_bit: false,
    },
    Abi {
        name: "x86_64",
        target: "x86_64-linux-android",
        build: &portable::ANDROID_X86,
        is_64_bit: true,
    },
];

/// Builds the library with the NDK in `$ANDROID_NDK_HOME`, and checks its layout and names. Returns its path below
/// the target folder; `None` without an NDK, or without a standard library.
pub(crate) fn build(
    abi: &Abi,
    set_up: impl Fn(Program) -> Program,
) -> Result<Option<PathBuf>, TaskError> {
    let Some(tools) = ndk().map(|ndk| ndk.join("toolchains/llvm/prebuilt/linux-x86_64/bin")) else {
        println!("no library for {}: ANDROID_NDK_HOME names no NDK", abi.name);
        return Ok(None);
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(tools).chain(std::env::split_paths(&path)))?;
    let set_up = |it: Program| set_up(it).env("PATH", &path.to_string_lossy());
    if let Outcome::Skipped(missing) = portable::build(std::slice::from_ref(abi.build), set_up)? {
        println!("no library for {}: {missing}", abi.name);
        return Ok(None);
    }
    let library = Path::new(abi.target).join("phone/libdigital_key_bindings.so");
    symbols::check_exports(&target_folder().join(&library))?;
    if abi.is_64_bit {
        check_layout(&target_folder().join(&library))?;
    }
    Ok(Some(library))
}

fn ndk() -> Option<PathBuf> {
    std::env::var_os("ANDROID_NDK_HOME").map(PathBuf::from).filter(|folder| folder.is_dir())
}

/// Links the library for a phone against stubs of Android's own libraries, and checks its layout and
/// names, which the linker decides by the arguments of the crate. The result is for no phone: the stubs are empty.
pub(crate) fn check_link() -> Result<Outcome, TaskError> {
    let linker = "aarch64-linux-gnu-gcc";
    if program(linker, "--version").output().is_err() {
        let missing = "no C compiler for aarch64; on Debian: apt-get install gcc-aarch64-linux-gnu";
        return Ok(Outcome::Skipped(missing.to_owned()));
    }
    let stubs = target_folder().join("android-stubs");
    std::fs::create_dir_all(&stubs)?;
    for name in ["c", "dl", "gcc", "log", "m", "unwind"] {
        program(linker, "-shared -nostdlib -x c /dev/null -o")
            .argument(stubs.join(format!("lib{name}.so")))
            .output()?;
    }
    let flags = format!("-L{}\u{1f}-Clink-arg=-nostartfiles", stubs.display());
    let set_up = |it: Program| it.env("CARGO_ENCODED_RUSTFLAGS", &flags);
    let outcome = portable::build(&[ANDROID_DEBUG], set_up)?;
    if let Outcome::Passed = outcome {
        let library = "aarch64-linux-android/debug/libdigital_key_bindings.so";
        let library = target_folder().join(library);
        check_layout(&library)?;
        symbols::check_exports(&library)?;
    }
    Ok(outcome)
}

/// Fails when a part of the library that is loaded cannot begin at a page of 16 KiB.
fn check_layout(library: &Path) -> Result<(), TaskError> {
    let headers = program("readelf", "--program-headers --wide").argument(library).output()?;
    let alignments = alignments(&headers);
    if alignments.is_empty() || alignments.iter().any(|&it| it != PAGE) {
        return Err(format!("{} is aligned to {alignments:?} bytes", library.display()).into());
    }
    println!("{} fits pages of 16 KiB", library.display());
    Ok(())
}

/// The alignments of the parts that are loaded, from the output of readelf.
fn alignments(headers: &str) -> Vec<u64> {
    let parts = headers.lines().filter(|line| line.trim_start().starts_with("LOAD "));
    parts
        .filter_map(|line| line.split_whitespace().last()?.strip_prefix("0x"))
        .filter_map(|digits| u64::from_str_radix(digits, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_parts_that_are_loaded_count() {
        let headers = "
  Type           Offset   VirtAddr           PhysAddr           FileSiz  MemSiz   Flg Align
  LOAD           0x000000 0x0000000000000000 0x0000000000000000 0x0590b4 0x0590b4 R   0x4000
  LOAD           0x05b3c0 0x000000000005f3c0 0x000000000005f3c0 0x1a2c40 0x1a2c40 R E 0x1000
  DYNAMIC        0x1fe000 0x0000000000206000 0x0000000000206000 0x0001d0 0x0001d0 RW  0x8
";
        assert_eq!(alignments(headers), [0x4000, 0x1000]);
    }
}
