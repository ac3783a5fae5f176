//! The rules of the product, as `docs/rules.md` lists them.

use std::fmt;
use std::str::FromStr;

/// The number of a rule, such as `ENT-3`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Number {
    pub(super) group: String,
    pub(super) place: u32,
}

/// A rule.
pub(super) struct Rule {
    pub(super) number: Number,
    /// Where it comes from, such as `S D`.
    pub(super) marks: String,
    pub(super) summary: String,
}

/// The rules about one thing.
pub(super) struct Group {
    /// Such as `ENT · entry on the vehicle tab`.
    pub(super) title: String,
    pub(super) rules: Vec<Rule>,
}

impl FromStr for Number {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let (group, place) = text.split_once('-').ok_or(NotANumber)?;
        let is_group = group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_uppercase());
        let is_place = place.bytes().all(|byte| byte.is_ascii_digit());
        match place.parse() {
            Ok(place) if is_group && is_place => Ok(Self { group: group.to_owned(), place }),
            Ok(_) | Err(_) => Err(NotANumber),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.group, self.place)
    }
}

/// A text that is no number of a rule.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotANumber;

/// Reads the list: groups under `##`, and in them rules such as `- ENT-3 [S D] What it says.`
pub(super) fn parse(page: &str) -> Result<Vec<Group>, String> {
    let mut groups: Vec<Group> = Vec::new();
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            groups.push(Group { title: title.to_owned(), rules: Vec::new() });
        } else if let Some(item) = line.strip_prefix("- ") {
            let rule = parse_rule(item).ok_or(format!("not a rule: {line:?}"))?;
            let is_known = |known: &Rule| known.number == rule.number;
            if groups.iter().flat_map(|group| &group.rules).any(is_known) {
                return Err(format!("{} is listed twice", rule.number));
            }
            let group = groups.last_mut().ok_or(format!("{} is in no group", rule.number))?;
            group.rules.push(rule);
        }
    }
    Ok(groups)
}

fn parse_rule(item: &str) -> Option<Rule> {
    let (number, rest) = item.split_once(" [")?;
    let (marks, summary) = rest.split_once("] ")?;
    marks.split(' ').all(|mark| ["S", "D", "B"].contains(&mark)).then_some(())?;
    Some(Rule {
        number: number.parse().ok()?,
        marks: marks.to_owned(),
        summary: summary.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_a_group_and_a_place() {
        let number: Number = "ENT-12".parse().unwrap();
        assert_eq!((number.group.as_str(), number.place), ("ENT", 12));
        assert_eq!(number.to_string(), "ENT-12");
        for text in ["", "ENT", "ENT-", "ENT-x", "ENT-+1", "ENT-1a", "ent-1", "ENTR-1", "-1"] {
            assert_eq!(text.parse::<Number>(), Err(NotANumber), "{text}");
        }
    }

    #[test]
    fn rules_stand_in_groups() {
        let groups = parse(
            "# Title\n\nText.\n\n## ENT · entry\n- ENT-1 [S] One.\n- ENT-2 [S D] Two.\n\n\
             ## TUT · tutorials\n- TUT-1 [B] Three.\n",
        )
        .unwrap();
        let told: Vec<_> = groups
            .iter()
            .flat_map(|group| group.rules.iter().map(|rule| (group.title.as_str(), rule)))
            .map(|(title, rule)| {
                format!("{title}: {} {} {}", rule.number, rule.marks, rule.summary)
            })
            .collect();
        assert_eq!(
            told,
            [
                "ENT · entry: ENT-1 S One.",
                "ENT · entry: ENT-2 S D Two.",
                "TUT · tutorials: TUT-1 B Three.",
            ]
        );
    }

    #[test]
    fn what_is_no_list_of_rules_is_told() {
        for (page, what) in [
            ("## E\n- ENT-1 One.", "ENT-1 One."),
            ("## E\n- ENT-1 [X] One.", "ENT-1 [X]"),
            ("## E\n- ENT1 [S] One.", "ENT1"),
            ("- ENT-1 [S] One.", "ENT-1 is in no group"),
            ("## E\n- ENT-1 [S] One.\n- ENT-1 [D] Two.", "ENT-1 is listed twice"),
        ] {
            let fault = parse(page).err().unwrap();
            assert!(fault.contains(what), "{fault}");
        }
    }
}
