//! The bytes of a cached vehicle: a schema version, then JSON.
//!
//! The record and the password of a vehicle are one value, so that one `compare_and_swap` changes
//! both or neither. The domain's types do not use serde. The types here are the format on disk, and
//! may change only together with [`SCHEMA`].

use digital_key_domain::{
    DigitalKeyId, Generation, KnownKey, OwnerKey, PasswordUse, Readiness, Support, UsageCounter,
    VehicleRecord,
};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use crate::seal::Sealed;
use crate::vehicle::CachedVehicle;

/// The first byte of each value.
pub(crate) const SCHEMA: u8 = 3;
/// The schema before it, which does not know whether a status has named a key.
const WITHOUT_REPORTED: u8 = 2;
/// The first schema, with an unsealed password and no journal. Such a value is read without its
/// password, which would be in doubt and so used up anyway.
const UNSEALED: u8 = 1;

/// A value cannot be decoded. The error carries no details, since they might hold a secret.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DecodeError;

/// Decodes a value of this schema or of one before it.
pub(crate) fn decode(value: &[u8]) -> Result<CachedVehicle, DecodeError> {
    match value.split_first() {
        Some((&(SCHEMA | WITHOUT_REPORTED), json)) => parse::<WirePassword>(json)?.try_into(),
        Some((&UNSEALED, json)) => parse::<IgnoredAny>(json)?.without_password().try_into(),
        _ => Err(DecodeError),
    }
}

/// Returns whether a value has the schema in which passwords are not sealed.
pub(crate) fn is_unsealed(value: &[u8]) -> bool {
    value.first() == Some(&UNSEALED)
}

/// Encodes a vehicle in this schema.
pub(crate) fn encode(vehicle: &CachedVehicle) -> Result<Vec<u8>, serde_json::Error> {
    let mut value = vec![SCHEMA];
    serde_json::to_writer(&mut value, &Wire::from(vehicle))?;
    Ok(value)
}

