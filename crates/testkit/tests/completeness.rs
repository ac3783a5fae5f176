//! Each case runs in its macro, stands in its module's table, and has a planted fault.

const CACHE: &str = concat!(
    include_str!("../src/cache/mod.rs"),
    include_str!("../src/cache/closing.rs"),
    include_str!("../src/cache/loss.rs"),
    include_str!("../src/cache/password.rs"),
    include_str!("../src/cache/record.rs"),
);
const BFF: &str = concat!(
    include_str!("../src/bff/mod.rs"),
    include_str!("../src/bff/answers.rs"),
    include_str!("../src/bff/failures.rs"),
);
const CACHE_FAULTS: &str = include_str!("planted_faults/cache.rs");
const BFF_FAULTS: &str = include_str!("planted_faults/bff.rs");
const PHONE_FAULTS: &str = include_str!("planted_faults/phone.rs");

#[test]
fn every_case_is_run_and_described_and_finds_a_fault() {
    let suites = [
        ("cache", CACHE, CACHE_FAULTS),
        ("bff", BFF, BFF_FAULTS),
        ("wallet", include_str!("../src/wallet.rs"), PHONE_FAULTS),
        ("apple_pairing", include_str!("../src/apple_pairing.rs"), PHONE_FAULTS),
        ("app_lifecycle", include_str!("../src/app_lifecycle.rs"), PHONE_FAULTS),
    ];
    for (port, source, faults) in suites {
        let cases: Vec<_> = source
            .lines()
            .filter_map(|line| line.strip_prefix("pub async fn "))
            .filter_map(|rest| rest.split_once('<'))
            .map(|(case, _)| case)
            .collect();
        assert!(cases.len() >= 4, "{port} has {cases:?}");
        for case in cases {
            let is_run = source.lines().any(|line| line.trim().trim_end_matches(';') == case);
            assert!(is_run, "the macro of {port} does not run {case}");
            let is_described = source
                .lines()
                .any(|line| line.starts_with("//! |") && line.contains(&format!("[`{case}`]")));
            assert!(is_described, "{case} is not in the table of {port}");
            let is_planted = faults.contains(&format!("{case} finds planted("));
            assert!(is_planted, "{case} of {port} has no planted fault");
        }
    }
}
