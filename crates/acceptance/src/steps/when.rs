//! What the user, Apple or the phone does.

use digital_key_domain::{AppleErrorCode, Intent, PairingAnswer, Tap};

use crate::language::{Failure, Step, step};

pub(crate) const WHEN: &[Step] = &[
    step!("vehicle {vin} is selected", |world, values| {
        let vin = values.vin(world)?;
        world.dispatch(Intent::SelectVehicle(vin)).await
    }),
    step!("the entry is tapped", |world, _values| world.dispatch(Tap::Entry).await),
    step!("continue is tapped", |world, _values| world.dispatch(Tap::Continue).await),
    step!("retry is tapped", |world, _values| world.dispatch(Tap::Retry).await),
    step!("the page is closed", |world, _values| world.dispatch(Tap::Close).await),
    step!("back is tapped", |world, _values| world.dispatch(Tap::Back).await),
    step!("the box is (ticked|unticked)", |world, values| {
        let tap = if values.is("ticked") { Tap::TickBox } else { Tap::UntickBox };
        world.dispatch(tap).await
    }),
    step!("the card action is tapped", |world, _values| world.dispatch(Tap::CardAction).await),
    step!("the tutorial is tapped", |world, _values| world.dispatch(Tap::Tutorial).await),
    step!("the move is (confirmed|cancelled)", |world, values| {
        let tap = if values.is("confirmed") { Tap::ConfirmMove } else { Tap::CancelMove };
        world.dispatch(tap).await
    }),
    step!("the error is confirmed", |world, _values| world.dispatch(Tap::ConfirmError).await),
    step!("Apple returns pass {key}", |world, values| {
        world.apple_returns(PairingAnswer { pass: Some(values.key()?), error: None }).await
    }),
    step!("Apple returns pass {key} with an error", |world, values| {
        let error = Some(AppleErrorCode::GenericError);
        world.apple_returns(PairingAnswer { pass: Some(values.key()?), error }).await
    }),
    step!("Apple returns the error {code}", |world, values| {
        let name = values.text()?;
        let error = AppleErrorCode::from_name(&name)
            .ok_or_else(|| Failure(format!("Apple has no error {name:?}")))?;
        world.apple_returns(PairingAnswer { pass: None, error: Some(error) }).await
    }),
    step!("Apple returns neither a pass nor an error", |world, _values| {
        world.apple_returns(PairingAnswer::default()).await
    }),
    step!("the app goes to the background", |world, _values| {
        world.begin().await?;
        world.phone.background();
        Ok(())
    }),
    step!("the app comes to the foreground", |world, _values| {
        world.begin().await?;
        world.phone.foreground();
        Ok(())
    }),
    step!("the app is suspended", |world, _values| {
        // The answers to these two calls of the host are not the scenario's matter.
        let _ = world.begin().await?.suspend().await;
        Ok(())
    }),
    step!("the app is resumed", |world, _values| {
        let _ = world.begin().await?.resume().await;
        Ok(())
    }),
    step!("key {key} is deleted from the wallet", |world, values| {
        world.begin().await?;
        world.phone.delete_key(&values.key()?);
        Ok(())
    }),
    step!("the app is killed and started again", |world, _values| world.restart().await),
    step!("the user signs out", |world, _values| world.sign_out().await),
];
