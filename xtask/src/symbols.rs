//! The names that a library shows to the linker of an app: those of its interface, and no other.
//!
//! Each Rust static library has names of Rust's own, such as `rust_eh_personality`. An app with two such
//! libraries does not link, unless one of them hides these names.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;

use ar_archive_writer::{
    ArchiveKind, DEFAULT_OBJECT_READER, NewArchiveMember, write_archive_to_stream,
};
use object::read::archive::ArchiveFile;
use object::{BinaryFormat, Object, ObjectSymbol};

use crate::command::{Program, program, target_folder};
use crate::{Outcome, TaskError};

/// How the names of the package's interface begin.
pub(crate) const INTERFACE: &[&str] = &["uniffi_digital_key_", "ffi_digital_key_"];

/// How names begin that one object file of a hidden library needs of another one.
const PRIVATE: &str = "digital_key_private_";

/// How the names begin that UniFFI's generator reads. Only a shared library still shows them.
const METADATA: &str = "UNIFFI_META_";

/// Code for LLVM, which a part of the standard library has beside the code for the processor, in both
/// formats. An app has no use for it.
const BITCODE: &str = "--remove-section=__LLVM,__bitcode --remove-section=__LLVM,__cmdline \
                       --remove-section=.llvmbc --remove-section=.llvmcmd";

/// The oldest LLVM whose objcopy hides names in Apple's format.
const OLDEST_LLVM: u32 = 20;

/// An object file of a static library.
struct Member<'a> {
    name: String,
    content: &'a [u8],
    /// What the compiler of C puts in front of each name.
    mark: &'static str,
    /// The names that other object files can use.
    defines: BTreeSet<String>,
    /// The names that it uses of other object files.
    needs: BTreeSet<String>,
}

impl Member<'_> {
    /// Returns the name as it stands in the source.
    fn in_source<'n>(&self, name: &'n str) -> &'n str {
        name.strip_prefix(self.mark).unwrap_or(name)
    }

    fn begins_with_any(&self, name: &str, starts: &[&str]) -> bool {
        starts.iter().any(|start| self.in_source(name).starts_with(start))
    }
}

/// Writes a copy of a static library that shows only the names that begin in one of these ways.
///
/// Object files that the interface does not need are left out. A name that one object file needs of another
/// one stays visible under a name of this package. All other names become local to their object file.
pub(crate) fn hide(library: &Path, interface: &[&str], to: &Path) -> Result<Outcome, TaskError> {
    let Some(objcopy) = objcopy() else {
        return Ok(Outcome::Skipped(format!(
            "no objcopy of LLVM {OLDEST_LLVM} or newer, which hides names: rustc brings one, and so do \
             Debian's packages llvm-…"
        )));
    };
    let archive = fs::read(library)?;
    let members = needed(members(&archive)?, interface);
    let Some(first) = members.first() else {
        return Err(format!("{} has none of {interface:?}", library.display()).into());
    };
    let needs: BTreeSet<&str> =
        members.iter().flat_map(|member| &member.needs).map(String::as_str).collect();
    let (mut kept, mut renamed) = (String::new(), String::new());
    for member in &members {
        for name in &member.defines {
            let is_interface = member.begins_with_any(name, interface);
            if is_interface || needs.contains(name.as_str()) {
                kept += &format!("{name}\n");
            }
            if !is_interface && needs.contains(name.as_str()) {
                let new = format!("{}{PRIVATE}{}", member.mark, member.in_source(name));
                renamed += &format!("{name} {new}\n");
            }
        }
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = |ending: &str| to.with_extension(ending);
    fs::write(beside("kept"), kept)?;
    fs::write(beside("renamed"), renamed)?;
    let kind = if first.mark.is_empty() { ArchiveKind::Gnu } else { ArchiveKind::Darwin };
    let members: Vec<_> = members.into_iter().map(Member::into_new).collect();
    let mut whole = File::create(beside("whole"))?;
    write_archive_to_stream(&mut whole, &members, kind, false, None)?;
    drop(whole);
    objcopy
        .args(BITCODE)
        .argument(format!("--keep-global-symbols={}", beside("kept").display()))
        .argument(format!("--redefine-syms={}", beside("renamed").display()))
        .argument(beside("whole"))
        .argument(to)
        .run()?;
    for ending in ["kept", "renamed", "whole"] {
        fs::remove_file(beside(ending))?;
    }
    check_hidden(to, interface)?;
    Ok(Outcome::Passed)
}

impl<'a> Member<'a> {
    fn into_new(self) -> NewArchiveMember<'a> {
        NewArchiveMember::new(self.content, &DEFAULT_OBJECT_READER, self.name)
    }
}

