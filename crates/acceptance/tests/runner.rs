//! A run fails for each feature file that does not run.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

use std::path::Path;

use digital_key_acceptance::{Arguments, Report, run};
use tempfile::TempDir;

async fn run_pattern(pattern: &Path) -> Report {
    let inputs = vec![pattern.to_str().unwrap().to_owned()];
    run(&Arguments { inputs, ..Arguments::default() }).await
}

async fn run_text(text: impl AsRef<[u8]>) -> Report {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("one.feature");
    std::fs::write(&file, text).unwrap();
    run_pattern(&file).await
}

/// Returns the only failure of a run without a passed scenario.
async fn failure(text: impl AsRef<[u8]>) -> String {
    let report = run_text(text).await;
    assert!(!report.is_success(), "{report}");
    assert_eq!((report.passed(), report.failures().len()), (0, 1), "{report}");
    assert!(report.to_string().ends_with("\n0 passed, 1 failed"), "{report}");
    report.failures()[0].clone()
}

fn scenario(steps: &str) -> String {
    format!("Feature: one\n  Scenario: the title\n{steps}\n")
}

#[tokio::test]
async fn the_steps_mean_what_the_language_says() {
    let report = run_pattern(Path::new("tests/language.feature")).await;
    assert!(report.is_success(), "{report}");
}

