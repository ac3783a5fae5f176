//! The SmAcc service over real HTTP, without the BFF in front of it.

use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::common::{VIN, World, send};

fn request(world: &World, method: Method, path: &str) -> RequestBuilder {
    let url = format!("{}{path}", world.backend.smacc_url());
    world.http.request(method, url).bearer_auth("a-token")
}

#[tokio::test]
async fn it_tells_about_a_vehicle_all_but_its_password() {
    let world = World::start().await;
    let path = format!("/vehicles/{VIN}");
    let mut answer = send(request(&world, Method::GET, &path)).await.json();
    assert_eq!(answer["digitalKey"].take()["state"], "ACTIVATED");
    assert_eq!(answer, json!({"digitalKey": null, "primarySubscriber": true, "prepared": true}));
}

#[tokio::test]
async fn it_issues_one_password_for_each_idempotency_key() {
    let world = World::start().await;
    let path = format!("/vehicles/{VIN}/pairing-passwords");
    let mut answers = Vec::new();
    for _ in 0..2 {
        let request = request(&world, Method::POST, &path);
        let answer = send(request.header("Idempotency-Key", "key-1")).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        answers.push(answer.json());
    }
    assert_eq!(answers[0], answers[1]);
    let without_key = send(request(&world, Method::POST, &path)).await;
    without_key.problem(400, "invalid-request");
}

#[tokio::test]
async fn what_is_wrong_is_a_problem() {
    let world = World::start().await;
    let unknown = "/vehicles/WBA00000000DEMO04";
    for (method, path, status, name) in [
        (Method::GET, unknown, 404, "unknown-vehicle"),
        (Method::GET, "/vehicles/x", 400, "invalid-vin"),
        (Method::GET, "/", 404, "unknown-route"),
        (Method::DELETE, unknown, 405, "method-not-allowed"),
    ] {
        let answer = send(request(&world, method, path)).await;
        answer.problem(status, name);
    }
    let url = format!("{}{unknown}", world.backend.smacc_url());
    let without_token = send(world.http.get(url)).await;
    without_token.problem(401, "unauthorized");
}
