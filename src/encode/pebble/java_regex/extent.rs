//! How long the text is that a part matches, which a look behind has to know beforehand.

use crate::encode::pebble::java_regex::Refusal;
use crate::encode::pebble::java_regex::node::{Greed, Node, Repeat, UNBOUNDED};

/// Bounds on a length, with the overflows of Java, which takes some unbounded parts for bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    pub least: i32,
    pub most: i32,
    bounded: bool,
    /// Whether there is one way to match only.
    single_way: bool,
}

impl Repeat {
    /// Whether Java makes a loop of it, which may backtrack into a round.
    pub fn loops(&self) -> bool {
        let single_way = Extent::alone(&self.node).single_way;
        self.group && self.greed != Greed::Possessive && !single_way
    }
}

impl Extent {
    const NOTHING: Extent = Extent {
        least: 0,
        most: 0,
        bounded: true,
        single_way: true,
    };

    /// The extent of what a look behind looks for.
    ///
    /// # Errors
    /// When it is unbounded.
    pub fn bounded(node: &Node) -> Result<Extent, Refusal> {
        let extent = Extent::alone(node);
        match extent.bounded {
            true => Ok(extent),
            false => Err(Refusal::syntax(
                "what a look behind looks for has no greatest length",
            )),
        }
    }

    fn alone(node: &Node) -> Extent {
        Extent::NOTHING.with(&mut vec![node])
    }

    /// The extent of this and then the nodes, the last one first.
    fn with(mut self, rest: &mut Vec<&Node>) -> Extent {
        while let Some(node) = rest.pop() {
            match node {
                Node::Empty | Node::Assert(_) | Node::Look(_) => {}
                Node::Set(_) => {
                    self.least = self.least.wrapping_add(1);
                    self.most = self.most.wrapping_add(1);
                }
                Node::Sequence(nodes) => rest.extend(nodes.iter().rev()),
                Node::Capture(_, node) => rest.push(node),
                Node::Atomic(node) => self = self.with(&mut vec![node]),
                Node::Branch(nodes) => return self.branched(nodes, rest),
                Node::Repeat(repeat) if repeat.optional && repeat.group => {
                    return self.branched(&[repeat.node.clone(), Node::Empty], rest);
                }
                Node::Repeat(repeat) => self = self.repeated(repeat),
                Node::Back(..) => self.bounded = false,
            }
        }
        self
    }

    /// One of `nodes`, and then the rest, which is looked at on its own.
    fn branched(mut self, nodes: &[Node], rest: &mut Vec<&Node>) -> Extent {
        let (mut least, mut most) = (i32::MAX, -1);
        for extent in nodes.iter().map(Extent::alone) {
            least = least.min(extent.least);
            most = most.max(extent.most);
            self.bounded &= extent.bounded;
        }
        let rest = Extent::NOTHING.with(rest);
        Extent {
            least: self.least.wrapping_add(least).wrapping_add(rest.least),
            most: self.most.wrapping_add(most).wrapping_add(rest.most),
            bounded: self.bounded && rest.bounded,
            single_way: false,
        }
    }

    fn repeated(mut self, repeat: &Repeat) -> Extent {
        let inner = Extent::alone(&repeat.node);
        if repeat.optional {
            self.most = self.most.wrapping_add(inner.most);
            self.bounded &= inner.bounded;
            self.single_way = false;
            return self;
        }
        let many = repeat.most == UNBOUNDED;
        let greedy_characters = many
            && repeat.greed == Greed::Greedy
            && !repeat.group
            && matches!(repeat.node, Node::Set(_));
        if greedy_characters {
            // Java takes this for bounded, by a number that may wrap round
            self.least = self.least.wrapping_add(repeat.least as i32);
            self.most = self.most.wrapping_add(i32::MAX);
            self.single_way = false;
            return self;
        }
        self.bounded &= inner.bounded && !repeat.loops();
        let times = |length: i32, times: u32| length.wrapping_mul(times as i32);
        self.least = self.least.wrapping_add(times(inner.least, repeat.least));
        let most = times(inner.most, repeat.most).wrapping_add(self.most);
        self.bounded &= most >= self.most;
        self.most = most;
        self.single_way &= inner.single_way && repeat.least == repeat.most;
        self
    }
}