#[tokio::test]
async fn passed_scenarios_are_counted() {
    let report = run_text(scenario(r#"Then the page is "VehicleTab""#)).await;
    assert!(report.is_success(), "{report}");
    assert!(
        report.to_string().ends_with("one.feature: 1 passed\n\n1 passed, 0 failed"),
        "{report}"
    );
}

#[tokio::test]
async fn the_app_starts_with_the_first_step_that_acts_on_it() {
    let select = r#"vehicle "WBA00000000DEMO01" is selected"#;
    let hidden = "the entry is hidden";
    for steps in [
        // A step that sets up the phone does not act on the app, whatever its keyword is.
        format!("When an Android phone\nAnd {select}\nThen {hidden}"),
        // A check does not act on the app either.
        format!(
            "Then the page is \"VehicleTab\"\nGiven an Android phone\nWhen {select}\nThen {hidden}"
        ),
        // From then on a changed phone takes effect at the next start.
        format!("When {select}\nGiven an Android phone\nThen the entry is shown"),
    ] {
        let report = run_text(scenario(&steps)).await;
        assert!(report.is_success(), "{report}");
    }
}

#[tokio::test]
async fn a_check_that_fails_is_shown_in_full() {
    let failure = failure(scenario("Given an Android phone\nThen the entry is shown")).await;
    for part in [
        "one.feature:2: the title",
        "passed   3: Given an Android phone",
        "failed   4: Then the entry is shown",
        "expected true, found false",
        "the screen is Screen",
    ] {
        assert!(failure.contains(part), "{part}: {failure}");
    }
}

#[tokio::test]
async fn an_undefined_step_fails_whatever_the_tags_say() {
    for tag in ["", "@allow.skipped", "@skip", "@ignore", "@wip"] {
        let text = format!("Feature: one\n{tag}\nScenario: a\nGiven the moon is full\n");
        let failure = failure(text).await;
        assert!(
            failure.contains("the moon is full\n    the language has no such step"),
            "{failure}"
        );
    }
}

#[tokio::test]
async fn an_undefined_step_names_the_nearest_one() {
    for (step, nearest) in [
        ("the entry is hidden for lack of support", "the entry is hidden because of {reason}"),
        (r#"the car "WBA00000000DEMO01" is prepared"#, "vehicle {vin} (is|is not) prepared"),
        ("continue is taped", "continue is tapped"),
    ] {
        let failure = failure(scenario(&format!("Then {step}"))).await;
        let expected = format!("no such step; the nearest is `{nearest}`; all are in crates/");
        assert!(failure.contains(&expected), "{failure}");
    }
    let failure = failure(scenario("Then abracadabra")).await;
    assert!(failure.contains("no such step; all are in crates/acceptance/src/steps"), "{failure}");
}

#[tokio::test]
async fn an_undefined_step_in_a_background_fails() {
    let text =
        "Feature: one\nBackground:\nGiven the moon is full\nScenario: a\nGiven an Android phone\n";
    assert!(failure(text).await.contains("no such step"));
}

#[tokio::test]
async fn a_scenario_that_fails_is_not_tried_again() {
    let text = "Feature: one\n@retry(3)\nScenario: a\nThen the entry is shown\n";
    assert!(failure(text).await.contains("expected true"));
}

#[tokio::test]
async fn a_step_after_a_failure_does_not_hide_it() {
    let text = scenario("Then the entry is shown\nThen the entry is hidden");
    assert!(failure(text).await.contains("failed   3"));
}

#[tokio::test]
async fn the_failure_names_an_invalid_value() {
    for (step, part) in [
        (r#"Given the entry mode is "party""#, "party"),
        (r#"Given the backend fails on "moon" requests with "500""#, "endpoint"),
        (r#"Given the backend fails on "status" requests with "418""#, "fault"),
        (r#"Given vehicle "WBA" supports Smart Access"#, "17"),
        (r#"Given the backend issues password "1234" for "WBA00000000DEMO01""#, "8 decimal"),
        (r#"When Apple returns the error "sorry""#, "sorry"),
        (r#"Given vehicle "WBA00000000DEMO01" answers the support request with:"#, "doc string"),
        ("Then the checkbox is checked", "VehicleTab has no checkbox"),
    ] {
        let failure = failure(scenario(step)).await;
        assert!(failure.contains(part), "{failure}");
    }
}

#[tokio::test]
async fn a_file_that_does_not_parse_fails() {
    for text in [
        "",
        "# only a comment\n",
        "nonsense\n",
        "Feature: one\n  Scenario: a\n    Given an Android phone\n    Whne the entry is tapped\n",
        "Feature: one\n  Scenario: a\n    Given an Android phone\n  Scenari: b\n    Then the entry is shown\n",
        "Feature: one\n  Scenario: a\n    Given vehicle \"X\" answers the support request with:\n    \"\"\"\n    {}\n",
    ] {
        let failure = failure(text).await;
        assert!(failure.contains("one.feature: the file does not parse"), "{failure}");
    }
    assert!(failure(b"Feature: \xff\n").await.contains("one.feature: the file cannot be read"));
}

#[tokio::test]
async fn a_file_without_a_scenario_that_runs_fails() {
    assert!(failure("Feature: one\n").await.contains("there is no scenario in this file"));
    let no_rows =
        "Feature: one\nScenario Outline: a\nGiven the entry mode is <mode>\nExamples:\n| mode |\n";
    assert!(failure(no_rows).await.contains("the examples have no rows"));
    let no_value = "Feature: one\nScenario Outline: a\nGiven the entry mode is <mode>\nExamples:\n| x |\n| 1 |\n";
    assert!(failure(no_value).await.contains("mode"));
}

#[tokio::test]
async fn other_files_run_beside_one_that_does_not_parse() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("a.feature"), "nonsense").unwrap();
    std::fs::write(folder.path().join("b.feature"), scenario("Then the entry is hidden")).unwrap();
    std::fs::write(folder.path().join("c.txt"), "no feature file").unwrap();
    for pattern in [folder.path().join("*.feature"), folder.path().to_owned()] {
        let report = run_pattern(&pattern).await;
        assert!(!report.is_success());
        assert_eq!((report.passed(), report.failures().len()), (1, 1), "{report}");
    }
}

#[tokio::test]
async fn a_pattern_that_matches_nothing_fails() {
    let folder = TempDir::new().unwrap();
    for pattern in ["*.feature", "none.feature", "***"] {
        let report = run_pattern(&folder.path().join(pattern)).await;
        assert!(!report.is_success(), "{pattern}");
        assert!(report.to_string().contains(pattern), "{report}");
    }
    let empty = run_pattern(Path::new("")).await;
    assert!(empty.to_string().contains("the pattern is empty"), "{empty}");
    let empty_folder = run_pattern(folder.path()).await;
    assert!(empty_folder.to_string().contains("no feature file matches"), "{empty_folder}");
}

#[tokio::test]
async fn a_relative_pattern_starts_at_the_package_or_at_the_workspace() {
    for pattern in ["features/tut*.feature", "crates/acceptance/features/tut*.feature"] {
        let arguments = Arguments {
            inputs: vec![pattern.into()],
            names: vec!["need no backend".into()],
            ..Arguments::default()
        };
        let report = run(&arguments).await;
        assert!(report.to_string().ends_with("\n1 passed, 0 failed"), "{pattern}: {report}");
    }
}

#[tokio::test]
async fn a_name_selects_scenarios_by_title_and_by_tag() {
    let folder = TempDir::new().unwrap();
    let text = "Feature: one\n@ENT-1\nScenario: first\nThen the entry is hidden\n\
                Scenario: second\nThen the entry is shown\n";
    std::fs::write(folder.path().join("one.feature"), text).unwrap();
    let inputs = vec![folder.path().to_str().unwrap().to_owned()];
    for (name, expected) in [("ENT-1", (1, 0)), ("second", (0, 1)), ("third", (0, 0))] {
        let arguments =
            Arguments { inputs: inputs.clone(), names: vec![name.into()], ..Arguments::default() };
        let report = run(&arguments).await;
        assert_eq!((report.passed(), report.failures().len()), expected, "{name}");
    }
}

#[tokio::test]
async fn every_usual_form_of_a_file_is_read() {
    let byte_order_mark_and_crlf =
        "\u{feff}Feature: one\r\n  Scenario: a\r\n    Then the entry is hidden\r\n";
    let stars_for_keywords = "Feature: one\n  Scenario: a\n    * vehicle \"WBA00000000DEMO01\" is selected\n    \
                              * the entry is shown\n    * the entry is tapped\n    * the page is \"Welcome\"\n";
    let rule = "Feature: one\n  Rule: two\n    Background:\n      Given an Android phone\n    \
                Example: a\n      When vehicle \"WBA00000000DEMO01\" is selected\n      Then the entry is hidden";
    let media_type = "Feature: one\n  Scenario: a\n    \
                      Given vehicle \"WBA00000000DEMO01\" answers the support request with:\n      \
                      ```json\n      {\"state\":\"ACTIVATED\",\"bookedServicePackage\":\"SMACC_1_5\"}\n      ```\n    \
                      When vehicle \"WBA00000000DEMO01\" is selected\n    Then the entry is shown\n";
    for text in [byte_order_mark_and_crlf, stars_for_keywords, rule, media_type] {
        let report = run_text(text).await;
        assert!(report.to_string().ends_with("\n1 passed, 0 failed"), "{text}: {report}");
    }
}

/// Runs a scenario on the app in a program, and returns why it fails.
async fn failure_in_program(program: &str) -> String {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("one.feature");
    std::fs::write(&file, scenario("Then the entry is hidden")).unwrap();
    let inputs = vec![file.to_str().unwrap().to_owned()];
    let phone = Some(program.to_owned());
    let report = run(&Arguments { inputs, phone, ..Arguments::default() }).await;
    assert_eq!((report.passed(), report.failures().len()), (0, 1), "{program}: {report}");
    report.failures()[0].clone()
}

#[tokio::test]
async fn a_program_that_ends_or_fails_or_writes_nonsense_fails_the_scenario() {
    let refusal = r#"read -r line; echo '{"id":"0","error":"no"}'; cat"#;
    for (program, part) in [
        ("true", "the program has ended, before it answered \"start\""),
        ("there-is-no-such-program", "the program has ended"),
        ("sh -c 'echo nonsense; cat'", "no JSON object of texts: nonsense"),
        (&format!("sh -c '{}'", refusal.replace('\'', r"'\''")), "fails in \"start\": no"),
    ] {
        let failure = failure_in_program(program).await;
        assert!(failure.contains(part), "{program}: {failure}");
    }
}
