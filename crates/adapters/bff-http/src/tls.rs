//! The TLS of the built-in transport, which a feature selects.

use digital_key_ports::Cause;
use reqwest::ClientBuilder;

/// Uses the TLS of the operating system.
#[cfg(feature = "native-tls")]
pub(crate) fn set_up(client: ClientBuilder, _https: bool) -> Result<ClientBuilder, Cause> {
    Ok(client.tls_backend_native())
}

/// Uses rustls with the certificates that the platform trusts.
///
/// The provider is set explicitly: the process-wide default belongs to the host, and reqwest panics
/// if there is none.
#[cfg(all(feature = "rustls", not(feature = "native-tls")))]
pub(crate) fn set_up(client: ClientBuilder, https: bool) -> Result<ClientBuilder, Cause> {
    use std::sync::Arc;

    use rustls::{ClientConfig, RootCertStore, crypto::ring};
    use rustls_platform_verifier::BuilderVerifierExt;

    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?;
    let config = if https {
        config.with_platform_verifier()?
    } else {
        // Loopback must work on a machine that has no certificates.
        config.with_root_certificates(RootCertStore::empty())
    };
    Ok(client.tls_backend_preconfigured(config.with_no_client_auth()))
}

/// Uses no TLS, so that only loopback can be reached.
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
pub(crate) fn set_up(client: ClientBuilder, https: bool) -> Result<ClientBuilder, Cause> {
    if https {
        return Err("https needs the feature `rustls` or `native-tls`".into());
    }
    Ok(client)
}
