//! The steps that check the screen, the cache, the backend and the phone.

use std::collections::BTreeSet;

use digital_key::ports::{Support, VehicleRecord};
use digital_key::{CardAction, Tap};

use crate::client::Screen;
use crate::language::{Step, StepError, StepResult, expect, step};
use crate::scenario::Scenario;

pub(crate) const THEN: &[Step] = &[
    step!("the entry is (shown|hidden)", |scenario, values| {
        let shown = scenario.screen().await?.entry_shown;
        expect("the entry is shown", values.is("shown"), shown)
    }),
    step!("the page is {page}", |scenario, values| {
        expect("the page", values.text()?.as_str(), scenario.screen().await?.page.as_str())
    }),
    step!("continue is (enabled|disabled)", |scenario, values| {
        let enabled = scenario.screen().await?.offers.contains(&Tap::Continue);
        expect("continue is enabled", values.is("enabled"), enabled)
    }),
    step!("retry is (offered|not offered)", |scenario, values| {
        let offered = scenario.screen().await?.offers.contains(&Tap::Retry);
        expect("retry is offered", values.is("offered"), offered)
    }),
    step!("the page offers {list}", |scenario, values| {
        let listed = values.text()?;
        let expected = listed.split(',').map(str::trim).filter(|name| !name.is_empty());
        let found: BTreeSet<_> =
            scenario.screen().await?.offers.into_iter().map(Tap::name).collect();
        expect("the offered taps", expected.collect::<BTreeSet<_>>(), found)
    }),
    step!("the checkbox is (checked|unchecked)", |scenario, values| {
        let (checked, _) = checkbox(scenario).await?;
        expect("the checkbox is checked", values.is("checked"), checked)
    }),
    step!("the checkbox is (highlighted|not highlighted)", |scenario, values| {
        let (_, highlighted) = checkbox(scenario).await?;
        expect("the checkbox is highlighted", values.is("highlighted"), highlighted)
    }),
    step!("the blockers are {list}", |scenario, values| {
        let found: Vec<_> = scenario.blockers().await?.iter().map(String::as_str).collect();
        let listed = values.text()?;
        let expected = listed.split(',').map(str::trim).filter(|name| !name.is_empty());
        expect("the blockers", expected.collect(), found)
    }),
    step!("the usage counter of {vin} is {n}", |scenario, values| {
        let uses = scenario.record(values.vin(scenario)?).await?.password.map(|it| it.uses.get());
        let found = uses.map_or("none".into(), |uses| uses.to_string());
        expect("the usage counter", values.text()?, found)
    }),
    step!("pairing was started {n} times", |scenario, values| {
        expect("the pairings started", values.parse()?, scenario.phone.pairings_started())
    }),
    step!("the last pairing used password {digits}", |scenario, values| {
        let request = scenario.phone.last_request();
        let found = request.as_ref().map(|request| request.password.expose());
        expect("the password of the last pairing", Some(values.text()?.as_str()), found)
    }),
    step!("(a|no) pairing is running", |scenario, values| {
        let runs = scenario.screen().await?.pairing_runs;
        expect("a pairing is running", values.is("a"), runs)
    }),
    step!("the backend received {n} {endpoint} requests", |scenario, values| {
        let expected: u64 = values.parse()?;
        expect("the requests received", expected, scenario.control().requests(values.parse()?))
    }),
    step!("the key state is {state}", |scenario, values| {
        let state = format!("{:?}", scenario.screen().await?.key_state);
        expect("the key state", values.text()?, state)
    }),
    step!("the card action is {action}", |scenario, values| {
        let screen = scenario.screen().await?;
        let action = match screen.card.ok_or_else(|| lacks(&screen, "card"))? {
            CardAction::EditInWallet => "edit in wallet",
            CardAction::MoveToThisPhone => "move to this phone",
        };
        expect("the card action", values.text()?.as_str(), action)
    }),
    step!("the card (is|is not) marked as unable to unlock", |scenario, values| {
        let screen = scenario.screen().await?;
        let marked = screen.cannot_unlock.ok_or_else(|| lacks(&screen, "card"))?;
        expect("the card is marked as unable to unlock", values.is("is"), marked)
    }),
    step!("the wallet was opened at key {key}", |scenario, values| {
        let expected = Some(values.key()?);
        expect("the key that the wallet was opened at", expected, scenario.phone.wallet_opened_at())
    }),
    step!("the pairing reason is {code}", |scenario, values| {
        let screen = scenario.screen().await?;
        if screen.page != "PairingError" {
            return Err(lacks(&screen, "pairing reason"));
        }
        let reason = screen.reason.map_or("none", |code| code.name());
        expect("the pairing reason", values.text()?.as_str(), reason)
    }),
    step!("a password refresh (is|is not) under way", |scenario, values| {
        let refreshing = scenario.screen().await?.refreshing;
        expect("a password refresh is under way", values.is("is"), refreshing)
    }),
    step!("the phone software issue is {issue}", |scenario, values| {
        let screen = scenario.screen().await?;
        let issue = screen.issue.ok_or_else(|| lacks(&screen, "phone software issue"))?;
        expect("the phone software issue", values.text()?, format!("{issue:?}"))
    }),
    step!("a warning (is|is not) shown", |scenario, values| {
        let shown = scenario.screen().await?.has_warning;
        expect("a warning is shown", values.is("is"), shown)
    }),
    step!("the page asks to wait {n} seconds", |scenario, values| {
        expect("the seconds to wait", Some(values.parse()?), scenario.screen().await?.wait)
    }),
    step!("the page asks for no wait", |scenario, _values| {
        expect("the seconds to wait", None, scenario.screen().await?.wait)
    }),
    step!("a notice (is|is not) shown", |scenario, values| {
        let shown = scenario.screen().await?.has_notice;
        expect("a notice is shown", values.is("is"), shown)
    }),
    step!("the entry is hidden because of {reason}", |scenario, values| {
        let screen = scenario.screen().await?;
        if screen.page != "VehicleTab" {
            return Err(lacks(&screen, "entry"));
        }
        let reason = screen.hidden.unwrap_or("nothing");
        expect("the reason", values.text()?.as_str(), reason)
    }),
    step!("the cache knows key {key} for {vin}", |scenario, values| {
        let expected = Some(values.key()?);
        let record = scenario.record(values.vin(scenario)?).await?;
        expect("the key in the cache", expected, record.key.owner().map(|key| key.id.clone()))
    }),
    step!("the cache knows nothing about {vin}", |scenario, values| {
        let record = scenario.record(values.vin(scenario)?).await?;
        expect("the record in the cache", VehicleRecord::default(), record)
    }),
    step!(
        "the cache knows that {vin} (supports|does not support) Smart Access",
        |scenario, values| {
            let supports = supports(scenario.record(values.vin(scenario)?).await?);
            expect("the support in the cache", Some(values.is("supports")), supports)
        }
    ),
    step!("the cache does not know whether {vin} supports Smart Access", |scenario, values| {
        let supports = supports(scenario.record(values.vin(scenario)?).await?);
        expect("the support in the cache", None, supports)
    }),
    step!("the \"more information\" link is {url}", |scenario, values| {
        let screen = scenario.screen().await?;
        let link = screen.more_information.as_deref().ok_or_else(|| lacks(&screen, "such link"))?;
        expect("the link", values.text()?.as_str(), link)
    }),
];

/// Returns whether the checkbox is checked, and whether it is highlighted.
async fn checkbox(scenario: &mut Scenario) -> StepResult<(bool, bool)> {
    let screen = scenario.screen().await?;
    match (screen.checked, screen.highlighted) {
        (Some(checked), Some(highlighted)) => Ok((checked, highlighted)),
        _ => Err(lacks(&screen, "checkbox")),
    }
}

fn lacks(screen: &Screen, what: &str) -> StepError {
    StepError(format!("{} has no {what}", screen.page))
}

fn supports(record: VehicleRecord) -> Option<bool> {
    record.support.map(|support| match support {
        Support::Supported { .. } => true,
        Support::NotSupported => false,
    })
}
