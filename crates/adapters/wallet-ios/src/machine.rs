//! The model of this device, as the system names it.

/// Returns the machine identifier, such as `iPhone12,1`, which decides whether the phone is supported
/// (REQ-2). In a simulator it is the identifier of the model that it plays.
///
/// ```
/// assert!(!digital_key_wallet_ios::machine_identifier().is_empty());
/// ```
#[must_use]
pub fn machine_identifier() -> String {
    let played = std::env::var("SIMULATOR_MODEL_IDENTIFIER").ok();
    identifier(played, &rustix::system::uname().machine().to_string_lossy())
}

fn identifier(played: Option<String>, machine: &str) -> String {
    played.filter(|played| !played.is_empty()).unwrap_or_else(|| machine.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn req_2_a_simulator_names_the_model_that_it_plays() {
        assert_eq!(identifier(None, "iPhone12,1"), "iPhone12,1");
        assert_eq!(identifier(Some(String::new()), "iPhone12,1"), "iPhone12,1");
        assert_eq!(identifier(Some("iPhone17,3".to_owned()), "arm64"), "iPhone17,3");
    }
}
