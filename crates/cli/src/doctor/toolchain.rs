//! What a computer needs to build the project.

use std::process::Command;

use super::Finding;

/// The oldest version of Rust that builds the project, such as `1.89`.
const OLDEST_RUST: &str = env!("CARGO_PKG_RUST_VERSION");

pub(super) fn check() -> Vec<Finding> {
    let mut findings = vec![rust(first_line("rustc").as_deref())];
    // On Windows, Rust finds the compiler without a command of this name.
    if cfg!(unix) {
        findings.push(c_compiler(first_line("cc").as_deref()));
    }
    findings
}

/// Returns the first line that a program prints about its version.
fn first_line(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next().unwrap_or_default();
    output.status.success().then(|| line.to_owned())
}

fn rust(printed: Option<&str>) -> Finding {
    let Some(printed) = printed else {
        return Finding::failed(
            "there is no command rustc",
            "install Rust from https://rustup.rs, and open a new terminal",
        );
    };
    let version = printed.split(' ').nth(1).unwrap_or_default();
    match (numbers(version), numbers(OLDEST_RUST)) {
        (Some(found), Some(oldest)) if found >= oldest => {
            Finding::passed(format!("Rust {version} can build the project"))
        }
        (Some(_), _) => Finding::failed(
            format!("Rust {version} is too old; {OLDEST_RUST} or later is needed"),
            "run `rustup update stable`",
        ),
        (None, _) => Finding::failed(
            "rustc does not say its version",
            "run `rustc --version`, and install Rust from https://rustup.rs if it fails",
        ),
    }
}

/// Returns the first two numbers of a version.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

fn c_compiler(printed: Option<&str>) -> Finding {
    match printed {
        Some(printed) => Finding::passed(format!("there is a C compiler: {printed}")),
        None => Finding::failed(
            "there is no C compiler, which Rust links with",
            "install one: `apt install gcc` on Debian, `xcode-select --install` on a Mac",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Outcome;

    fn passes(finding: &Finding) -> bool {
        matches!(finding.outcome, Outcome::Passed)
    }

    #[test]
    fn the_version_of_rust_is_compared_as_numbers() {
        for line in ["rustc 1.89.0 (29483883e 2025-08-04)", "rustc 1.100.0-nightly", "rustc 2.0.0"]
        {
            assert!(passes(&rust(Some(line))), "{line}");
        }
        for line in ["rustc 1.88.0 (x)", "rustc 1.9.0", "rustc", "", "nonsense 1"] {
            assert!(!passes(&rust(Some(line))), "{line}");
        }
        assert!(!passes(&rust(None)));
    }

    #[test]
    fn a_missing_c_compiler_fails() {
        assert!(passes(&c_compiler(Some("cc 14"))));
        assert!(!passes(&c_compiler(None)));
    }
}
