//! The settings that a client needs.

use std::time::Duration;

use digital_key_bff_http::{Deadlines, HttpBff, HttpBffBuilder, HttpBffConfigError};
use digital_key_ports::Bff;

use crate::server::{Reply, Server, static_token, vin};

/// Sends a request through a client with these settings, and returns what arrives.
async fn sent(settings: fn(HttpBffBuilder) -> HttpBffBuilder) -> crate::server::Request {
    let server = Server::always(|| Reply::whole("404 Not Found", "", b"")).await;
    let builder = HttpBff::builder(&server.url()).token_provider(static_token());
    let bff = settings(builder).build().unwrap();
    bff.support(vin()).await.unwrap_err();
    server.requests().remove(0)
}

#[tokio::test]
async fn the_user_agent_names_client_version_and_platform() {
    let request = sent(|builder| builder).await;
    let version = env!("CARGO_PKG_VERSION");
    let (system, architecture) = (std::env::consts::OS, std::env::consts::ARCH);
    let expected = format!("digital-key-bff-http/{version} ({system}; {architecture})");
    assert_eq!(request.header("user-agent"), Some(expected.as_str()));
}

#[tokio::test]
async fn the_host_sets_the_user_agent_and_adds_headers() {
    let request = sent(|builder| {
        builder
            .user_agent("ExampleApp/7.1 (iOS 18.2)")
            .header("X-App-Version", "7.0")
            .header("x-app-version", "7.1")
            .header("X-Api-Key", "a key")
    })
    .await;
    assert_eq!(request.header("user-agent"), Some("ExampleApp/7.1 (iOS 18.2)"));
    assert_eq!(request.header("x-app-version"), Some("7.1"));
    assert_eq!(request.header("x-api-key"), Some("a key"));
    // The client's own headers are there as well.
    assert!(request.header("authorization").is_some());
    assert_eq!(request.header("accept"), Some("application/json"));
}

#[test]
fn headers_that_cannot_be_sent_are_refused_and_their_values_not_repeated() {
    let build = |settings: fn(HttpBffBuilder) -> HttpBffBuilder| {
        let builder = HttpBff::builder("http://localhost").token_provider(static_token());
        settings(builder).build().unwrap_err()
    };
    for error in
        [build(|builder| builder.user_agent(" ")), build(|builder| builder.user_agent("a\nb"))]
    {
        assert!(matches!(error, HttpBffConfigError::UserAgent), "{error:?}");
    }
    for error in [
        build(|builder| builder.header("two words", "x")),
        build(|builder| builder.header("", "x")),
        build(|builder| builder.header("authorization", "x")),
        build(|builder| builder.header("Accept-Encoding", "gzip")),
        build(|builder| builder.header("Idempotency-Key", "x")),
        build(|builder| builder.header("Traceparent", "x")),
        build(|builder| builder.header("User-Agent", "x")),
    ] {
        assert!(matches!(error, HttpBffConfigError::HeaderName { .. }), "{error:?}");
    }
    for error in [
        build(|builder| builder.header("X-Api-Key", "sesame\r\nHost: elsewhere")),
        build(|builder| builder.header("X-Api-Key", "sesame-ä")),
    ] {
        assert!(matches!(error, HttpBffConfigError::HeaderValue { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("sesame"), "{error:?}");
    }
}

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
