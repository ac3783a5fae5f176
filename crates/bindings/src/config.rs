//! The configuration of an app.

use std::time::Duration;

use digital_key_app::{App, AppBuilder};
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
    /// The flight recorder (GEN-12). Default: off.
    #[uniffi(default = None)]
    pub recorder: Option<RecorderOptions>,
}

/// What the flight recorder keeps, and where.
#[derive(Debug, Clone, uniffi::Record)]
pub struct RecorderOptions {
    /// The size of the buffer in memory, in bytes: from 1 KiB to 8 MiB. Default: 256 KiB.
    #[uniffi(default = None)]
    pub bytes: Option<u32>,
    /// The path of the file that keeps the recording across a kill, in the app's private container. Its
    /// folder must exist. Default: memory only.
    #[uniffi(default = None)]
    pub file: Option<String>,
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

/// How the core retries a failed request to the BFF.
#[derive(Debug, Clone, Copy, uniffi::Record)]
pub struct RetryPolicy {
    /// The number of tries, with the first one; 0 counts as 1.
    pub tries: u32,
    /// The longest wait before the second try; it doubles with each further try.
    pub first_wait: Duration,
    /// The longest wait between two tries, unless the backend asks for a longer one.
    pub longest_wait: Duration,
    /// The longest time for all tries and waits of one request together.
    pub total: Duration,
}

/// When the circuit breaker opens, and for how long.
#[derive(Debug, Clone, Copy, uniffi::Record)]
pub struct CircuitBreakerPolicy {
    /// The number of failures in a row that opens the circuit; 0 counts as 1.
    pub failures: u32,
    /// How long the core sends no request then. After that it sends one request at a time as a probe:
    /// an answer closes the circuit, a failure opens it for the same time again.
    pub open_for: Duration,
}

/// How long a port may take for an answer before the call counts as failed.
#[derive(Debug, Clone, Copy, uniffi::Record)]
pub struct Deadlines {
    /// For the wallet and for Apple's question whether a key can be created.
    pub phone: Duration,
    /// For one call of the cache.
    pub cache: Duration,
    /// How long an answer of Apple's sheet may still come after the sheet is gone; shorter than
    /// `phone`.
    pub sheet_grace: Duration,
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
            builder = builder.retry(policy.into());
        }
        match self.circuit_breaker {
            None => {}
            Some(CircuitBreaker::Off) => builder = builder.circuit_breaker(None),
            Some(CircuitBreaker::On { policy }) => {
                builder = builder.circuit_breaker(Some(policy.into()))
            }
        }
        if let Some(deadlines) = self.deadlines {
            builder = builder.deadlines(deadlines.into());
        }
        if let Some(options) = self.recorder {
            builder = builder.record(options.into());
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

impl From<RetryPolicy> for digital_key_app::RetryPolicy {
    fn from(policy: RetryPolicy) -> Self {
        Self::new()
            .with_tries(policy.tries)
            .with_first_wait(policy.first_wait)
            .with_longest_wait(policy.longest_wait)
            .with_total(policy.total)
    }
}

impl From<CircuitBreakerPolicy> for digital_key_app::CircuitBreakerPolicy {
    fn from(policy: CircuitBreakerPolicy) -> Self {
        Self::new().with_failures(policy.failures).with_open_for(policy.open_for)
    }
}

impl From<RecorderOptions> for digital_key_app::RecorderOptions {
    fn from(options: RecorderOptions) -> Self {
        let mut recorder = Self::new();
        if let Some(bytes) = options.bytes {
            recorder = recorder.with_bytes(usize::try_from(bytes).unwrap_or(usize::MAX));
        }
        match options.file {
            Some(file) => recorder.with_file(file),
            None => recorder,
        }
    }
}

impl From<Deadlines> for digital_key_app::Deadlines {
    fn from(deadlines: Deadlines) -> Self {
        Self::new()
            .with_phone(deadlines.phone)
            .with_cache(deadlines.cache)
            .with_sheet_grace(deadlines.sheet_grace)
    }
}
