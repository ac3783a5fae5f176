//! Dart without Flutter: the installed one, or the 32-bit virtual machine in the cache.

use std::path::{Path, PathBuf};

use crate::TaskError;
use crate::command::{compiler_cache, program};

/// The package of the plugin, as a path in the workspace.
pub(crate) const PACKAGE: &str = "crates/bindings/packages/dart";

/// The command that starts Dart.
pub(crate) struct Dart(Vec<String>);

impl Dart {
    /// Finds Dart; the error names what is missing.
    pub(crate) fn find() -> Result<Self, String> {
        if program("dart", "--version").output().is_ok() {
            return Ok(Self(vec!["dart".to_owned()]));
        }
        let machine = compiler_cache().join("dart/dart");
        let (loader, libraries) = ("/lib32/ld-linux.so.2", "/lib32");
        if !machine.exists() || !Path::new(loader).exists() {
            let missing = "no Dart: .ci/install-compilers puts a virtual machine into the cache";
            return Err(missing.to_owned());
        }
        let machine = machine.display().to_string();
        Ok(Self([loader, "--library-path", libraries, &machine].map(str::to_owned).to_vec()))
    }

    /// The command that runs a program with these packages, each a name and the folder of its libraries.
    /// It writes the list of the packages into `folder`.
    pub(crate) fn command(
        &self,
        folder: &Path,
        packages: &[(&str, PathBuf)],
        main: &Path,
    ) -> Result<Vec<String>, TaskError> {
        let packages = packages.iter().map(|(name, root)| {
            format!(
                "{{\"name\": \"{name}\", \"rootUri\": \"file://{}/\", \"languageVersion\": \"3.5\"}}",
                root.display()
            )
        });
        let packages = packages.collect::<Vec<_>>().join(",\n");
        let config = folder.join("package_config.json");
        let text = format!("{{\"configVersion\": 2, \"packages\": [\n{packages}\n]}}\n");
        std::fs::write(&config, text)?;
        let mut command = self.0.clone();
        command.push(format!("--packages={}", config.display()));
        command.push(main.display().to_string());
        Ok(command)
    }
}
