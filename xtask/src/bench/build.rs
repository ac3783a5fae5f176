//! The first build of the command, as `cargo run -- demo` makes it in a fresh clone, beside that of an
//! earlier commit.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::TaskError;
use crate::command::{cargo, program, target_folder, workspace_root};

use super::Effort;
use super::machine::Foreign;
use super::page::{self, Goal, Row, Section};

/// The last commit before the command was split into features.
const BEFORE: &str = "f517159";

/// Builds both commits in turn, each from nothing.
pub(super) fn measure(effort: &Effort, foreign: &mut Foreign) -> Result<Section, TaskError> {
    let head = program("git", "rev-parse --short HEAD").output()?;
    let clones = [cloned("now", head.trim())?, cloned("before", BEFORE)?];
    foreign.expect_quiet()?;
    let mut seconds = [Vec::new(), Vec::new()];
    for _ in 0..effort.rounds {
        for (clone, seconds) in clones.iter().zip(&mut seconds) {
            let target = clone.join("target");
            if target.exists() {
                std::fs::remove_dir_all(&target)?;
            }
            let build = || {
                let start = Instant::now();
                let build = cargo("build --quiet --locked --target-dir").argument(&target);
                build.within(clone).run()?;
                Ok(start.elapsed().as_secs_f64())
            };
            seconds.push(foreign.watch(&[], build)?);
            std::fs::remove_dir_all(&target)?;
        }
    }
    let [now, before] = clones.map(|clone| crates(&clone));
    let (peer, [ours, theirs]) = ("commit f517159", seconds);
    let rows = vec![
        Row::new("crates of the command", peer, &[now?], &[before?], 0, Goal::OursAtMost(150.0)),
        Row::new("first build of the command, s", peer, &ours, &theirs, 0, Goal::AtMost(0.5)),
    ];
    let compiler = program("rustc", "--version").output()?;
    let method = format!(
        "{}; both cores, profile `dev`, all crates fetched before. Rounds: {}.",
        compiler.trim(),
        effort.rounds
    );
    Ok(Section { name: "build", method, table: page::side_by_side(&rows) })
}

/// Clones the workspace at this commit, and fetches its dependencies.
fn cloned(name: &str, commit: &str) -> Result<PathBuf, TaskError> {
    let clone = target_folder().join("bench").join(name);
    if clone.exists() {
        std::fs::remove_dir_all(&clone)?;
    }
    let clone_from = program("git", "clone --quiet --shared --no-checkout");
    clone_from.argument(workspace_root()).argument(&clone).run()?;
    program("git", &format!("checkout --quiet {commit}")).within(&clone).run()?;
    cargo("fetch --quiet --locked").within(&clone).run()?;
    Ok(clone)
}

/// How many crates a build of the command compiles, its own included.
fn crates(clone: &Path) -> Result<f64, TaskError> {
    let tree = cargo("tree --locked --edges normal,build --prefix none --format {p}");
    Ok(count(&tree.within(clone).output()?) as f64)
}

/// The crates in a list that may name one more than once, with a remark about the repetition or its kind.
fn count(list: &str) -> usize {
    let name_and_version = |line: &str| {
        let mut words = line.split_whitespace().map(str::to_owned);
        Some((words.next()?, words.next()?))
    };
    list.lines().filter_map(name_and_version).collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_counts_once_in_each_version() {
        let list = "a v1.0.0\nb v1.0.0 (proc-macro)\nb v1.0.0 (proc-macro) (*)\n\na v2.0.0 (*)\n";
        assert_eq!(count(list), 3);
    }
}
