//! A server that answers badly, and the check that an adapter of the `Bff` port bears it.
//!
//! It is for adapters that speak HTTP, and needs the feature `hostile`. The server speaks the API
//! of the project's own backend: `GET …/vehicles/{vin}/digital-key/support`, `GET …/pairing-status`
//! and `POST …/pairing-password` below [`HostileServer::base_url`]. It listens on loopback, in a
//! thread of its own: neither its memory nor its work is the adapter's, so that both can be
//! measured.
//!
//! ```no_run
//! # use digital_key_testkit::fake::MemoryBff;
//! # fn my_adapter(_base_url: &str, _deadline: std::time::Duration) -> MemoryBff { MemoryBff::new()
//! }
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use digital_key_testkit::hostile::{BadAnswer, HostileServer, check};
//!
//! const DEADLINE: Duration = Duration::from_secs(2);
//! for answer in BadAnswer::ALL {
//!     let server = HostileServer::start(answer)?;
//!     let adapter = my_adapter(server.base_url(), DEADLINE);
//!     check(&server, &adapter, DEADLINE, &["the token"]).await?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What each bad answer has to end in stands at [`BadAnswer::may_end_in`]. In this project,
//! `tests/hostile.rs` of `bff-http` and of the app run all of them.

mod answer;
mod check;
mod server;

pub use check::check;
pub use server::HostileServer;

use digital_key_ports::BffOperation;

/// A way to answer badly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BadAnswer {
    /// Takes the request and says nothing.
    Silent,
    /// A header that goes on and on, a byte at a time.
    SlowHeader,
    /// A body that goes on and on, a byte at a time.
    SlowBody,
    /// A header of 16 MiB.
    HugeHeader,
    /// A body of 256 MiB whose length is announced.
    Huge,
    /// A body of 256 MiB in chunks, whose length nobody knows before.
    HugeInChunks,
    /// 256 MiB of blanks as 1.6 MiB of gzip.
    GzipBomb,
    /// Half of the announced body; then the connection ends.
    Truncated,
    /// A whole body, with half of the JSON.
    HalfJson,
    /// A page for people, which shows the VIN and a password.
    NotJson,
    /// A field of another type.
    WrongType,
    /// A state that nobody knows yet, where the answer has one; elsewhere in a further field.
    UnknownEnumValue,
    /// A field that has to be there is not.
    MissingField,
    /// The right answer, with further fields.
    ExtraField,
    /// A field twice, with two values.
    DuplicateKey,
    /// 32,000 arrays in each other, in a further field.
    DeepNesting,
    /// Bytes that are no UTF-8, in a text.
    BadUtf8,
    /// 200 without a body.
    Empty,
    /// 204.
    NoContent,
    /// 307 to another host, which would give the right answer.
    RedirectToAnotherHost,
    /// 307 to the same place.
    RedirectLoop,
    /// This status, with the right answer as its body, and for 429 and 503 with a `Retry-After`
    /// of an hour; 401 to every token.
    Status(u16),
    /// The right answer as `text/html`.
    WrongContentType,
    /// Nobody listens.
    ConnectionRefused,
    /// The connection is reset once the request is there.
    Reset,
    /// The host has no address.
    UnknownHost,
    /// The server does not speak TLS.
    NoTls,
    /// The right answer, under a certificate that nobody but the server itself has signed.
    SelfSigned,
    /// The right answer about another vehicle.
    AnotherVin,
}

/// How a call may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With what the answer says, in the sense of the port.
    Answer,
    /// With `BffErrorKind::Unreachable`.
    Unreachable,
    /// With `BffErrorKind::Interrupted`.
    Interrupted,
    /// With `BffErrorKind::DeadlineExceeded`.
    DeadlineExceeded,
    /// With `BffErrorKind::Status` and this status.
    Status(u16),
    /// With `BffErrorKind::Unauthorized`.
    Unauthorized,
    /// With `BffErrorKind::Malformed`.
    Malformed,
}

impl BadAnswer {
    /// All of them.
    pub const ALL: [Self; 38] = [
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
        Self::WrongContentType,
        Self::ConnectionRefused,
        Self::Reset,
        Self::UnknownHost,
        Self::NoTls,
        Self::SelfSigned,
        Self::AnotherVin,
    ];

    /// The three questions, each of which is answered badly.
    pub const OPERATIONS: [BffOperation; 3] =
        [BffOperation::Support, BffOperation::PairingStatus, BffOperation::PairingPassword];

    /// Whether the adapter has to speak TLS to try it.
    #[must_use]
    pub fn needs_tls(self) -> bool {
        matches!(self, Self::UnknownHost | Self::NoTls | Self::SelfSigned)
    }

    /// Whether a call that is answered like this may end so. Where there is more than one way, the
    /// port's contract leaves open who notices first.
    #[must_use]
    pub fn may_end_in(self, ending: Ending) -> bool {
        match self {
            Self::Silent | Self::SlowHeader | Self::SlowBody => ending == Ending::DeadlineExceeded,
            Self::HugeHeader | Self::Truncated => {
                matches!(ending, Ending::Interrupted | Ending::Malformed)
            }
            Self::Huge
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
            | Self::AnotherVin => ending == Ending::Malformed,
            // A field that nobody reads does no harm, however it looks.
            Self::DeepNesting => matches!(ending, Ending::Answer | Ending::Malformed),
            Self::ExtraField | Self::UnknownEnumValue => ending == Ending::Answer,
            Self::RedirectToAnotherHost | Self::RedirectLoop => ending == Ending::Status(307),
            Self::Status(401) => ending == Ending::Unauthorized,
            Self::Status(status) => ending == Ending::Status(status),
            Self::ConnectionRefused | Self::UnknownHost | Self::NoTls | Self::SelfSigned => {
                ending == Ending::Unreachable
            }
            Self::Reset => ending == Ending::Interrupted,
        }
    }
}
