//! Draws the diagram of the flow: the pages in a column, what leads down on their right and what
//! leads up on their left. All arrows that lead to a page share one line on each side.

use super::diagram::{Arrow, Diagram};

const ROW: i32 = 20;
const LETTER: i32 = 7;
const PADDING: i32 = 8;
const GAP: i32 = 24;
const LANE: i32 = 16;
const MARGIN: i32 = 20;
const CORNER: i32 = 7;
const STYLE: &str = "text{font:12px sans-serif}path{fill:none;stroke-width:1.5}\
                     rect{fill:#f4f6f8;stroke:#30363d}.page{font-weight:bold;text-anchor:middle}";

/// The diagram as an SVG image.
pub(super) fn draw(diagram: &Diagram) -> String {
    let frames = frames(diagram);
    let lines = [lines(diagram, &frames, Side::Left), lines(diagram, &frames, Side::Right)];

    let names = diagram.nodes.iter().flat_map(|node| &node.pages);
    let half = names.map(|name| width_of(name)).max().unwrap_or_default() / 2 + 3 * PADDING;
    let labels = [Side::Left, Side::Right].map(|side| {
        let arrows = diagram.arrows.iter().filter(|arrow| Side::of(arrow) == side);
        arrows.map(|arrow| width_of(&arrow.label)).max().unwrap_or_default() + 2 * PADDING
    });
    let lanes = [0, 1].map(|side: usize| {
        lines[side].iter().map(|line| line.lane + LANE).max().unwrap_or_default()
    });
    let centre = MARGIN + lanes[0] + labels[0] + half;
    let width = centre + half + labels[1] + lanes[1] + MARGIN;
    let height = frames.last().map_or(0, |last| last.top + last.height) + MARGIN;

    let mut image = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\">\n\
         <!-- Written by `cargo xtask codegen flow`, which drives the flow machine. -->\n\
         <title>The flow from page to page</title>\n<style>{STYLE}</style>\n\
         <rect width=\"100%\" height=\"100%\" style=\"fill:white;stroke:none\"/>\n"
    );
    for arrow in &diagram.arrows {
        let side = Side::of(arrow);
        let edge = centre + side.sign() * half;
        let lane = lines[side as usize].iter().find(|line| line.to == arrow.to);
        let out = labels[side as usize] + lane.map_or(0, |line| line.lane);
        image += &drawn(arrow, &frames, edge, edge + side.sign() * out);
    }
    for (node, frame) in diagram.nodes.iter().zip(&frames) {
        image += &frame.drawn(&node.pages, centre, half);
    }
    image + "</svg>\n"
}

/// About as wide as a text is drawn.
fn width_of(text: &str) -> i32 {
    length(text.chars().count()) * LETTER
}

fn length(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Where arrows leave and arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

impl Side {
    fn of(arrow: &Arrow) -> Self {
        if arrow.to > arrow.from { Self::Right } else { Self::Left }
    }

    /// Which way leads away from the pages, and along a line to its end.
    fn sign(self) -> i32 {
        match self {
            Self::Left => -1,
            Self::Right => 1,
        }
    }
}

/// An end of arrows at the frame of a node.
#[derive(Debug, PartialEq, Eq)]
enum Port {
    Arriving,
    /// To this node.
    Leaving(usize),
}

/// The frame of a node.
struct Frame {
    top: i32,
    height: i32,
    /// From top to bottom, on the left and on the right.
    ports: [Vec<Port>; 2],
}

impl Frame {
    fn port(&self, side: Side, port: &Port) -> i32 {
        let ports = &self.ports[side as usize];
        let place = ports.iter().position(|known| known == port).unwrap_or_default();
        self.top + (self.height - length(ports.len()) * ROW) / 2 + length(place) * ROW + ROW / 2
    }

    fn drawn(&self, pages: &[&str], centre: i32, half: i32) -> String {
        let Self { top, height, .. } = self;
        let mut image = format!(
            "<rect x=\"{}\" y=\"{top}\" width=\"{}\" height=\"{height}\" rx=\"6\"/>\n",
            centre - half,
            2 * half
        );
        let first = top + (height - length(pages.len()) * ROW) / 2 + ROW * 2 / 3;
        for (row, page) in (0..).zip(pages) {
            let y = first + row * ROW;
            image += &format!("<text class=\"page\" x=\"{centre}\" y=\"{y}\">{page}</text>\n");
        }
        image
    }
}

/// The frames of the nodes, one below the other.
fn frames(diagram: &Diagram) -> Vec<Frame> {
    let mut top = MARGIN;
    let frame = |(node, pages): (usize, usize)| {
        let ports = [Side::Left, Side::Right].map(|side| ports(diagram, node, side));
        let most = ports.iter().map(Vec::len).max().unwrap_or_default().max(pages);
        let frame = Frame { top, height: length(most) * ROW + PADDING, ports };
        top += frame.height + GAP;
        frame
    };
    diagram.nodes.iter().map(|node| node.pages.len()).enumerate().map(frame).collect()
}

/// The ports of a node in an order in which few arrows cross: arrows come from above on the right
/// and from below on the left.
fn ports(diagram: &Diagram, node: usize, side: Side) -> Vec<Port> {
    let arrows = || diagram.arrows.iter().filter(|arrow| Side::of(arrow) == side);
    let mut targets: Vec<_> =
        arrows().filter(|arrow| arrow.from == node).map(|arrow| arrow.to).collect();
    targets.sort_unstable_by(|a, b| b.cmp(a));
    let mut ports: Vec<_> = targets.into_iter().map(Port::Leaving).collect();
    if arrows().any(|arrow| arrow.to == node) {
        match side {
            Side::Left => ports.push(Port::Arriving),
            Side::Right => ports.insert(0, Port::Arriving),
        }
    }
    ports
}

/// The line that all arrows to a node share on one side.
struct Line {
    to: usize,
    top: i32,
    bottom: i32,
    /// How far out it lies.
    lane: i32,
}

/// The lines of a side, the short ones near the pages.
fn lines(diagram: &Diagram, frames: &[Frame], side: Side) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for arrow in diagram.arrows.iter().filter(|arrow| Side::of(arrow) == side) {
        let leaves = frames[arrow.from].port(side, &Port::Leaving(arrow.to));
        match lines.iter_mut().find(|line| line.to == arrow.to) {
            Some(line) => {
                line.top = line.top.min(leaves);
                line.bottom = line.bottom.max(leaves);
            }
            None => {
                let ends = frames[arrow.to].port(side, &Port::Arriving);
                let (top, bottom) = (leaves.min(ends), leaves.max(ends));
                lines.push(Line { to: arrow.to, top, bottom, lane: 0 });
            }
        }
    }
    lines.sort_by_key(|line| line.bottom - line.top);
    for at in 0..lines.len() {
        let (placed, rest) = lines.split_at_mut(at);
        let meets = |lane| {
            let mut others = placed.iter().filter(|other| other.lane == lane);
            others.any(|other| other.top <= rest[0].bottom && rest[0].top <= other.bottom)
        };
        let free = (0..).map(|lane| lane * LANE).find(|lane| !meets(*lane));
        rest[0].lane = free.unwrap_or_default();
    }
    lines
}

