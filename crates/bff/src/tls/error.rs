//! Why TLS cannot be set up, with and without the feature `tls`.

#[cfg(feature = "tls")]
use std::{io, path::PathBuf};

/// Why TLS cannot be set up. Its text is one line and repeats no content of a file.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[cfg(feature = "tls")]
    #[error("the file {} cannot be read: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system reports.
        source: io::Error,
    },
    /// A file does not have what it must have.
    #[cfg(feature = "tls")]
    #[error("the file {} has no {what} in PEM", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What it must have.
        what: &'static str,
    },
    /// The library refuses the certificates, such as a key that does not match.
    #[cfg(feature = "tls")]
    #[error("the certificate {} cannot be used: {source}", path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What the library reports.
        source: rustls::Error,
    },
    /// The library cannot be set up.
    #[cfg(feature = "tls")]
    #[error("TLS cannot be set up: {0}")]
    Library(#[from] rustls::Error),
    /// The program is built without it.
    #[cfg(not(feature = "tls"))]
    #[error("this program has no TLS and checks no tokens: build it with the feature `tls`")]
    Absent,
}
