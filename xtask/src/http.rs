//! Requests to the services that a task started.

use std::time::Duration;

use ureq::Agent;

/// A client that returns every answer, whatever its status, and uses no proxy.
pub(crate) fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(10)))
        .build()
        .into()
}
