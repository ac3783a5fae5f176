//! The suites on the fakes of this crate.

mod cache {
    use digital_key_testkit::fake::MemoryDisk;

    digital_key_testkit::cache_conformance!(async || MemoryDisk::new());
}
