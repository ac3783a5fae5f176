//! The routes of the API, as metrics and logs name them.

/// A route of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    Support,
    Status,
    Password,
    /// No route: the path is another one, or the head of the request cannot be read.
    None,
}

impl Route {
    pub(crate) const ALL: [Self; 4] = [Self::Support, Self::Status, Self::Password, Self::None];

    /// The routes that call the upstream.
    pub(crate) const CALLING: [Self; 3] = [Self::Support, Self::Status, Self::Password];

    /// Returns the route of a path, and the text at the place of the VIN.
    pub(crate) fn of(path: &str) -> (Self, Option<&str>) {
        let parts = path.strip_prefix("/vehicles/").and_then(|rest| rest.split_once('/'));
        let Some((vin, rest)) = parts else { return (Self::None, None) };
        let route = match rest {
            "digital-key/support" => Self::Support,
            "digital-key/pairing-status" => Self::Status,
            "digital-key/pairing-password" => Self::Password,
            _ => return (Self::None, None),
        };
        (route, Some(vin))
    }

    /// Returns its path with the place of the VIN.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Support => "/vehicles/{vin}/digital-key/support",
            Self::Status => "/vehicles/{vin}/digital-key/pairing-status",
            Self::Password => "/vehicles/{vin}/digital-key/pairing-password",
            Self::None => "none",
        }
    }

    /// Returns the path of the upstream that it calls, for the name of a span.
    #[cfg(feature = "otlp")]
    pub(crate) fn upstream_name(self) -> &'static str {
        match self {
            Self::Support | Self::Status | Self::None => "GET /vehicles/{vin}",
            Self::Password => "POST /vehicles/{vin}/pairing-passwords",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Route;

    #[test]
    fn another_path_has_no_route() {
        for path in [
            "",
            "/",
            "/vehicles/x",
            "/vehicles/x/digital-key/other",
            "/vehicles/x/y/digital-key/support",
        ] {
            assert_eq!(Route::of(path).0, Route::None, "{path}");
        }
    }
}
