//! The configuration of an app.

use digital_key_app::{App, AppBuilder, CircuitBreakerPolicy, Deadlines, RetryPolicy};
use digital_key_domain::EntryMode;

use crate::error::DigitalKeyError;

/// The configuration of an app. Every field has a default, except the phone.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Config {
    /// The phone on which the app runs.
    pub phone: Phone,
    /// The target of the entry on the vehicle tab (ENT-7). Default: the flow.
    #[uniffi(default = None)]
    pub entry_mode: Option<EntryMode>,
    /// The link behind "More information" (OVR-6). Default: `https://bmw.com/digitalkey`.
    #[uniffi(default = None)]
    pub more_information: Option<String>,
    /// How the core retries failed requests to the BFF. Default: 3 tries within 10 seconds.
    #[uniffi(default = None)]
    pub retry: Option<RetryPolicy>,
    /// When the core stops sending requests to a failing backend for a while. Default: after 5
    /// failures in a row, for 30 seconds.
    #[uniffi(default = None)]
    pub circuit_breaker: Option<CircuitBreaker>,
    /// How long the other ports may take. Default: 5 seconds for the phone, 10 for the cache.
    #[uniffi(default = None)]
    pub deadlines: Option<Deadlines>,
}

/// Whether the core stops sending requests to a failing backend.
#[derive(Debug, Clone, Copy, uniffi::Enum)]
pub enum CircuitBreaker {
    /// Never.
    Off,
    /// Yes, by this policy.
    On {
        /// The number of failures, and the time.
        policy: CircuitBreakerPolicy,
    },
}

/// The phone on which the app runs.
#[derive(Debug, Clone, uniffi::Enum)]
pub enum Phone {
    /// An iPhone, or another device with iOS.
    Ios {
        /// The machine identifier, such as `iPhone12,1`.
        machine: String,
        /// The version of iOS, such as `14.2`.
        version: String,
    },
    /// An unsupported platform (REQ-4).
    Android,
}

impl Config {
    /// Returns a builder with these settings.
    pub(crate) fn builder(
        self,
        ports: digital_key_app::Ports,
    ) -> Result<AppBuilder, DigitalKeyError> {
        let mut builder = App::builder(self.phone.try_into()?, ports);
        if let Some(entry_mode) = self.entry_mode {
            builder = builder.entry_mode(entry_mode);
        }
        if let Some(url) = self.more_information {
            builder = builder.more_information(&url);
        }
        if let Some(policy) = self.retry {
            builder = builder.retry(policy);
        }
        match self.circuit_breaker {
            None => {}
            Some(CircuitBreaker::Off) => builder = builder.circuit_breaker(None),
            Some(CircuitBreaker::On { policy }) => builder = builder.circuit_breaker(Some(policy)),
        }
        if let Some(deadlines) = self.deadlines {
            builder = builder.deadlines(deadlines);
        }
        Ok(builder)
    }
}

impl TryFrom<Phone> for digital_key_domain::Phone {
    type Error = DigitalKeyError;

    fn try_from(phone: Phone) -> Result<Self, DigitalKeyError> {
        Ok(match phone {
            Phone::Android => Self::Android,
            Phone::Ios { machine, version } => Self::Ios {
                machine: machine
                    .parse()
                    .map_err(|error| DigitalKeyError::invalid("machine", &error))?,
                version: version
                    .parse()
                    .map_err(|error| DigitalKeyError::invalid("version", &error))?,
            },
        })
    }
}
