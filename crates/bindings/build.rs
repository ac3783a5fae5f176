//! Lays the library out for Android's memory pages of 16 KiB, which older NDKs do not do by themselves.
//! In the manifest or in `.cargo/config.toml`, a client's own `RUSTFLAGS` would replace the argument.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "android") {
        println!("cargo::rustc-link-arg-cdylib=-Wl,-z,max-page-size=16384");
    }
}
