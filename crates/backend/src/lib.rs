//! A backend to develop and test the digital car key core against: a SmAcc service and a BFF in
//! front of it, both over real HTTP, and a control interface to change the world behind them.
//!
//! The BFF is a stateless proxy: it knows only what it asks the SmAcc service for. Everything that
//! a test sets up (vehicles, faults, held answers) goes through [`Control`], in process or as JSON
//! over HTTP; both doors lead to the same functions.
//!
//! All three services speak plain HTTP and [`Control`] asks for no token: they are made for
//! loopback, which is where they listen unless told otherwise.
//!
//! ```
//! use digital_key_backend::{Backend, BackendConfig, Vehicle, VehicleChange};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let backend = Backend::start(BackendConfig::default()).await?;
//! let vin = "WBA00000000DEMO03".parse()?;
//! backend.control().put_vehicle(vin, Vehicle::default())?;
//! backend.control().change(vin, VehicleChange::Prepared(false))?;
//! assert!(backend.bff_url().starts_with("http://127.0.0.1:"));
//! backend.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod backend;
mod bff;
mod control;
mod extract;
mod fault;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod gate;
mod json;
pub mod maker_files;
mod password;
mod problem;
mod server;
mod smacc;
mod world;

pub use backend::{Backend, BackendConfig, BackendError, Service};
pub use control::Control;
pub use fault::{Endpoint, Fault, UnknownName};
pub use gate::EndpointState;
pub use json::JsonError;
pub use password::{Password, PasswordError, PasswordSource};
pub use world::{DigitalKeyObject, ObjectError, OwnerKey, Vehicle, VehicleChange, WorldError};
