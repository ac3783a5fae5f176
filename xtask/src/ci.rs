//! The jobs of CI: they run one after the other, until one fails.

use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::command::{cargo, target_folder};
use crate::{
    Outcome, TaskError, android, bench, codegen, contract, deny, dist, docs, monitoring,
    playground, portable, sbom, size, structure, symbols, test_bindings,
};

/// Features that need a run of their own are left out, and so is `native-tls`: here it needs the
/// headers of OpenSSL, and [`Job::Ios`] checks it.
pub(crate) const CLIPPY: &str = "clippy --workspace --all-targets \
                                 --features digital-key/mocks,digital-key/testkit,digital-key/wallet-ios,digital-key/serde,\
                                 digital-key-bff/testkit,digital-key-backend/otlp,\
                                 digital-key-cli/full-screen,digital-key-cli/tls";
/// The command as a first build makes it, with a BFF and a client without TLS.
const CLIPPY_WITHOUT_TLS: &str = "clippy -p digital-key-cli -p digital-key-bff-http --all-targets \
                                  --no-default-features --features digital-key-bff-http/reqwest";
const CLIPPY_WITHOUT_HTTP: &str = "clippy -p digital-key-bindings --no-default-features";
const CLIPPY_WITH_SUITE: &str = "clippy -p digital-key-bindings --features hostile";
const CLIPPY_WITH_KEY_STORE: &str =
    "clippy -p digital-key-cache-sled --all-targets --features keyring";

/// The tests of BFF and backend that need features: the suite of an adapter, and spans.
const FEATURE_TESTS: &str = "test -p digital-key-bff -p digital-key-backend \
                             --features digital-key-bff/testkit,digital-key-backend/otlp \
                             --test conformance --test service --test backend -- adapter spans";

/// The backend for development has the BFF without TLS; the other programs turn TLS on.
const TESTS_WITHOUT_TLS: &str = "test -p digital-key-bff --no-default-features --lib";

/// How many histories CI simulates: they take seconds.
pub(crate) const SEEDS: u64 = 5_000;

/// A job of CI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Job {
    /// rustfmt would change no file.
    Fmt,
    /// The crates, folders and texts keep the rules of the design.
    Structure,
    /// The generated pages are up to date.
    Codegen,
    /// clippy has no warning.
    Clippy,
    /// The tests pass.
    Test,
    /// The flow machine keeps its invariants on every edge within the bounds that take seconds.
    Explore,
    /// The core keeps its invariants in histories full of faults.
    Simulate,
    /// The documentation builds without a warning.
    Doc,
    /// The core builds for a target without an operating system.
    Portable,
    /// The crates of an iPhone app build for the phone and its simulator, and the library for the phone
    /// shows only its interface.
    Ios,
    /// The crates of an Android app build, without wallet and TLS, and its library fits large pages
    /// and shows only its interface.
    Android,
    /// The library is small enough for a phone.
    Size,
    /// The dependencies keep the rules of deny.toml.
    Deny,
    /// cargo-cyclonedx writes a bill of materials for each crate.
    Sbom,
    /// The answers of BFF and SmAcc service are those of their OpenAPI documents.
    Contract,
    /// The rules, manifests and dashboard of the BFF work in the real programs.
    Monitoring,
    /// The listings of the packages' interfaces are up to date, and each language pairs a car.
    Bindings,
    /// The crates and packages can be installed into a fresh project each.
    Install,
    /// The peers of the flow machine play the happy path to its end.
    Bench,
    /// The documentation builds as one site, and none of its links is dead.
    Site,
    /// The playground works in a browser, and the scenario that it exports passes.
    Browser,
}

impl Job {
    fn run(self) -> Result<Outcome, TaskError> {
        match self {
            Self::Fmt => cargo("fmt --all --check").run()?,
            Self::Structure => structure::check()?,
            Self::Codegen => codegen::check(&[])?,
            Self::Clippy => {
                for clippy in [
                    CLIPPY,
                    CLIPPY_WITHOUT_TLS,
                    CLIPPY_WITHOUT_HTTP,
                    CLIPPY_WITH_SUITE,
                    CLIPPY_WITH_KEY_STORE,
                ] {
                    cargo(&format!("{clippy} -- -D warnings")).run()?;
                }
            }
            // The command of the README, so that the two never differ.
            Self::Test => {
                cargo("test --workspace --features digital-key-cli/full-screen").run()?;
                cargo("test -p digital-key-domain --features serde --test serialized").run()?;
                // The other tests of these packages have run.
                cargo(FEATURE_TESTS).run()?;
                cargo(TESTS_WITHOUT_TLS).run()?;
            }
            Self::Explore => cargo("run -p digital-key-exploration -- quick").run()?,
            Self::Simulate => simulate(SEEDS, 0)?,
            Self::Doc => {
                let features = "digital-key/mocks,digital-key/testkit,digital-key/wallet-ios";
                cargo(&format!("doc --workspace --no-deps --features {features}"))
                    .env("RUSTDOCFLAGS", "-D warnings")
                    .run()?
            }
            Self::Portable => return portable::check(portable::PORTABLE),
            Self::Ios => match portable::check(portable::IOS)? {
                Outcome::Passed => return symbols::check_ios(),
                skipped @ Outcome::Skipped(_) => return Ok(skipped),
            },
            Self::Android => match portable::check(portable::ANDROID)? {
                Outcome::Passed => return android::check_link(),
                skipped @ Outcome::Skipped(_) => return Ok(skipped),
            },
            Self::Size => return size::check(),
            Self::Deny => return deny::check(),
            Self::Sbom => return sbom::check(),
            Self::Contract => return contract::check(),
            Self::Monitoring => return monitoring::check(),
            Self::Bindings => {
                codegen::check(&[codegen::Part::Bindings])?;
                return test_bindings::run(&[]);
            }
            Self::Install => return dist::check_install(),
            Self::Bench => return bench::check(),
            Self::Site => return docs::check(),
            Self::Browser => return playground::check(),
        }
        Ok(Outcome::Passed)
    }

    fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// Simulates the histories of these seeds, optimised: that makes thousands a second.
pub(crate) fn simulate(seeds: u64, from: u64) -> Result<(), TaskError> {
    let simulator = "run --profile simulation -p digital-key-simulator";
    let recordings = target_folder().join("simulator");
    cargo(&format!("{simulator} -- --seeds {seeds} --from {from} --record"))
        .argument(recordings)
        .run()
}

/// The jobs that pass although a part of them could not be checked.
pub(crate) struct AllowMissing(Vec<Job>);

impl AllowMissing {
    /// The jobs named after `--allow-missing`: none without the option, all without a name.
    pub(crate) fn new(named: Option<Vec<Job>>) -> Self {
        match named {
            None => Self(Vec::new()),
            Some(named) if named.is_empty() => Self(Job::value_variants().to_vec()),
            Some(named) => Self(named),
        }
    }

    /// Turns a skipped job into an error, unless it is allowed to miss something.
    fn judge(&self, job: Job, outcome: Result<Outcome, TaskError>) -> Result<Outcome, TaskError> {
        match outcome {
            Ok(Outcome::Skipped(reason)) if !self.0.contains(&job) => {
                Err(format!("{reason}; `--allow-missing={}` skips it", job.name()).into())
            }
            other => other,
        }
    }
}

/// Runs these jobs, or all when none is named, and prints how long each took.
pub(crate) fn run(jobs: &[Job], allow_missing: &AllowMissing) -> Result<(), TaskError> {
    let jobs = if jobs.is_empty() { Job::value_variants() } else { jobs };
    let mut table = format!("{:<10} {:>8}  result", "job", "seconds");
    let mut skipped = Vec::new();
    for &job in jobs {
        println!("\n=== {} ===", job.name());
        let start = Instant::now();
        let outcome = allow_missing.judge(job, job.run());
        table += &row(job, start.elapsed(), &outcome);
        match outcome {
            Ok(Outcome::Passed) => {}
            Ok(Outcome::Skipped(reason)) => skipped.push(format!("{} ({reason})", job.name())),
            Err(error) => {
                println!("\n{table}");
                return Err(format!("the job {} failed: {error}", job.name()).into());
            }
        }
    }
    println!("\n{table}");
    if !skipped.is_empty() {
        println!("\nNOT CHECKED HERE: {}", skipped.join("; "));
    }
    Ok(())
}

/// The row of the table about a job.
fn row(job: Job, took: Duration, outcome: &Result<Outcome, TaskError>) -> String {
    let result = match outcome {
        Ok(Outcome::Passed) => "passed",
        Ok(Outcome::Skipped(reason)) => &format!("SKIPPED: {reason}"),
        Err(_) => "FAILED",
    };
    format!("\n{:<10} {:>8.1}  {result}", job.name(), took.as_secs_f32())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_shows_time_and_result() {
        let skipped = || Ok(Outcome::Skipped("no such target".into()));
        for (outcome, row_end) in [
            (Ok(Outcome::Passed), "1.2  passed"),
            (skipped(), "1.2  SKIPPED: no such target"),
            (Err("red".into()), "1.2  FAILED"),
        ] {
            let row = row(Job::Portable, Duration::from_millis(1250), &outcome);
            assert!(row.starts_with("\nportable ") && row.ends_with(row_end), "{row}");
        }
    }

    #[test]
    fn a_skipped_job_fails_unless_it_is_allowed_to() {
        let passes = |named: Option<&[Job]>| {
            let allow_missing = AllowMissing::new(named.map(<[Job]>::to_vec));
            allow_missing.judge(Job::Ios, Ok(Outcome::Skipped("no library".into()))).is_ok()
        };
        assert!(!passes(None));
        assert!(!passes(Some(&[Job::Deny])));
        assert!(passes(Some(&[Job::Deny, Job::Ios])));
        assert!(passes(Some(&[])), "`--allow-missing` alone means every job");
        assert!(AllowMissing::new(Some(Vec::new())).judge(Job::Ios, Err("red".into())).is_err());
    }
}
