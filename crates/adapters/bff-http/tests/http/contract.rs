//! What the client sends and reads, beside the OpenAPI document of the BFF: the two share nothing else.

use std::collections::BTreeMap;

use digital_key_backend::{Backend, BackendConfig};
use digital_key_bff_http::HttpBff;
use digital_key_ports::{Bff, BffError, BffErrorKind, IdempotencyKey};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::{Reply, Request, Server, VIN, client, vin};

/// Headers that every client of HTTP sends, and that a document does not list.
const OF_HTTP: [&str; 5] = ["accept", "accept-encoding", "authorization", "content-length", "host"];

/// The document that a running BFF serves.
async fn document() -> Value {
    let backend = Backend::start(BackendConfig::default()).await.unwrap();
    let url = backend.operations_url();
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = "GET /openapi.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// The three calls of the port.
#[derive(Debug, Clone, Copy)]
enum Call {
    Support,
    Status,
    Password,
}

const CALLS: [Call; 3] = [Call::Support, Call::Status, Call::Password];

impl Call {
    /// Makes the call, and returns what the client read.
    async fn make(self, bff: &HttpBff) -> Result<Value, BffError> {
        Ok(match self {
            Self::Support => json!(format!("{:?}", bff.support(vin()).await?)),
            Self::Status => {
                let status = bff.pairing_status(vin()).await?;
                let key = status.owner_key.map(|key| json!([key.id.as_str(), key.tracked]));
                json!([key, status.primary_subscriber, status.prepared])
            }
            Self::Password => {
                let key = IdempotencyKey::new("a-key").unwrap();
                let password = bff.pairing_password(vin(), key).await?;
                json!(password.map(|password| password.expose().to_owned()))
            }
        })
    }

    /// The operation of the document for this call, and the request that the client makes.
    async fn operation(self, document: &Value) -> (Value, Request) {
        let server = Server::always(|| Reply::whole("404 Not Found", "", b"")).await;
        self.make(&client(&server.url())).await.unwrap_err();
        let request = server.requests().remove(0);
        let (method, path) = request.line.split_once(" /api").unwrap();
        let path = path.replace(VIN, "{vin}");
        let operation = document["paths"][&path][method.to_lowercase()].clone();
        assert!(operation.is_object(), "{} is not in the document", request.line);
        (operation, request)
    }
}

#[tokio::test]
async fn the_client_sends_what_the_document_lists() {
    let document = document().await;
    for call in CALLS {
        let (operation, request) = call.operation(&document).await;
        let headers: BTreeMap<_, _> = operation["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|parameter| parameter["in"] == "header")
            .map(|it| (it["name"].as_str().unwrap().to_lowercase(), it["required"] == true))
            .collect();
        for (name, _) in headers.iter().filter(|(_, is_required)| **is_required) {
            assert!(request.header(name).is_some(), "{call:?} does not send {name}");
        }
        for name in request.names() {
            let is_listed = headers.contains_key(name) || OF_HTTP.contains(&name);
            assert!(is_listed || name == "user-agent", "{call:?} sends {name}");
        }
        assert_eq!(operation["security"], json!([{ "bearer": [] }]));
        assert!(request.header("authorization").unwrap().starts_with("Bearer "));
    }
}

#[tokio::test]
async fn the_client_reads_each_good_answer_of_the_document() {
    let document = document().await;
    for (call, all, required) in [
        (Call::Support, json!("Unknown"), json!("Known(NotSupported)")),
        (Call::Status, json!([["text", true], true, true]), json!([null, true, true])),
        (Call::Password, json!("12345678"), Value::Null),
    ] {
        let (operation, _) = call.operation(&document).await;
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        for (is_wanted, expected) in [(true, all), (false, required)] {
            let answer = example(&document, schema, "", is_wanted).to_string();
            let server = Server::start(move |_| {
                let answer = answer.clone();
                async move { Reply::json(&answer) }
            })
            .await;
            let read = call.make(&client(&server.url())).await.unwrap();
            assert_eq!(read, expected, "{call:?}, optional members: {is_wanted}");
        }
    }
}

#[tokio::test]
async fn the_client_understands_each_other_status_of_the_document() {
    let document = document().await;
    for call in CALLS {
        let (operation, _) = call.operation(&document).await;
        let statuses = operation["responses"].as_object().unwrap().keys();
        let others: Vec<u16> =
            statuses.map(|it| it.parse().unwrap()).filter(|it| *it != 200).collect();
        assert!(others.len() > 5, "{others:?}");
        for status in others {
            let content = &operation["responses"][status.to_string()]["content"];
            let schema = &content["application/problem+json"]["schema"];
            let problem = example(&document, schema, "", true).to_string();
            let server = Server::start(move |_| {
                let headers = "Content-Type: application/problem+json\r\nRetry-After: 7\r\n";
                let reply = Reply::whole(&format!("{status} X"), headers, problem.as_bytes());
                async move { reply }
            })
            .await;
            let error = call.make(&client(&server.url())).await.unwrap_err();
            if error.kind() == BffErrorKind::Unauthorized {
                assert_eq!(status, 401);
                continue;
            }
            let BffErrorKind::Status { status: read, wait } = error.kind() else {
                panic!("{call:?} reads {status} as {:?}", error.kind());
            };
            assert_eq!(read, status);
            let asks_to_wait = [409, 429, 503].contains(&status);
            assert!(wait.is_some() || !asks_to_wait, "{status} asks to wait");
        }
    }
}

/// A value of a schema, with its optional members or without them.
fn example(document: &Value, schema: &Value, name: &str, with_optional: bool) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let schema = document.pointer(reference.trim_start_matches('#')).unwrap();
        return example(document, schema, name, with_optional);
    }
    match schema["type"].as_str().unwrap_or_else(|| panic!("{name} has the schema {schema}")) {
        "object" => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let members = schema["properties"].as_object().cloned().unwrap_or_default();
            let wanted = |member: &str| with_optional || required.contains(&json!(member));
            let members = members.iter().filter(|(member, _)| wanted(member));
            let value = |(member, schema): (&String, &Value)| {
                (member.clone(), example(document, schema, member, with_optional))
            };
            Value::Object(members.map(value).collect::<Map<_, _>>())
        }
        "string" if name == "vin" => json!(VIN),
        "string" if name == "password" => json!("12345678"),
        "string" => json!("text"),
        "boolean" => json!(true),
        "integer" => json!(500),
        other => panic!("{name} has the type {other}"),
    }
}
