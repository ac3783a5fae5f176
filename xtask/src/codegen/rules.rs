//! The rules of the product, as `docs/rules.md` lists them, and the texts that cite them.

use std::fmt;

/// The list of the rules.
pub(crate) const LIST: &str = "docs/rules.md";

/// The number of a rule, such as `ENT-3`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number {
    pub(crate) group: String,
    pub(crate) place: u32,
}

/// A rule.
pub(crate) struct Rule {
    pub(crate) number: Number,
    /// Its origins, such as `S D`.
    pub(super) origins: String,
    pub(super) summary: String,
}

/// The rules about one subject.
pub(crate) struct Group {
    /// Such as `ENT · entry on the vehicle tab`.
    pub(super) title: String,
    pub(crate) rules: Vec<Rule>,
}

impl Number {
    fn parse(text: &str) -> Option<Self> {
        let (group, place) = text.split_once('-')?;
        let is_group = group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_uppercase());
        let is_place = place.bytes().all(|byte| byte.is_ascii_digit());
        let place = place.parse().ok().filter(|_| is_group && is_place)?;
        Some(Self { group: group.to_owned(), place })
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.group, self.place)
    }
}

/// Reads the list: groups under `##`, and in them rules such as `- ENT-3 [S D] What it says.`
pub(crate) fn parse(page: &str) -> Result<Vec<Group>, String> {
    let mut groups: Vec<Group> = Vec::new();
    for line in page.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            groups.push(Group { title: title.to_owned(), rules: Vec::new() });
        } else if let Some(item) = line.strip_prefix("- ") {
            let rule = parse_rule(item).ok_or(format!("not a rule: {line:?}"))?;
            if groups.iter().flat_map(|group| &group.rules).any(|it| it.number == rule.number) {
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
    let (origins, summary) = rest.split_once("] ")?;
    let are_origins = origins.split(' ').all(|origin| ["S", "D", "B"].contains(&origin));
    let number = Number::parse(number).filter(|_| are_origins)?;
    Some(Rule { number, origins: origins.to_owned(), summary: summary.to_owned() })
}

/// The numbers that a text cites, such as `ENT-3` and, in `ENT-1 to ENT-3`, those between. A
/// number in quotes is a value and no citation.
pub(crate) fn cited_in(text: &str) -> Vec<Number> {
    let words: Vec<&str> = text
        .split(|c: char| !(c.is_alphanumeric() || ['-', '_', '"'].contains(&c)))
        .filter(|word| !word.is_empty())
        .collect();
    let mut cited = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(last) = Number::parse(word) else { continue };
        if let [.., first, "to"] = words[..at]
            && let Some(first) = Number::parse(first)
            && first.group == last.group
        {
            let between = first.place + 1..last.place;
            cited.extend(between.map(|place| Number { group: first.group.clone(), place }));
        }
        cited.push(last);
    }
    cited
}

/// The numbers that a function's name cites: `rdy_3_rdy_4_the_use_is_counted` has two.
pub(super) fn cited_in_name(name: &str) -> Vec<Number> {
    let words: Vec<_> = name.split('_').collect();
    words
        .windows(2)
        .filter_map(|pair| Number::parse(&format!("{}-{}", pair[0].to_uppercase(), pair[1])))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(numbers: &[Number]) -> Vec<String> {
        numbers.iter().map(Number::to_string).collect()
    }

    #[test]
    fn a_number_has_a_group_and_a_place() {
        assert_eq!(Number::parse("ENT-12"), Some(Number { group: "ENT".into(), place: 12 }));
        for text in ["", "ENT", "ENT-", "ENT-x", "ENT-+1", "ENT-1a", "ent-1", "ENTR-1", "-1"] {
            assert_eq!(Number::parse(text), None, "{text}");
        }
    }

    #[test]
    fn rules_are_in_groups() {
        let page = "# Title\n\nText.\n\n## ENT · entry\n- ENT-1 [S] One.\n- ENT-2 [S D] Two.\n\n\
                    ## TUT · tutorials\n- TUT-1 [B] Three.\n";
        let groups = parse(page).unwrap();
        let rules = |group: &Group| -> Vec<_> {
            let shown = |it: &Rule| format!("{}, {}: {}", it.number, it.origins, it.summary);
            group.rules.iter().map(shown).collect()
        };
        assert_eq!(groups[0].title, "ENT · entry");
        assert_eq!(rules(&groups[0]), ["ENT-1, S: One.", "ENT-2, S D: Two."]);
        assert_eq!(rules(&groups[1]), ["TUT-1, B: Three."]);
    }

    #[test]
    fn a_list_with_a_mistake_is_refused() {
        for (page, what) in [
            ("## E\n- ENT-1 One.", "ENT-1 One."),
            ("## E\n- ENT-1 [X] One.", "ENT-1 [X]"),
            ("## E\n- ENT1 [S] One.", "ENT1"),
            ("- ENT-1 [S] One.", "ENT-1 is in no group"),
            ("## E\n- ENT-1 [S] One.\n- ENT-1 [D] Two.", "ENT-1 is listed twice"),
        ] {
            let error = parse(page).err().unwrap();
            assert!(error.contains(what), "{error}");
        }
    }

    #[test]
    fn a_text_cites_numbers_and_ranges() {
        for (text, numbers) in [
            ("/// What WEL-6.3 says (ENT-1, `RDY-4`).", &["WEL-6", "ENT-1", "RDY-4"][..]),
            ("ENT-1 to ENT-4 to TUT-2", &["ENT-1", "ENT-2", "ENT-3", "ENT-4", "TUT-2"]),
            ("to ENT-4; ENT-9 to ENT-8", &["ENT-4", "ENT-9", "ENT-8"]),
            ("key(\"KEY-1\") DEMO-KEY-1 KEY-1-2 XENT-1 ENT-x", &[]),
        ] {
            assert_eq!(shown(&cited_in(text)), numbers, "{text}");
        }
    }

    #[test]
    fn a_name_cites_numbers() {
        assert_eq!(shown(&cited_in_name("rdy_3_rdy_4_the_use")), ["RDY-3", "RDY-4"]);
        assert_eq!(shown(&cited_in_name("wel_6_3_apple")), ["WEL-6"]);
        assert_eq!(shown(&cited_in_name("a_name_with_2_words")), [""; 0]);
    }
}
