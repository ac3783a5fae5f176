//! The configuration: its settings, their limits, and where their values come from.

mod kind;
mod settings;
mod load;
#[cfg(test)]
mod tests;

pub use kind::{BaseUrl, Protocol, Secret};
pub use load::{Loaded, Origin, Sources};
pub use settings::{Config, SETTINGS, Setting};

/// The start of the names of environment variables.
pub const ENVIRONMENT_PREFIX: &str = "DIGITAL_KEY_BFF_";

/// Why a configuration cannot work. Its text is one line, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting} ({origin}) {problem}")]
pub struct ConfigError {
    /// The name of the setting.
    pub setting: String,
    /// Where its value comes from, in words.
    pub origin: String,
    /// What is wrong, and what would be right.
    pub problem: String,
}

impl Setting {
    /// Returns its flag, such as `--upstream-deadline`.
    #[must_use]
    pub fn flag(&self) -> String {
        format!("--{}", self.name.replace('_', "-"))
    }

    /// Returns its environment variable, such as `DIGITAL_KEY_BFF_UPSTREAM_DEADLINE`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("{ENVIRONMENT_PREFIX}{}", self.name.to_uppercase())
    }

    /// Returns the value in words; a secret is `…`, and a value that is absent is empty.
    #[must_use]
    pub fn shown(&self, config: &Config) -> String {
        (self.show)(config)
    }
}

impl Config {
    /// Checks the settings that depend on each other.
    ///
    /// # Errors
    /// The name of the first setting that does not fit, and what is wrong with it.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let Some(upstream) = &self.upstream else {
            return Err(("upstream", "is missing; it must be the base URL of the SmAcc service, such as https://smacc.example.com".to_owned()));
        };
        if !upstream.is_https() && !upstream.is_loopback() && !self.allow_plain_upstream {
            return Err(("upstream", "is http to another machine, which shows tokens to the network; it must be https, or allow_plain_upstream must be true".to_owned()));
        }
        if self.listen == self.operations_listen && self.listen.port() != 0 {
            return Err((
                "operations_listen",
                format!("is the address of listen ({}); it must be another one", self.listen),
            ));
        }
        pair(
            ("tls_certificate_file", &self.tls_certificate_file),
            ("tls_key_file", &self.tls_key_file),
        )?;
        pair(
            ("upstream_certificate_file", &self.upstream_certificate_file),
            ("upstream_key_file", &self.upstream_key_file),
        )?;
        if !upstream.is_https() && self.upstream_certificate_file.is_some() {
            return Err(("upstream_certificate_file", "needs an upstream with https".to_owned()));
        }
        for (name, value) in
            [("jwt_issuer", &self.jwt_issuer), ("jwt_audience", &self.jwt_audience)]
        {
            if value.is_some() && self.jwks_url.is_none() {
                return Err((name, "has no effect without jwks_url; set both or none".to_owned()));
            }
            if value.is_none() && self.jwks_url.is_some() {
                return Err((name, "is missing; jwks_url needs it".to_owned()));
            }
        }
        if let Some(url) = &self.jwks_url
            && !url.is_https()
            && !url.is_loopback()
        {
            return Err(("jwks_url", "must be https, or http to loopback".to_owned()));
        }
        if self.otlp_endpoint.is_some() && !cfg!(feature = "otlp") {
            return Err(("otlp_endpoint", "needs a build with the feature otlp".to_owned()));
        }
        Ok(())
    }
}

/// Checks that two files are both set or both absent.
fn pair<T>(
    one: (&'static str, &Option<T>),
    other: (&'static str, &Option<T>),
) -> Result<(), (&'static str, String)> {
    for ((name, value), (partner, partners)) in [(one, other), (other, one)] {
        if value.is_none() && partners.is_some() {
            return Err((name, format!("is missing; {partner} needs it")));
        }
    }
    Ok(())
}

/// Returns the table of all settings, as Markdown.
#[must_use]
pub fn table() -> String {
    let config = Config::default();
    let mut table = "| setting | default | what it is |\n|---|---|---|\n".to_owned();
    for setting in SETTINGS {
        let default = match setting.shown(&config).as_str() {
            "" if setting.name == "upstream" => "required".to_owned(),
            "" => String::new(),
            value => format!("`{value}`"),
        };
        let Setting { name, help, must, .. } = setting;
        table += &format!("| `{name}` | {default} | {help}: {must} |\n");
    }
    table
}
