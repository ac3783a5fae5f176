//! Tokens that are checked with the keys of an issuer.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use crate::http::{Answer, Connection, eventually, get, path};
use crate::process::Bff;
use crate::upstream::{Reply, Upstream};

/// A key of the issuer.
struct Key {
    id: &'static str,
    pair: EcdsaKeyPair,
}

impl Key {
    fn new(id: &'static str) -> Self {
        let random = SystemRandom::new();
        let scheme = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(scheme, &random).unwrap();
        Self { id, pair: EcdsaKeyPair::from_pkcs8(scheme, document.as_ref(), &random).unwrap() }
    }

    /// The key as the issuer publishes it.
    fn public(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..]));
        json!({"kty": "EC", "crv": "P-256", "kid": self.id, "alg": "ES256", "use": "sig", "x": x, "y": y})
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let text = |value: &Value| BASE64.encode(value.to_string());
        let message = format!("{}.{}", text(header), text(claims));
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", BASE64.encode(signature.as_ref()))
    }

    fn token(&self, claims: &Value) -> String {
        self.sign(&json!({"alg": "ES256", "typ": "JWT", "kid": self.id}), claims)
    }
}

fn in_seconds(seconds: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    i64::try_from(now).unwrap() + seconds
}

fn claims() -> Value {
    json!({"iss": "its-issuer", "aud": "its-audience", "exp": in_seconds(300), "sub": "user"})
}

fn publish(keys: &[&Key]) -> Reply {
    let keys: Vec<_> = keys.iter().map(|key| key.public()).collect();
    Reply::Answer("200 OK", "", json!({ "keys": keys }).to_string().leak())
}

fn start(issuer: &Upstream, upstream: &Upstream) -> Bff {
    let url = format!("{}/keys", issuer.url());
    let token =
        ["--jwks-url", &url, "--jwt-issuer", "its-issuer", "--jwt-audience", "its-audience"];
    Bff::start_unready(&upstream.url(), &[&token[..], &["--jwks-refresh-interval", "1s"]].concat())
}

fn ask(bff: &Bff, token: &str) -> Answer {
    let mut connection = Connection::to(bff.api).unwrap();
    let path = path("support");
    connection
        .send(format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n"))
        .unwrap();
    connection.answer().unwrap()
}

#[test]
fn a_good_token_passes_and_a_bad_one_ends_here() {
    let (key, stranger) = (Key::new("one"), Key::new("one"));
    let (issuer, upstream) = (Upstream::start(publish(&[&key])), Upstream::start(Reply::VEHICLE));
    let bff = start(&issuer, &upstream);
    eventually("it is ready", || get(bff.operations, "/ready").status == 200);
    let good = key.token(&claims());
    assert_eq!(ask(&bff, &good).status, 200);
    let seen = upstream.requests().len();

    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        key.token(&claims)
    };
    let without = |name: &str| {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        key.token(&claims)
    };
    let public = BASE64.encode(key.pair.public_key().as_ref());
    let parts: Vec<_> = good.split('.').collect();
    for bad in [
        "opaque".to_owned(),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}.{public}", parts[0], parts[1]),
        good.replace('.', ".."),
        with("exp", json!(in_seconds(-60))),
        with("nbf", json!(in_seconds(600))),
        with("iss", json!("another")),
        with("aud", json!("another")),
        with("exp", json!("tomorrow")),
        without("exp"),
        without("iss"),
        without("aud"),
        stranger.token(&claims()),
        Key::new("two").token(&claims()),
        key.sign(&json!({"alg": "none", "kid": "one"}), &claims()),
        key.sign(&json!({"alg": "HS256", "kid": "one"}), &claims()),
        key.sign(&json!({"alg": "RS256", "kid": "one"}), &claims()),
        key.sign(&json!({"alg": "ES384", "kid": "one"}), &claims()),
    ] {
        let answer = ask(&bff, &bad);
        answer.problem(401, "unauthorized");
        assert!(!answer.body.contains(&bad), "{answer:?}");
    }
    assert_eq!(upstream.requests().len(), seen, "no bad token reaches the upstream");
    for part in &parts {
        assert!(!bff.log().contains(part));
    }
}

#[test]
fn keys_rotate_and_survive_an_issuer_that_fails() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let (issuer, upstream) = (Upstream::start(publish(&[&old])), Upstream::start(Reply::VEHICLE));
    let bff = start(&issuer, &upstream);
    eventually("it is ready", || get(bff.operations, "/ready").status == 200);
    assert_eq!(ask(&bff, &new.token(&claims())).status, 401);
    issuer.reply(publish(&[&new]));
    eventually("the new key is accepted", || ask(&bff, &new.token(&claims())).status == 200);
    assert_eq!(ask(&bff, &old.token(&claims())).status, 401);

    issuer.reply(Reply::Answer("200 OK", "", "{\"keys\":[]}"));
    eventually("the failure is logged", || bff.log().contains("no key that can be used"));
    assert_eq!(ask(&bff, &new.token(&claims())).status, 200);
}

#[test]
fn without_keys_the_service_is_not_ready() {
    let key = Key::new("one");
    let issuer = Upstream::start(Reply::Answer("500 Internal Server Error", "", ""));
    let upstream = Upstream::start(Reply::VEHICLE);
    let bff = start(&issuer, &upstream);
    let answer = ask(&bff, &key.token(&claims()));
    answer.problem(503, "unavailable");
    assert_eq!(answer.header("retry-after"), Some("1"));
    get(bff.operations, "/ready").problem(503, "unavailable");
    assert!(bff.metric(r#"digital_key_bff_shed_total{reason="keys"}"#) >= 1.0);
    assert!(upstream.requests().is_empty());
    issuer.reply(publish(&[&key]));
    eventually("it becomes ready", || get(bff.operations, "/ready").status == 200);
    assert_eq!(ask(&bff, &key.token(&claims())).status, 200);
}
