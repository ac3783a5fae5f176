//! A backend to develop and test the digital car key core against: a SmAcc service and a BFF in
//! front of it, both over real HTTP, and a control interface to change the vehicles behind them.
//!
//! The BFF is the product's ([`digital_key_bff`]), with one layer more that injects faults. It is
//! stateless and knows only what it asks the SmAcc service for. Everything that a test sets up
//! (vehicles, faults, held answers) goes through [`Control`], in process or as JSON over HTTP; both
//! ways call the same functions.
//!
//! All services speak plain HTTP, and the control interface asks for no token. They are made
//! for loopback, where they listen by default.
//!
//! ```
//! use digital_key_backend::{Backend, BackendConfig, Vehicle, VehicleChange};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let backend = Backend::start(BackendConfig::default()).await?;
//! let vin = "WBADKEY0000000001".parse()?;
//! backend.control().put_vehicle(vin, Vehicle::default())?;
//! backend.control().change(vin, VehicleChange::Prepared(false))?;
//! assert!(backend.bff_url().starts_with("http://127.0.0.1:"));
//! backend.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod backend;
mod control;
mod vehicle;
mod password;
mod vehicle_store;
mod smacc;
mod fault;
mod fault_injection;
mod extract;
mod json;
mod openapi;
mod request_log;
mod server;
pub mod maker_files;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;

pub use backend::{Backend, BackendConfig, BackendError, Service};
pub use control::Control;
pub use digital_key_bff::smacc::{OwnerKey, Password, PasswordError};
pub use fault::{Endpoint, Fault, UnknownNameError};
pub use fault_injection::EndpointState;
pub use json::JsonError;
pub use password::PasswordSource;
pub use request_log::{FinishedRequest, RequestListener};
pub use vehicle::{DigitalKeyObject, DigitalKeyObjectError, Vehicle, VehicleChange, VehicleError};
