//! The control interface of another BFF, over HTTP.

use std::time::Duration;

use bytes::Bytes;
use digital_key::Vin;
use digital_key::backend::{PasswordSource, VehicleChange};
use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::command::EndpointChange;
use super::world::{EndpointState, VehicleState, World};
use crate::error::{CommandError, with_causes};
use crate::http_client::HttpClient;

/// How often the state is read again: others may change it, too.
const POLL: Duration = Duration::from_millis(250);
/// How long a call may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A client of a control interface.
pub(super) struct RemoteControl {
    calls: Calls,
    state: watch::Receiver<State>,
    held: watch::Receiver<usize>,
}

/// What the control interface said last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct State {
    vehicles: Vec<(Vin, Option<VehicleState>)>,
    endpoints: Vec<EndpointState>,
}

impl RemoteControl {
    /// Connects to the control interface at this URL, and keeps its state up to date.
    pub(super) async fn connect(url: &str) -> Result<Self, CommandError> {
        let calls =
            Calls { client: HttpClient::new(TIMEOUT), url: url.trim_end_matches('/').to_owned() };
        let first = calls.state().await;
        let first =
            first.map_err(|error| CommandError::usage(format!("--control {url}: {error}")))?;
        let (held_sender, held) = watch::channel(held_answers(&first));
        let (sender, state) = watch::channel(first);
        let poll = calls.clone();
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(POLL);
            while !sender.is_closed() {
                ticks.tick().await;
                // A backend that is away for a moment keeps its last state.
                let Ok(state) = poll.state().await else { continue };
                let count = held_answers(&state);
                held_sender.send_if_modified(|held| std::mem::replace(held, count) != count);
                sender.send_if_modified(|known| {
                    let is_new = *known != state;
                    *known = state;
                    is_new
                });
            }
        });
        Ok(Self { calls, state, held })
    }

    pub(super) fn held(&self) -> watch::Receiver<usize> {
        self.held.clone()
    }

    pub(super) fn describe(&self, world: &mut World) {
        let state = self.state.borrow();
        world.vehicles = state.vehicles.clone();
        world.endpoints = state.endpoints.clone();
    }

    pub(super) async fn changed(&mut self) {
        if self.state.changed().await.is_err() {
            // Without the task there is no change.
            std::future::pending::<()>().await;
        }
    }

    pub(super) async fn change(&self, vin: Vin, change: &VehicleChange) -> Result<(), String> {
        let body = to_json(change)?;
        self.calls.send(Method::PATCH, &format!("vehicles/{}", vin.as_str()), Some(body)).await
    }

    pub(super) async fn change_endpoint(&self, change: EndpointChange) -> Result<(), String> {
        let (method, path, body) = match change {
            EndpointChange::Fail(endpoint, Some(fault)) => {
                let body = json!({ "fault": fault.to_string() });
                (Method::PUT, format!("endpoints/{endpoint}/fault"), Some(body))
            }
            EndpointChange::Fail(endpoint, None) => {
                (Method::DELETE, format!("endpoints/{endpoint}/fault"), None)
            }
            EndpointChange::HealAll => (Method::DELETE, "faults".to_owned(), None),
            EndpointChange::Hold(endpoint) => {
                (Method::PUT, format!("endpoints/{endpoint}/hold"), None)
            }
            EndpointChange::Release(endpoint) => {
                (Method::DELETE, format!("endpoints/{endpoint}/hold"), None)
            }
        };
        self.calls.send(method, &path, body).await
    }
}

fn held_answers(state: &State) -> usize {
    state.endpoints.iter().map(|endpoint| endpoint.held).sum()
}

/// Writes a change as the control interface reads it.
fn to_json(change: &VehicleChange) -> Result<Value, String> {
    let value = |value: serde_json::Result<Value>| value.map_err(|error| error.to_string());
    Ok(match change {
        VehicleChange::DigitalKey(object) => {
            json!({ "digitalKey": value(serde_json::to_value(object))? })
        }
        VehicleChange::OwnerKey(key) => json!({ "ownerKey": value(serde_json::to_value(key))? }),
        VehicleChange::Tracked(tracked) => json!({ "tracked": tracked }),
        VehicleChange::Prepared(prepared) => json!({ "prepared": prepared }),
        VehicleChange::PrimarySubscriber(primary) => json!({ "primarySubscriber": primary }),
        VehicleChange::Password(PasswordSource::Random) => json!({ "password": "random" }),
        VehicleChange::Password(PasswordSource::None) => json!({ "password": "none" }),
        VehicleChange::Password(PasswordSource::Fixed(digits)) => {
            json!({ "password": { "fixed": value(serde_json::to_value(digits))? } })
        }
    })
}

/// A vehicle in a listing.
#[derive(Deserialize)]
struct ListedVehicle {
    vin: String,
    #[serde(flatten)]
    state: VehicleState,
}

/// The calls of the control interface.
#[derive(Clone)]
struct Calls {
    client: HttpClient,
    url: String,
}

