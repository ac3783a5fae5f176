//! The simulated backend: two vehicles, their owner keys, and the passwords that it has made.
//!
//! Keys and passwords name their vehicle, so that the judge sees one that gets to another vehicle.

use digital_key_domain::{
    DigitalKeyId, PairingStatus, ReportedKey, Support, SupportAnswer, Vin, VinError,
};
use digital_key_ports::{IdempotencyKey, PairingPassword};

use crate::action::BackendChange;

/// The number of vehicles.
pub(crate) const VEHICLES: usize = 2;

/// A part of every VIN here that no shortened VIN has.
pub(crate) const WHOLE_VIN: &str = "SIMULATED0";

/// The first digits of every password.
pub(crate) const PASSWORD: &str = "70700";

/// Returns the VINs of the vehicles, by their numbers.
///
/// # Errors
/// None, as long as these are VINs.
pub fn vins() -> Result<[Vin; VEHICLES], VinError> {
    Ok(["WBA7SIMULATED0001".parse()?, "WBA7SIMULATED0002".parse()?])
}

#[derive(Debug)]
pub(crate) struct Backend {
    vehicles: [Vehicle; VEHICLES],
    /// All passwords, by their numbers.
    issued: Vec<Issued>,
    keys_made: u32,
}

/// A password that was made.
#[derive(Debug)]
struct Issued {
    vehicle: usize,
    /// The request that it was made for.
    request: IdempotencyKey,
    /// The account that requested it.
    account: u8,
}

#[derive(Debug)]
struct Vehicle {
    owner: Option<ReportedKey>,
    /// The owner key that the status names; it may lag.
    reported: Option<ReportedKey>,
    primary_subscriber: bool,
    prepared: bool,
    has_passwords: bool,
    support_is_unknown: bool,
}

impl Backend {
    pub(crate) fn new() -> Self {
        let vehicle = || Vehicle {
            owner: None,
            reported: None,
            primary_subscriber: true,
            prepared: true,
            has_passwords: true,
            support_is_unknown: false,
        };
        Self { vehicles: [vehicle(), vehicle()], issued: Vec::new(), keys_made: 0 }
    }

    pub(crate) fn support(&self, vehicle: usize) -> SupportAnswer {
        match self.vehicles[vehicle].support_is_unknown {
            true => SupportAnswer::Unknown,
            false => SupportAnswer::Known(Support::Supported { upgrade_required: vehicle == 1 }),
        }
    }

    pub(crate) fn status(&self, vehicle: usize) -> PairingStatus {
        let Vehicle { reported, primary_subscriber, prepared, .. } = &self.vehicles[vehicle];
        PairingStatus {
            owner_key: reported.clone(),
            primary_subscriber: *primary_subscriber,
            prepared: *prepared,
        }
    }

    /// Returns a password; the same one for the same request.
    pub(crate) fn password(
        &mut self,
        vehicle: usize,
        account: u8,
        key: &IdempotencyKey,
    ) -> Option<PairingPassword> {
        let known = self.issued.iter().position(|it| it.vehicle == vehicle && it.request == *key);
        let number = match known {
            Some(number) => number,
            None if !self.vehicles[vehicle].has_passwords => return None,
            None => {
                self.issued.push(Issued { vehicle, request: key.clone(), account });
                self.issued.len() - 1
            }
        };
        PairingPassword::parse(&format!("{PASSWORD}{number:03}")).ok()
    }

    /// Returns the vehicle that a password was made for.
    pub(crate) fn vehicle_of(&self, password: &PairingPassword) -> Option<usize> {
        self.issued.get(number_of(password)?).map(|issued| issued.vehicle)
    }

    /// Returns the account that a password was made for.
    pub(crate) fn account_of(&self, password: &PairingPassword) -> Option<u8> {
        self.issued.get(number_of(password)?).map(|issued| issued.account)
    }

    /// Returns `true` if the vehicle accepts this password: only its newest one.
    pub(crate) fn accepts(&self, vehicle: usize, password: &PairingPassword) -> bool {
        let newest = self.issued.iter().rposition(|issued| issued.vehicle == vehicle);
        newest.is_some() && newest == number_of(password)
    }

    /// A phone made a key, which replaces the earlier owner key.
    pub(crate) fn pair(&mut self, vehicle: usize, lags: bool) -> Option<DigitalKeyId> {
        let id = self.new_key(vehicle)?;
        self.vehicles[vehicle].owner = Some(ReportedKey { id: id.clone(), tracked: false });
        if !lags {
            self.change(vehicle, BackendChange::CatchesUp);
        }
        Some(id)
    }

    fn new_key(&mut self, vehicle: usize) -> Option<DigitalKeyId> {
        self.keys_made += 1;
        DigitalKeyId::try_from(format!("{vehicle}-{}", self.keys_made).as_str()).ok()
    }

    /// Returns the owner key of a vehicle.
    pub(crate) fn owner(&self, vehicle: usize) -> Option<&DigitalKeyId> {
        self.vehicles[vehicle].owner.as_ref().map(|owner| &owner.id)
    }

    pub(crate) fn change(&mut self, number: usize, change: BackendChange) {
        if change == BackendChange::MovesKeyElsewhere {
            let key = self.new_key(number);
            self.vehicles[number].owner = key.map(|id| ReportedKey { id, tracked: true });
        }
        let vehicle = &mut self.vehicles[number];
        match change {
            BackendChange::DeletesKey => vehicle.owner = None,
            BackendChange::Tracks => {
                if let Some(owner) = &mut vehicle.owner {
                    owner.tracked = true;
                }
            }
            BackendChange::CatchesUp | BackendChange::MovesKeyElsewhere => {}
            BackendChange::Prepared(prepared) => return vehicle.prepared = prepared,
            BackendChange::PrimarySubscriber(is) => return vehicle.primary_subscriber = is,
            BackendChange::HasPasswords(has) => return vehicle.has_passwords = has,
            BackendChange::SupportIsUnknown(is) => return vehicle.support_is_unknown = is,
        }
        vehicle.reported = vehicle.owner.clone();
    }
}

/// Returns the number of a password.
pub(crate) fn number_of(password: &PairingPassword) -> Option<usize> {
    password.expose().strip_prefix(PASSWORD)?.parse().ok()
}

/// Returns `true` if a key belongs to this vehicle.
pub(crate) fn is_of(key: &DigitalKeyId, vehicle: usize) -> bool {
    key.as_str().split('-').next().and_then(|of| of.parse().ok()) == Some(vehicle)
}
