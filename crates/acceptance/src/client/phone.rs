//! The scenario's phone, for a program: its adapters of wallet, pairing and lifecycle ask here.

use digital_key::ports::{AppLifecycle as _, ApplePairing as _, PairingPassword, PairingRequest};
use digital_key::ports::{DigitalKeyId, PairingAnswer, Wallet as _};
use digital_key::wallet_mock::ScriptedPhone;

use super::message::Message;
use crate::language::{StepError, StepResult};

/// Returns the answer of the phone to one call of a port. An error goes to the program, whose adapter
/// throws it.
pub(super) async fn answer(phone: &ScriptedPhone, ask: &Message) -> Message {
    match call(phone, ask).await {
        Ok(answer) => answer,
        Err(StepError(error)) => Message::default().with("error", error),
    }
}

async fn call(phone: &ScriptedPhone, ask: &Message) -> StepResult<Message> {
    let done = Message::default();
    Ok(match ask.text("port")? {
        "presence" => done.with_name("presence", phone.presence(key(ask)?).await?),
        "open_wallet" => {
            phone.open(key(ask)?).await?;
            done
        }
        "next_change" => {
            phone.next_change().await?;
            done
        }
        "can_create_key" => {
            done.with("created", phone.can_create_key(ask.text("vin")?.parse()?).await?)
        }
        "start" => {
            let password = PairingPassword::parse(ask.text("password")?)?;
            let request = PairingRequest::new(ask.text("vin")?.parse()?, password);
            with_answer(done, phone.start(request).await?)
        }
        "sheet_is_up" => done.with("up", phone.sheet_is_up().await?),
        "next_late_answer" => match phone.next_late_answer().await? {
            Some(late) => with_answer(done.with("vin", late.vin.as_str()), late.answer),
            None => done,
        },
        "next_event" => match phone.next_event().await {
            Some(event) => done.with_name("event", event),
            None => done,
        },
        port => return Err(StepError(format!("the phone has no call {port:?}"))),
    })
}

fn key(ask: &Message) -> StepResult<DigitalKeyId> {
    Ok(DigitalKeyId::try_from(ask.text("key")?)?)
}

fn with_answer(message: Message, answer: PairingAnswer) -> Message {
    let message = message.with_some("pass", answer.pass.as_ref().map(|key| key.as_str()));
    match answer.error {
        Some(error) => message.with_name("apple_error", error),
        None => message,
    }
}
