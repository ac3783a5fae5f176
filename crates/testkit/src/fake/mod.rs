//! Adapters in memory that keep state and fail as a test scripts them: for tests that need an
//! adapter which works, where a mock of one call is not enough. They pass the suites of their
//! ports.

mod memory_bff;
mod memory_cache;

pub use memory_bff::MemoryBff;
pub use memory_cache::{MemoryCache, MemoryDisk};
