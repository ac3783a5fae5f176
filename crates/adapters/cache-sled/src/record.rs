//! One record as bytes: a schema version, then JSON.
//!
//! The record and the password of a vehicle are one value, so that one `compare_and_swap` changes
//! both or neither. The domain's types know no serde: the types here are what lies on disk, and
//! may change only together with [`SCHEMA`].

use digital_key_domain::{
    DigitalKeyId, Generation, KnownKey, OwnerKey, PasswordUse, Readiness, RecordChange, Support,
    UsageCounter, VehicleRecord,
};
use digital_key_ports::{PairingPassword, StoredPassword, Take};
use serde::{Deserialize, Serialize};

/// The first byte of every value.
const SCHEMA: u8 = 1;

/// What is cached for one VIN.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    record: VehicleRecord,
    /// There exactly when `record.password` is, and of its generation.
    secret: Option<PairingPassword>,
}

/// A value that this version cannot read. What is wrong stays untold: the value holds a secret.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl Entry {
    pub(crate) fn into_record(self) -> VehicleRecord {
        self.record
    }

    /// Applies a change that brings no password of its own. It may end the cached password; a
    /// generation without its secret is no password.
    pub(crate) fn apply(&mut self, change: &RecordChange) {
        let before = self.record.password.map(|password| password.generation);
        self.record.apply(change);
        let after = self.record.password.map(|password| password.generation);
        if before != after {
            self.record.password = None;
            self.secret = None;
        }
    }

    /// Takes a fetched password over, unless its generation is not newer (ERR-4).
    pub(crate) fn store_password(
        &mut self,
        password: &PairingPassword,
        generation: Generation,
    ) -> StoredPassword {
        let newest = self.record.generation;
        if generation <= newest {
            return StoredPassword::Outdated { newest };
        }
        self.record.apply(&RecordChange::PasswordStored(generation));
        self.secret = Some(password.clone());
        StoredPassword::Stored
    }

    /// Counts one use, if one is left (RDY-4). The answer may be given out once this entry is
    /// durable.
    pub(crate) fn take_use(&mut self) -> Take {
        let (Some(password), Some(secret)) = (self.record.password, &self.secret) else {
            return Take::NoPassword;
        };
        let Some(uses) = password.uses.next_use() else {
            return Take::Exhausted;
        };
        let counted = PasswordUse { uses, ..password };
        self.record.apply(&RecordChange::UseTaken(counted));
        Take::Granted { password: secret.clone(), counted }
    }

    pub(crate) fn decode(value: &[u8]) -> Result<Self, Unreadable> {
        match value.split_first() {
            Some((&SCHEMA, json)) => {
                serde_json::from_slice::<Wire>(json).map_err(|_| Unreadable)?.try_into()
            }
            _ => Err(Unreadable),
        }
    }

    pub(crate) fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut value = vec![SCHEMA];
        serde_json::to_writer(&mut value, &Wire::from(self))?;
        Ok(value)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    support: Option<WireSupport>,
    key: WireKey,
    readiness: Option<WireReadiness>,
    password: Option<WirePassword>,
    generation: u64,
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
    Owner { id: String, tracked: bool, on_this_phone: bool, paired_here: bool },
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
    digits: String,
    generation: u64,
    uses: u8,
}

impl From<&Entry> for Wire {
    fn from(entry: &Entry) -> Self {
        let VehicleRecord { support, key, readiness, password, generation } = &entry.record;
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
                },
            },
            readiness: readiness.map(|readiness| WireReadiness {
                primary_subscriber: readiness.primary_subscriber,
                prepared: readiness.prepared,
            }),
            password: password.zip(entry.secret.as_ref()).map(|(password, secret)| WirePassword {
                digits: secret.expose().to_owned(),
                generation: password.generation.get(),
                uses: password.uses.get(),
            }),
            generation: generation.get(),
        }
    }
}

impl TryFrom<Wire> for Entry {
    type Error = Unreadable;

