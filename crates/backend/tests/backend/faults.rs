//! Every fault at every endpoint.

use digital_key_backend::{Endpoint, Fault};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::common::{World, eventually, send};

#[tokio::test]
async fn a_status_fault_is_a_problem_until_it_is_healed() {
    let world = World::start().await;
    for endpoint in Endpoint::ALL {
        for (fault, status, name) in [
            (Fault::InternalServerError, 500, "internal"),
            (Fault::ServiceUnavailable, 503, "unavailable"),
            (Fault::Unauthorized, 401, "unauthorized"),
            (Fault::NotFound, 404, "unknown-vehicle"),
            (Fault::TooManyRequests, 429, "too-many-requests"),
        ] {
            world.control.fail(endpoint, fault);
            for _ in 0..2 {
                let answer = send(world.ask(endpoint)).await;
                let problem = answer.problem(status, name);
                let id = answer.header("x-correlation-id");
                assert_eq!(problem["correlationId"], id);
            }
        }
        world.control.heal(endpoint);
        assert_eq!(send(world.ask(endpoint)).await.status, 200);
        assert_eq!(world.control.requests(endpoint), 11, "faults are counted");
    }
}

#[tokio::test]
async fn a_broken_answer_looks_like_a_success() {
    let world = World::start().await;
    for endpoint in Endpoint::ALL {
        for fault in [Fault::Garbage, Fault::Truncated, Fault::Empty] {
            world.control.fail(endpoint, fault);
            let answer = send(world.ask(endpoint)).await;
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
        assert_eq!(world.control.requests(endpoint), 3);
    }
}

#[tokio::test]
async fn refused_resets_the_connection_without_an_answer() {
    let world = World::start().await;
    world.control.fail(Endpoint::Support, Fault::Refused);
    let address = world.backend.bff_url().replace("http://", "");
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = "GET /vehicles/x/digital-key/support HTTP/1.1\r\nhost: x\r\n\r\n";
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let error = connection.read_to_end(&mut answer).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert!(answer.is_empty());
    assert_eq!(world.control.requests(Endpoint::Support), 1);
}

#[tokio::test]
async fn refused_is_one_request_also_on_a_connection_in_use() {
    let world = World::start().await;
    for endpoint in Endpoint::ALL {
        assert_eq!(send(world.ask(endpoint)).await.status, 200);
        world.control.fail(endpoint, Fault::Refused);
        let request = world.ask(endpoint).body("a body is read before");
        let error = request.send().await.unwrap_err();
        assert!(error.is_request(), "{error:?}");
        assert_eq!(world.control.requests(endpoint), 2);
        world.control.heal(endpoint);
        assert_eq!(send(world.ask(endpoint)).await.status, 200);
    }
}

#[tokio::test]
async fn timeout_is_silence_until_the_client_gives_up() {
    let world = World::start().await;
    for endpoint in Endpoint::ALL {
        world.control.fail(endpoint, Fault::Timeout);
        let silent = tokio::spawn(world.ask(endpoint).send());
        eventually(async || world.control.requests(endpoint) == 1).await;
        world.control.heal(endpoint);
        assert_eq!(send(world.ask(endpoint)).await.status, 200);
        assert!(!silent.is_finished(), "healing answers nothing");
        silent.abort();
    }
    // The server has noticed that the clients are gone.
    eventually(async || {
        let metrics = world.get("/metrics").await.body;
        let ended = metrics.lines().filter(|it| it.ends_with(r#",status="none"} 1"#));
        ended.count() == Endpoint::ALL.len()
    })
    .await;
}

#[tokio::test]
async fn a_fault_is_of_one_endpoint_and_all_can_be_healed_at_once() {
    let world = World::start().await;
    world.control.fail(Endpoint::Status, Fault::NotFound);
    assert_eq!(send(world.ask(Endpoint::Support)).await.status, 200);
    assert_eq!(send(world.ask(Endpoint::Status)).await.status, 404);
    world.control.fail(Endpoint::Password, Fault::Empty);
    world.control.heal_all();
    for endpoint in Endpoint::ALL {
        assert_eq!(world.control.endpoint(endpoint).fault, None);
        assert_eq!(send(world.ask(endpoint)).await.status, 200);
    }
}

#[test]
fn names_are_those_of_the_feature_files() {
    for fault in Fault::ALL {
        assert_eq!(fault.to_string().parse(), Ok(fault));
    }
    for endpoint in Endpoint::ALL {
        assert_eq!(endpoint.to_string().parse(), Ok(endpoint));
    }
    let error = "502".parse::<Fault>().unwrap_err().to_string();
    assert!(error.contains("no such fault") && error.contains("truncated"));
    let error = "Support".parse::<Endpoint>().unwrap_err().to_string();
    assert!(error.contains("no such endpoint") && error.contains("status"));
}
