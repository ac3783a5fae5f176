//! The bytes of the bad answers.

use digital_key_ports::BffOperation;

use super::BadAnswer;
use crate::values::{key, password, vin};

/// The bytes that the server sends after a request.
pub(super) enum Reply {
    /// These bytes, and then the end of the connection.
    Bytes(Vec<u8>),
    /// The first bytes, the repeated ones this often, and then the last ones.
    Repeated { first: Vec<u8>, repeated: Vec<u8>, times: usize, last: Vec<u8> },
    /// These bytes, and then this byte without end, with a pause before each.
    Slow(Vec<u8>, u8),
    /// No bytes, while the connection stays open.
    Silence,
    /// A reset of the connection.
    Reset,
}

/// A request to the server.
pub(super) struct Request<'a> {
    pub(super) operation: BffOperation,
    /// The VIN as the path has it.
    pub(super) vin: &'a str,
    /// The URL of the request.
    pub(super) url: &'a str,
    /// The URL of the same path on another host.
    pub(super) url_elsewhere: &'a str,
}

const MIB: usize = 1024 * 1024;
/// How many bytes of a huge answer are sent at once.
const PIECE: usize = 16 * 1024;
const HUGE_BODY: usize = 256 * MIB;
const HUGE_HEADER: usize = 16 * MIB;
const DEPTH: usize = 32_000;

const JSON: &str = "Content-Type: application/json\r\n";
/// Every answer asks for what an adapter must not do: send a cookie back, and reuse an answer.
const TEMPTATIONS: &str =
    "Set-Cookie: hostile=1; Path=/\r\nCache-Control: public, max-age=3600\r\n";