/// Hides the names of the library for the phone that the job `ios` builds, without optimisation.
pub(crate) fn check_ios() -> Result<Outcome, TaskError> {
    const LIBRARY: &str = "libdigital_key_bindings.a";
    let library = target_folder().join("aarch64-apple-ios/debug").join(LIBRARY);
    hide(&library, INTERFACE, &target_folder().join("hidden/ios").join(LIBRARY))
}

/// Fails when a static library shows another name than those that begin in one of these ways.
pub(crate) fn check_hidden(library: &Path, interface: &[&str]) -> Result<(), TaskError> {
    let archive = fs::read(library)?;
    let (mut shown, mut private, mut others) = (0, 0, Vec::new());
    for member in members(&archive)? {
        for name in &member.defines {
            if member.begins_with_any(name, interface) {
                shown += 1;
            } else if member.begins_with_any(name, &[PRIVATE]) {
                private += 1;
            } else {
                others.push(name.clone());
            }
        }
    }
    expect_none(library, &others)?;
    println!("{} shows {shown} functions and {private} names of its own", library.display());
    Ok(())
}

/// Fails when a shared library for ELF exports another name than the interface and its description.
pub(crate) fn check_exports(library: &Path) -> Result<(), TaskError> {
    let content = fs::read(library)?;
    let file = object::File::parse(content.as_slice())?;
    let (mut shown, mut others) = (0, Vec::new());
    for symbol in file.dynamic_symbols().filter(|it| it.is_global() && !it.is_undefined()) {
        let name = symbol.name()?;
        if INTERFACE.iter().any(|start| name.starts_with(start)) {
            shown += 1;
        } else if !name.starts_with(METADATA) {
            others.push(name.to_owned());
        }
    }
    expect_none(library, &others)?;
    if shown == 0 {
        return Err(format!("{} exports no function", library.display()).into());
    }
    println!("{} exports {shown} functions, and no other code", library.display());
    Ok(())
}

fn expect_none(library: &Path, others: &[String]) -> Result<(), TaskError> {
    if others.is_empty() {
        return Ok(());
    }
    let some = others.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
    let count = others.len();
    Err(format!("{} shows {count} names beside its interface: {some}", library.display()).into())
}

/// Reads the object files of a static library.
fn members(archive: &[u8]) -> Result<Vec<Member<'_>>, TaskError> {
    let mut members = Vec::new();
    for member in ArchiveFile::parse(archive)?.members() {
        let member = member?;
        let name = String::from_utf8_lossy(member.name()).into_owned();
        let content = member.data(archive)?;
        let file = object::File::parse(content).map_err(|error| format!("{name}: {error}"))?;
        let (mut defines, mut needs) = (BTreeSet::new(), BTreeSet::new());
        for symbol in file.symbols().filter(ObjectSymbol::is_global) {
            let names = if symbol.is_undefined() { &mut needs } else { &mut defines };
            names.insert(symbol.name()?.to_owned());
        }
        let mark = if file.format() == BinaryFormat::MachO { "_" } else { "" };
        members.push(Member { name, content, mark, defines, needs });
    }
    Ok(members)
}

/// Returns the object files with the interface, and those that they need directly or indirectly.
fn needed<'a>(members: Vec<Member<'a>>, interface: &[&str]) -> Vec<Member<'a>> {
    let has_interface =
        |member: &Member| member.defines.iter().any(|it| member.begins_with_any(it, interface));
    let (mut needed, mut others): (Vec<_>, Vec<_>) = members.into_iter().partition(has_interface);
    let mut next = 0;
    while let Some(member) = needed.get(next) {
        let is_needed = |other: &Member| !other.defines.is_disjoint(&member.needs);
        let (found, rest) = others.into_iter().partition(is_needed);
        others = rest;
        needed.extend::<Vec<_>>(found);
        next += 1;
    }
    needed
}

