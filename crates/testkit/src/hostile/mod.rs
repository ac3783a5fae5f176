//! A server that sends bad answers, and the check that an adapter of the `Bff` port handles them.
//!
//! It is for adapters that speak HTTP, and needs the feature `hostile`. The server has the API of
//! the project's own backend: `GET …/vehicles/{vin}/digital-key/support`, `GET …/pairing-status`
//! and `POST …/pairing-password` below [`HostileServer::base_url`]. It runs on loopback in a
//! thread of its own, so that a test can measure the memory and the work of the adapter alone.
//!
//! ```no_run
//! # use digital_key_testkit::fake::MemoryBff;
//! # fn my_adapter(_base_url: &str, _deadline: std::time::Duration) -> MemoryBff {
//! #     MemoryBff::new()
//! # }
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use digital_key_testkit::hostile::{BadAnswer, Expected, check_all};
//!
//! let expected = Expected {
//!     deadline: Duration::from_secs(3),
//!     secrets: &["the token"],
//!     headers: &[("authorization", "Bearer the token")],
//! };
//! let make = |base_url: &str| my_adapter(base_url, expected.deadline);
//! let violations = check_all(BadAnswer::ALL, expected, make).await;
//! assert!(violations.is_empty(), "{violations:#?}");
//! # Ok(())
//! # }
//! ```
//!
//! [`BadAnswer::allows`] defines the outcomes that each bad answer may have. The same suite checks
//! a transport, below an adapter that uses it. In this project `tests/hostile/main.rs` of
//! `bff-http`, `tests/hostile.rs` of the app and the tests of the packages for other languages run
//! all bad answers.

mod server;
mod answer;
mod check;
mod suite;

pub use check::check;
pub use server::HostileServer;
pub use suite::{Expected, check_all};

use digital_key_ports::BffOperation;

/// A kind of bad answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BadAnswer {
    /// No answer to the request.
    Silent,
    /// A header without end, one byte at a time.
    SlowHeader,
    /// A body without end, one byte at a time.
    SlowBody,
    /// A header of 16 MiB.
    HugeHeader,
    /// A body of 256 MiB with its length in the header.
    Huge,
    /// A body of 256 MiB in chunks, without its length in the header.
    HugeInChunks,
    /// 256 MiB of blanks, compressed to 1.6 MiB of gzip.
    GzipBomb,
    /// Half of the announced body; then the connection ends.
    Truncated,
    /// A whole body, with half of the JSON.
    HalfJson,
    /// An HTML page that shows the VIN and a password.
    NotJson,
    /// A field with a value of another type.
    WrongType,
    /// An unknown state where the answer has a state; otherwise in an additional field.
    UnknownEnumValue,
    /// A required field is missing.
    MissingField,
    /// The correct answer with additional fields.
    ExtraField,
    /// A field twice, with two values.
    DuplicateKey,
    /// 32,000 nested arrays in an additional field.
    DeepNesting,
    /// A string with bytes that are not UTF-8.
    BadUtf8,
    /// 200 without a body.
    Empty,
    /// 204.
    NoContent,
    /// 307 to another host, which sends the correct answer.
    RedirectToAnotherHost,
    /// 307 to the same URL.
    RedirectLoop,
    /// This status with the correct answer as its body; 429 and 503 have a `Retry-After` of an
    /// hour, and 401 answers every token.
    Status(u16),
    /// 503, and then a body without end, one byte at a time.
    SlowErrorBody,
    /// The correct answer as `text/html`.
    WrongContentType,
    /// No server listens at the address.
    ConnectionRefused,
    /// The connection is reset after the request has arrived.
    Reset,
    /// The host name does not resolve.
    UnknownHost,
    /// The server does not speak TLS.
    NoTls,
    /// The correct answer under a certificate that only the server itself has signed.
    SelfSigned,
    /// The correct answer about another vehicle.
    AnotherVin,
}