fn parse<P: DeserializeOwned>(json: &[u8]) -> Result<Wire<P>, DecodeError> {
    serde_json::from_slice(json).map_err(|_| DecodeError)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<P> {
    support: Option<WireSupport>,
    key: WireKey,
    readiness: Option<WireReadiness>,
    password: Option<P>,
    generation: u64,
}

impl Wire<IgnoredAny> {
    fn without_password(self) -> Wire<WirePassword> {
        let Self { support, key, readiness, password: _, generation } = self;
        Wire { support, key, readiness, password: None, generation }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
enum WireSupport {
    Supported { upgrade_required: bool },
    NotSupported,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
enum WireKey {
    Unknown,
    None,
    Owner {
        id: String,
        tracked: bool,
        on_this_phone: bool,
        paired_here: bool,
        /// Missing in the schemas before this one.
        #[serde(default)]
        reported: Option<bool>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireReadiness {
    primary_subscriber: bool,
    prepared: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WirePassword {
    sealed: Sealed,
    generation: u64,
    uses: u8,
}

impl From<&CachedVehicle> for Wire<WirePassword> {
    fn from(vehicle: &CachedVehicle) -> Self {
        let VehicleRecord { support, key, readiness, password, generation } = &vehicle.record;
        Self {
            support: support.map(|support| match support {
                Support::Supported { upgrade_required } => {
                    WireSupport::Supported { upgrade_required }
                }
                Support::NotSupported => WireSupport::NotSupported,
            }),
            key: match key {
                KnownKey::Unknown => WireKey::Unknown,
                KnownKey::None => WireKey::None,
                KnownKey::Owner(owner) => WireKey::Owner {
                    id: owner.id.as_str().to_owned(),
                    tracked: owner.tracked,
                    on_this_phone: owner.on_this_phone,
                    paired_here: owner.paired_here,
                    reported: Some(owner.reported),
                },
            },
            readiness: readiness.map(|readiness| WireReadiness {
                primary_subscriber: readiness.primary_subscriber,
                prepared: readiness.prepared,
            }),
            password: password.zip(vehicle.sealed.clone()).map(|(password, sealed)| WirePassword {
                sealed,
                generation: password.generation.get(),
                uses: password.uses.get(),
            }),
            generation: generation.get(),
        }
    }
}

impl TryFrom<Wire<WirePassword>> for CachedVehicle {
    type Error = DecodeError;

    fn try_from(wire: Wire<WirePassword>) -> Result<Self, DecodeError> {
        let key = match wire.key {
            WireKey::Unknown => KnownKey::Unknown,
            WireKey::None => KnownKey::None,
            WireKey::Owner { id, tracked, on_this_phone, paired_here, reported } => {
                KnownKey::Owner(OwnerKey {
                    id: DigitalKeyId::try_from(id.as_str()).map_err(|_| DecodeError)?,
                    tracked,
                    on_this_phone,
                    paired_here,
                    // Only a status says that a key is tracked, or names one of another phone.
                    reported: reported.unwrap_or(tracked || !paired_here),
                })
            }
        };
        let (password, sealed) = match wire.password {
            // The generation of a password is never newer than the newest one that was stored.
            Some(password) if password.generation > wire.generation => return Err(DecodeError),
            Some(password) => (
                Some(PasswordUse {
                    generation: Generation::new(password.generation),
                    uses: UsageCounter::new(password.uses),
                }),
                Some(password.sealed),
            ),
            None => (None, None),
        };
        Ok(Self {
            record: VehicleRecord {
                support: wire.support.map(|support| match support {
                    WireSupport::Supported { upgrade_required } => {
                        Support::Supported { upgrade_required }
                    }
                    WireSupport::NotSupported => Support::NotSupported,
                }),
                key,
                readiness: wire.readiness.map(|readiness| Readiness {
                    primary_subscriber: readiness.primary_subscriber,
                    prepared: readiness.prepared,
                }),
                password,
                generation: Generation::new(wire.generation),
            },
            sealed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> CachedVehicle {
        CachedVehicle {
            record: VehicleRecord {
                support: Some(Support::Supported { upgrade_required: true }),
                key: KnownKey::Owner(OwnerKey {
                    id: DigitalKeyId::try_from("key \"1\" ü").unwrap(),
                    tracked: true,
                    on_this_phone: true,
                    paired_here: true,
                    reported: true,
                }),
                readiness: Some(Readiness { primary_subscriber: true, prepared: false }),
                password: Some(PasswordUse {
                    generation: Generation::new(u64::MAX - 1),
                    uses: UsageCounter::new(2),
                }),
                generation: Generation::new(u64::MAX),
            },
            sealed: Some(serde_json::from_str("[0,1,255]").unwrap()),
        }
    }

    fn with_schema(json: &str) -> Vec<u8> {
        [&[SCHEMA], json.as_bytes()].concat()
    }

    #[test]
    fn every_field_comes_back() {
        for vehicle in [CachedVehicle::default(), full()] {
            assert_eq!(decode(&encode(&vehicle).unwrap()), Ok(vehicle));
        }
    }

    /// Values of older versions of the app must stay readable: a change of this text needs a new
    /// schema number.
    #[test]
    fn the_format_on_disk_is_fixed() {
        let json = r#"{"support":{"Supported":{"upgrade_required":true}},"key":{"Owner":{"id":"key \"1\" ü","tracked":true,"on_this_phone":true,"paired_here":true,"reported":true}},"readiness":{"primary_subscriber":true,"prepared":false},"password":{"sealed":[0,1,255],"generation":18446744073709551614,"uses":2},"generation":18446744073709551615}"#;
        assert_eq!(encode(&full()).unwrap(), with_schema(json));
        let empty =
            r#"{"support":null,"key":"Unknown","readiness":null,"password":null,"generation":0}"#;
        assert_eq!(encode(&CachedVehicle::default()).unwrap(), with_schema(empty));
    }

    #[test]
    fn a_broken_value_is_a_decode_error() {
        let good = encode(&full()).unwrap();
        let json = std::str::from_utf8(&good[1..]).unwrap();
        for (from, to) in [
            ("[0,1,255]", "[0,1,256]"),
            ("[0,1,255]", "null"),
            (r#""uses":2"#, r#""uses":256"#),
            (r#""uses":2"#, r#""uses":-1"#),
            (r#","uses":2"#, ""),
            ("18446744073709551615}", "7}"),
            (r#""key \"1\" ü""#, r#""""#),
            (r#"{"Owner""#, r#"{"Lender""#),
            (r#""prepared""#, r#""surplus":1,"prepared""#),
        ] {
            let bad = json.replacen(from, to, 1);
            assert_ne!(bad, json, "{from} is not in the record");
            assert_eq!(decode(&with_schema(&bad)), Err(DecodeError), "{to}");
        }
        for length in 0..good.len() {
            assert_eq!(decode(&good[..length]), Err(DecodeError), "{length}");
        }
        let known = [UNSEALED, WITHOUT_REPORTED, SCHEMA];
        for schema in (0..=u8::MAX).filter(|schema| !known.contains(schema)) {
            let other = [&[schema], json.as_bytes()].concat();
            assert_eq!(decode(&other), Err(DecodeError), "{schema}");
        }
    }

    /// The schema before does not say whether a status has named the key. One that is tracked was
    /// named, and one that was just made here may not have been (CBK-8).
    #[test]
    fn a_key_of_the_schema_before_was_reported_if_it_is_tracked() {
        for (tracked, paired_here, reported) in
            [(true, true, true), (false, true, false), (false, false, true)]
        {
            let json = format!(
                r#"{{"support":null,"key":{{"Owner":{{"id":"K1","tracked":{tracked},"on_this_phone":true,"paired_here":{paired_here}}}}},"readiness":null,"password":null,"generation":0}}"#
            );
            let decoded = decode(&[&[WITHOUT_REPORTED], json.as_bytes()].concat()).unwrap();
            let owner = decoded.record.key.owner().unwrap();
            assert_eq!(
                (owner.tracked, owner.paired_here, owner.reported),
                (tracked, paired_here, reported)
            );
        }
    }

    /// A value of the first schema: its count has no journal, so its password would be used up.
    #[test]
    fn an_unsealed_record_is_read_without_its_password() {
        let json = r#"{"support":{"Supported":{"upgrade_required":true}},"key":{"Owner":{"id":"key \"1\" ü","tracked":true,"on_this_phone":true,"paired_here":true}},"readiness":{"primary_subscriber":true,"prepared":false},"password":{"digits":"01234567","generation":18446744073709551614,"uses":2},"generation":18446744073709551615}"#;
        let value = [&[1], json.as_bytes()].concat();
        let record = VehicleRecord { password: None, ..full().record };
        assert!(is_unsealed(&value));
        assert_eq!(decode(&value), Ok(CachedVehicle { record, sealed: None }));
        let empty =
            r#"{"support":null,"key":"Unknown","readiness":null,"password":null,"generation":0}"#;
        assert_eq!(decode(&[&[1], empty.as_bytes()].concat()), Ok(CachedVehicle::default()));
    }
}
