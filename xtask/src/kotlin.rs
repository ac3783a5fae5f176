//! Kotlin on a JVM: the compiler and the coroutines come from the package of the Kotlin kernel, JNA
//! from the system, or from where `$JNA_JAR` says.

use std::path::{Path, PathBuf};

use crate::Failure;
use crate::command::{Program, program};
use crate::test_bindings::cache;

/// Where Debian's package has JNA.
const JNA: &str = "/usr/share/java/jna.jar";
const COMPILER: &str = "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler";

/// The language and the standard library that the package keeps to, whatever the compiler knows: who
/// has this Kotlin can use what is compiled.
const OLDEST: &str = "2.2";

/// A Kotlin compiler, and what its programs run on.
pub(crate) struct Kotlin {
    /// The jars of the compiler and of the coroutines, as a class path.
    jars: String,
    jna: PathBuf,
}

impl Kotlin {
    /// The one that is installed, or what is missing.
    pub(crate) fn find() -> Result<Self, String> {
        if program("java", "-version").output().is_err() {
            return Err(
                "there is no Java on the PATH: install a JDK or JRE, 17 or later".to_owned()
            );
        }
        let jna = std::env::var_os("JNA_JAR").map_or_else(|| JNA.into(), PathBuf::from);
        if !jna.exists() {
            return Err(format!(
                "there is no JNA at {}: on Debian .ci/install-compilers installs it, elsewhere set \
                 JNA_JAR to your jna.jar",
                jna.display()
            ));
        }
        let folder = cache().join("kotlin/jars");
        let jars = jars(&folder).ok_or_else(|| {
            format!(
                "there is no Kotlin compiler in {}: on Debian .ci/install-compilers puts it there, \
                 elsewhere put the jars of the Python package kotlin-jupyter-kernel there",
                folder.display()
            )
        })?;
        Ok(Self { jars, jna })
    }

    /// Compiles files, or all that lies in folders, which use these classes.
    pub(crate) fn compile(
        &self,
        used: &[&Path],
        classes: &Path,
        sources: &[&Path],
    ) -> Result<(), Failure> {
        let Self { jars, .. } = self;
        let program =
            program("java", &format!("-cp {jars} {COMPILER} -no-stdlib -no-reflect -nowarn"))
                .args(&format!("-language-version {OLDEST} -api-version {OLDEST}"))
                .argument("-classpath")
                .argument(self.class_path(used))
                .argument("-d")
                .argument(classes);
        sources.iter().fold(program, Program::argument).run()
    }

    /// Java with these classes, whose main class comes next.
    pub(crate) fn java(&self, classes: &[&Path]) -> Program {
        program("java", "-cp").argument(self.class_path(classes))
    }

    fn class_path(&self, used: &[&Path]) -> String {
        let used = used.iter().map(|path| format!("{}:", path.display()));
        used.chain([format!("{}:{}", self.jars, self.jna.display())]).collect()
    }
}

/// The jars in a folder, as a class path.
fn jars(folder: &Path) -> Option<String> {
    let entries = std::fs::read_dir(folder).ok()?;
    let mut jars: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    jars.sort();
    let jars: Vec<String> = jars.iter().map(|jar| jar.display().to_string()).collect();
    (!jars.is_empty()).then(|| jars.join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::workspace_root;

    #[test]
    fn the_package_names_the_kotlin_that_it_is_compiled_for() {
        let folder = workspace_root().join("crates/bindings/packages");
        let build = std::fs::read_to_string(folder.join("kotlin/build.gradle.kts")).unwrap();
        assert!(build.contains(&format!("kotlin(\"jvm\") version \"{OLDEST}.")), "{build}");
        let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
        assert!(readme.contains(&format!("| Kotlin {OLDEST},")), "{readme}");
    }
}
