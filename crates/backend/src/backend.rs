//! Starting and stopping the services.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use digital_key_bff::config::{BaseUrl, Config};
use digital_key_bff::{Bff, RunningBff, StartError};
use digital_key_domain::Vin;
use tokio::net::TcpListener;

use crate::control::{self, Control};
use crate::fault_injection::{FaultInjector, inject_faults};
use crate::request_log::{RequestListener, report};
use crate::server::Server;
use crate::smacc;
use crate::vehicle::{Vehicle, VehicleError};
use crate::vehicle_store::{SharedVehicleStore, VehicleStore};

/// The settings of the services. The default listens on free ports of 127.0.0.1.
///
/// `Debug` does not show the token.
#[derive(Clone)]
pub struct BackendConfig {
    /// Where the SmAcc service listens; port 0 = any free port.
    pub smacc: SocketAddr,
    /// Where the BFF listens.
    pub bff: SocketAddr,
    /// Where the BFF's operations listener listens: probes, metrics, the description of the API. It
    /// asks for no token.
    pub operations: SocketAddr,
    /// Where the control interface listens. It asks for no token.
    pub control: SocketAddr,
    /// The only bearer token that the services accept; `None` = any.
    pub token: Option<String>,
    /// How long the BFF waits for an answer of the SmAcc service; 5 s by default.
    pub upstream_deadline: Duration,
    /// How long an untracked key stays untracked; `None` = until a change.
    pub tracked_after: Option<Duration>,
    /// The vehicles at the start, which [`Control::reset`] restores.
    pub vehicles: BTreeMap<Vin, Vehicle>,
    /// Called with each request to a service when the request ends.
    pub on_request: Option<RequestListener>,
    /// Where BFF and SmAcc service send their spans with OTLP over HTTP, such as
    /// `http://127.0.0.1:4318`; `None` = nowhere.
    #[cfg(feature = "otlp")]
    pub otlp_endpoint: Option<BaseUrl>,
}

impl Default for BackendConfig {
    fn default() -> Self {
        let free_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            smacc: free_port,
            bff: free_port,
            operations: free_port,
            control: free_port,
            token: None,
            upstream_deadline: Duration::from_secs(5),
            tracked_after: None,
            vehicles: BTreeMap::new(),
            on_request: None,
            #[cfg(feature = "otlp")]
            otlp_endpoint: None,
        }
    }
}

impl fmt::Debug for BackendConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackendConfig")
            .field("smacc", &self.smacc)
            .field("bff", &self.bff)
            .field("operations", &self.operations)
            .field("control", &self.control)
            .field("token", &self.token.as_ref().map(|_| "…"))
            .field("upstream_deadline", &self.upstream_deadline)
            .field("tracked_after", &self.tracked_after)
            .field("vehicles", &self.vehicles.len())
            .finish_non_exhaustive()
    }
}

/// One of the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// The SmAcc service.
    Smacc,
    /// The backend for frontend.
    Bff,
    /// The BFF's operations listener.
    Operations,
    /// The control interface.
    Control,
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Smacc => "SmAcc service",
            Self::Bff => "BFF",
            Self::Operations => "BFF's operations listener",
            Self::Control => "control interface",
        })
    }
}

