//! The suites on the fakes of this crate.

mod cache {
    use digital_key_testkit::fake::MemoryDisk;

    digital_key_testkit::cache_conformance!(async || MemoryDisk::new());
}

mod bff {
    use digital_key_testkit::fake::MemoryBff;

    digital_key_testkit::bff_conformance!(async || MemoryBff::new());
}
