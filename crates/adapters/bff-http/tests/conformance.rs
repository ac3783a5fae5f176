//! The conformance suite of the `Bff` port, over real HTTP against the project's backend.

#![allow(clippy::unwrap_used, reason = "a harness that fails is a test that fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use digital_key_backend::{
    Backend, BackendConfig, Control, DigitalKeyObject, Endpoint, Fault, OwnerKey, Password,
    PasswordSource, Vehicle,
};
use digital_key_bff_http::{BearerToken, Deadlines, HttpBff, StaticToken};
use digital_key_domain::{Support, SupportAnswer, Vin};
use digital_key_testkit::CaseResult;
use digital_key_testkit::bff::{BackendFault, BffHarness, ScriptedVehicle};
use digital_key_testkit::values::vin;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

digital_key_testkit::bff_conformance!(HttpHarness::start);

const TOKEN: &str = "sesame-4711";
/// Enough for an answer on loopback on a busy machine.
const DEADLINE: Duration = Duration::from_secs(2);

struct HttpHarness {
    bff: HttpBff,
    backend: Backend,
    names_another_vin: Arc<AtomicBool>,
    relay: JoinHandle<()>,
}

impl HttpHarness {
    async fn start() -> Self {
        let token = Some(TOKEN.to_owned());
        let backend =
            Backend::start(BackendConfig { token, ..BackendConfig::default() }).await.unwrap();
        let names_another_vin = Arc::new(AtomicBool::new(false));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let target = backend.bff_url().replace("http://", "");
        let relay = tokio::spawn(relay(listener, target, names_another_vin.clone()));
        let provider = Arc::new(StaticToken::new(BearerToken::new(TOKEN).unwrap()));
        let bff = HttpBff::builder(&base_url)
            .token_provider(provider)
            .deadlines(
                Deadlines::new().with_connect(DEADLINE).with_read(DEADLINE).with_total(DEADLINE),
            )
            .build()
            .unwrap();
        Self { bff, backend, names_another_vin, relay }
    }

    fn control(&self) -> &Control {
        self.backend.control()
    }
}

impl Drop for HttpHarness {
    fn drop(&mut self) {
        self.relay.abort();
    }
}

impl BffHarness for HttpHarness {
    type Bff = HttpBff;

    fn bff(&self) -> &HttpBff {
        &self.bff
    }

    fn debug_text(&self) -> String {
        format!("{:?} {:#?}", self.bff, self.bff)
    }

    fn secrets(&self) -> Vec<String> {
        vec![TOKEN.to_owned()]
    }

    fn deadline(&self) -> Duration {
        DEADLINE
    }

    async fn set_vehicle(&self, vin: Vin, vehicle: ScriptedVehicle) {
        let ScriptedVehicle { support, status, password } = vehicle;
        let owner_key = status.owner_key.map(|key| OwnerKey { id: key.id, tracked: key.tracked });
        let vehicle = Vehicle {
            digital_key: digital_key(support),
            owner_key,
            primary_subscriber: status.primary_subscriber,
            prepared: status.prepared,
            password: password.map_or(PasswordSource::None, |password| {
                PasswordSource::Fixed(Password::parse(password.expose()).unwrap())
            }),
        };
        self.control().put_vehicle(vin, vehicle).unwrap();
    }

    async fn set_fault(&self, fault: Option<BackendFault>) {
        let Some(fault) = fault else { return self.control().heal_all() };
        let fault = match fault {
            BackendFault::Status(status) => status.to_string().parse().unwrap(),
            BackendFault::Silent => Fault::Timeout,
            BackendFault::Interrupted => Fault::Refused,
            BackendFault::Garbage => Fault::Garbage,
            BackendFault::CutOff => Fault::Truncated,
            BackendFault::Empty => Fault::Empty,
        };
        Endpoint::ALL.into_iter().for_each(|endpoint| self.control().fail(endpoint, fault));
    }

    async fn answer_about_another_vin(&self) -> CaseResult {
        let password = PasswordSource::Fixed(Password::parse("12345678").unwrap());
        self.control().put_vehicle(another(), Vehicle { password, ..Vehicle::default() }).unwrap();
        self.names_another_vin.store(true, Ordering::SeqCst);
        Ok(())
    }
}

/// Makes the object that means this answer (REQ-5).
fn digital_key(support: SupportAnswer) -> Option<DigitalKeyObject> {
    let (state, upgrade_required) = match support {
        SupportAnswer::Known(Support::NotSupported) => return None,
        SupportAnswer::Known(Support::Supported { upgrade_required }) => {
            ("ACTIVATED", upgrade_required)
        }
        SupportAnswer::Unknown => ("PENDING", false),
    };
    let object = format!(
        r#"{{"state":"{state}","bookedServicePackage":"SMACC_1_5",
            "vehicleSoftwareUpgradeRequired":{upgrade_required}}}"#
    );
    Some(DigitalKeyObject::parse(&object).unwrap())
}

/// The vehicle of the answers that are about another vehicle.
fn another() -> Vin {
    vin(999)
}

/// Relays between the adapter and the backend. If `names_another_vin` is set, it replaces the VIN
/// of a request, so that a valid answer of the backend is about another vehicle.
async fn relay(listener: TcpListener, backend: String, names_another_vin: Arc<AtomicBool>) {
    loop {
        let (adapter, _) = listener.accept().await.unwrap();
        let backend = TcpStream::connect(&backend).await.unwrap();
        tokio::spawn(pass_on(adapter, backend, names_another_vin.clone()));
    }
}

async fn pass_on(adapter: TcpStream, backend: TcpStream, names_another_vin: Arc<AtomicBool>) {
    let (mut requests, mut to_adapter) = adapter.into_split();
    let (mut answers, mut to_backend) = backend.into_split();
    let pass_requests = async {
        let mut request = Vec::new();
        while requests.read_buf(&mut request).await? > 0 {
            // The VIN is in the first line of a request, and a request has no body.
            if !request.ends_with(b"\r\n\r\n") {
                continue;
            }
            let mut text = String::from_utf8(request).unwrap();
            if names_another_vin.load(Ordering::SeqCst) {
                text = text.replace(vin(1).as_str(), another().as_str());
            }
            to_backend.write_all(text.as_bytes()).await?;
            request = Vec::new();
        }
        std::io::Result::Ok(())
    };
    // When one side hangs up, so does the other.
    tokio::select! {
        _ = pass_requests => {}
        _ = copy(&mut answers, &mut to_adapter) => {}
    }
}
