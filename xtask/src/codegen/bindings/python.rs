//! Fixes of Python's generated source: records look as Python programs expect.

use super::fix::{Fix, Times};

/// UniFFI takes the fields of a record by name only; a record is made like a dataclass. And it writes
/// the one field with a reserved name as `_pass`, which in Python says that it is private.
pub(super) const FIXES: &[Fix] = &[
    Fix {
        found: "def __init__(self, *, ",
        times: Times::AsOftenAs("(self, *, "),
        instead: "def __init__(self, ",
    },
    Fix { found: "._pass", times: Times::Exactly(7), instead: ".pass_" },
    Fix { found: " _pass", times: Times::Exactly(4), instead: " pass_" },
    Fix { found: "(_pass=", times: Times::Exactly(1), instead: "(pass_=" },
];
