//! Fakes: adapters in memory that keep state, and fail as a test scripts them.
//!
//! They are for tests that need a working adapter rather than a mock of single calls. They pass the
//! suites of their ports.

mod memory_bff;
mod memory_cache;

pub use memory_bff::MemoryBff;
pub use memory_cache::{MemoryCache, MemoryDisk};
