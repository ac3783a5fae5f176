//! How an app is set up.

use digital_key_app::{App, AppBuilder, CircuitBreakerPolicy, Deadlines, RetryPolicy};
use digital_key_domain::EntryMode;

use crate::error::DigitalKeyError;

/// How an app is set up; all but the phone has a default.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Config {
    /// The phone that the app runs on.
    pub phone: Phone,
    /// What the entry on the vehicle tab leads to (ENT-7); the flow, unless told otherwise.
    #[uniffi(default = None)]
    pub entry_mode: Option<EntryMode>,
    /// The link behind "More information" (OVR-6); `https://bmw.com/digitalkey`, unless told
    /// otherwise.
    #[uniffi(default = None)]
    pub more_information: Option<String>,
    /// How failed requests to the BFF are tried again; 3 tries within 10 seconds, unless told
    /// otherwise.
    #[uniffi(default = None)]
    pub retry: Option<RetryPolicy>,
    /// When a failing backend is left alone for a while; after 5 failures in a row for 30 seconds,
    /// unless told otherwise.
    #[uniffi(default = None)]
    pub circuit_breaker: Option<CircuitBreaker>,
    /// How long the other ports may take; 5 seconds for the phone and 10 for the cache, unless told
    /// otherwise.
    #[uniffi(default = None)]
    pub deadlines: Option<Deadlines>,
}

/// When a failing backend is left alone.
#[derive(Debug, Clone, Copy, uniffi::Enum)]
pub enum CircuitBreaker {
    /// Never.
    Off,
    /// As this says.
    On {
        /// After how many failures, and for how long.
        policy: CircuitBreakerPolicy,
    },
}

/// The phone that the app runs on.
#[derive(Debug, Clone, uniffi::Enum)]
pub enum Phone {
    /// An iPhone, or what else runs iOS.
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
    /// A builder with these settings.
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
