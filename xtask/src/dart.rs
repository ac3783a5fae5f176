//! Dart without Flutter: the installed one, or the 32-bit virtual machine in the cache.

use std::path::{Path, PathBuf};

use crate::TaskError;
use crate::command::{Program, compiler_cache, program};

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

    /// Compiles a program with these packages, each a name and the folder of its libraries, into `folder`,
    /// and returns the command that runs it. Compiling takes two seconds, and starting a tenth of one.
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
        let name = main.file_stem().ok_or("the program has no name")?;
        let compiled = folder.join(name).with_extension("dill").display().to_string();
        let mut words = self.0.iter();
        let compiler = program(words.next().ok_or("no command")?, "");
        words
            .fold(compiler, Program::argument)
            .argument(format!("--packages={}", config.display()))
            .argument(format!("--snapshot={compiled}"))
            .argument("--snapshot-kind=kernel")
            .argument(main)
            .run()?;
        Ok(self.0.iter().cloned().chain([compiled]).collect())
    }
}
