//! The steps for actions of the user, of Apple and of the phone.

use digital_key::ports::PairingAnswer;
use digital_key::{AppleErrorCode, Intent, Tap};

use crate::language::{Step, StepError, step};

pub(crate) const WHEN: &[Step] = &[
    step!("vehicle {vin} is selected", |scenario, values| {
        let vin = values.vin(scenario)?;
        scenario.dispatch(Intent::SelectVehicle(vin)).await
    }),
    step!("the entry is tapped", |scenario, _values| scenario.dispatch(Tap::Entry).await),
    step!("continue is tapped", |scenario, _values| scenario.dispatch(Tap::Continue).await),
    step!("retry is tapped", |scenario, _values| scenario.dispatch(Tap::Retry).await),
    step!("the page is closed", |scenario, _values| scenario.dispatch(Tap::Close).await),
    step!("back is tapped", |scenario, _values| scenario.dispatch(Tap::Back).await),
    step!("the box is (ticked|unticked)", |scenario, values| {
        let tap = if values.is("ticked") { Tap::TickBox } else { Tap::UntickBox };
        scenario.dispatch(tap).await
    }),
    step!("the card action is tapped", |scenario, _values| scenario
        .dispatch(Tap::CardAction)
        .await),
    step!("the tutorial is tapped", |scenario, _values| scenario.dispatch(Tap::Tutorial).await),
    step!("the move is (confirmed|cancelled)", |scenario, values| {
        let tap = if values.is("confirmed") { Tap::ConfirmMove } else { Tap::CancelMove };
        scenario.dispatch(tap).await
    }),
    step!("the error is confirmed", |scenario, _values| scenario.dispatch(Tap::ConfirmError).await),
    step!("Apple returns pass {key}", |scenario, values| {
        scenario.apple_returns(PairingAnswer { pass: Some(values.key()?), error: None }).await
    }),
    step!("Apple returns pass {key} with an error", |scenario, values| {
        let error = Some(AppleErrorCode::GenericError);
        scenario.apple_returns(PairingAnswer { pass: Some(values.key()?), error }).await
    }),
    step!("Apple returns the error {code}", |scenario, values| {
        let name = values.text()?;
        let error = AppleErrorCode::from_name(&name)
            .ok_or_else(|| StepError(format!("Apple has no error {name:?}")))?;
        scenario.apple_returns(PairingAnswer { pass: None, error: Some(error) }).await
    }),
    step!("Apple returns neither a pass nor an error", |scenario, _values| {
        scenario.apple_returns(PairingAnswer::default()).await
    }),
    step!("the app goes to the background", |scenario, _values| {
        scenario.app().await?;
        scenario.phone.background();
        Ok(())
    }),
    step!("the app comes to the foreground", |scenario, _values| {
        scenario.app().await?;
        scenario.phone.foreground();
        Ok(())
    }),
    step!("the app is suspended", |scenario, _values| scenario.app().await?.suspend().await),
    step!("the app is resumed", |scenario, _values| scenario.app().await?.resume().await),
    step!("key {key} is deleted from the wallet", |scenario, values| {
        scenario.app().await?;
        scenario.phone.delete_key(&values.key()?);
        Ok(())
    }),
    step!("the app is killed and started again", |scenario, _values| scenario.restart().await),
    step!("the app is started for account {id}", |scenario, values| {
        let account = values.text()?;
        scenario.restart_for(account).await
    }),
    step!("vehicle {vin} is refreshed", |scenario, values| {
        let vin = values.vin(scenario)?;
        scenario.app().await?.refresh(vin).await
    }),
    step!("vehicle {vin} is forgotten", |scenario, values| {
        let vin = values.vin(scenario)?;
        scenario.app().await?.forget(vin).await
    }),
    step!("the user signs out", |scenario, _values| scenario.sign_out().await),
];
