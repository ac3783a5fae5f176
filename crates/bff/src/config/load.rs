//! Reading the configuration: flags are stronger than the environment, which is stronger than the
//! file.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::{Config, ConfigError, ENVIRONMENT_PREFIX, SETTINGS, Setting};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// No source names the setting.
    Default,
    /// The configuration file.
    File(PathBuf),
    /// The environment variable of this name.
    Environment(String),
    /// The flag of this name.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("set nowhere"),
            Self::File(path) => write!(f, "from the file {}", path.display()),
            Self::Environment(name) => write!(f, "from the environment variable {name}"),
            Self::Flag(name) => write!(f, "from the flag {name}"),
        }
    }
}

/// The sources of values.
#[derive(Debug, Default)]
pub struct Sources {
    /// The values of flags, by the name of their setting.
    pub flags: BTreeMap<String, String>,
    /// The environment; other variables than those of the service are left out of account.
    pub environment: Vec<(String, String)>,
    /// The configuration file.
    pub file: Option<PathBuf>,
}

/// A configuration that can work, with the origin of each value.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    origins: BTreeMap<&'static str, Origin>,
}

impl Loaded {
    /// Reads and checks all settings.
    ///
    /// # Errors
    /// The first setting that has a wrong value, is not known, or does not fit to another one.
    pub fn from_sources(sources: &Sources) -> Result<Self, ConfigError> {
        let mut loaded = Self { config: Config::default(), origins: BTreeMap::new() };
        if let Some(path) = &sources.file {
            for (name, value) in read_file(path)? {
                loaded.set(&name, &value, Origin::File(path.clone()))?;
            }
        }
        for (variable, value) in &sources.environment {
            let Some(name) = variable.strip_prefix(ENVIRONMENT_PREFIX) else { continue };
            // The name of the file itself is no setting.
            if name != "CONFIG" {
                let origin = Origin::Environment(variable.clone());
                loaded.set(&name.to_lowercase(), value, origin)?;
            }
        }
        for (name, value) in &sources.flags {
            let flag = format!("--{}", name.replace('_', "-"));
            loaded.set(name, value, Origin::Flag(flag))?;
        }
        loaded.config.check().map_err(|(setting, problem)| ConfigError {
            setting: setting.to_owned(),
            origin: loaded.origin(setting).to_string(),
            problem,
        })?;
        Ok(loaded)
    }

    /// Returns where the value of a setting comes from.
    #[must_use]
    pub fn origin(&self, setting: &str) -> &Origin {
        self.origins.get(setting).unwrap_or(&Origin::Default)
    }

    fn set(&mut self, name: &str, value: &str, origin: Origin) -> Result<(), ConfigError> {
        let error =
            |problem| ConfigError { setting: printable(name), origin: origin.to_string(), problem };
        let Some(setting) = SETTINGS.iter().find(|it| it.name == name) else {
            let nearest = nearest(name);
            return Err(error(format!("is no setting; the nearest one is {nearest}")));
        };
        (setting.read)(&mut self.config, value.trim()).ok_or_else(|| {
            let found = if setting.repeatable {
                format!(", not {:?}", printable(value))
            } else {
                String::new()
            };
            error(format!("must be {}{found}", setting.must))
        })?;
        self.origins.insert(setting.name, origin);
        Ok(())
    }
}

/// Shows all values as a configuration file, secrets hidden.
impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for setting in SETTINGS {
            let value = setting.shown(&self.config);
            if value.is_empty() {
                writeln!(f, "# {} is not set", setting.name)?;
                continue;
            }
            let origin = match self.origin(setting.name) {
                Origin::Default => "the default".to_owned(),
                origin @ (Origin::File(_) | Origin::Environment(_) | Origin::Flag(_)) => {
                    origin.to_string()
                }
            };
            writeln!(f, "{} = {:?} # {origin}", setting.name, value)?;
        }
        Ok(())
    }
}

/// Returns the settings of a TOML file as texts.
#[cfg(not(feature = "command"))]
fn read_file(path: &Path) -> Result<Vec<(String, String)>, ConfigError> {
    Err(ConfigError {
        setting: "config".to_owned(),
        origin: format!("the file {}", path.display()),
        problem: "needs a build with the feature command".to_owned(),
    })
}

/// Returns the settings of a TOML file as texts.
#[cfg(feature = "command")]
fn read_file(path: &Path) -> Result<Vec<(String, String)>, ConfigError> {
    let error = |setting: &str, problem: String| ConfigError {
        setting: setting.to_owned(),
        origin: format!("the file {}", path.display()),
        problem,
    };
    let text = std::fs::read_to_string(path)
        .map_err(|e| error("config", format!("cannot be read: {e}")))?;
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| {
        let before = e.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        error(
            "config",
            format!(
                "is not TOML at line {line}: {}",
                e.message().lines().next().unwrap_or_default()
            ),
        )
    })?;
    let mut values = Vec::new();
    for (name, value) in table {
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(switch) => switch.to_string(),
            toml::Value::Float(_)
            | toml::Value::Datetime(_)
            | toml::Value::Array(_)
            | toml::Value::Table(_) => {
                let problem = "must be a text, a whole number, true or false".to_owned();
                return Err(error(&printable(&name), problem));
            }
        };
        values.push((name, text));
    }
    Ok(values)
}

/// Returns the start of a text, so that an error stays one line.
fn printable(text: &str) -> String {
    text.chars().filter(|it| !it.is_control()).take(80).collect()
}

/// Returns the setting whose name has the most letters in common with this one.
fn nearest(name: &str) -> &'static str {
    let common = |setting: &&Setting| {
        let start = setting.name.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
        let end =
            setting.name.bytes().rev().zip(name.bytes().rev()).take_while(|(a, b)| a == b).count();
        start + end
    };
    SETTINGS.iter().max_by_key(common).map_or("upstream", |it| it.name)
}
