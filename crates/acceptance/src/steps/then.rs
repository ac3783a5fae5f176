//! What is to be seen on the screen, in the cache, at the backend and on the phone.

use std::collections::BTreeSet;

use digital_key_domain::{CardAction, CardView, EntryView, PageView, Support, Tap, VehicleRecord};

use crate::language::{Failure, Outcome, Step, expect, step};
use crate::world::World;

pub(crate) const THEN: &[Step] = &[
    step!("the entry is (shown|hidden)", |world, values| {
        let shown = world.view().await?.entry != EntryView::Hidden;
        expect("the entry is shown", values.is("shown"), shown)
    }),
    step!("the page is {page}", |world, values| {
        expect("the page", values.text()?.as_str(), world.view().await?.page.name())
    }),
    step!("continue is (enabled|disabled)", |world, values| {
        let enabled = world.view().await?.offers.contains(Tap::Continue);
        expect("continue is enabled", values.is("enabled"), enabled)
    }),
    step!("retry is (offered|not offered)", |world, values| {
        let offered = world.view().await?.offers.contains(Tap::Retry);
        expect("retry is offered", values.is("offered"), offered)
    }),
    step!("the page offers {list}", |world, values| {
        let listed = values.text()?;
        let expected = listed.split(',').map(str::trim).filter(|name| !name.is_empty());
        let found: BTreeSet<_> = world.view().await?.offers.iter().map(Tap::name).collect();
        expect("the offered taps", expected.collect::<BTreeSet<_>>(), found)
    }),
    step!("the checkbox is (checked|unchecked)", |world, values| {
        let (checked, _) = checkbox(world).await?;
        expect("the checkbox is checked", values.is("checked"), checked)
    }),
    step!("the checkbox is (highlighted|not highlighted)", |world, values| {
        let (_, highlighted) = checkbox(world).await?;
        expect("the checkbox is highlighted", values.is("highlighted"), highlighted)
    }),
    step!("the blockers are {list}", |world, values| {
        let found: Vec<_> = world.blockers().await?.iter().map(|it| it.code()).collect();
        let listed = values.text()?;
        let expected = listed.split(',').map(str::trim).filter(|name| !name.is_empty());
        expect("the blockers", expected.collect(), found)
    }),
    step!("the usage counter of {vin} is {n}", |world, values| {
        let uses = world.record(values.vin(world)?).await?.password.map(|it| it.uses.get());
        let found = uses.map_or("none".into(), |uses| uses.to_string());
        expect("the usage counter", values.text()?, found)
    }),
    step!("pairing was started {n} times", |world, values| {
        expect("the pairings started", values.parse()?, world.phone.pairings_started())
    }),
    step!("the last pairing used password {digits}", |world, values| {
        let request = world.phone.last_request();
        let found = request.as_ref().map(|request| request.password.expose());
        expect("the password of the last pairing", Some(values.text()?.as_str()), found)
    }),
    step!("(a|no) pairing is running", |world, values| {
        let runs = world.view().await?.pairing_runs;
        expect("a pairing is running", values.is("a"), runs)
    }),
    step!("the backend received {n} {endpoint} requests", |world, values| {
        let expected: u64 = values.parse()?;
        expect("the requests received", expected, world.control().requests(values.parse()?))
    }),
    step!("the key state is {state}", |world, values| {
        let state = format!("{:?}", world.view().await?.key_state);
        expect("the key state", values.text()?, state)
    }),
    step!("the card action is {action}", |world, values| {
        let action = match card(world).await?.action {
            CardAction::EditInWallet => "edit in wallet",
            CardAction::MoveToThisPhone => "move to this phone",
        };
        expect("the card action", values.text()?.as_str(), action)
    }),
    step!("the card (is|is not) marked as unable to unlock", |world, values| {
        let marked = card(world).await?.cannot_unlock;
        expect("the card is marked as unable to unlock", values.is("is"), marked)
    }),
    step!("the wallet was opened at key {key}", |world, values| {
        let expected = Some(values.key()?);
        expect("the key that the wallet was opened at", expected, world.phone.wallet_opened_at())
    }),
    step!("the pairing reason is {code}", |world, values| {
        let page = world.view().await?.page;
        let PageView::PairingError { reason } = page else {
            return Err(lacks(&page, "pairing reason"));
        };
        let reason = reason.map_or("none", |code| code.name());
        expect("the pairing reason", values.text()?.as_str(), reason)
    }),
    step!("a warning (is|is not) shown", |world, values| {
        let shown = world.view().await?.warning.is_some();
        expect("a warning is shown", values.is("is"), shown)
    }),
    step!("the cache knows key {key} for {vin}", |world, values| {
        let expected = Some(values.key()?);
        let record = world.record(values.vin(world)?).await?;
        expect("the key in the cache", expected, record.key.owner().map(|key| key.id.clone()))
    }),
    step!("the cache knows nothing about {vin}", |world, values| {
        let record = world.record(values.vin(world)?).await?;
        expect("the record in the cache", VehicleRecord::default(), record)
    }),
    step!(
        "the cache knows that {vin} (supports|does not support) Smart Access",
        |world, values| {
            let supports = supports(world.record(values.vin(world)?).await?);
            expect("the support in the cache", Some(values.is("supports")), supports)
        }
    ),
    step!("the cache does not know whether {vin} supports Smart Access", |world, values| {
        let supports = supports(world.record(values.vin(world)?).await?);
        expect("the support in the cache", None, supports)
    }),
    step!("the \"more information\" link is {url}", |world, values| {
        let page = world.view().await?.page;
        let PageView::Overview { more_information, .. } = &page else {
            return Err(lacks(&page, "such link"));
        };
        expect("the link", values.text()?.as_str(), more_information)
    }),
];

/// Whether the checkbox is checked, and whether it is highlighted.
async fn checkbox(world: &mut World) -> Outcome<(bool, bool)> {
    let page = world.view().await?.page;
    let PageView::ReadyToPair { checked, highlighted } = page else {
        return Err(lacks(&page, "checkbox"));
    };
    Ok((checked, highlighted))
}

async fn card(world: &mut World) -> Outcome<CardView> {
    let page = world.view().await?.page;
    let PageView::Overview { card, .. } = page else {
        return Err(lacks(&page, "card"));
    };
    Ok(card)
}

fn lacks(page: &PageView, what: &str) -> Failure {
    Failure(format!("{} has no {what}", page.name()))
}

fn supports(record: VehicleRecord) -> Option<bool> {
    record.support.map(|support| match support {
        Support::Supported { .. } => true,
        Support::NotSupported => false,
    })
}
