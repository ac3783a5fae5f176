//! What a value may be, and what an error says.

use super::*;

fn check(pairs: &[(&str, &str)]) -> Result<Config, String> {
    let mut config = Config { upstream: BaseUrl::parse("http://127.0.0.1:1"), ..Config::default() };
    for (name, value) in pairs {
        let setting = SETTINGS.iter().find(|it| it.name == *name).unwrap();
        (setting.read)(&mut config, value).ok_or_else(|| format!("{name} refused"))?;
    }
    config.check().map_err(|(name, problem)| format!("{name} {problem}"))?;
    Ok(config)
}

#[test]
fn each_value_is_shown_as_it_can_be_read_again() {
    let full = check(&[
        ("upstream", "https://smacc.example.com/v1/"),
        ("upstream_deadline", "1500ms"),
        ("idle_deadline", "2m"),
        ("max_body_size", "1000"),
        ("max_head_size", "32KiB"),
        ("upstream_protocol", "http2"),
        ("upstream_ca_file", "a/b.pem"),
    ])
    .unwrap();
    for config in [Config::default(), full] {
        for setting in SETTINGS {
            let mut again = config.clone();
            let shown = setting.shown(&config);
            assert!(
                (setting.read)(&mut again, &shown).is_some()
                    || setting.name == "upstream_probe_path",
                "{} = {shown}",
                setting.name
            );
            assert_eq!(setting.shown(&again), shown, "{}", setting.name);
        }
    }
}

#[test]
fn values_outside_their_bounds_are_refused() {
    for (name, value) in [
        ("upstream", "smacc.example.com"),
        ("upstream", "ftp://smacc.example.com"),
        ("upstream", "https://user:secret@smacc.example.com"),
        ("upstream", "https://smacc.example.com?x=1"),
        ("upstream", "https://smacc.example.com#x"),
        ("listen", "8080"),
        ("upstream_deadline", "31s"),
        ("upstream_deadline", "5"),
        ("upstream_deadline", "99999999999999999999h"),
        ("upstream_deadline", "-1s"),
        ("upstream_deadline", "5 é"),
        ("max_requests", "0"),
        ("max_head_size", "8191"),
        ("max_head_size", "99999999999999999999KiB"),
        ("access_log", "yes"),
        ("upstream_protocol", "HTTP2"),
        ("upstream_probe_path", "health"),
        ("jwt_issuer", "a b"),
    ] {
        assert_eq!(check(&[(name, value)]).unwrap_err(), format!("{name} refused"), "{value}");
    }
}

#[test]
fn settings_that_depend_on_each_other_are_checked() {
    for (pairs, name) in [
        (&[("upstream", "")][..], "upstream"),
        (&[("upstream", "http://192.0.2.1")], "upstream"),
        (&[("upstream", "http://localhost.example.com")], "upstream"),
        (&[("operations_listen", "127.0.0.1:8080")], "operations_listen"),
        (&[("tls_key_file", "k")], "tls_certificate_file"),
        (&[("tls_certificate_file", "c")], "tls_key_file"),
        (&[("upstream_key_file", "k")], "upstream_certificate_file"),
        (
            &[("upstream_key_file", "k"), ("upstream_certificate_file", "c")],
            "upstream_certificate_file",
        ),
        (&[("jwt_issuer", "i")], "jwt_issuer"),
        (&[("jwks_url", "https://i"), ("jwt_issuer", "i")], "jwt_audience"),
        (
            &[("jwks_url", "http://192.0.2.1"), ("jwt_issuer", "i"), ("jwt_audience", "a")],
            "jwks_url",
        ),
    ] {
        let error = check(pairs).unwrap_err();
        assert!(error.starts_with(&format!("{name} ")), "{pairs:?}: {error}");
    }
    for plain in ["http://127.0.0.2:1", "http://[::1]:1", "http://LocalHost"] {
        check(&[("upstream", plain)]).unwrap();
    }
    check(&[("upstream", "http://192.0.2.1"), ("allow_plain_upstream", "true")]).unwrap();
    check(&[("listen", "127.0.0.1:0"), ("operations_listen", "127.0.0.1:0")]).unwrap();
}

#[test]
fn a_secret_is_never_shown() {
    let secret = check(&[("otlp_authorization", "Basic abc")]).unwrap();
    assert!(!format!("{secret:?}").contains("abc"));
    let setting = SETTINGS.iter().find(|it| it.name == "otlp_authorization").unwrap();
    assert_eq!(setting.shown(&secret), "…");
}

/// A build without TLS refuses each setting that needs it, before it listens.
#[cfg(not(feature = "tls"))]
#[tokio::test]
async fn without_tls_a_setting_that_needs_it_is_refused_at_the_start() {
    for (name, value) in [
        ("upstream", "https://smacc.example.com"),
        ("tls_certificate_file", "cert.pem"),
        ("upstream_certificate_file", "cert.pem"),
        ("jwks_url", "http://127.0.0.1:1/keys"),
    ] {
        let mut config = Config {
            upstream: BaseUrl::parse("http://127.0.0.1:1"),
            listen: "127.0.0.1:0".parse().unwrap(),
            operations_listen: "127.0.0.1:0".parse().unwrap(),
            ..Config::default()
        };
        let known = SETTINGS.iter().find(|it| it.name == name).unwrap();
        (known.read)(&mut config, value).unwrap();
        let error = crate::Bff::new(config).start().await.err().unwrap();
        assert!(error.to_string().contains("feature `tls`"), "{name}: {error}");
    }
}
