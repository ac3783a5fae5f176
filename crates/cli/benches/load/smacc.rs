//! A SmAcc service that knows every vehicle, and the vehicles themselves: each accepts a password that was
//! issued for it, once, and has an owner key from then on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[derive(Default)]
struct Service {
    vehicles: HashMap<String, Vehicle>,
    totals: Totals,
}

/// What has happened to a vehicle since the start.
#[derive(Default)]
struct Vehicle {
    /// The passwords, each with the idempotency key of its request.
    issued: Vec<(String, Password)>,
    owner_key: Option<String>,
}

struct Password {
    digits: String,
    is_used: bool,
}

/// The sums over all vehicles.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Totals {
    pub(crate) passwords_issued: usize,
    pub(crate) passwords_used: usize,
    /// Pairings with a password that was not issued for the vehicle, or was used before.
    pub(crate) passwords_refused: usize,
}

type Shared = Arc<Mutex<Service>>;

/// Serves until the process is killed.
pub(crate) async fn serve() {
    let router = Router::new()
        .route("/health", get(async || "ok"))
        .route("/totals", get(totals))
        .route("/vehicles/{vin}", get(vehicle))
        .route("/vehicles/{vin}/pairing-passwords", post(issue))
        .route("/vehicles/{vin}/pairings/{password}", post(pair))
        .with_state(Shared::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("ready http://{}", listener.local_addr().unwrap());
    axum::serve(listener, router).await.unwrap();
}

async fn totals(State(service): State<Shared>) -> Json<Totals> {
    Json(service.lock().unwrap().totals)
}

async fn vehicle(State(service): State<Shared>, Path(vin): Path<String>) -> Json<Value> {
    let service = service.lock().unwrap();
    let key = service.vehicles.get(&vin).and_then(|vehicle| vehicle.owner_key.clone());
    let mut answer = json!({
        "digitalKey": {
            "bookedServicePackage": "SMACC_1_5",
            "isDigitalKeyFirstSupported": false,
            "readerGraphics": "000200000000",
            "state": "ACTIVATED",
            "vehicleSoftwareUpgradeRequired": false,
        },
        "primarySubscriber": true,
        "prepared": true,
    });
    if let Some(id) = key {
        answer["ownerKey"] = json!({ "id": id, "tracked": true });
    }
    Json(answer)
}

/// Issues a password that no other vehicle gets, and the same one for the same idempotency key.
async fn issue(
    State(service): State<Shared>,
    Path(vin): Path<String>,
    headers: HeaderMap,
) -> Json<Value> {
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let mut service = service.lock().unwrap();
    let Service { vehicles, totals } = &mut *service;
    let issued = &mut vehicles.entry(vin).or_default().issued;
    let place = issued.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
        let digits = format!("{:08}", totals.passwords_issued);
        totals.passwords_issued += 1;
        issued.push((key, Password { digits, is_used: false }));
        issued.len() - 1
    });
    Json(json!({ "password": issued[place].1.digits }))
}

/// Pairs the vehicle with a phone.
async fn pair(
    State(service): State<Shared>,
    Path((vin, digits)): Path<(String, String)>,
) -> StatusCode {
    let mut service = service.lock().unwrap();
    let Service { vehicles, totals } = &mut *service;
    let vehicle = vehicles.entry(vin.clone()).or_default();
    let mut passwords = vehicle.issued.iter_mut().map(|(_, password)| password);
    let password = passwords.find(|password| password.digits == digits && !password.is_used);
    let Some(password) = password else {
        totals.passwords_refused += 1;
        return StatusCode::CONFLICT;
    };
    password.is_used = true;
    totals.passwords_used += 1;
    vehicle.owner_key = Some(key_of(&vin));
    StatusCode::NO_CONTENT
}

/// Returns the id of the key that a pairing with this vehicle makes.
pub(crate) fn key_of(vin: &str) -> String {
    format!("key-of-{vin}")
}