/// The outcome of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The call returns the content of the answer.
    Answer,
    /// The error is `BffErrorKind::Unreachable`.
    Unreachable,
    /// The error is `BffErrorKind::Interrupted`.
    Interrupted,
    /// The error is `BffErrorKind::DeadlineExceeded`.
    DeadlineExceeded,
    /// The error is `BffErrorKind::Status` with this status.
    Status(u16),
    /// The error is `BffErrorKind::Unauthorized`.
    Unauthorized,
    /// The error is `BffErrorKind::Malformed`.
    Malformed,
}

impl BadAnswer {
    /// All bad answers.
    pub const ALL: [Self; 39] = [
        Self::Silent,
        Self::SlowHeader,
        Self::SlowBody,
        Self::HugeHeader,
        Self::Huge,
        Self::HugeInChunks,
        Self::GzipBomb,
        Self::Truncated,
        Self::HalfJson,
        Self::NotJson,
        Self::WrongType,
        Self::UnknownEnumValue,
        Self::MissingField,
        Self::ExtraField,
        Self::DuplicateKey,
        Self::DeepNesting,
        Self::BadUtf8,
        Self::Empty,
        Self::NoContent,
        Self::RedirectToAnotherHost,
        Self::RedirectLoop,
        Self::Status(401),
        Self::Status(403),
        Self::Status(404),
        Self::Status(408),
        Self::Status(409),
        Self::Status(429),
        Self::Status(500),
        Self::Status(502),
        Self::Status(503),
        Self::Status(504),
        Self::SlowErrorBody,
        Self::WrongContentType,
        Self::ConnectionRefused,
        Self::Reset,
        Self::UnknownHost,
        Self::NoTls,
        Self::SelfSigned,
        Self::AnotherVin,
    ];

    /// The calls of the port, each of which gets a bad answer.
    pub const OPERATIONS: [BffOperation; 3] =
        [BffOperation::Support, BffOperation::PairingStatus, BffOperation::PairingPassword];

    /// Returns whether only an adapter that speaks TLS can get this answer.
    #[must_use]
    pub fn needs_tls(self) -> bool {
        matches!(self, Self::UnknownHost | Self::NoTls | Self::SelfSigned)
    }

    /// Returns how many requests the three calls may send without a retry: one each, and one more
    /// with another token after a 401.
    #[must_use]
    pub fn most_requests(self) -> usize {
        if self == Self::Status(401) { 6 } else { 3 }
    }

    /// Returns whether a call that gets this answer may have this outcome.
    ///
    /// Some answers allow two outcomes: the port's contract does not say which layer of the adapter
    /// rejects them.
    #[must_use]
    pub fn allows(self, outcome: Outcome) -> bool {
        match self {
            Self::Silent | Self::SlowHeader | Self::SlowBody => {
                outcome == Outcome::DeadlineExceeded
            }
            Self::Truncated => matches!(outcome, Outcome::Interrupted | Outcome::Malformed),
            Self::HugeHeader
            | Self::Huge
            | Self::HugeInChunks
            | Self::GzipBomb
            | Self::HalfJson
            | Self::NotJson
            | Self::WrongType
            | Self::MissingField
            | Self::DuplicateKey
            | Self::BadUtf8
            | Self::Empty
            | Self::NoContent
            | Self::WrongContentType
            | Self::AnotherVin => outcome == Outcome::Malformed,
            // The adapter may skip a field that it does not read, or reject it.
            Self::DeepNesting => matches!(outcome, Outcome::Answer | Outcome::Malformed),
            Self::ExtraField | Self::UnknownEnumValue => outcome == Outcome::Answer,
            Self::RedirectToAnotherHost | Self::RedirectLoop => outcome == Outcome::Status(307),
            Self::Status(401) => outcome == Outcome::Unauthorized,
            Self::Status(status) => outcome == Outcome::Status(status),
            Self::SlowErrorBody => outcome == Outcome::Status(503),
            Self::ConnectionRefused | Self::UnknownHost | Self::NoTls | Self::SelfSigned => {
                outcome == Outcome::Unreachable
            }
            Self::Reset => outcome == Outcome::Interrupted,
        }
    }
}