/// The first objcopy that is new enough: that of rustc, or one of the system.
fn objcopy() -> Option<Program> {
    let of_rustc = || {
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let sysroot = program(&rustc, "--print sysroot").output().ok()?;
        let sysroot = Path::new(sysroot.trim());
        let about = program(&rustc, "-vV").output().ok()?;
        let host = about.lines().find_map(|line| line.strip_prefix("host: "))?;
        let tool = sysroot.join("lib/rustlib").join(host).join("bin/rust-objcopy");
        // The tool does not find LLVM's library, which belongs to rustc, by itself.
        let libraries = sysroot.join("lib").to_string_lossy().into_owned();
        let is_mac = cfg!(target_os = "macos");
        let path = if is_mac { "DYLD_FALLBACK_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };
        Some(move || program(&tool, "").env(path, &libraries))
    };
    let is_new = |program: Program| {
        program.argument("--version").output().ok().and_then(|it| llvm_version(&it))
            >= Some(OLDEST_LLVM)
    };
    if let Some(tool) = of_rustc()
        && is_new(tool())
    {
        return Some(tool());
    }
    // Debian has the version in the name.
    let versions = (OLDEST_LLVM..OLDEST_LLVM + 10).rev().map(|it| format!("llvm-objcopy-{it}"));
    let mut names = std::iter::once("llvm-objcopy".to_owned()).chain(versions);
    names.find(|name| is_new(program(name, ""))).map(|name| program(name, ""))
}

/// The first number of LLVM's version, from what a tool prints about itself.
fn llvm_version(about: &str) -> Option<u32> {
    let (_, version) = about.split_once("LLVM version ")?;
    version.split('.').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// A function that needs Rust's standard library and the unwinding of a panic.
    const SOURCE: &str = "
#[unsafe(no_mangle)]
pub extern \"C\" fn NAME_answer() -> i32 {
    let caught = std::panic::catch_unwind(|| std::panic::resume_unwind(Box::new(21_i32)));
    *caught.unwrap_err().downcast::<i32>().unwrap()
}
";

    const MAIN: &str = "
#include <stdio.h>
int first_answer(void);
int second_answer(void);
int main(void) { printf(\"%d\", first_answer() + second_answer()); }
";

    struct Libraries(PathBuf);

    impl Libraries {
        fn build() -> Result<Self, TaskError> {
            let folder = std::env::temp_dir().join(format!("symbols-{}", std::process::id()));
            fs::create_dir_all(&folder)?;
            for name in ["first", "second"] {
                let source = folder.join(format!("{name}.rs"));
                fs::write(&source, SOURCE.replace("NAME", name))?;
                program("rustc", "--edition 2024 --crate-type staticlib -C lto -C codegen-units=1")
                    .argument("--out-dir")
                    .argument(&folder)
                    .argument(&source)
                    .run()?;
            }
            fs::write(folder.join("main.c"), MAIN)?;
            Ok(Self(folder))
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }

        /// Links a program with two libraries, and returns what it prints.
        fn print(&self, first: &str, second: &str) -> Result<String, TaskError> {
            let both = self.path("both");
            let files = [self.path("main.c"), self.path(first), self.path(second)];
            let link = program("cc", "-pthread -o").argument(&both);
            files.iter().fold(link, Program::argument).args("-ldl -lm").output()?;
            program(both, "").output()
        }
    }

    impl Drop for Libraries {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn two_rust_libraries_in_one_program_link_if_one_is_hidden() -> Result<(), TaskError> {
        let libraries = Libraries::build()?;
        let doubled = libraries.print("libfirst.a", "libsecond.a").unwrap_err().to_string();
        assert!(doubled.contains("rust_eh_personality"), "{doubled}");

        let hidden = libraries.path("hidden.a");
        let outcome = hide(&libraries.path("libfirst.a"), &["first_"], &hidden)?;
        assert!(matches!(outcome, Outcome::Passed), "rustc has an objcopy");
        assert_eq!(libraries.print("hidden.a", "libsecond.a")?, "42");

        let whole = check_hidden(&libraries.path("libfirst.a"), &["first_"]).unwrap_err();
        assert!(whole.to_string().contains("beside its interface"), "{whole}");
        let none = hide(&libraries.path("libfirst.a"), &["third_"], &hidden).err().unwrap();
        assert!(none.to_string().contains("has none of"), "{none}");
        Ok(())
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_shared_library_may_export_the_interface_and_its_description_only() -> Result<(), TaskError>
    {
        let library = std::env::temp_dir().join(format!("exports-{}.so", std::process::id()));
        let exports = |names: &[&str]| {
            let source = library.with_extension("c");
            let functions = names.iter().map(|name| format!("void {name}(void) {{}}\n"));
            fs::write(&source, functions.collect::<String>())?;
            program("cc", "-shared -nostdlib -o").argument(&library).argument(&source).run()?;
            let checked = check_exports(&library);
            fs::remove_file(source)?;
            fs::remove_file(&library)?;
            checked
        };
        exports(&["ffi_digital_key_version", "UNIFFI_META_VERSION"])?;
        let other = exports(&["ffi_digital_key_version", "other"]).unwrap_err();
        assert!(other.to_string().ends_with("beside its interface: other"), "{other}");
        assert!(exports(&["UNIFFI_META_VERSION"]).is_err());
        Ok(())
    }

    #[test]
    fn the_version_of_llvm_is_read_from_what_a_tool_prints() {
        let about = "llvm-objcopy, compatible with GNU objcopy\n  LLVM version 22.1.2-rust-1.95.0";
        assert_eq!(llvm_version(about), Some(22));
        assert_eq!(llvm_version("Debian LLVM version 14.0.6"), Some(14));
        assert_eq!(llvm_version("GNU objcopy 2.40"), None);
    }
}
