//! The command line of `digital-key-bff`.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tracing_subscriber::EnvFilter;

use crate::Bff;
use crate::config::{Config, ENVIRONMENT_PREFIX, Loaded, SETTINGS, Setting, Sources};

/// The exit code for a configuration that cannot work.
const USAGE: u8 = 2;

/// File descriptors beside those of the API's connections: listeners, logs, and the connections to
/// the upstream and for operations.
const OTHER_FILES: u64 = 512;

/// Runs the command with the arguments and the environment of this process.
#[must_use]
pub fn main() -> ExitCode {
    main_with(|bff| bff)
}

/// Runs the command with a service that is set up further, such as with another adapter.
#[must_use]
pub fn main_with(set_up: impl FnOnce(Bff) -> Bff) -> ExitCode {
    let matches = command().get_matches();
    let loaded = match Loaded::from_sources(&sources(&matches)) {
        Ok(loaded) => loaded,
        Err(error) => return fail(USAGE, &error),
    };
    if matches.get_flag("check-config") {
        // A reader that went away wants no more.
        let _ = write!(io::stdout(), "{loaded}");
        return ExitCode::SUCCESS;
    }
    start_logging(&loaded.config);
    warn_of_file_limit(&loaded.config);
    let started = |api, operations| {
        tracing::info!(
            %api,
            %operations,
            version = crate::VERSION,
            "digital-key-bff accepts connections"
        );
    };
    match set_up(Bff::new(loaded.config)).run(started) {
        Ok(code) => code,
        Err(error) => fail(1, &error),
    }
}

fn fail(code: u8, error: &dyn std::error::Error) -> ExitCode {
    // Without a standard error there is no place to report it.
    let _ = writeln!(io::stderr(), "digital-key-bff: {error}");
    ExitCode::from(code)
}

fn command() -> Command {
    let settings = SETTINGS.iter().map(|setting| {
        let flag = setting.flag();
        Arg::new(setting.name)
            .long(flag.trim_start_matches('-').to_owned())
            .value_name("VALUE")
            .help(help(setting))
    });
    Command::new("digital-key-bff")
        .version(crate::VERSION)
        .about("The BFF of the digital key: a stateless service in front of a SmAcc service")
        .after_help(format!(
            "Each setting is also an environment variable ({}) and a member of the configuration \
             file (upstream = \"…\"). Flags are stronger than the environment, and the environment \
             is stronger than the file.",
            SETTINGS[0].variable()
        ))
        .arg(
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .env(format!("{ENVIRONMENT_PREFIX}CONFIG"))
                .value_parser(clap::value_parser!(PathBuf))
                .help("The configuration file, in TOML"),
        )
        .arg(
            Arg::new("check-config")
                .long("check-config")
                .action(ArgAction::SetTrue)
                .help("Print the settings that are in force, secrets hidden, and exit"),
        )
        .args(settings)
}

fn help(setting: &Setting) -> String {
    let default = setting.shown(&Config::default());
    let default = if default.is_empty() { String::new() } else { format!(" [default: {default}]") };
    format!("{}: {}{default}", setting.help, setting.must)
}

fn sources(matches: &ArgMatches) -> Sources {
    let flag = |setting: &Setting| {
        let value = matches.get_one::<String>(setting.name)?;
        Some((setting.name.to_owned(), value.clone()))
    };
    let lossy = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    Sources {
        flags: SETTINGS.iter().filter_map(flag).collect::<BTreeMap<_, _>>(),
        environment: std::env::vars_os().map(|(name, value)| (lossy(name), lossy(value))).collect(),
        file: matches.get_one::<PathBuf>("config").cloned(),
    }
}

/// Writes the log to standard output, one JSON object a line.
fn start_logging(config: &Config) {
    // The filter was read before, so that this is never the fallback.
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_env_filter(filter)
        .with_writer(io::stdout)
        .init();
}

/// Raises the limit of open files as far as the system allows, and reports when it is too low.
fn warn_of_file_limit(config: &Config) {
    let needed = config.max_connections as u64 + OTHER_FILES;
    let limit = getrlimit(Resource::Nofile);
    let enough = |limit: Option<u64>| limit.is_none_or(|limit| limit >= needed);
    if enough(limit.current) {
        return;
    }
    let raised = limit.maximum.map_or(needed, |maximum| maximum.min(needed));
    let changed = setrlimit(Resource::Nofile, Rlimit { current: Some(raised), ..limit });
    if changed.is_err() || !enough(Some(raised)) {
        tracing::warn!(
            limit = getrlimit(Resource::Nofile).current,
            needed,
            "the limit of open files is too low for max_connections"
        );
    }
}
