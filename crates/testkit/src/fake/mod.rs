//! Adapters in memory that keep state and fail as they are told: for tests that need an adapter
//! which works, where a mock of one call is not enough.

mod memory_cache;

pub use memory_cache::{MemoryCache, MemoryDisk};
