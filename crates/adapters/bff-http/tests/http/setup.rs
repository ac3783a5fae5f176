//! The settings that a client needs.

use std::time::Duration;

use digital_key_bff_http::{Deadlines, HttpBff, HttpBffConfigError};

use crate::server::static_token;

#[test]
fn a_client_needs_tokens_and_deadlines() {
    let without_tokens = HttpBff::builder("http://localhost").build();
    assert!(matches!(without_tokens, Err(HttpBffConfigError::NoTokenProvider)));
    let without_time = HttpBff::builder("http://localhost")
        .token_provider(static_token())
        .deadlines(Deadlines::new().with_read(Duration::ZERO))
        .build();
    assert!(matches!(without_time, Err(HttpBffConfigError::ZeroDeadline)));
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
#[test]
fn without_tls_there_is_no_https() {
    let build = |url| HttpBff::builder(url).token_provider(static_token()).build();
    assert!(matches!(
        build("https://bff.example.com"),
        Err(HttpBffConfigError::Client { cause }) if cause.to_string().contains("`rustls`")
    ));
    assert!(build("http://localhost").is_ok());
}
