//! The scenarios of a feature file, as far as the index needs them.

/// A scenario with its tags.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scenario<'a> {
    pub(super) name: &'a str,
    /// The tags right above it, such as `ENT-3`, without the `@`.
    pub(super) tags: Vec<&'a str>,
}

/// The scenarios and scenario outlines of a feature file. That the file parses at all is for the
/// acceptance tests to say.
pub(super) fn scenarios(feature: &str) -> Vec<Scenario<'_>> {
    let mut found = Vec::new();
    let mut tags = Vec::new();
    let mut in_doc_string = false;
    for line in feature.lines().map(str::trim) {
        if line.starts_with("\"\"\"") || line.starts_with("```") {
            in_doc_string = !in_doc_string;
        } else if in_doc_string || line.is_empty() || line.starts_with('#') {
            // Neither a tag nor a keyword.
        } else if line.starts_with('@') {
            tags.extend(line.split_whitespace().filter_map(|word| word.strip_prefix('@')));
        } else {
            let tags = std::mem::take(&mut tags);
            let keywords = ["Scenario:", "Scenario Outline:", "Scenario Template:", "Example:"];
            if let Some(name) = keywords.iter().find_map(|keyword| line.strip_prefix(keyword)) {
                found.push(Scenario { name: name.trim(), tags });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_has_the_tags_right_above_it() {
        let feature = r#"
            @whole-feature
            Feature: Entry
              # @commented
              @ENT-1 @REQ-4
              @ENT-2
              Scenario: one
                Given a doc string:
                  """
                  @ENT-9
                  Scenario: no scenario
                  """

              Scenario Outline: two <x>
                Given <x>

                @ENT-8
                Examples:
                  | x |

              @slow

              Example: three
        "#;
        let told: Vec<_> = scenarios(feature)
            .iter()
            .map(|scenario| format!("{}: {}", scenario.name, scenario.tags.join(" ")))
            .collect();
        assert_eq!(told, ["one: ENT-1 REQ-4 ENT-2", "two <x>: ", "three: slow"]);
    }
}
