//! The world; later steps override earlier ones.

use digital_key_backend::{
    DigitalKeyObject, OwnerKey, Password, PasswordSource, Vehicle, VehicleChange,
};
use digital_key_domain::{EntryMode, Phone};

use crate::language::{Failure, Step, step};

const NOT_SUPPORTED: &str = r#"{"bookedServicePackage":"NONE","state":"NOT_AVAILABLE"}"#;

pub(crate) const GIVEN: &[Step] = &[
    step!("an iPhone {machine} running iOS {version}", |world, values| {
        world.next_start.phone = Phone::Ios { machine: values.parse()?, version: values.parse()? };
        Ok(())
    }),
    step!("an Android phone", |world, _values| {
        world.next_start.phone = Phone::Android;
        Ok(())
    }),
    step!("Apple reports that keys (can|cannot) be created", |world, values| {
        world.next_start.can_create = values.is("can");
        Ok(())
    }),
    step!("the entry mode is {mode}", |world, values| {
        world.next_start.entry_mode = match values.text()?.as_str() {
            "coming soon" => EntryMode::ComingSoon,
            "owner pairing" => EntryMode::OwnerPairing,
            mode => return Err(Failure(format!("there is no entry mode {mode:?}"))),
        };
        Ok(())
    }),
    step!("vehicle {vin} (supports|does not support) Smart Access", |world, values| {
        let vin = values.vin(world)?;
        let object = if values.is("supports") {
            Vehicle::default().digital_key
        } else {
            Some(DigitalKeyObject::parse(NOT_SUPPORTED)?)
        };
        world.change(vin, VehicleChange::DigitalKey(object))
    }),
    step!("vehicle {vin} answers the support request with:", |world, values| {
        let vin = values.vin(world)?;
        let object = match values.docstring()? {
            "absent" => None,
            json => Some(DigitalKeyObject::parse(json)?),
        };
        world.change(vin, VehicleChange::DigitalKey(object))
    }),
    step!("vehicle {vin} has no owner key", |world, values| {
        let vin = values.vin(world)?;
        world.change(vin, VehicleChange::OwnerKey(None))
    }),
    step!("vehicle {vin} has (a tracked|an untracked) owner key {key}", |world, values| {
        let vin = values.vin(world)?;
        let tracked = values.is("a tracked");
        world.change(vin, VehicleChange::OwnerKey(Some(OwnerKey { id: values.key()?, tracked })))
    }),
    step!("vehicle {vin} (is|is not) prepared", |world, values| {
        let vin = values.vin(world)?;
        world.change(vin, VehicleChange::Prepared(values.is("is")))
    }),
    step!("the user (is|is not) the primary subscriber of {vin}", |world, values| {
        let is_primary = values.is("is");
        let vin = values.vin(world)?;
        world.change(vin, VehicleChange::PrimarySubscriber(is_primary))
    }),
    step!("the backend issues password {digits} for {vin}", |world, values| {
        let password = Password::parse(values.text()?)?;
        let vin = values.vin(world)?;
        world.change(vin, VehicleChange::Password(PasswordSource::Fixed(password)))
    }),
    step!("the backend has no password for {vin}", |world, values| {
        let vin = values.vin(world)?;
        world.change(vin, VehicleChange::Password(PasswordSource::None))
    }),
    step!("the wallet holds key {key}", |world, values| {
        world.phone.add_key(values.key()?);
        Ok(())
    }),
    step!("the wallet is empty", |world, _values| {
        world.phone.clear();
        Ok(())
    }),
    step!("the wallet cannot answer", |world, _values| {
        world.phone.set_wallet_answers(false);
        Ok(())
    }),
    step!("the wallet answers again", |world, _values| {
        world.phone.set_wallet_answers(true);
        Ok(())
    }),
    step!("the backend fails on {endpoint} requests with {fault}", |world, values| {
        world.control().fail(values.parse()?, values.parse()?);
        Ok(())
    }),
    step!("the backend answers normally again", |world, _values| {
        world.control().heal_all();
        Ok(())
    }),
    step!("the backend holds back {endpoint} answers", |world, values| {
        world.control().hold(values.parse()?);
        Ok(())
    }),
    step!("the backend releases the {endpoint} answers", |world, values| {
        world.control().release(values.parse()?);
        Ok(())
    }),
];
