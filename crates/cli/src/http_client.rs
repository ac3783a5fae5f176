//! An HTTP client for the control interface of a backend.

use std::time::Duration;

/// Makes a client for plain HTTP, whose calls take at most this time.
pub(crate) fn http_client(timeout: Duration) -> reqwest::Result<reqwest::Client> {
    // reqwest panics without a provider, since another crate enables its TLS. An error means that
    // there is a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .timeout(timeout)
        // Plain HTTP needs none of the platform's certificates.
        .tls_certs_only(std::iter::empty())
        .build()
}
