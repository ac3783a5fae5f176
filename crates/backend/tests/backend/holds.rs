//! Answers that are held back and released.

use digital_key_backend::{Endpoint, Fault, VehicleChange};
use tokio::task::JoinHandle;

use crate::common::{Answer, TestBackend, send, vin};

fn send_to(backend: &TestBackend, endpoint: Endpoint) -> JoinHandle<Answer> {
    tokio::spawn(send(backend.request_for(endpoint)))
}

#[tokio::test]
async fn a_held_answer_shows_the_vehicle_as_it_was_when_the_request_arrived() {
    let backend = TestBackend::start().await;
    backend.control.hold(Endpoint::Status);
    let held = send_to(&backend, Endpoint::Status);
    backend.held(1).await;
    let change = VehicleChange::Prepared(false);
    backend.control.change(vin(), change).unwrap();
    assert!(!held.is_finished());
    assert_eq!(send(backend.request_for(Endpoint::Support)).await.status, 200);

    backend.control.release(Endpoint::Status);
    assert_eq!(held.await.unwrap().json()["prepared"], true);
    // The release has ended the hold.
    let next = send(backend.request_for(Endpoint::Status)).await;
    assert_eq!(next.json()["prepared"], false);
    assert_eq!(backend.control.requests(Endpoint::Status), 2);
}

#[tokio::test]
async fn the_count_of_held_answers_is_up_to_date_when_release_returns() {
    let backend = TestBackend::start().await;
    let held = backend.control.held();
    backend.control.hold(Endpoint::Support);
    backend.control.hold(Endpoint::Support);
    backend.control.hold(Endpoint::Password);
    let requests = [
        send_to(&backend, Endpoint::Support),
        send_to(&backend, Endpoint::Support),
        send_to(&backend, Endpoint::Password),
    ];
    backend.held(3).await;
    let state = backend.control.endpoint(Endpoint::Support);
    assert_eq!((state.holding, state.held, state.requests), (true, 2, 2));
    backend.control.release(Endpoint::Support);
    assert_eq!(*held.borrow(), 1);
    backend.control.release(Endpoint::Password);
    assert_eq!(*held.borrow(), 0);
    for request in requests {
        assert_eq!(request.await.unwrap().status, 200);
    }
    assert_eq!(*held.borrow(), 0);
}

#[tokio::test]
async fn answers_of_an_old_hold_do_not_count_for_a_new_one() {
    let backend = TestBackend::start().await;
    backend.control.hold(Endpoint::Support);
    let first = send_to(&backend, Endpoint::Support);
    backend.held(1).await;
    backend.control.release(Endpoint::Support);
    backend.control.hold(Endpoint::Support);
    assert_eq!(first.await.unwrap().status, 200);
    let second = send_to(&backend, Endpoint::Support);
    backend.held(1).await;
    assert!(!second.is_finished());
    backend.control.release(Endpoint::Support);
    assert_eq!(second.await.unwrap().status, 200);
}

#[tokio::test]
async fn an_answer_is_held_no_more_when_its_client_hangs_up() {
    let backend = TestBackend::start().await;
    for endpoint in Endpoint::ALL {
        backend.control.hold(endpoint);
        let request = backend.request_for(endpoint).body("a body");
        let request = tokio::spawn(send(request));
        backend.held(1).await;
        request.abort();
        backend.held(0).await;
        backend.control.release(endpoint);
    }
}

#[tokio::test]
async fn faults_and_holds_are_independent() {
    let backend = TestBackend::start().await;
    backend.control.hold(Endpoint::Support);
    backend.control.fail(Endpoint::Support, Fault::ServiceUnavailable);
    let failed = send_to(&backend, Endpoint::Support);
    backend.held(1).await;
    backend.control.heal_all();
    assert!(backend.control.endpoint(Endpoint::Support).holding);
    let healed = send_to(&backend, Endpoint::Support);
    backend.held(2).await;
    backend.control.fail(Endpoint::Support, Fault::NotFound);
    backend.control.release(Endpoint::Support);
    assert_eq!(failed.await.unwrap().status, 503);
    assert_eq!(healed.await.unwrap().status, 200);
    assert_eq!(send(backend.request_for(Endpoint::Support)).await.status, 404);
}

#[tokio::test]
async fn a_fault_without_an_answer_can_be_held_back_too() {
    let backend = TestBackend::start().await;
    backend.control.hold(Endpoint::Support);
    backend.control.fail(Endpoint::Support, Fault::Timeout);
    let silent = send_to(&backend, Endpoint::Support);
    backend.held(1).await;
    backend.control.fail(Endpoint::Support, Fault::Refused);
    let refused = tokio::spawn(backend.request_for(Endpoint::Support).send());
    backend.held(2).await;
    backend.control.release(Endpoint::Support);
    assert!(refused.await.unwrap().is_err());
    assert!(!silent.is_finished());
    silent.abort();
}
