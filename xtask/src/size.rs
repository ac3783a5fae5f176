//! What the library weighs that an app links.

use std::collections::BTreeMap;

use crate::Failure;
use crate::ci::Ended;
use crate::command::{cargo, program, target_folder};
use crate::portable;

/// What the stripped library may weigh, in KiB.
const LIMIT: u64 = 4 * 1024;

/// The groups of the crates that the library is made of, and how their names begin.
const GROUPS: &[(&str, &[&str])] = &[
    ("Digital Key", &["digital_key"]),
    ("UniFFI", &["uniffi"]),
    ("sled", &["sled", "fxhash", "parking_lot", "crossbeam", "crc32fast", "fs2"]),
    ("tokio", &["tokio", "mio", "socket2", "futures"]),
    (
        "HTTP",
        &[
            "reqwest", "hyper", "http", "httparse", "h2", "tower", "url", "idna", "icu", "zerovec",
            "ipnet",
        ],
    ),
    ("serde", &["serde", "itoa", "ryu", "memchr"]),
    ("Rust's own", &["std", "core", "alloc", "rustc_demangle", "hashbrown", "gimli", "addr2line"]),
];

/// The group of whatever is in none.
const OTHERS: &str = "others";

/// Builds the library for a phone's processor as an app gets it, prints its weight, and fails when it
/// is too heavy.
///
/// rustls is left out: on the product's own platform, TLS is the system's.
pub(crate) fn check() -> Result<Ended, Failure> {
    // Its symbols are needed to tell the groups apart, and stripped from a copy to weigh it.
    let (library, tools) = if std::env::consts::ARCH == "aarch64" {
        cargo("build --quiet --profile phone --config profile.phone.strip=false --lib")
            .args("-p digital-key-bindings --no-default-features")
            .run()?;
        let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        (format!("phone/{prefix}digital_key{suffix}"), "")
    } else if program("aarch64-linux-gnu-gcc", "--version").output().is_err() {
        let what = "no C compiler for aarch64; on Debian: apt-get install gcc-aarch64-linux-gnu";
        return Ok(Ended::Skipped(what.to_owned()));
    } else {
        if let Ended::Skipped(what) = portable::check(&[portable::ON_AARCH64])? {
            return Ok(Ended::Skipped(what));
        }
        let library = "aarch64-unknown-linux-gnu/phone/libdigital_key.so";
        (library.to_owned(), "aarch64-linux-gnu-")
    };
    let library = target_folder().join(library);
    let stripped = library.with_extension("stripped");
    program(format!("{tools}strip"), "-o").argument(&stripped).argument(&library).run()?;
    let weight = std::fs::metadata(&stripped)?.len() / 1024;
    let symbols = program(format!("{tools}nm"), "--demangle --print-size --defined-only");
    let symbols = symbols.argument(&library).output()?;

    let groups = groups(&symbols);
    let named: u64 = groups.iter().map(|(_, bytes)| bytes / 1024).sum();
    println!("\n{:<28} {:>8}", "crates", "KiB");
    for (group, bytes) in groups {
        println!("{group:<28} {:>8}", bytes / 1024);
    }
    println!("{:<28} {:>8}", "texts, and tables to unwind", weight.saturating_sub(named));
    println!(
        "\nfigure: stripped library for aarch64 without TLS, in KiB (at most {LIMIT}): {weight}"
    );
    if weight <= LIMIT {
        Ok(Ended::Passed)
    } else {
        Err(format!("the library weighs {weight} KiB; {LIMIT} are allowed").into())
    }
}

/// The bytes of the symbols of each group, the heaviest first.
fn groups(symbols: &str) -> Vec<(&'static str, u64)> {
    let mut groups = BTreeMap::new();
    for line in symbols.lines() {
        // Address, size, kind, name.
        let mut fields = line.splitn(4, ' ');
        let size = fields.nth(1).and_then(|size| u64::from_str_radix(size, 16).ok());
        if let (Some(size), Some(name)) = (size, fields.nth(1)) {
            *groups.entry(group(name)).or_default() += size;
        }
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    groups
}

/// The group of a function such as `<tokio::task::Id as core::fmt::Debug>::fmt`: that of the crate
/// which is named first.
fn group(name: &str) -> &'static str {
    let path = name.trim_start_matches(['<', '&', '_']);
    let path = path.strip_prefix("mut ").or(path.strip_prefix("dyn ")).unwrap_or(path);
    GROUPS
        .iter()
        .find(|(_, crates)| crates.iter().any(|name| is_of(path, name)))
        .map_or(OTHERS, |(group, _)| group)
}

/// Whether the path begins with the crate of this name, or with one that belongs to it, such as
/// `tokio_util` to `tokio`.
fn is_of(path: &str, name: &str) -> bool {
    path.strip_prefix(name).is_some_and(|rest| rest.starts_with("::") || rest.starts_with('_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_added_up_by_crate() {
        let symbols = "\
0000000000001000 0000000000000100 t <tokio::task::Id as core::fmt::Debug>::fmt
0000000000001100 0000000000000020 T digital_key_domain::flow::Flow::step
0000000000001200 0000000000000010 t tokio::runtime::park
0000000000001300 0000000000000008 r .Lanon
                 U memcpy
0000000000001400 T no_size
";
        assert_eq!(groups(symbols), [("tokio", 0x110), ("Digital Key", 0x20), (OTHERS, 8)]);
    }

    #[test]
    fn a_reference_belongs_to_what_it_refers_to() {
        assert_eq!(group("<&mut serde_json::de::Deserializer<R> as serde::de::X>::y"), "serde");
        assert_eq!(group("httparse::Request::parse"), "HTTP");
        assert_eq!(group("http_body::Body::poll"), "HTTP");
        assert_eq!(group("stdx::pin"), OTHERS);
        assert_eq!(group("<&dyn core::fmt::Debug as core::fmt::Debug>::fmt"), "Rust's own");
    }
}
