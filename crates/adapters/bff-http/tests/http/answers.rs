//! The requests of the client, and the answers that it accepts.

use std::error::Error;

use digital_key_domain::{Support, SupportAnswer};
use digital_key_ports::{
    Bff, BffError, BffErrorKind, BffOperation, IdempotencyKey, PairingPassword,
};

use crate::server::{Reply, Server, TOKEN, VIN, client, head, vin};

/// Returns what is wrong with the answer, in the client's words.
async fn defect(reply: fn() -> Reply) -> String {
    let server = Server::always(reply).await;
    let error = client(&server.url()).pairing_status(vin()).await.unwrap_err();
    assert_eq!(error.kind(), BffErrorKind::Malformed, "{error:?}");
    assert_eq!(error.operation(), BffOperation::PairingStatus);
    error.source().unwrap().to_string()
}

async fn failure(reply: fn() -> Reply) -> BffError {
    let server = Server::always(reply).await;
    let answer = client(&server.url()).pairing_status(vin()).await;
    assert_eq!(server.requests().len(), 1, "one try, no retry");
    answer.unwrap_err()
}

const STATUS: &str = r#"{"vin":"WBA00000000DEMO03","primarySubscriber":true,"prepared":false}"#;

#[tokio::test]
async fn support_is_requested_with_a_get() {
    let server = Server::always(|| {
        Reply::json(
            r#"{"vin":"WBA00000000DEMO03","digitalKey":{"bookedServicePackage":"SMACC_1_5",
                "state":"ACTIVATED","vehicleSoftwareUpgradeRequired":true}}"#,
        )
    })
    .await;
    let answer = client(&server.url()).support(vin()).await.unwrap();
    assert_eq!(answer, SupportAnswer::Known(Support::Supported { upgrade_required: true }));
    let request = server.requests().remove(0);
    assert_eq!(request.line, format!("GET /api/vehicles/{VIN}/digital-key/support"));
    assert_eq!(request.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(request.header("accept"), Some("application/json"));
    assert_eq!(request.header("accept-encoding"), Some("identity"));
    assert_eq!(request.header("idempotency-key"), None);
}

#[tokio::test]
async fn the_status_is_requested_with_a_get() {
    let server = Server::always(|| Reply::json(STATUS)).await;
    // A slash at the end of the base URL does not matter.
    let status = client(&format!("{}/", server.url())).pairing_status(vin()).await.unwrap();
    assert!(status.primary_subscriber && !status.prepared && status.owner_key.is_none());
    assert_eq!(
        server.requests()[0].line,
        format!("GET /api/vehicles/{VIN}/digital-key/pairing-status")
    );
}

