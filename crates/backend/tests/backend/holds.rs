//! Holding back answers and releasing them.

use digital_key_backend::{Endpoint, Fault, VehicleChange};
use tokio::task::JoinHandle;

use crate::common::{Answer, World, send, vin};

fn ask(world: &World, endpoint: Endpoint) -> JoinHandle<Answer> {
    tokio::spawn(send(world.ask(endpoint)))
}

#[tokio::test]
async fn a_held_answer_is_what_the_world_was() {
    let world = World::start().await;
    world.control.hold(Endpoint::Status);
    let held = ask(&world, Endpoint::Status);
    world.held(1).await;
    let change = VehicleChange::Prepared(false);
    world.control.change(vin(), change).unwrap();
    assert!(!held.is_finished());
    assert_eq!(send(world.ask(Endpoint::Support)).await.status, 200);

    world.control.release(Endpoint::Status);
    assert_eq!(held.await.unwrap().json()["prepared"], true);
    // The holding has ended with it.
    let next = send(world.ask(Endpoint::Status)).await;
    assert_eq!(next.json()["prepared"], false);
    assert_eq!(world.control.requests(Endpoint::Status), 2);
}

#[tokio::test]
async fn the_count_of_held_answers_is_right_when_release_returns() {
    let world = World::start().await;
    let held = world.control.held();
    world.control.hold(Endpoint::Support);
    world.control.hold(Endpoint::Support);
    world.control.hold(Endpoint::Password);
    let requests = [
        ask(&world, Endpoint::Support),
        ask(&world, Endpoint::Support),
        ask(&world, Endpoint::Password),
    ];
    world.held(3).await;
    let state = world.control.endpoint(Endpoint::Support);
    assert_eq!((state.holding, state.held, state.requests), (true, 2, 2));
    world.control.release(Endpoint::Support);
    assert_eq!(*held.borrow(), 1);
    world.control.release(Endpoint::Password);
    assert_eq!(*held.borrow(), 0);
    for request in requests {
        assert_eq!(request.await.unwrap().status, 200);
    }
    assert_eq!(*held.borrow(), 0);
}

#[tokio::test]
async fn a_new_holding_is_not_disturbed_by_the_answers_of_the_old_one() {
    let world = World::start().await;
    world.control.hold(Endpoint::Support);
    let first = ask(&world, Endpoint::Support);
    world.held(1).await;
    world.control.release(Endpoint::Support);
    world.control.hold(Endpoint::Support);
    assert_eq!(first.await.unwrap().status, 200);
    let second = ask(&world, Endpoint::Support);
    world.held(1).await;
    assert!(!second.is_finished());
    world.control.release(Endpoint::Support);
    assert_eq!(second.await.unwrap().status, 200);
}

#[tokio::test]
async fn a_client_that_hangs_up_is_held_no_more() {
    let world = World::start().await;
    for endpoint in Endpoint::ALL {
        world.control.hold(endpoint);
        let request = world.ask(endpoint).body("a body");
        let request = tokio::spawn(send(request));
        world.held(1).await;
        request.abort();
        world.held(0).await;
        world.control.release(endpoint);
    }
}

#[tokio::test]
async fn faults_and_holds_are_independent() {
    let world = World::start().await;
    world.control.hold(Endpoint::Support);
    world.control.fail(Endpoint::Support, Fault::ServiceUnavailable);
    let failed = ask(&world, Endpoint::Support);
    world.held(1).await;
    world.control.heal_all();
    assert!(world.control.endpoint(Endpoint::Support).holding);
    let healed = ask(&world, Endpoint::Support);
    world.held(2).await;
    world.control.fail(Endpoint::Support, Fault::NotFound);
    world.control.release(Endpoint::Support);
    assert_eq!(failed.await.unwrap().status, 503);
    assert_eq!(healed.await.unwrap().status, 200);
    assert_eq!(send(world.ask(Endpoint::Support)).await.status, 404);
}

#[tokio::test]
async fn a_held_fault_without_an_answer_stays_without_one() {
    let world = World::start().await;
    world.control.hold(Endpoint::Support);
    world.control.fail(Endpoint::Support, Fault::Timeout);
    let silent = ask(&world, Endpoint::Support);
    world.held(1).await;
    world.control.fail(Endpoint::Support, Fault::Refused);
    let refused = tokio::spawn(world.ask(Endpoint::Support).send());
    world.held(2).await;
    world.control.release(Endpoint::Support);
    assert!(refused.await.unwrap().is_err());
    assert!(!silent.is_finished());
    silent.abort();
}