impl Calls {
    async fn state(&self) -> Result<State, String> {
        let listed: Vec<ListedVehicle> = self.get("vehicles").await?;
        let vehicle = |it: ListedVehicle| Some((it.vin.parse().ok()?, Some(it.state)));
        let vehicles = listed.into_iter().filter_map(vehicle).collect();
        Ok(State { vehicles, endpoints: self.get("endpoints").await? })
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, String> {
        let answer = self.request(Method::GET, path, None).await?;
        serde_json::from_slice(&answer).map_err(|error| {
            let url = &self.url;
            format!("{url}/{path} is no control interface of `digital-key backend`: {error}")
        })
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Result<(), String> {
        self.request(method, path, body).await.map(drop)
    }

    async fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Bytes, String> {
        let url = format!("{}/{path}", self.url);
        let answer = self.client.send(method, &url, body.as_ref()).await;
        let (status, answer) = answer.map_err(|error| {
            let error = with_causes(&error);
            format!("{url} does not answer ({error}); `digital-key backend` prints the URL")
        })?;
        if status.is_success() {
            return Ok(answer);
        }
        let problem: Value = serde_json::from_slice(&answer).unwrap_or_default();
        match problem["detail"].as_str() {
            Some(detail) => Err(detail.to_owned()),
            None => Err(format!("{url} answers {status}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use digital_key::backend::{
        Backend, BackendConfig, Endpoint, Fault, OwnerKey, Password, Vehicle,
    };
    use digital_key::ports::DigitalKeyId;

    use super::*;

    /// A control interface, and a backend behind it that has one vehicle.
    async fn backend() -> (Backend, RemoteControl, Vin) {
        let backend = Backend::start(BackendConfig::default()).await.unwrap();
        let vin = "WBADKEY0000000001".parse().unwrap();
        backend.control().put_vehicle(vin, Vehicle::default()).unwrap();
        let remote = RemoteControl::connect(&backend.control_url()).await.unwrap();
        (backend, remote, vin)
    }

    #[tokio::test]
    async fn each_change_of_a_vehicle_reaches_the_backend() {
        let (backend, remote, vin) = backend().await;
        let key = OwnerKey { id: DigitalKeyId::try_from("K1").unwrap(), tracked: false };
        let fixed = PasswordSource::Fixed(Password::parse("12345678").unwrap());
        for change in [
            VehicleChange::DigitalKey(None),
            VehicleChange::OwnerKey(Some(key.clone())),
            VehicleChange::Tracked(true),
            VehicleChange::Prepared(false),
            VehicleChange::PrimarySubscriber(false),
            VehicleChange::Password(PasswordSource::None),
            VehicleChange::Password(PasswordSource::Random),
            VehicleChange::Password(fixed.clone()),
        ] {
            remote.change(vin, &change).await.unwrap();
        }
        let vehicle = backend.control().vehicle(vin).unwrap();
        assert!(vehicle.digital_key.is_none() && !vehicle.prepared && !vehicle.primary_subscriber);
        assert_eq!(vehicle.owner_key, Some(OwnerKey { tracked: true, ..key }));
        assert_eq!(vehicle.password, fixed);
    }

    #[tokio::test]
    async fn each_change_of_an_endpoint_reaches_the_backend_and_comes_back() {
        let (backend, mut remote, _) = backend().await;
        let status = Endpoint::Status;
        let fault = Fault::ServiceUnavailableFor(7);
        remote.change_endpoint(EndpointChange::Fail(status, Some(fault))).await.unwrap();
        remote.change_endpoint(EndpointChange::Hold(status)).await.unwrap();
        let state = backend.control().endpoint(status);
        assert_eq!((state.fault, state.holding), (Some(fault), true));
        let mut world = World::default();
        while !world.endpoints.iter().any(|it| it.holding && it.fault == Some(fault)) {
            remote.changed().await;
            remote.describe(&mut world);
        }
        assert_eq!(world.vehicles.len(), 1);
        remote.change_endpoint(EndpointChange::Release(status)).await.unwrap();
        remote.change_endpoint(EndpointChange::HealAll).await.unwrap();
        remote.change_endpoint(EndpointChange::Fail(status, None)).await.unwrap();
        let state = backend.control().endpoint(status);
        assert_eq!((state.fault, state.holding), (None, false));
    }

    #[tokio::test]
    async fn an_error_says_what_the_backend_says() {
        let (_backend, remote, _) = backend().await;
        let other = "WBADKEY0000000009".parse().unwrap();
        let error = remote.change(other, &VehicleChange::Prepared(true)).await.unwrap_err();
        assert!(error.contains("not known"), "{error}");
    }

    #[tokio::test]
    async fn a_wrong_url_is_named() {
        let backend = Backend::start(BackendConfig::default()).await.unwrap();
        for url in ["http://127.0.0.1:9", &backend.bff_url()] {
            let Err(error) = RemoteControl::connect(url).await else { panic!("{url}") };
            assert!(format!("{error:?}").contains(url), "{error:?}");
        }
    }
}
