//! Faults, at every endpoint.

use digital_key_backend::{Endpoint, Fault};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::common::{TestBackend, eventually, send};

#[tokio::test]
async fn a_status_fault_is_a_problem_until_it_is_healed() {
    let backend = TestBackend::start().await;
    for endpoint in Endpoint::ALL {
        for (fault, status, name) in [
            (Fault::InternalServerError, 500, "internal"),
            (Fault::ServiceUnavailable, 503, "unavailable"),
            (Fault::Unauthorized, 401, "unauthorized"),
            (Fault::NotFound, 404, "unknown-vehicle"),
            (Fault::StillWorkedOn, 409, "still-worked-on"),
            (Fault::TooManyRequests, 429, "too-many-requests"),
        ] {
            backend.control.fail(endpoint, fault);
            for _ in 0..2 {
                let answer = send(backend.request_for(endpoint)).await;
                let problem = answer.problem(status, name);
                let id = answer.header("x-correlation-id");
                assert_eq!(problem["correlationId"], id);
            }
        }
        backend.control.heal(endpoint);
        assert_eq!(send(backend.request_for(endpoint)).await.status, 200);
        assert_eq!(backend.control.requests(endpoint), 13, "requests count although they fail");
    }
}

#[tokio::test]
async fn a_status_fault_can_ask_to_wait() {
    let backend = TestBackend::start().await;
    for endpoint in Endpoint::ALL {
        for (fault, status, name, wait) in [
            ("503 after 7 seconds", 503, "unavailable", "7"),
            ("429 after 0 seconds", 429, "too-many-requests", "0"),
        ] {
            backend.control.fail(endpoint, fault.parse().unwrap());
            let answer = send(backend.request_for(endpoint)).await;
            answer.problem(status, name);
            assert_eq!(answer.header("retry-after"), wait);
        }
    }
}

#[tokio::test]
async fn a_broken_answer_looks_like_a_success() {
    let backend = TestBackend::start().await;
    for endpoint in Endpoint::ALL {
        for fault in [Fault::Garbage, Fault::Truncated, Fault::Empty] {
            backend.control.fail(endpoint, fault);
            let answer = send(backend.request_for(endpoint)).await;
            assert_eq!(answer.status, 200, "{fault}");
            let length = answer.body.len().to_string();
            assert_eq!(answer.header("content-length"), length, "{fault}");
            let error = serde_json::from_str::<serde_json::Value>(&answer.body).unwrap_err();
            if fault == Fault::Empty {
                assert_eq!(answer.body, "");
            } else {
                assert_eq!(answer.header("content-type"), "application/json");
                assert_eq!(error.is_eof(), fault == Fault::Truncated, "{error}");
            }
        }
        assert_eq!(backend.control.requests(endpoint), 3);
    }
}

#[tokio::test]
async fn refused_resets_the_connection_without_an_answer() {
    let backend = TestBackend::start().await;
    backend.control.fail(Endpoint::Support, Fault::Refused);
    let address = backend.services.bff_url().replace("http://", "");
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = "GET /vehicles/x/digital-key/support HTTP/1.1\r\nhost: x\r\n\r\n";
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let error = connection.read_to_end(&mut answer).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert!(answer.is_empty());
    assert_eq!(backend.control.requests(Endpoint::Support), 1);
}

#[tokio::test]
async fn refused_counts_one_request_on_a_connection_in_use_too() {
    let backend = TestBackend::start().await;
    for endpoint in Endpoint::ALL {
        assert_eq!(send(backend.request_for(endpoint)).await.status, 200);
        backend.control.fail(endpoint, Fault::Refused);
        let request = backend.request_for(endpoint).body("the body is read before the reset");
        let error = request.send().await.unwrap_err();
        assert!(error.is_request(), "{error:?}");
        assert_eq!(backend.control.requests(endpoint), 2);
        backend.control.heal(endpoint);
        assert_eq!(send(backend.request_for(endpoint)).await.status, 200);
    }
}

#[tokio::test]
async fn timeout_is_silence_until_the_client_gives_up() {
    let backend = TestBackend::start().await;
    for endpoint in Endpoint::ALL {
        backend.control.fail(endpoint, Fault::Timeout);
        let silent = tokio::spawn(backend.request_for(endpoint).send());
        eventually(async || backend.control.requests(endpoint) == 1).await;
        backend.control.heal(endpoint);
        assert_eq!(send(backend.request_for(endpoint)).await.status, 200);
        assert!(!silent.is_finished(), "healing a fault sends no answer");
        silent.abort();
    }
    // The server notices that the clients have hung up.
    eventually(async || {
        let metrics = backend.operations("/metrics").await.body;
        let ended = metrics.lines().filter(|it| it.ends_with(r#",status="none"} 1"#));
        ended.count() == Endpoint::ALL.len()
    })
    .await;
}

#[tokio::test]
async fn a_fault_concerns_one_endpoint_and_heal_all_ends_all() {
    let backend = TestBackend::start().await;
    backend.control.fail(Endpoint::Status, Fault::NotFound);
    assert_eq!(send(backend.request_for(Endpoint::Support)).await.status, 200);
    assert_eq!(send(backend.request_for(Endpoint::Status)).await.status, 404);
    backend.control.fail(Endpoint::Password, Fault::Empty);
    backend.control.heal_all();
    for endpoint in Endpoint::ALL {
        assert_eq!(backend.control.endpoint(endpoint).fault, None);
        assert_eq!(send(backend.request_for(endpoint)).await.status, 200);
    }
}

#[test]
fn names_of_faults_and_endpoints_parse() {
    for fault in Fault::ALL {
        assert_eq!(fault.to_string().parse(), Ok(fault));
    }
    for endpoint in Endpoint::ALL {
        assert_eq!(endpoint.to_string().parse(), Ok(endpoint));
    }
    for text in ["502", "503 after", "503 after x seconds", "500 after 5 seconds", "503 after 5"] {
        let error = text.parse::<Fault>().unwrap_err().to_string();
        assert!(error.contains("no such fault") && error.contains("truncated"), "{text}");
    }
    let error = "Support".parse::<Endpoint>().unwrap_err().to_string();
    assert!(error.contains("no such endpoint") && error.contains("status"));
}