/// Why the services cannot start.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// The address is in use, not of this machine, or not allowed.
    #[error("the {service} cannot listen on {address}; choose another address")]
    Bind {
        /// The service that cannot listen.
        service: Service,
        /// The address.
        address: SocketAddr,
        /// What the system reports.
        #[source]
        source: io::Error,
    },
    /// There are more vehicles than the services hold.
    #[error(transparent)]
    Vehicles(#[from] VehicleError),
    /// The BFF, or the sender of the spans, cannot start.
    #[error("the BFF cannot start")]
    Bff(#[source] StartError),
}

/// The running services. Dropping it stops them at once and drops the requests in flight.
pub struct Backend {
    smacc: Server,
    bff: RunningBff,
    interface: Server,
    control: Control,
}

impl Backend {
    /// How long [`Backend::shutdown`] waits for requests in flight.
    pub const SHUTDOWN_GRACE: Duration = Duration::from_secs(1);

    /// Starts all services.
    ///
    /// # Errors
    /// [`BackendError::Bind`] when one of them cannot listen; then none runs. The BFF's address is
    /// tried first.
    pub async fn start(config: BackendConfig) -> Result<Self, BackendError> {
        let bff_listener = bind(Service::Bff, config.bff).await?;
        let smacc_listener = bind(Service::Smacc, config.smacc).await?;
        let control_listener = bind(Service::Control, config.control).await?;
        let operations_listener = bind(Service::Operations, config.operations).await?;
        let vehicles = VehicleStore::new(config.vehicles, config.tracked_after)?;
        let vehicles = SharedVehicleStore::new(vehicles);
        let faults = FaultInjector::default();
        let control = Control::new(vehicles.clone(), faults.clone());

        let smacc = smacc::router(vehicles, config.token);
        #[cfg(feature = "otlp")]
        let smacc = traced(smacc, &config.otlp_endpoint)?;
        let smacc = reported(smacc, Service::Smacc, config.on_request.clone());
        // The probes of the BFF are not reported: nobody made a request.
        let smacc = smacc_listener.serve(smacc.merge(smacc::probe()), None)?;
        let settings = Config {
            upstream: BaseUrl::parse(&url(&smacc)),
            upstream_deadline: config.upstream_deadline,
            upstream_probe_path: smacc::PROBE.to_owned(),
            #[cfg(feature = "otlp")]
            otlp_endpoint: config.otlp_endpoint.clone(),
            ..Config::default()
        };
        let on_request = config.on_request.clone();
        let bff = Bff::new(settings)
            .with_connection_resets()
            .with_layers(move |routes| {
                let routes = routes.layer(from_fn_with_state(faults.clone(), inject_faults));
                reported(routes, Service::Bff, on_request.clone())
            })
            .start_on(bff_listener.into_std()?, operations_listener.into_std()?)
            .map_err(BackendError::Bff)?;
        let interface = control::router(control.clone());
        let interface = control_listener.serve(interface, config.on_request)?;
        Ok(Self { smacc, bff, interface, control })
    }

    /// Returns the handle that changes the vehicles and makes the BFF fail.
    #[must_use]
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Returns the base URL of the SmAcc service, without a slash at its end.
    #[must_use]
    pub fn smacc_url(&self) -> String {
        url(&self.smacc)
    }

    /// Returns the base URL of the BFF, without a slash at its end.
    #[must_use]
    pub fn bff_url(&self) -> String {
        format!("http://{}", self.bff.address())
    }

    /// Returns the base URL of the BFF's operations listener, without a slash at its end.
    #[must_use]
    pub fn operations_url(&self) -> String {
        format!("http://{}", self.bff.operations_address())
    }

    /// Returns the base URL of the control interface, without a slash at its end.
    #[must_use]
    pub fn control_url(&self) -> String {
        url(&self.interface)
    }

    /// Stops listening, waits for the requests in flight, and drops those that have not ended after
    /// [`Backend::SHUTDOWN_GRACE`] (held back, never answered).
    pub async fn shutdown(self) {
        self.bff.shutdown(Self::SHUTDOWN_GRACE).await;
        self.interface.shut_down(Self::SHUTDOWN_GRACE).await;
        // Last: the requests in flight at the BFF still need the SmAcc service.
        self.smacc.shut_down(Self::SHUTDOWN_GRACE).await;
    }
}

/// An address that a service has taken and does not serve yet.
struct Bound {
    service: Service,
    address: SocketAddr,
    listener: TcpListener,
}

async fn bind(service: Service, address: SocketAddr) -> Result<Bound, BackendError> {
    let listener = TcpListener::bind(address).await.map_err(|source| BackendError::Bind {
        service,
        address,
        source,
    })?;
    Ok(Bound { service, address, listener })
}

impl Bound {
    fn serve(
        self,
        app: Router,
        on_request: Option<RequestListener>,
    ) -> Result<Server, BackendError> {
        let Self { service, address, listener } = self;
        let app = reported(app, service, on_request);
        let server = Server::start(listener, app).map_err(|source| BackendError::Bind {
            service,
            address,
            source,
        })?;
        tracing::info!(%service, address = %server.address(), "listening");
        Ok(server)
    }

    fn into_std(self) -> Result<std::net::TcpListener, BackendError> {
        let Self { service, address, listener } = self;
        listener.into_std().map_err(|source| BackendError::Bind { service, address, source })
    }
}

/// Reports each request to the listener, if there is one.
fn reported(app: Router, service: Service, on_request: Option<RequestListener>) -> Router {
    match on_request {
        Some(listener) => app.layer(from_fn_with_state((service, listener), report)),
        None => app,
    }
}

/// Sends a span for each request to the SmAcc service, if there is a collector.
#[cfg(feature = "otlp")]
fn traced(app: Router, endpoint: &Option<BaseUrl>) -> Result<Router, BackendError> {
    let settings = Config { otlp_endpoint: endpoint.clone(), ..Config::default() };
    let spans = digital_key_bff::ServiceSpans::new("smacc-service", &settings);
    let spans = spans.map_err(BackendError::Bff)?;
    Ok(match spans {
        Some(spans) => spans.around(app),
        None => app,
    })
}

fn url(server: &Server) -> String {
    format!("http://{}", server.address())
}
