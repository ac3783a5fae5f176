//! The adapter on the page about Rust passes the suite that stands beside it.

include!(concat!(env!("OUT_DIR"), "/client_adapter.rs"));