    fn try_from(wire: Wire) -> Result<Self, Unreadable> {
        let key = match wire.key {
            WireKey::Unknown => KnownKey::Unknown,
            WireKey::None => KnownKey::None,
            WireKey::Owner { id, tracked, on_this_phone, paired_here } => {
                KnownKey::Owner(OwnerKey {
                    id: DigitalKeyId::try_from(id.as_str()).map_err(|_| Unreadable)?,
                    tracked,
                    on_this_phone,
                    paired_here,
                })
            }
        };
        let (password, secret) = match wire.password {
            // A password is never of a generation that was not stored yet.
            Some(password) if password.generation > wire.generation => return Err(Unreadable),
            Some(password) => (
                Some(PasswordUse {
                    generation: Generation::new(password.generation),
                    uses: UsageCounter::new(password.uses),
                }),
                Some(PairingPassword::parse(&password.digits).map_err(|_| Unreadable)?),
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
            secret,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Entry {
        Entry {
            record: VehicleRecord {
                support: Some(Support::Supported { upgrade_required: true }),
                key: KnownKey::Owner(OwnerKey {
                    id: DigitalKeyId::try_from("key \"1\" ü").unwrap(),
                    tracked: true,
                    on_this_phone: true,
                    paired_here: true,
                }),
                readiness: Some(Readiness { primary_subscriber: true, prepared: false }),
                password: Some(PasswordUse {
                    generation: Generation::new(u64::MAX - 1),
                    uses: UsageCounter::new(2),
                }),
                generation: Generation::new(u64::MAX),
            },
            secret: Some(PairingPassword::parse("01234567").unwrap()),
        }
    }

    fn with_schema(json: &str) -> Vec<u8> {
        [&[SCHEMA], json.as_bytes()].concat()
    }

    #[test]
    fn every_field_comes_back() {
        for entry in [Entry::default(), full()] {
            assert_eq!(Entry::decode(&entry.encode().unwrap()), Ok(entry));
        }
    }

    /// What older versions of the app have written has to be readable for ever: a change of this
    /// text needs a new schema number.
    #[test]
    fn the_form_on_disk_is_fixed() {
        let json = r#"{"support":{"Supported":{"upgrade_required":true}},"key":{"Owner":{"id":"key \"1\" ü","tracked":true,"on_this_phone":true,"paired_here":true}},"readiness":{"primary_subscriber":true,"prepared":false},"password":{"digits":"01234567","generation":18446744073709551614,"uses":2},"generation":18446744073709551615}"#;
        assert_eq!(full().encode().unwrap(), with_schema(json));
        let empty =
            r#"{"support":null,"key":"Unknown","readiness":null,"password":null,"generation":0}"#;
        assert_eq!(Entry::default().encode().unwrap(), with_schema(empty));
    }

    #[test]
    fn what_cannot_be_read_is_no_record() {
        let good = full().encode().unwrap();
        let json = std::str::from_utf8(&good[1..]).unwrap();
        for (from, to) in [
            ("01234567", "0123456x"),
            ("01234567", "1234567"),
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
            assert_eq!(Entry::decode(&with_schema(&bad)), Err(Unreadable), "{to}");
        }
        for length in 0..good.len() {
            assert_eq!(Entry::decode(&good[..length]), Err(Unreadable), "{length}");
        }
        for schema in (0..=u8::MAX).filter(|schema| *schema != SCHEMA) {
            let other = [&[schema], json.as_bytes()].concat();
            assert_eq!(Entry::decode(&other), Err(Unreadable), "{schema}");
        }
    }

    #[test]
    fn err_4_only_a_newer_generation_is_stored() {
        let password = |text| PairingPassword::parse(text).unwrap();
        let newest = Generation::new(5);
        let mut entry = Entry::default();
        assert_eq!(entry.store_password(&password("11111111"), newest), StoredPassword::Stored);
        entry.take_use();
        let before = entry.clone();
        for generation in [0, 4, 5] {
            assert_eq!(
                entry.store_password(&password("22222222"), Generation::new(generation)),
                StoredPassword::Outdated { newest }
            );
            assert_eq!(entry, before);
        }
        entry.store_password(&password("33333333"), newest.next());
        assert_eq!(entry.record.password.unwrap().uses.get(), 0);
        assert_eq!(entry.secret, Some(password("33333333")));
    }

    #[test]
    fn a_change_can_end_a_password_and_never_bring_one() {
        let mut entry = full();
        entry.apply(&RecordChange::Paired {
            key: DigitalKeyId::try_from("K2").unwrap(),
            used: Generation::new(u64::MAX - 1),
        });
        assert_eq!((entry.record.password, &entry.secret), (None, &None));

        // The secret of the old generation must not be fresh again under the new one.
        let mut entry = full();
        entry.record.generation = Generation::new(u64::MAX - 1);
        entry.apply(&RecordChange::PasswordStored(Generation::new(u64::MAX)));
        assert_eq!((entry.record.password, &entry.secret), (None, &None));
        assert_eq!(entry.take_use(), Take::NoPassword);
    }
}
