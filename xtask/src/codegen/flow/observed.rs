//! What was observed: the steps from each page, and what each page offers.

use std::collections::{BTreeMap, BTreeSet};

use digital_key_domain::{Effect, Flow, Question, Tap, Taps, Verdict};
use digital_key_exploration::Edge;

use super::cases::CASES;
use super::words::{self, EVERYWHERE, HAPPY_PATH, Leads, PAGES, What};
use crate::TaskError;

/// A kind of step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Step {
    /// The page before.
    pub(super) from: &'static str,
    pub(super) what: What,
    pub(super) leads: Leads,
    /// The condition in words; empty if there is none.
    pub(super) condition: &'static str,
}

/// The names of ports' calls.
pub(super) type Calls = BTreeSet<&'static str>;

/// All that was observed.
#[derive(Default)]
pub(super) struct Observed {
    /// Each kind of step, with the calls that it can cause.
    pub(super) steps: BTreeMap<Step, Calls>,
    /// The taps that each page offers in each of its states.
    always_offered: BTreeMap<&'static str, Vec<Tap>>,
    /// Complaints about steps for which there are no words.
    without_words: BTreeSet<String>,
}

impl Observed {
    pub(super) fn add(&mut self, edge: &Edge<'_>) {
        let view = edge.before.view();
        self.add_offers(view.page.name(), view.offers);
        if edge.verdict == Verdict::Accepted {
            let to = edge.after.view().page.name();
            let to = (to != view.page.name()).then_some(to);
            self.add_step(view.page.name(), words::what(edge), to, edge.before, edge.effects);
        }
    }

    fn add_offers(&mut self, page: &'static str, offers: Taps) {
        let always = self.always_offered.entry(page).or_insert_with(|| offers.iter().collect());
        always.retain(|tap| offers.contains(*tap));
    }

    fn add_step(
        &mut self,
        from: &'static str,
        what: What,
        to: Option<&'static str>,
        before: &Flow,
        effects: &[Effect],
    ) {
        let mut calls: Calls = effects.iter().map(Effect::call).collect();
        // While Apple's sheet is up, each page asks about it.
        calls.remove(Question::CheckSheet.call());
        let (leads, condition) = match leads(from, what, to, before) {
            Some(found) => found,
            None if to.is_some() || matches!(what, What::Tap(_)) => {
                self.without_words.insert(format!("{from}, {}, to {to:?}: no words", what.words()));
                return;
            }
            // An answer that keeps the page is of no interest here, nor is an event on the phone
            // that asks no question.
            None if calls.is_empty() || !matches!(what, What::Phone(_)) => return,
            None => (Leads::Stays("asks again"), ""),
        };
        let step = Step { from, what, leads, condition };
        self.steps.entry(step).or_default().extend(calls);
    }

    /// Returns the pages in the order of the journey.
    pub(super) fn pages(&self) -> Vec<&'static str> {
        let mut pages: Vec<_> = self.always_offered.keys().copied().collect();
        pages.sort_by_key(|page| words::place(page));
        pages
    }

    /// Returns `true` if the page offers the tap in each of its states.
    pub(super) fn is_always_offered(&self, page: &str, tap: Tap) -> bool {
        self.always_offered.get(page).is_some_and(|always| always.contains(&tap))
    }

    /// Returns the steps from a page.
    pub(super) fn from(&self, page: &str) -> impl Iterator<Item = (&Step, &Calls)> {
        self.steps.iter().filter(move |(step, _)| step.from == page)
    }

    /// Checks that each observed step has words, and that each of the words was observed.
    ///
    /// # Errors
    /// Names the steps without words, and the words without a step.
    pub(super) fn check(&self) -> Result<(), TaskError> {
        let mut complaints: Vec<String> = self.without_words.iter().cloned().collect();
        let pages = self.pages();
        for (page, _) in PAGES.iter().filter(|(page, _)| !pages.contains(page)) {
            complaints.push(format!("{page}: not reached"));
        }
        for page in pages.iter().filter(|page| words::place(page).is_none()) {
            complaints.push(format!("{page}: no title"));
        }
        let cases = CASES.iter().map(|case| (case.from, case.what, case.leads));
        for (from, what, leads) in cases.chain(HAPPY_PATH) {
            if !self.from(from).any(|(step, _)| (step.what, step.leads) == (what, leads)) {
                complaints.push(format!("{from}, {}, {leads:?}: not observed", what.words()));
            }
        }
        let (vehicle_tab, _) = PAGES[0];
        for page in pages.into_iter().filter(|page| *page != vehicle_tab) {
            for what in EVERYWHERE {
                let leads = self.from(page).filter(|(step, _)| step.what == what);
                if !leads.map(|(step, _)| step.leads).eq([Leads::To(vehicle_tab)]) {
                    complaints.push(format!("{page}, {}: not as everywhere", what.words()));
                }
            }
        }
        complaints.extend(self.ambiguous());
        if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n").into()) }
    }

    /// Returns complaints about steps that lead to different things, and no condition says when.
    fn ambiguous(&self) -> Vec<String> {
        let steps: Vec<_> = self.steps.keys().filter(|step| step.condition.is_empty()).collect();
        let mut complaints = Vec::new();
        for pair in steps.windows(2) {
            let [Step { from, what, leads, .. }, other] = [pair[0], pair[1]];
            if (*from, *what) == (other.from, other.what) {
                let what = what.words();
                let other = other.leads;
                complaints
                    .push(format!("{from}, {what}: no condition for {leads:?} and {other:?}"));
            }
        }
        complaints
    }
}

