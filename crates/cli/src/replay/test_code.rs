//! A recording as a test in Rust.

use std::fmt::Write as _;

use digital_key_recording::Recording;

/// Returns a test that replays the recording and compares its pages. It needs `digital-key-recording`
/// with the feature `json`.
pub(super) fn test(recording: &Recording, violation: Option<&(usize, String)>) -> String {
    let json = recording.to_json();
    // A text of the recording cannot end the literal.
    let mut hashes = "#".to_owned();
    while json.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    let mut text = String::from("//! A session from the field.\n\n");
    text += "use digital_key_recording::Recording;\n\n";
    let _ = writeln!(text, "const RECORDING: &str = r{hashes}\"{json}\"{hashes};\n");
    text += "#[test]\nfn the_session_shows_these_pages() {\n";
    text += "    let recording = Recording::from_json(RECORDING).unwrap();\n";
    text +=
        "    let pages: Vec<_> = recording.replay().map(|step| step.view.page.name()).collect();\n";
    if let Some((number, wanted)) = violation {
        let _ = writeln!(text, "    // Step {number} is against the rules:");
        for line in wanted.lines() {
            let _ = writeln!(text, "    // {line}");
        }
    }
    text += "    assert_eq!(\n        pages,\n        [\n";
    for (_, step) in recording.steps() {
        let _ = writeln!(text, "            {:?},", step.page.as_str());
    }
    text += "        ]\n    );\n}\n";
    text
}