/// An arrow: out to the lane of its line, along the line, and back to the pages.
fn drawn(arrow: &Arrow, frames: &[Frame], edge: i32, lane: i32) -> String {
    let side = Side::of(arrow);
    let sign = side.sign();
    let from = frames[arrow.from].port(side, &Port::Leaving(arrow.to));
    let to = frames[arrow.to].port(side, &Port::Arriving);
    // The golden angle keeps the colours of near pages apart.
    let colour = format!("hsl({} 65% 35%)", arrow.to * 137 % 360);
    let (near, tip, head) = (lane - sign * CORNER, edge + sign, edge + sign * 9);
    let anchor = if side == Side::Right { "start" } else { "end" };
    format!(
        "<path stroke=\"{colour}\" d=\"M{edge} {from}H{near}Q{lane} {from} {lane} {}V{}\
         Q{lane} {to} {near} {to}H{head}\"/>\n\
         <path d=\"M{tip} {to}L{head} {}V{}Z\" style=\"fill:{colour}\"/>\n\
         <text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{}</text>\n",
        from + sign * CORNER,
        to - sign * CORNER,
        to - 4,
        to + 4,
        edge + sign * PADDING,
        from - 4,
        arrow.label
    )
}

#[cfg(test)]
mod tests {
    use super::super::diagram::tests::diagram;
    use super::*;

    #[test]
    fn every_page_and_every_arrow_is_drawn() {
        let image = draw(&diagram());
        for page in ["Start", "Twin1", "Twin2", "Other"] {
            assert_eq!(image.matches(&format!(">{page}</text>")).count(), 1, "{page}");
        }
        assert_eq!(image.matches("<rect x").count(), 3);
        assert_eq!(image.matches("<path stroke").count(), 3);
        assert_eq!(image.matches(">go</text>").count(), 2);
    }

    #[test]
    fn arrows_arrive_above_on_the_right_and_below_on_the_left() {
        let frames = frames(&diagram());
        assert_eq!(
            frames[0].ports,
            [vec![Port::Arriving], vec![Port::Leaving(2), Port::Leaving(1)]]
        );
        assert_eq!(frames[1].ports, [vec![Port::Leaving(0)], vec![Port::Arriving]]);
        assert!(frames[0].top + frames[0].height < frames[1].top);
        let [far, near] = [2, 1].map(|to| frames[0].port(Side::Right, &Port::Leaving(to)));
        assert_eq!(near - far, ROW);
    }

    #[test]
    fn lines_that_would_meet_lie_in_different_lanes() {
        let arrow = |from, to| Arrow { from, to, label: String::new() };
        let nodes = || (0..4).map(|_| super::super::diagram::Node { pages: vec!["P"] }).collect();
        let lanes = |arrows| {
            let diagram = Diagram { nodes: nodes(), arrows };
            let mut lines = lines(&diagram, &frames(&diagram), Side::Right);
            lines.sort_by_key(|line| line.to);
            lines.iter().map(|line| line.lane / LANE).collect::<Vec<_>>()
        };
        assert_eq!(lanes(vec![arrow(0, 1), arrow(2, 3)]), [0, 0]);
        assert_eq!(lanes(vec![arrow(0, 3), arrow(1, 2)]), [0, 1]);
        assert_eq!(lanes(vec![arrow(0, 3), arrow(1, 3)]), [0], "they share a line");
    }
}
