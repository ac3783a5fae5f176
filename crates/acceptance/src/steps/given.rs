//! The steps that set up the phone, the backend and the wallet. Later steps override earlier ones.

use digital_key::backend::{
    DigitalKeyObject, OwnerKey, Password, PasswordSource, Vehicle, VehicleChange,
};
use digital_key::{EntryMode, Phone};

use crate::language::{Step, StepError, step};

const NOT_SUPPORTED: &str = r#"{"bookedServicePackage":"NONE","state":"NOT_AVAILABLE"}"#;

pub(crate) const GIVEN: &[Step] = &[
    step!("an iPhone {machine} running iOS {version}", |scenario, values| {
        scenario.next_start.phone =
            Phone::Ios { machine: values.parse()?, version: values.parse()? };
        Ok(())
    }),
    step!("an Android phone", |scenario, _values| {
        scenario.next_start.phone = Phone::Android;
        Ok(())
    }),
    step!("Apple reports that keys (can|cannot) be created", |scenario, values| {
        scenario.next_start.can_create = values.is("can");
        Ok(())
    }),
    step!("the entry mode is {mode}", |scenario, values| {
        scenario.next_start.entry_mode = match values.text()?.as_str() {
            "coming soon" => EntryMode::ComingSoon,
            "owner pairing" => EntryMode::OwnerPairing,
            mode => return Err(StepError(format!("there is no entry mode {mode:?}"))),
        };
        Ok(())
    }),
    step!("vehicle {vin} (supports|does not support) Smart Access", |scenario, values| {
        let vin = values.vin(scenario)?;
        let object = if values.is("supports") {
            Vehicle::default().digital_key
        } else {
            Some(DigitalKeyObject::parse(NOT_SUPPORTED)?)
        };
        scenario.change(vin, VehicleChange::DigitalKey(object))
    }),
    step!("vehicle {vin} answers the support request with:", |scenario, values| {
        let vin = values.vin(scenario)?;
        let object = match values.docstring()? {
            "absent" => None,
            json => Some(DigitalKeyObject::parse(json)?),
        };
        scenario.change(vin, VehicleChange::DigitalKey(object))
    }),
    step!("vehicle {vin} has no owner key", |scenario, values| {
        let vin = values.vin(scenario)?;
        scenario.change(vin, VehicleChange::OwnerKey(None))
    }),
    step!("vehicle {vin} has (a tracked|an untracked) owner key {key}", |scenario, values| {
        let vin = values.vin(scenario)?;
        let tracked = values.is("a tracked");
        scenario.change(vin, VehicleChange::OwnerKey(Some(OwnerKey { id: values.key()?, tracked })))
    }),
    step!("vehicle {vin} (is|is not) prepared", |scenario, values| {
        let vin = values.vin(scenario)?;
        scenario.change(vin, VehicleChange::Prepared(values.is("is")))
    }),
    step!("the user (is|is not) the primary subscriber of {vin}", |scenario, values| {
        let is_primary = values.is("is");
        let vin = values.vin(scenario)?;
        scenario.change(vin, VehicleChange::PrimarySubscriber(is_primary))
    }),
    step!("the backend issues password {digits} for {vin}", |scenario, values| {
        let password = Password::parse(values.text()?)?;
        let vin = values.vin(scenario)?;
        scenario.change(vin, VehicleChange::Password(PasswordSource::Fixed(password)))
    }),
    step!("the backend has no password for {vin}", |scenario, values| {
        let vin = values.vin(scenario)?;
        scenario.change(vin, VehicleChange::Password(PasswordSource::None))
    }),
    step!("the wallet holds key {key}", |scenario, values| {
        scenario.phone.add_key(values.key()?);
        Ok(())
    }),
    step!("the wallet is empty", |scenario, _values| {
        scenario.phone.clear();
        Ok(())
    }),
    step!("the wallet cannot answer", |scenario, _values| {
        scenario.phone.set_wallet_answers(false);
        Ok(())
    }),
    step!("the wallet answers again", |scenario, _values| {
        scenario.phone.set_wallet_answers(true);
        Ok(())
    }),
    step!("the backend fails on {endpoint} requests with {fault}", |scenario, values| {
        scenario.control().fail(values.parse()?, values.parse()?);
        Ok(())
    }),
    step!("the backend answers normally again", |scenario, _values| {
        scenario.control().heal_all();
        Ok(())
    }),
    step!("the backend holds back {endpoint} answers", |scenario, values| {
        scenario.control().hold(values.parse()?);
        Ok(())
    }),
    step!("the backend releases the {endpoint} answers", |scenario, values| {
        scenario.control().release(values.parse()?);
        Ok(())
    }),
];
