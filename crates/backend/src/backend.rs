//! Starting and stopping the services.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use digital_key_domain::Vin;
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::bff::{self, Upstream};
use crate::control::{self, Control};
use crate::fault_injection::FaultInjector;
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
}

impl Default for BackendConfig {
    fn default() -> Self {
        let free_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            smacc: free_port,
            bff: free_port,
            control: free_port,
            token: None,
            upstream_deadline: Duration::from_secs(5),
            tracked_after: None,
            vehicles: BTreeMap::new(),
            on_request: None,
        }
    }
}

impl fmt::Debug for BackendConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackendConfig")
            .field("smacc", &self.smacc)
            .field("bff", &self.bff)
            .field("control", &self.control)
            .field("token", &self.token.as_ref().map(|_| "…"))
            .field("upstream_deadline", &self.upstream_deadline)
            .field("tracked_after", &self.tracked_after)
            .field("vehicles", &self.vehicles.len())
            .finish_non_exhaustive()
    }
}

/// One of the three services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// The SmAcc service.
    Smacc,
    /// The backend for frontend.
    Bff,
    /// The control interface.
    Control,
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Smacc => "SmAcc service",
            Self::Bff => "BFF",
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
    /// The HTTP client of the BFF cannot be built.
    #[error("the BFF's HTTP client cannot be built; check the system's network configuration")]
    Client(#[source] reqwest::Error),
}

/// The running services. Dropping it stops them at once and drops the requests in flight.
pub struct Backend {
    smacc: Server,
    bff: Server,
    interface: Server,
    control: Control,
}

impl Backend {
    /// How long [`Backend::shutdown`] waits for requests in flight.
    pub const SHUTDOWN_GRACE: Duration = Duration::from_secs(1);

    /// Starts all three services.
    ///
    /// # Errors
    /// [`BackendError::Bind`] when one of them cannot listen; then none runs. The BFF's address is
    /// tried first.
    pub async fn start(config: BackendConfig) -> Result<Self, BackendError> {
        let bff_listener = bind(Service::Bff, config.bff).await?;
        let smacc_listener = bind(Service::Smacc, config.smacc).await?;
        let control_listener = bind(Service::Control, config.control).await?;
        let vehicles = VehicleStore::new(config.vehicles, config.tracked_after)?;
        let vehicles = SharedVehicleStore::new(vehicles);
        let faults = FaultInjector::default();
        let control = Control::new(vehicles.clone(), faults.clone());

        let smacc = smacc::router(vehicles, config.token);
        let smacc = smacc_listener.serve(smacc, config.on_request.clone())?;
        let upstream = Upstream::new(url(&smacc), config.upstream_deadline);
        let bff = bff::router(upstream.map_err(BackendError::Client)?, &faults);
        let bff = bff_listener.serve(bff, config.on_request.clone())?;
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
        url(&self.bff)
    }

    /// Returns the base URL of the control interface, without a slash at its end.
    #[must_use]
    pub fn control_url(&self) -> String {
        url(&self.interface)
    }

    /// Stops listening, waits for the requests in flight, and drops those that have not ended after
    /// [`Backend::SHUTDOWN_GRACE`] (held back, never answered).
    pub async fn shutdown(self) {
        let deadline = Instant::now() + Self::SHUTDOWN_GRACE;
        self.bff.shut_down(deadline).await;
        self.interface.shut_down(deadline).await;
        // Last: the requests in flight at the BFF still need the SmAcc service.
        self.smacc.shut_down(deadline).await;
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
        let app = match on_request {
            Some(listener) => app.layer(from_fn_with_state((service, listener), report)),
            None => app,
        };
        let server = Server::start(listener, app).map_err(|source| BackendError::Bind {
            service,
            address,
            source,
        })?;
        tracing::info!(%service, address = %server.address(), "listening");
        Ok(server)
    }
}

fn url(server: &Server) -> String {
    format!("http://{}", server.address())
}