impl Request<'_> {
    /// Returns the reply of a sound backend.
    pub(super) fn correct_reply(&self) -> Reply {
        whole("200 OK", JSON, self.correct_body())
    }

    /// Returns the reply that is bad in this way.
    pub(super) fn bad_reply(&self, answer: BadAnswer) -> Reply {
        let ok = |body: Vec<u8>| whole("200 OK", JSON, body);
        let redirect = |location: &str| {
            let location = format!("Location: {location}\r\n{JSON}");
            whole("307 Temporary Redirect", &location, self.correct_body())
        };
        match answer {
            BadAnswer::Silent => Reply::Silence,
            BadAnswer::SlowHeader => Reply::Slow(b"HTTP/1.1 200 OK\r\nX-Slow: ".to_vec(), b'x'),
            BadAnswer::SlowBody => Reply::Slow(head_with_length("200 OK", JSON, 60_000), b' '),
            BadAnswer::HugeHeader => Reply::Repeated {
                first: b"HTTP/1.1 200 OK\r\nX-Huge: ".to_vec(),
                repeated: vec![b'x'; PIECE],
                times: HUGE_HEADER / PIECE,
                last: b"\r\n\r\n".to_vec(),
            },
            BadAnswer::Huge => Reply::Repeated {
                first: head_with_length("200 OK", JSON, HUGE_BODY + self.correct_body().len()),
                repeated: vec![b' '; PIECE],
                times: HUGE_BODY / PIECE,
                last: self.correct_body(),
            },
            BadAnswer::HugeInChunks => Reply::Repeated {
                first: head("200 OK", &format!("Transfer-Encoding: chunked\r\n{JSON}")),
                repeated: chunk(&[b' '; PIECE]),
                times: HUGE_BODY / PIECE,
                last: [chunk(&self.correct_body()), chunk(b"")].concat(),
            },
            BadAnswer::GzipBomb => gzip_bomb(),
            BadAnswer::Truncated => {
                let body = self.correct_body();
                let (half, _) = body.split_at(body.len() / 2);
                Reply::Bytes([&head_with_length("200 OK", JSON, body.len()), half].concat())
            }
            BadAnswer::HalfJson => {
                let mut body = self.correct_body();
                body.truncate(body.len() / 2);
                ok(body)
            }
            BadAnswer::NotJson => {
                let (vin, secret) = (self.vin, password(1));
                ok(format!("<html>{vin} {}</html>", secret.expose()).into_bytes())
            }
            BadAnswer::WrongType => ok(self.body(self.wrong_type())),
            BadAnswer::UnknownEnumValue => ok(self.body(&self.unknown_enum_value())),
            BadAnswer::MissingField => ok(self.without_a_field()),
            BadAnswer::ExtraField => {
                let additional = r#""additional":{"list":[1,null,"x"]}"#;
                ok(self.body(&format!("{additional},{}", self.correct_fields())))
            }
            BadAnswer::DuplicateKey => {
                ok(self.body(&format!("{},{}", self.correct_fields(), self.other_fields())))
            }
            BadAnswer::DeepNesting => {
                let deep = format!(r#""deep":{}{}"#, "[".repeat(DEPTH), "]".repeat(DEPTH));
                // It stands before the fields that are read, so that a parser has to skip it.
                ok(self.body(&format!("{deep},{}", self.correct_fields())))
            }
            BadAnswer::BadUtf8 => {
                let mut body = self.correct_body();
                // The position is in the last string of the answer, a value that the adapter reads.
                let string = body.windows(2).rposition(|pair| pair == b":\"");
                body.insert(string.map_or(0, |start| start + 2), 0xff);
                ok(body)
            }
            BadAnswer::Empty => ok(Vec::new()),
            BadAnswer::NoContent => Reply::Bytes(head("204 No Content", "")),
            BadAnswer::RedirectToAnotherHost => redirect(self.url_elsewhere),
            BadAnswer::RedirectLoop => redirect(self.url),
            BadAnswer::Status(status) => {
                let header = match status {
                    401 => "WWW-Authenticate: Basic realm=\"hostile\"\r\n",
                    429 | 503 => "Retry-After: 3600\r\n",
                    _ => "",
                };
                whole(&format!("{status} Sorry"), &format!("{header}{JSON}"), self.correct_body())
            }
            BadAnswer::SlowErrorBody => {
                Reply::Slow(head_with_length("503 Sorry", JSON, 60_000), b' ')
            }
            BadAnswer::WrongContentType => {
                whole("200 OK", "Content-Type: text/html\r\n", self.correct_body())
            }
            BadAnswer::AnotherVin => {
                let another = vin(2);
                ok(Request { vin: another.as_str(), ..*self }.correct_body())
            }
            BadAnswer::Reset => Reply::Reset,
            // An adapter that sends its request trusts the certificate, which the check then
            // reports.
            BadAnswer::SelfSigned => self.correct_reply(),
            // No request arrives with these.
            BadAnswer::ConnectionRefused | BadAnswer::UnknownHost | BadAnswer::NoTls => {
                Reply::Silence
            }
        }
    }

    fn correct_body(&self) -> Vec<u8> {
        self.body(&self.correct_fields())
    }

    fn body(&self, fields: &str) -> Vec<u8> {
        format!(r#"{{"vin":"{}",{fields}}}"#, self.vin).into_bytes()
    }

    /// Returns the fields that the check expects.
    fn correct_fields(&self) -> String {
        match self.operation {
            BffOperation::Support => support("ACTIVATED"),
            BffOperation::PairingStatus => {
                let owner_key = format!(r#"{{"id":"{}","tracked":true}}"#, key(1).as_str());
                format!(r#""primarySubscriber":false,"prepared":true,"ownerKey":{owner_key}"#)
            }
            BffOperation::PairingPassword => format!(r#""password":"{}""#, password(1).expose()),
        }
    }

    /// Returns one of the same fields with another value.
    fn other_fields(&self) -> &'static str {
        match self.operation {
            BffOperation::Support => r#""digitalKey":null"#,
            BffOperation::PairingStatus => r#""prepared":false"#,
            BffOperation::PairingPassword => r#""password":null"#,
        }
    }

    fn wrong_type(&self) -> &'static str {
        match self.operation {
            BffOperation::Support => r#""digitalKey":"ACTIVATED""#,
            BffOperation::PairingStatus => r#""primarySubscriber":"no","prepared":1"#,
            BffOperation::PairingPassword => r#""password":76500001"#,
        }
    }

    fn unknown_enum_value(&self) -> String {
        match self.operation {
            BffOperation::Support => support("RESTING"),
            BffOperation::PairingStatus | BffOperation::PairingPassword => {
                format!(r#""state":"RESTING",{}"#, self.correct_fields())
            }
        }
    }

    fn without_a_field(&self) -> Vec<u8> {
        match self.operation {
            BffOperation::PairingStatus => self.body(r#""primarySubscriber":true"#),
            // The VIN is missing; without another field these answers are valid (REQ-5, WEL-3).
            BffOperation::Support | BffOperation::PairingPassword => {
                format!("{{{}}}", self.correct_fields()).into_bytes()
            }
        }
    }
}

fn support(state: &str) -> String {
    let package = r#""bookedServicePackage":"SMACC_1_5","vehicleSoftwareUpgradeRequired":true"#;
    format!(r#""digitalKey":{{{package},"state":"{state}"}}"#)
}

/// Returns the head of an answer, without the length of its body.
fn head(status: &str, headers: &str) -> Vec<u8> {
    let headers = format!("{TEMPTATIONS}{headers}");
    format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n").into_bytes()
}

fn head_with_length(status: &str, headers: &str, length: usize) -> Vec<u8> {
    head(status, &format!("Content-Length: {length}\r\n{headers}"))
}

fn whole(status: &str, headers: &str, body: Vec<u8>) -> Reply {
    Reply::Bytes([head_with_length(status, headers, body.len()), body].concat())
}

/// Returns a chunk of a chunked body; an empty chunk is its end.
fn chunk(body: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", body.len()).as_bytes(), body, b"\r\n"].concat()
}

/// A valid gzip of 268,320,259 blanks: one block with the fixed code, a blank, and "258 times what
/// stood one byte before" again and again. That takes 13 bits, so that eight of them make 13 bytes.
fn gzip_bomb() -> Reply {
    const START: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x53\x18";
    const EIGHT_TIMES: &[u8] = b"\x05\xa3\x60\x14\x8c\x82\x51\x30\x0a\x46\xc1\x28\x18";
    const TIMES: usize = 130_000;
    /// The end of the block, the checksum and the length.
    const END: &[u8] = b"\x05\0\x24\xb3\xcb\x2d\x03\x3e\xfe\x0f";
    /// How many of them are sent at once.
    const AT_ONCE: usize = 1_000;
    let length = START.len() + TIMES * EIGHT_TIMES.len() + END.len();
    let head = head_with_length("200 OK", &format!("Content-Encoding: gzip\r\n{JSON}"), length);
    Reply::Repeated {
        first: [&head, START].concat(),
        repeated: EIGHT_TIMES.repeat(AT_ONCE),
        times: TIMES / AT_ONCE,
        last: END.to_vec(),
    }
}