#[tokio::test]
async fn a_password_is_requested_with_a_post_and_an_idempotency_key() {
    let server =
        Server::always(|| Reply::json(r#"{"vin":"WBA00000000DEMO03","password":"12345678"}"#))
            .await;
    let key = IdempotencyKey::new("try-1").unwrap();
    let password = client(&server.url()).pairing_password(vin(), key).await;
    assert_eq!(password.unwrap(), Some(PairingPassword::parse("12345678").unwrap()));
    let request = server.requests().remove(0);
    assert_eq!(request.line, format!("POST /api/vehicles/{VIN}/digital-key/pairing-password"));
    assert_eq!(request.header("idempotency-key"), Some("try-1"));
}

#[tokio::test]
async fn each_call_has_a_correlation_id_of_its_own() {
    let server = Server::always(|| Reply::json(STATUS)).await;
    let bff = client(&server.url());
    for _ in 0..2 {
        bff.pairing_status(vin()).await.unwrap();
    }
    let ids: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.header("x-correlation-id").unwrap().to_owned())
        .collect();
    assert_eq!(ids[0].len(), 36);
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn any_other_status_is_reported_unchanged() {
    for status in [301, 304, 400, 403, 404, 408, 409, 429, 500, 502, 503, 504, 599] {
        let server = Server::start(move |_| async move {
            // The status decides, although the body would be a valid answer.
            let kind = "Content-Type: application/json\r\nLocation: /elsewhere\r\n";
            Reply::whole(&format!("{status} Sorry"), kind, STATUS.as_bytes())
        })
        .await;
        let error = client(&server.url()).pairing_status(vin()).await.unwrap_err();
        assert_eq!(error.kind(), BffErrorKind::Status { status, wait: None }, "{error:?}");
        assert_eq!(error.operation(), BffOperation::PairingStatus);
        assert_eq!(server.requests().len(), 1, "one try, no retry");
    }
}

#[tokio::test]
async fn retry_after_is_passed_on() {
    let seconds = failure(|| Reply::whole("503 Busy", "Retry-After: 7\r\n", b"")).await;
    assert_eq!(seconds.wait().unwrap().as_secs(), 7);
    let fraction = failure(|| Reply::whole("503 Busy", "Retry-After: 1.5\r\n", b"")).await;
    assert_eq!(fraction.wait().unwrap().as_secs(), 2);
    let date = failure(|| {
        Reply::whole("429 Too Many", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n", b"")
    })
    .await;
    assert_eq!(date.wait().unwrap().as_secs(), 3600);
}

#[tokio::test]
async fn success_without_an_answer_is_malformed() {
    assert!(
        defect(|| Reply::Bytes(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".to_vec()))
            .await
            .contains("204")
    );
    let created = defect(|| {
        Reply::whole("201 Created", "Content-Type: application/json\r\n", STATUS.as_bytes())
    });
    assert!(created.await.contains("201"));
    assert!(defect(|| Reply::json("")).await.contains("empty"));
}

#[tokio::test]
async fn only_json_is_accepted_with_any_charset() {
    for kind in ["", "Content-Type: text/html\r\n"] {
        let server =
            Server::start(move |_| async move { Reply::whole("200 OK", kind, STATUS.as_bytes()) })
                .await;
        let error = client(&server.url()).pairing_status(vin()).await.unwrap_err();
        let defect = error.source().unwrap().to_string();
        assert!(defect.contains("content type"), "{kind}: {defect}");
    }
    let server = Server::always(|| {
        Reply::whole(
            "200 OK",
            "Content-Type: application/json; charset=utf-8\r\n",
            STATUS.as_bytes(),
        )
    })
    .await;
    assert!(client(&server.url()).pairing_status(vin()).await.is_ok());
}

#[tokio::test]
async fn a_compressed_body_is_not_unpacked() {
    let gzip = defect(|| {
        Reply::whole(
            "200 OK",
            "Content-Type: application/json\r\nContent-Encoding: gzip\r\n",
            b"\x1f\x8b\x08\0\0\0\0\0",
        )
    });
    assert!(gzip.await.contains("compressed"));
}

#[tokio::test]
async fn an_encoding_that_changes_no_byte_is_read() {
    for encoding in ["identity", "Identity", "", " "] {
        let server = Server::start(move |_| async move {
            let headers =
                format!("Content-Type: application/json\r\nContent-Encoding: {encoding}\r\n");
            Reply::whole("200 OK", &headers, STATUS.as_bytes())
        })
        .await;
        let answer = client(&server.url()).pairing_status(vin()).await;
        assert!(answer.is_ok(), "{encoding:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_huge_body_is_not_read() {
    // The server stalls after the first MiB: only the limit ends the call.
    let announced = defect(|| {
        let kind = "Content-Type: application/json\r\n";
        Reply::Bytes([head("200 OK", kind, 256 << 20), vec![b' '; 1 << 20]].concat())
    });
    assert!(announced.await.contains("65536"));
    let chunked = defect(|| {
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
            Transfer-Encoding: chunked\r\n\r\n10000000\r\n";
        Reply::Stall([head.to_vec(), vec![b' '; 1 << 20]].concat())
    });
    assert!(chunked.await.contains("65536"));
}

#[tokio::test]
async fn a_body_as_long_as_the_limit_is_read() {
    let server = Server::always(|| Reply::json(&format!("{STATUS:<65535} "))).await;
    assert!(client(&server.url()).pairing_status(vin()).await.is_ok());
}

#[tokio::test]
async fn invalid_json_is_malformed() {
    assert!(defect(|| Reply::json("<html>")).await.contains("is not JSON"));
    assert!(defect(|| Reply::json(&STATUS[..40])).await.contains("cut off"));
    assert!(defect(|| Reply::json("[]")).await.contains("a field"));
    let other = defect(|| {
        Reply::json(r#"{"vin":"WBA00000000DEMO04","primarySubscriber":true,"prepared":true}"#)
    });
    assert!(other.await.contains("another vehicle"));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::always(|| Reply::json(STATUS)).await;
    let location = format!("Location: http://{}/\r\n", elsewhere.address());
    let server = Server::start(move |_| {
        let location = location.clone();
        async move { Reply::whole("307 Temporary Redirect", &location, b"") }
    })
    .await;
    let error = client(&server.url()).pairing_status(vin()).await.unwrap_err();
    assert_eq!(error.kind(), BffErrorKind::Status { status: 307, wait: None }, "{error:?}");
    assert!(elsewhere.requests().is_empty());
}