/// Returns what a step leads to and its condition; `None` = there are no words for it.
fn leads(
    from: &str,
    what: What,
    to: Option<&'static str>,
    before: &Flow,
) -> Option<(Leads, &'static str)> {
    let mut cases = CASES.iter().filter(|case| (case.from, case.what) == (from, what)).peekable();
    if cases.peek().is_none() {
        return to.map(|page| (Leads::To(page), ""));
    }
    let page = |leads| match leads {
        Leads::To(page) => Some(page),
        Leads::ToSheet | Leads::Stays(_) => None,
    };
    let case = cases.find(|case| page(case.leads) == to && (case.holds)(before))?;
    Some((case.leads, case.condition))
}

#[cfg(test)]
pub(super) mod tests {
    use digital_key_domain::{Phone, Settings};

    use super::*;

    const BACK: What = What::Tap(Tap::Back);

    /// Steps of a machine that knows of no vehicle, each with the page that it opens.
    pub(in super::super) fn observed(
        steps: &[(&'static str, What, Option<&'static str>)],
    ) -> Observed {
        let flow = Flow::new(Settings::new(Phone::Android));
        let mut observed = Observed::default();
        for (from, what, to) in steps {
            observed.add_offers(from, Taps::NONE);
            observed.add_step(from, *what, *to, &flow, &[]);
        }
        observed
    }

    fn complaints(steps: &[(&'static str, What, Option<&'static str>)]) -> String {
        observed(steps).check().unwrap_err().to_string()
    }

    #[test]
    fn each_step_of_the_machine_has_words() {
        let observed = super::super::observe().unwrap();
        observed.check().unwrap();
        assert_eq!(observed.pages(), PAGES.map(|(page, _)| page));
    }

    #[test]
    fn a_tap_that_keeps_the_page_needs_words() {
        let steps = [("GrabYourTwoKeys", What::Tap(Tap::Continue), None)];
        let expected = "GrabYourTwoKeys, Continue, to None: no words";
        assert!(complaints(&steps).contains(expected), "{}", complaints(&steps));
    }

    #[test]
    fn a_condition_that_does_not_hold_is_no_condition() {
        let steps = [("Overview", What::Tap(Tap::CardAction), None)];
        let expected = "Overview, Action of the card, to None: no words";
        assert!(complaints(&steps).contains(expected), "{}", complaints(&steps));
    }

    #[test]
    fn a_step_to_two_pages_needs_a_condition() {
        let steps = [("Tutorial1", BACK, Some("Overview")), ("Tutorial1", BACK, Some("Welcome"))];
        let expected = "Tutorial1, Back: no condition for To(\"Overview\") and To(\"Welcome\")";
        assert!(complaints(&steps).contains(expected), "{}", complaints(&steps));
    }

    #[test]
    fn words_that_no_step_needs_are_reported() {
        let complaints = complaints(&[("NewPage", BACK, Some("Overview"))]);
        for expected in [
            "NewPage: no title",
            "Welcome: not reached",
            "PairingError, Retry, ToSheet: not observed",
            "Tutorial1, Continue, To(\"Tutorial2\"): not observed",
            "NewPage, Close: not as everywhere",
        ] {
            assert!(complaints.contains(expected), "{expected} is not in\n{complaints}");
        }
    }

    #[test]
    fn a_tap_is_always_offered_if_each_state_offers_it() {
        let mut observed = Observed::default();
        observed.add_offers("Welcome", Taps::of([Tap::Back, Tap::Continue]));
        observed.add_offers("Welcome", Taps::of([Tap::Back]));
        observed.add_offers("Welcome", Taps::of([Tap::Back, Tap::Continue]));
        assert!(observed.is_always_offered("Welcome", Tap::Back));
        assert!(!observed.is_always_offered("Welcome", Tap::Continue));
    }
}
