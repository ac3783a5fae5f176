//! The kinds of values: how a text becomes a value, and how the value is shown.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use axum::http::Uri;

/// A kind of value.
pub(crate) trait Kind {
    type Value;
    /// Whether an error may repeat a wrong value.
    const REPEATABLE: bool = true;

    /// Reads a value; `None` when the text is not what it must be.
    fn read(text: &str) -> Option<Self::Value>;

    /// Shows a value so that it can be read again; a secret is `…`.
    fn show(value: &Self::Value) -> String;
}

/// A value that may be absent. An empty text means that it is.
pub(crate) struct Optional<K>(K);

impl<K: Kind> Kind for Optional<K> {
    type Value = Option<K::Value>;
    const REPEATABLE: bool = K::REPEATABLE;

    fn read(text: &str) -> Option<Self::Value> {
        if text.is_empty() { Some(None) } else { K::read(text).map(Some) }
    }

    fn show(value: &Self::Value) -> String {
        value.as_ref().map(K::show).unwrap_or_default()
    }
}

pub(crate) struct Address;

impl Kind for Address {
    type Value = SocketAddr;

    fn read(text: &str) -> Option<SocketAddr> {
        text.parse().ok()
    }

    fn show(value: &SocketAddr) -> String {
        value.to_string()
    }
}

pub(crate) struct Switch;

impl Kind for Switch {
    type Value = bool;

    fn read(text: &str) -> Option<bool> {
        text.parse().ok()
    }

    fn show(value: &bool) -> String {
        value.to_string()
    }
}

/// A number within these bounds.
pub(crate) struct Count<const LEAST: usize, const MOST: usize>;

impl<const LEAST: usize, const MOST: usize> Kind for Count<LEAST, MOST> {
    type Value = usize;

    fn read(text: &str) -> Option<usize> {
        text.parse().ok().filter(|value| (LEAST..=MOST).contains(value))
    }

    fn show(value: &usize) -> String {
        value.to_string()
    }
}

/// A number of bytes within these bounds.
pub(crate) struct Size<const LEAST: usize, const MOST: usize>;

impl<const LEAST: usize, const MOST: usize> Kind for Size<LEAST, MOST> {
    type Value = usize;

    fn read(text: &str) -> Option<usize> {
        let (number, unit) = match text.strip_suffix("KiB") {
            Some(number) => (number.trim_end(), 1024),
            None => (text, 1),
        };
        let bytes = number.parse::<usize>().ok()?.checked_mul(unit)?;
        Some(bytes).filter(|value| (LEAST..=MOST).contains(value))
    }

    fn show(value: &usize) -> String {
        if *value > 0 && value.is_multiple_of(1024) {
            format!("{}KiB", value / 1024)
        } else {
            value.to_string()
        }
    }
}

/// A time within these bounds, in milliseconds.
pub(crate) struct Time<const LEAST: u64, const MOST: u64>;

/// The units of times, the longest first, in milliseconds.
const UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl<const LEAST: u64, const MOST: u64> Kind for Time<LEAST, MOST> {
    type Value = Duration;

    fn read(text: &str) -> Option<Duration> {
        let end_of_number = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at_checked(end_of_number)?;
        let unit = unit.trim_start();
        let (_, length) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
        let milliseconds = number.parse::<u64>().ok()?.checked_mul(length)?;
        (LEAST..=MOST).contains(&milliseconds).then(|| Duration::from_millis(milliseconds))
    }

    fn show(value: &Duration) -> String {
        let milliseconds = value.as_millis();
        if milliseconds == 0 {
            return "0s".to_owned();
        }
        let whole =
            UNITS.into_iter().find(|(_, length)| milliseconds.is_multiple_of(u128::from(*length)));
        let (name, length) = whole.unwrap_or(("ms", 1));
        format!("{}{name}", milliseconds / u128::from(length))
    }
}

/// The name of a file. Whether it can be read is checked at the start of the service.
pub(crate) struct File;

impl Kind for File {
    type Value = PathBuf;

    fn read(text: &str) -> Option<PathBuf> {
        Some(PathBuf::from(text))
    }

    fn show(value: &PathBuf) -> String {
        value.display().to_string()
    }
}

/// The path of an URL.
pub(crate) struct Path;

impl Kind for Path {
    type Value = String;

    fn read(text: &str) -> Option<String> {
        let uri: Uri = text.parse().ok()?;
        let is_path = text.starts_with('/') && uri.authority().is_none() && text.len() <= 512;
        is_path.then(|| text.to_owned())
    }

    fn show(value: &String) -> String {
        value.clone()
    }
}

pub(crate) struct Text;

impl Kind for Text {
    type Value = String;

    fn read(text: &str) -> Option<String> {
        let fits =
            (1..=512).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| text.to_owned())
    }

    fn show(value: &String) -> String {
        value.clone()
    }
}

pub(crate) struct LogFilter;

impl Kind for LogFilter {
    type Value = String;

    fn read(text: &str) -> Option<String> {
        #[cfg(feature = "command")]
        tracing_subscriber::EnvFilter::try_new(text).ok()?;
        Some(text.to_owned())
    }

    fn show(value: &String) -> String {
        value.clone()
    }
}

/// A text that is not shown. `Debug` does not show it either.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

pub(crate) struct SecretText;

impl Kind for SecretText {
    type Value = Secret;
    const REPEATABLE: bool = false;

    fn read(text: &str) -> Option<Secret> {
        let is_visible = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        let fits = (1..=4096).contains(&text.len()) && text.bytes().all(is_visible);
        fits.then(|| Secret::new(text))
    }

    fn show(_: &Secret) -> String {
        "…".to_owned()
    }
}

/// The protocol to the upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/2 where TLS offers it, else HTTP/1.1.
    Auto,
    /// HTTP/1.1.
    Http1,
    /// HTTP/2, also without TLS.
    Http2,
}

pub(crate) struct Choice;

impl Kind for Choice {
    type Value = Protocol;

    fn read(text: &str) -> Option<Protocol> {
        match text {
            "auto" => Some(Protocol::Auto),
            "http1" => Some(Protocol::Http1),
            "http2" => Some(Protocol::Http2),
            _ => None,
        }
    }

    fn show(value: &Protocol) -> String {
        match value {
            Protocol::Auto => "auto",
            Protocol::Http1 => "http1",
            Protocol::Http2 => "http2",
        }
        .to_owned()
    }
}

/// The base URL of a service: scheme, host, perhaps a port and a path, without a slash at the end.
/// It has no user, no password, no query and no fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    is_https: bool,
    is_loopback: bool,
}

impl BaseUrl {
    /// Reads an URL; `None` when the text is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let is_https = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let authority = uri.authority()?;
        let host = authority.host();
        let is_plain = !authority.as_str().contains('@')
            && !host.is_empty()
            && uri.query().is_none()
            && !text.contains('#');
        let address = host.trim_start_matches('[').trim_end_matches(']');
        let is_loopback = host.eq_ignore_ascii_case("localhost")
            || address.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback());
        let text = text.trim_end_matches('/').to_owned();
        is_plain.then_some(Self { text, is_https, is_loopback })
    }

    /// Returns the URL, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns whether its scheme is https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Returns whether its host is this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.is_loopback
    }
}

pub(crate) struct Url;

impl Kind for Url {
    type Value = BaseUrl;
    // A wrong URL may hold a password.
    const REPEATABLE: bool = false;

    fn read(text: &str) -> Option<BaseUrl> {
        BaseUrl::parse(text)
    }

    fn show(value: &BaseUrl) -> String {
        value.as_str().to_owned()
    }
}
