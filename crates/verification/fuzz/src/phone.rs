//! The model and the version of a phone.

use digital_key_domain::{MachineIdentifier, ModelSupport, OsVersion, Phone};

/// REQ-2: the identifier keeps its text, and its numbers decide the support.
pub(crate) fn machine_identifier(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let machine = match text.parse::<MachineIdentifier>() {
        Ok(machine) => machine,
        Err(error) => {
            assert!(error.to_string().len() < 100, "{error}");
            return;
        }
    };
    assert_eq!(machine.as_str(), text);
    assert_eq!(machine.support(), expected_support(text));
}

/// Returns the support of a model by REQ-2, by an implementation of its own: digit by digit.
fn expected_support(text: &str) -> ModelSupport {
    if text.starts_with("iPad") || text.starts_with("iPod") {
        return ModelSupport::Unsupported;
    }
    let parts: Vec<&str> = text.strip_prefix("iPhone").map_or(vec![], |it| it.split(',').collect());
    let [major, minor] = parts[..] else { return ModelSupport::Unknown };
    let number = |digits: &str| {
        digits
            .chars()
            .try_fold(0_u32, |sum, c| Some(sum.saturating_mul(10).saturating_add(c.to_digit(10)?)))
    };
    match (number(major), number(minor)) {
        (Some(_), Some(_)) if major.is_empty() || minor.is_empty() => ModelSupport::Unknown,
        (Some(major), Some(_)) if major >= 11 => ModelSupport::Supported,
        (Some(_), Some(_)) => ModelSupport::Unsupported,
        _ => ModelSupport::Unknown,
    }
}

/// REQ-3: a version is the same after it was shown and parsed again, and its numbers are compared.
pub(crate) fn os_version(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let version = match text.parse::<OsVersion>() {
        Ok(version) => version,
        Err(error) => {
            // The error repeats at most 32 characters, each of at most 10 when it is escaped.
            assert!(error.to_string().len() < 500, "{error}");
            return;
        }
    };
    assert_eq!(version.to_string().parse(), Ok(version));
    let numbers: Vec<u64> = text.split('.').filter_map(|part| part.parse().ok()).collect();
    if let Ok(machine) = "iPhone12,1".parse() {
        let too_old = Phone::Ios { machine, version }.os_is_too_old();
        assert_eq!(too_old, numbers < vec![13, 6], "{text}");
    }
}
