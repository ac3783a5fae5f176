//! The words of the language are fixed, since feature files from outside use them, too.

use cucumber::gherkin::{Step, StepType};
use cucumber::step::Collection;

use crate::language;
use crate::scenario::Scenario;

const GIVEN_AND_WHEN: &[&str] = &[
    // The setup.
    r#"an iPhone "iPhone12,1" running iOS "14.2""#,
    r#"an iPhone "iPhone12,1" running iOS 14.2"#,
    "an Android phone",
    "Apple reports that keys can be created",
    "Apple reports that keys cannot be created",
    r#"the entry mode is "coming soon""#,
    r#"vehicle "WBA00000000DEMO01" supports Smart Access"#,
    r#"vehicle "WBA00000000DEMO01" does not support Smart Access"#,
    r#"vehicle "WBA00000000DEMO01" answers the support request with:"#,
    r#"vehicle "WBA00000000DEMO01" has no owner key"#,
    r#"vehicle "WBA00000000DEMO01" has a tracked owner key "K1""#,
    r#"vehicle "WBA00000000DEMO01" has an untracked owner key "K1""#,
    r#"vehicle "WBA00000000DEMO01" is prepared"#,
    r#"vehicle "WBA00000000DEMO01" is not prepared"#,
    r#"the user is the primary subscriber of "WBA00000000DEMO01""#,
    r#"the user is not the primary subscriber of "WBA00000000DEMO01""#,
    r#"the backend issues password "12345678" for "WBA00000000DEMO01""#,
    r#"the backend issues password 12345678 for "WBA00000000DEMO01""#,
    r#"the backend has no password for "WBA00000000DEMO01""#,
    r#"the wallet holds key "K1""#,
    "the wallet is empty",
    "the wallet cannot answer",
    "the wallet answers again",
    r#"the backend fails on "support" requests with "garbage""#,
    r#"the backend fails on "status" requests with 503"#,
    "the backend answers normally again",
    r#"the backend holds back "password" answers"#,
    r#"the backend releases the "password" answers"#,
    // The actions of the user, of Apple and of the phone.
    r#"vehicle "WBA00000000DEMO01" is selected"#,
    "the entry is tapped",
    "continue is tapped",
    "retry is tapped",
    "the page is closed",
    "back is tapped",
    "the box is ticked",
    "the box is unticked",
    "the card action is tapped",
    "the tutorial is tapped",
    "the move is confirmed",
    "the move is cancelled",
    "the error is confirmed",
    r#"Apple returns pass "K1""#,
    r#"Apple returns pass "K1" with an error"#,
    r#"Apple returns the error "userCanceled""#,
    "Apple returns neither a pass nor an error",
    "the app goes to the background",
    "the app comes to the foreground",
    "the app is suspended",
    "the app is resumed",
    r#"the app is started for account "another""#,
    r#"key "K1" is deleted from the wallet"#,
    "the app is killed and started again",
    r#"vehicle "WBA00000000DEMO01" is refreshed"#,
    r#"vehicle "WBA00000000DEMO01" is forgotten"#,
    "the user signs out",
];

const THEN: &[&str] = &[
    "the entry is shown",
    "the entry is hidden",
    r#"the page is "Welcome""#,
    "continue is enabled",
    "continue is disabled",
    "retry is offered",
    "retry is not offered",
    r#"the page offers "continue, close""#,
    "the checkbox is checked",
    "the checkbox is unchecked",
    "the checkbox is highlighted",
    "the checkbox is not highlighted",
    r#"the blockers are "NotPrimarySubscriber, VehicleNotPrepared""#,
    r#"the blockers are """#,
    r#"the usage counter of "WBA00000000DEMO01" is 2"#,
    r#"the usage counter of "WBA00000000DEMO01" is "none""#,
    "pairing was started 1 times",
    r#"the last pairing used password "12345678""#,
    "a pairing is running",
    "no pairing is running",
    r#"the backend received 1 "support" requests"#,
    r#"the key state is "OtherDevice""#,
    r#"the card action is "edit in wallet""#,
    "the card is marked as unable to unlock",
    "the card is not marked as unable to unlock",
    r#"the wallet was opened at key "K1""#,
    r#"the pairing reason is "userCanceled""#,
    "a password refresh is under way",
    "a password refresh is not under way",
    r#"the phone software issue is "IosTooOld""#,
    "a warning is shown",
    "a warning is not shown",
    "the page asks to wait 30 seconds",
    "the page asks for no wait",
    "a notice is shown",
    "a notice is not shown",
    r#"the entry is hidden because of "the platform""#,
    r#"the cache knows key "K1" for "WBA00000000DEMO01""#,
    r#"the cache knows nothing about "WBA00000000DEMO01""#,
    r#"the cache knows that "WBA00000000DEMO01" supports Smart Access"#,
    r#"the cache knows that "WBA00000000DEMO01" does not support Smart Access"#,
    r#"the cache does not know whether "WBA00000000DEMO01" supports Smart Access"#,
    r#"the "more information" link is "https://bmw.com/digitalkey""#,
];

/// Returns whether a text is a step under a keyword. An ambiguous text fails the test.
fn is_step(steps: &Collection<Scenario>, text: &str, ty: StepType) -> bool {
    let step = Step::builder().keyword("* ".into()).ty(ty).value(text.into()).build();
    steps.find(&step).unwrap_or_else(|error| panic!("{text}: {error}")).is_some()
}

#[test]
fn every_text_is_one_step_under_every_keyword() {
    let steps = language::steps().unwrap();
    for text in GIVEN_AND_WHEN.iter().chain(THEN) {
        for ty in [StepType::Given, StepType::When, StepType::Then] {
            assert!(is_step(&steps, text, ty), "{text}");
        }
    }
}

#[test]
fn every_step_is_listed_here() {
    let listed: Vec<_> = GIVEN_AND_WHEN.iter().chain(THEN).collect();
    for step in super::GIVEN.iter().chain(super::WHEN).chain(super::THEN) {
        let regex = language::regex(step.words).unwrap();
        assert!(listed.iter().any(|text| regex.is_match(text)), "{}", step.words);
    }
}

#[test]
fn similar_texts_are_no_steps() {
    let steps = language::steps().unwrap();
    for text in [
        "the page is Welcome",
        r#"the page is "Welcome" now"#,
        r#"Then the page is "Welcome""#,
        "the box is checked",
        r#"vehicle WBA00000000DEMO01 is selected"#,
        "",
    ] {
        for ty in [StepType::Given, StepType::When, StepType::Then] {
            assert!(!is_step(&steps, text, ty), "{text}");
        }
    }
}
