//! What a pattern is made of.

use crate::encode::pebble::java_regex::extent::Extent;
use crate::encode::pebble::java_regex::set::Set;

/// A part of a pattern.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Empty,
    Set(Set),
    Sequence(Vec<Node>),
    Branch(Vec<Node>),
    Repeat(Box<Repeat>),
    Capture(usize, Box<Node>),
    /// `(?>...)`.
    Atomic(Box<Node>),
    Look(Box<Look>),
    Assert(Assertion),
    Back(usize, Folding),
}

/// A part and how often it stands.
#[derive(Debug, Clone)]
pub(super) struct Repeat {
    pub node: Node,
    pub least: u32,
    pub most: u32,
    pub greed: Greed,
    /// Whether it is written `?`, which is no loop, and not `{0,1}`.
    pub optional: bool,
    /// Whether it repeats a group: only these are loops of Java.
    pub group: bool,
}

/// No bound above.
pub(super) const UNBOUNDED: u32 = i32::MAX as u32;

/// Which number of repetitions is tried first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

/// A look ahead or behind.
#[derive(Debug, Clone)]
pub(super) struct Look {
    pub node: Node,
    pub negative: bool,
    /// How long what stands behind is; `None` looks ahead.
    pub behind: Option<Extent>,
    /// Whether lengths behind are counted in characters and not in units.
    pub characters: bool,
}

/// Whether case counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folding {
    None,
    Ascii,
    Unicode,
}

/// What matches between characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Assertion {
    Start,
    End,
    /// The end, or before the last line terminator.
    LastLine {
        unix: bool,
    },
    LineStart {
        unix: bool,
    },
    LineEnd {
        unix: bool,
    },
    /// Where the match before ended.
    Previous,
    Boundary {
        negative: bool,
        unicode: bool,
    },
}
