//! Kotlin on a JVM: the compiler and the coroutines come from the package of the Kotlin kernel; JNA
//! comes from the system, or from `$JNA_JAR`.

use std::path::{Path, PathBuf};

use crate::TaskError;
use crate::command::{Program, compiler_cache, program};

/// The path of JNA in Debian's package.
const JNA: &str = "/usr/share/java/jna.jar";
const COMPILER: &str = "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler";

/// The version of the language and of its library to which a newer compiler is limited, so that
/// clients with this version can use the classes.
const OLDEST: &str = "2.2";

/// A Kotlin compiler, and the libraries of its programs.
pub(crate) struct Kotlin {
    /// The jars of the compiler and of the coroutines, as a class path.
    jars: String,
    jna: PathBuf,
}

impl Kotlin {
    /// Finds the installed compiler; the error names what is missing.
    pub(crate) fn find() -> Result<Self, String> {
        if program("java", "-version").output().is_err() {
            return Err("no Java on the PATH: install a JDK or JRE, 17 or later".to_owned());
        }
        let jna = std::env::var_os("JNA_JAR").map_or_else(|| JNA.into(), PathBuf::from);
        if !jna.exists() {
            return Err(format!(
                "no JNA at {}: on Debian .ci/install-compilers installs it, elsewhere set JNA_JAR to \
                 your jna.jar",
                jna.display()
            ));
        }
        let folder = compiler_cache().join("kotlin/jars");
        let jars = jars(&folder).ok_or_else(|| {
            format!(
                "no Kotlin compiler in {}: on Debian .ci/install-compilers puts it there, elsewhere \
                 put the jars of the Python package kotlin-jupyter-kernel there",
                folder.display()
            )
        })?;
        Ok(Self { jars, jna })
    }

    /// Compiles files and folders that use these classes.
    pub(crate) fn compile(
        &self,
        used: &[&Path],
        classes: &Path,
        sources: &[&Path],
    ) -> Result<(), TaskError> {
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

    /// Java with these classes; the caller adds the main class.
    pub(crate) fn java(&self, classes: &[&Path]) -> Program {
        program("java", "-cp").argument(self.class_path(classes))
    }

    /// The jars of the compiler, with the libraries of the language.
    pub(crate) fn jars(&self) -> impl Iterator<Item = &str> {
        self.jars.split(':')
    }

    pub(crate) fn jna(&self) -> &Path {
        &self.jna
    }

    fn class_path(&self, used: &[&Path]) -> String {
        let used = used.iter().map(|path| format!("{}:", path.display()));
        used.chain([format!("{}:{}", self.jars, self.jna.display())]).collect()
    }
}

/// The option that lets JNA find the library.
pub(crate) fn library_path(library: &Path) -> Result<String, TaskError> {
    let folder = library.parent().ok_or("the library is in no folder")?;
    Ok(format!("-Djna.library.path={}", folder.display()))
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
    fn the_package_names_the_version_for_which_it_is_compiled() {
        let folder = workspace_root().join("crates/bindings/packages");
        let build = std::fs::read_to_string(folder.join("kotlin/build.gradle.kts")).unwrap();
        assert!(build.contains(&format!("kotlin(\"jvm\") version \"{OLDEST}.")), "{build}");
        let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
        assert!(readme.contains(&format!("| Kotlin {OLDEST},")), "{readme}");
    }
}
