//! GEN-6: no error and no `Debug` holds a password, a token, a whole VIN or a URL with one.

use std::error::Error;
use std::fmt::Write;

use digital_key_bff_http::HttpBff;
use digital_key_ports::{Bff, BffError, IdempotencyKey};

use crate::server::{
    PATIENT, Reply, SOON, Server, TOKEN, VIN, client, client_with, head, static_token, vin,
};

const PASSWORD: &str = "8765432x";

/// Returns the texts of an error and of its causes.
fn all_of(error: &BffError) -> String {
    let mut text = format!("{error:?}");
    let mut link: Option<&dyn Error> = Some(error);
    while let Some(error) = link {
        write!(text, "\n{error}\n{error:?}").unwrap();
        link = error.source();
    }
    text
}

async fn ask(bff: &HttpBff) -> String {
    let key = IdempotencyKey::new("a-key").unwrap();
    let text = all_of(&bff.pairing_password(vin(), key).await.unwrap_err());
    for secret in [VIN, TOKEN, PASSWORD, "digital-key/"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    text
}

#[tokio::test]
async fn gen_6_no_error_holds_a_secret() {
    let replies: [fn() -> Reply; 9] = [
        || Reply::Reset,
        || Reply::Stall(Vec::new()),
        || Reply::Bytes(head("200 OK", "Content-Type: application/json\r\n", 9)),
        || Reply::whole("401 Unauthorized", "", VIN.as_bytes()),
        || Reply::whole("500 Oh", "", VIN.as_bytes()),
        || Reply::json(&format!(r#"{{"vin":"{VIN}","password":"{PASSWORD}"}}"#)),
        || Reply::json(&format!(r#"{{"vin":"{VIN}","password":["{PASSWORD}"]}}"#)),
        || Reply::json(&format!(r#"{{"vin":["{VIN}"],"password":"{PASSWORD}"}}"#)),
        || Reply::json(&format!(r#"{{"vin":"X","{VIN}":"{PASSWORD}"}}"#)),
    ];
    let deadlines = PATIENT.with_total(SOON);
    for reply in replies {
        let server = Server::always(reply).await;
        ask(&client_with(&server.url(), static_token(), deadlines)).await;
    }
}

#[tokio::test]
async fn gen_6_a_failed_connection_shows_no_secret() {
    let server = Server::always(|| Reply::Reset).await;
    let refused = server.url();
    drop(server);
    assert!(ask(&client(&refused)).await.contains("Unreachable"));
}

#[test]
fn gen_6_debug_of_the_client_holds_no_secret() {
    let text = format!("{:?}", client("http://localhost:1/api"));
    assert!(text.contains("http://localhost:1/api") && !text.contains(TOKEN));
}
