//! Whether the workflows of CI pin what they run: a tag can be moved to other code, a commit cannot.

/// The actions of a workflow that are not named by a commit.
pub(super) fn problems(file: &str, text: &str) -> Vec<String> {
    if !file.starts_with(".github/workflows/") {
        return Vec::new();
    }
    let actions =
        text.lines().filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix("uses: "));
    actions
        .filter(|action| !is_pinned(action))
        .map(|action| format!("{file} uses {action}, which is no commit"))
        .collect()
}

/// Whether an action is named as `owner/name@commit`, with a version behind it for the reader.
fn is_pinned(action: &str) -> bool {
    let Some((commit, version)) =
        action.split_once('@').and_then(|(_, rest)| rest.split_once(" # v"))
    else {
        return false;
    };
    commit.len() == 40 && commit.bytes().all(|it| it.is_ascii_hexdigit()) && !version.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_named_by_its_commit_and_version() {
        let commit = "0".repeat(40);
        let problems =
            |action: &str| problems(".github/workflows/a.yml", &format!("  - uses: {action}\n"));
        assert!(problems(&format!("a/b@{commit} # v1.2.3")).is_empty());
        for action in ["a/b", "a/b@v4", "a/b@v4 # v4", &format!("a/b@{commit}")] {
            assert_eq!(problems(action).len(), 1, "{action}");
        }
    }
}
