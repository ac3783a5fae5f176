//! The diagram of the flow, before it is drawn: pages, and what leads from one to another.

use std::collections::BTreeMap;

use super::flow::{After, Table};
use super::world::Name;

/// Nodes and arrows.
pub(super) struct Diagram {
    pub(super) nodes: Vec<Node>,
    pub(super) arrows: Vec<Arrow>,
}

/// A page, or several between which the arrows make no difference.
pub(super) struct Node {
    pub(super) pages: Vec<&'static str>,
}

/// What leads from a node to another.
pub(super) struct Arrow {
    /// The place of the node in [`Diagram::nodes`].
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) label: String,
}

/// The events that lead from one page to another.
type Arrows = BTreeMap<(&'static str, &'static str), Vec<Name>>;

impl Diagram {
    /// The diagram of a table, without what holds everywhere.
    pub(super) fn of(table: &Table) -> Self {
        let mut arrows = Arrows::new();
        for from in &table.pages {
            for (name, after, _) in table.on(from) {
                if let After::Opens(to) = after {
                    arrows.entry((*from, *to)).or_default().push(name);
                }
            }
        }
        let mut nodes: Vec<Node> = Vec::new();
        for page in &table.pages {
            let alike = |node: &&mut Node| around(node.pages[0], &arrows) == around(page, &arrows);
            match nodes.iter_mut().find(alike) {
                Some(node) => node.pages.push(page),
                None => nodes.push(Node { pages: vec![page] }),
            }
        }
        // Of pages that are alike the arrows of the first stand for all.
        let place = |page: &str| nodes.iter().position(|node| node.pages[0] == page);
        let arrows = arrows
            .iter()
            .filter_map(|((from, to), names)| {
                Some(Arrow { from: place(from)?, to: place(to)?, label: label(names) })
            })
            .collect();
        Self { nodes, arrows }
    }

    /// The diagram in Mermaid's words.
    pub(super) fn mermaid(&self) -> String {
        let mut text = String::from("stateDiagram-v2\n");
        for Node { pages } in &self.nodes {
            text += &format!("    state \"{}\" as {}\n", pages.join("<br>"), pages[0]);
        }
        for (at, Node { pages }) in self.nodes.iter().enumerate() {
            if at == 0 {
                text += &format!("    [*] --> {}\n", pages[0]);
            }
            for arrow in self.arrows.iter().filter(|arrow| arrow.from == at) {
                let to = self.nodes[arrow.to].pages[0];
                text += &format!("    {} --> {to}: {}\n", pages[0], arrow.label);
            }
        }
        text
    }
}

/// The names of events, with the answers to the same call put together.
fn label(names: &[Name]) -> String {
    let parts = names.chunk_by(|a, b| match (a, b) {
        (Name::Answer(a, _), Name::Answer(b, _)) => a == b,
        _ => false,
    });
    let answers = |part: &[Name]| {
        let others = part[1..].iter().map(|name| match name {
            Name::Answer(_, answer) => format!(" / {answer}"),
            Name::User(_) | Name::News(_) => String::new(),
        });
        format!("{}{}", part[0], others.collect::<String>())
    };
    parts.map(answers).collect::<Vec<_>>().join(", ")
}

/// The arrows to and from a page, with the page itself left out.
fn around<'a>(page: &str, arrows: &'a Arrows) -> Vec<(bool, &'static str, &'a [Name])> {
    arrows
        .iter()
        .filter_map(|((from, to), names)| {
            if *from == page {
                Some((true, *to, &names[..]))
            } else if *to == page {
                Some((false, *from, &names[..]))
            } else {
                None
            }
        })
        .collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::drive::{Outcome, Step};
    use super::*;

    /// From Start to two pages that are alike and back, and from Start to another one.
    pub(in super::super) fn diagram() -> Diagram {
        let go = Name::User("go");
        let yes = Name::Answer("wallet.presence", "present");
        let no = Name::Answer("wallet.presence", "absent");
        let steps = [
            ("Start", go, "Twin1"),
            ("Start", go, "Twin2"),
            ("Start", go, "Other"),
            ("Start", no, "Other"),
            ("Start", yes, "Other"),
            ("Twin1", go, "Start"),
            ("Twin2", go, "Start"),
            ("Other", yes, "Other"),
        ]
        .map(|(from, event, to)| Step {
            from,
            event,
            outcome: Outcome::Accepted { to, calls: Vec::new() },
        });
        Diagram::of(&Table::of(&steps))
    }

    #[test]
    fn pages_with_the_same_arrows_are_one_node() {
        assert_eq!(
            diagram().mermaid(),
            "stateDiagram-v2\n    \
                 state \"Start\" as Start\n    \
                 state \"Twin1<br>Twin2\" as Twin1\n    \
                 state \"Other\" as Other\n    \
                 [*] --> Start\n    \
                 Start --> Other: go, wallet.presence = absent / present\n    \
                 Start --> Twin1: go\n    \
                 Twin1 --> Start: go\n"
        );
    }
}
