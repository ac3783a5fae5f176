//! Why the service cannot start.

use std::io;
use std::net::SocketAddr;

use crate::smacc::ClientError;
use crate::tls::TlsError;

/// Why the service cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address is in use, not of this machine, or not allowed.
    #[error("the {what} cannot listen on {address}: {source}")]
    Bind {
        /// The listener, in words.
        what: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system reports.
        source: io::Error,
    },
    /// A certificate or a key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The client of the upstream cannot be made.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The system gives no more threads or event queues.
    #[error("the system gives no resources: {0}")]
    System(#[from] io::Error),
}
