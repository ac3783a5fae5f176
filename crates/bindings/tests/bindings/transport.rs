//! A client's own transport below the HTTP adapter.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use digital_key_bindings::{
    BffAdapter, HttpOptions, HttpRequest, HttpResponse, HttpTransport, HttpTransportError, Port,
    PortCall,
};
use digital_key_domain::EntryView;

use crate::test_app::{FAULTS, Fault, SECRET, TestApp, Token, VIN};

/// A transport that answers the question about support, or has a fault.
#[derive(Default)]
struct Canned {
    fault: Option<(Fault, HttpTransportError)>,
    headers: Mutex<HashMap<String, String>>,
}

#[async_trait]
impl HttpTransport for Canned {
    async fn send(
        &self,
        request: Arc<HttpRequest>,
    ) -> Result<Arc<HttpResponse>, HttpTransportError> {
        assert_eq!(request.method(), "GET");
        assert!(request.url().contains(VIN) && request.body_limit() == 65537);
        *self.headers.lock().unwrap() = request.headers();
        if let Some((fault, thrown)) = &self.fault {
            return fault.happen(thrown.clone()).await;
        }
        let body = format!(
            r#"{{"vin":"{VIN}","digitalKey":{{"bookedServicePackage":"SMACC_1_5",
                "state":"ACTIVATED","vehicleSoftwareUpgradeRequired":false}}}}"#
        );
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let json = header("Content-Type", "application/json");
        // The second cannot be a header, and is left out.
        let headers = HashMap::from([json, header("two words", "x")]);
        Ok(HttpResponse::new(200, headers, body.into_bytes()))
    }
}

async fn app_on(transport: &Arc<Canned>) -> TestApp {
    let options = HttpOptions {
        transport: Some(Arc::clone(transport) as Arc<dyn HttpTransport>),
        user_agent: Some("ExampleApp/7.1".to_owned()),
        headers: [("X-App-Version".to_owned(), "7.1".to_owned())].into(),
        deadlines: None,
    };
    let tokens = Arc::new(Token(None));
    let bff = BffAdapter::http("https://bff.example.com", tokens, Some(options)).unwrap();
    let mut test = TestApp::with(|ports| ports.bff = bff).await;
    test.launch();
    test
}

#[tokio::test]
async fn requests_go_through_the_transport_of_the_client() {
    let transport = Arc::new(Canned::default());
    let test = app_on(&transport).await;
    test.until(|view| view.entry == EntryView::DigitalKey).await;
    let headers = transport.headers.lock().unwrap();
    assert_eq!(headers["authorization"], "Bearer a-token");
    assert_eq!((&*headers["user-agent"], &*headers["x-app-version"]), ("ExampleApp/7.1", "7.1"));
    assert_eq!(headers["traceparent"].len(), 55);
}

#[tokio::test]
async fn a_transport_that_fails_is_a_failure_of_the_bff() {
    let reason = || format!("{SECRET} and {VIN}");
    for (thrown, retryable) in [
        (HttpTransportError::Connect { reason: "no route".to_owned() }, true),
        (HttpTransportError::Tls { reason: "expired".to_owned() }, true),
        (HttpTransportError::Broken { reason: reason() }, true),
        (HttpTransportError::Cancelled, true),
        (HttpTransportError::TimedOut, false),
        (HttpTransportError::TooLarge, false),
    ] {
        let transport =
            Canned { fault: Some((Fault::Throws, thrown.clone())), ..Canned::default() };
        let test = app_on(&Arc::new(transport)).await;
        let failure = test.reported(PortCall::Support).await;
        assert_eq!(
            (failure.port, failure.retryable),
            (Port::Bff, retryable),
            "{thrown}: {failure:?}"
        );
    }
}

#[tokio::test]
async fn a_faulty_transport_is_a_failure_of_the_bff() {
    for fault in FAULTS {
        if matches!(fault, Fault::Hangs) {
            continue; // The deadline is longer than a test.
        }
        let transport =
            Canned { fault: Some((fault, HttpTransportError::Cancelled)), ..Canned::default() };
        let test = app_on(&Arc::new(transport)).await;
        let failure = test.reported(PortCall::Support).await;
        assert_eq!((failure.port, failure.retryable), (Port::Bff, true), "{fault:?}: {failure:?}");
    }
}
