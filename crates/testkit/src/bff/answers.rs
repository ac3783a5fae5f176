//! The answers of the backend, and the vehicle that they are about.

use digital_key_domain::{PairingStatus, ReportedKey, Support, SupportAnswer};
use digital_key_ports::{Bff, BffErrorKind};
use futures_util::future::join_all;

use super::{
    BffHarness, ScriptedVehicle, call_all, call_all_with_key, complete_vehicle, idempotency_key,
    must_all_fail, must_all_work, must_keep_secrets,
};
use crate::CaseResult;
use crate::values::{key, password, vin};
use crate::violation::{must, must_end, must_equal, must_work};

/// Every value of a complete answer reaches the caller unchanged, "no password" included.
pub async fn a_complete_answer_arrives_as_it_was_given<H: BffHarness>(harness: &H) -> CaseResult {
    let supports = [
        SupportAnswer::Known(Support::NotSupported),
        SupportAnswer::Unknown,
        SupportAnswer::Known(Support::Supported { upgrade_required: true }),
        SupportAnswer::Known(Support::Supported { upgrade_required: false }),
    ];
    for number in 0..16_u16 {
        let bit = |bit: u16| number & bit != 0;
        let owner_key = ReportedKey { id: key(number.into()), tracked: bit(8) };
        let vehicle = ScriptedVehicle {
            support: supports[usize::from(number) % supports.len()],
            status: PairingStatus {
                owner_key: bit(4).then_some(owner_key),
                primary_subscriber: bit(1),
                prepared: bit(2),
            },
            password: bit(8).then(|| password(number)),
        };
        harness.set_vehicle(vin(1), vehicle.clone()).await;
        let answers = call_all_with_key(harness.bff(), vin(1), &format!("key-{number}")).await;
        must_equal("the answers about a vehicle", must_all_work(answers)?, vehicle)?;
    }
    Ok(())
}

/// Calls about two vehicles at the same time return each vehicle's own answers, also repeatedly.
pub async fn an_answer_belongs_to_the_vin_that_was_asked_for<H: BffHarness>(
    harness: &H,
) -> CaseResult {
    let vehicles = [(vin(1), complete_vehicle()), (vin(2), ScriptedVehicle::default())];
    for (vin, vehicle) in &vehicles {
        harness.set_vehicle(*vin, vehicle.clone()).await;
    }
    for _ in 0..3 {
        let calls = vehicles.iter().map(|(vin, _)| call_all(harness.bff(), *vin));
        let answers = must_end("a call", join_all(calls)).await?;
        for (answers, (_, vehicle)) in answers.into_iter().zip(&vehicles) {
            must_equal("the answers about a vehicle", must_all_work(answers)?, vehicle.clone())?;
        }
    }
    Ok(())
}

/// A complete answer about another vehicle than the call is [`BffErrorKind::Malformed`].
pub async fn an_answer_about_another_vin_is_malformed<H: BffHarness>(harness: &H) -> CaseResult {
    harness.set_vehicle(vin(1), complete_vehicle()).await;
    harness.answer_about_another_vin().await?;
    for (operation, error) in must_all_fail(call_all(harness.bff(), vin(1)).await)? {
        must_keep_secrets(harness, &error)?;
        let malformed = error.kind() == BffErrorKind::Malformed;
        must!(malformed, "{operation} about another VIN is {error:?}, not Malformed");
    }
    Ok(())
}

/// A repeated key gets its first password again. Another key and another vehicle get a new one.
pub async fn two_calls_with_the_same_key_are_one_request<H: BffHarness>(harness: &H) -> CaseResult {
    for (number, same_key, expected) in [(1, "key-1", 1), (2, "key-1", 1), (3, "key-2", 3)] {
        let vehicle = ScriptedVehicle { password: Some(password(number)), ..complete_vehicle() };
        harness.set_vehicle(vin(1), vehicle).await;
        let answer = harness.bff().pairing_password(vin(1), idempotency_key(same_key)?).await;
        let answer = must_work("pairing_password", answer)?.map(|it| it.expose().to_owned());
        let expected = Some(password(expected).expose().to_owned());
        must_equal(&format!("the password for {same_key}"), answer, expected)?;
    }
    let other = ScriptedVehicle { password: Some(password(4)), ..complete_vehicle() };
    harness.set_vehicle(vin(2), other).await;
    let answer = harness.bff().pairing_password(vin(2), idempotency_key("key-1")?).await;
    let answer = must_work("pairing_password", answer)?;
    must!(
        answer == Some(password(4)),
        "a key is taken for a repetition although the vehicle is another one"
    );
    Ok(())
}
