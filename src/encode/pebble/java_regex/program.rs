//! A pattern as instructions.

use crate::encode::pebble::java_regex::node::{Assertion, Folding, Greed, Node, Repeat};
use crate::encode::pebble::java_regex::parse::Parsed;
use crate::encode::pebble::java_regex::set::Set;

/// One step of matching; numbers are places in the program.
#[derive(Debug)]
pub(super) enum Step {
    Set(Set),
    /// Try the first place, then the second.
    Either(usize, usize),
    Jump(usize),
    /// A group starts.
    Open(usize),
    /// A group is over: only now it is what it matched.
    Close(usize),
    Assert(Assertion),
    Back(usize, Folding),
    /// Start counting the rounds of a loop.
    Enter(usize),
    /// Decide on another round, which starts at the next step.
    Decide(Round),
    /// A round starts.
    Begin(usize),
    /// A round is over.
    Next(usize, Round),
    /// Match up to the next `Done` without coming back, and go on at the place.
    Atomic(usize),
    /// Match ahead up to the next `Done`, and go on at the place from where it started.
    Ahead(bool, usize),
    /// The same for what ends here.
    Behind(Behind, usize),
    Done,
}

/// A look behind, whose text starts between so many units, or characters, before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Behind {
    pub negative: bool,
    pub least: usize,
    pub most: usize,
    pub characters: bool,
}

/// A loop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Round {
    pub counter: usize,
    pub least: u32,
    pub most: u32,
    pub lazy: bool,
    /// Whether a round that matches nothing fails, once there are enough; it is the last one otherwise.
    pub drops_empty: bool,
    /// Where it goes on after the last round.
    pub exit: usize,
    /// Where it decides.
    pub decide: usize,
}

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Program {
    pub steps: Vec<Step>,
    pub groups: usize,
    pub names: Vec<(String, usize)>,
    pub counters: usize,
    pub whole_characters: bool,
}

impl Program {
    pub fn new(parsed: &Parsed) -> Program {
        let mut program = Program {
            steps: Vec::new(),
            groups: parsed.groups,
            names: parsed.names.clone(),
            counters: 0,
            whole_characters: parsed.whole_characters,
        };
        program.add(&parsed.node);
        program.steps.push(Step::Done);
        program
    }

    fn add(&mut self, node: &Node) {
        match node {
            Node::Empty => {}
            Node::Set(set) => self.steps.push(Step::Set(set.clone())),
            Node::Sequence(nodes) => nodes.iter().for_each(|node| self.add(node)),
            Node::Branch(branches) => self.branches(branches),
            Node::Repeat(repeat) if repeat.greed == Greed::Possessive => {
                self.within(|program| program.repeat(repeat), Step::Atomic);
            }
            Node::Repeat(repeat) => self.repeat(repeat),
            Node::Capture(number, node) => {
                self.steps.push(Step::Open(*number));
                self.add(node);
                self.steps.push(Step::Close(*number));
            }
            Node::Atomic(node) => self.within(|program| program.add(node), Step::Atomic),
            Node::Look(look) => {
                let step = |end| match &look.behind {
                    None => Step::Ahead(look.negative, end),
                    Some(extent) => {
                        let behind = Behind {
                            negative: look.negative,
                            least: extent.least.max(0) as usize,
                            // a bound that wrapped round is none
                            most: usize::try_from(extent.most).unwrap_or(usize::MAX),
                            characters: look.characters,
                        };
                        Step::Behind(behind, end)
                    }
                };
                self.within(|program| program.add(&look.node), step);
            }
            Node::Assert(assertion) => self.steps.push(Step::Assert(*assertion)),
            Node::Back(number, folding) => self.steps.push(Step::Back(*number, *folding)),
        }
    }

    /// A part that is matched on its own, up to a `Done`.
    fn within(&mut self, add: impl FnOnce(&mut Program), step: impl FnOnce(usize) -> Step) {
        let start = self.steps.len();
        self.steps.push(Step::Done);
        add(self);
        self.steps.push(Step::Done);
        self.steps[start] = step(self.steps.len());
    }

    fn branches(&mut self, branches: &[Node]) {
        let mut ends = Vec::new();
        for (at, branch) in branches.iter().enumerate() {
            let last = at + 1 == branches.len();
            let start = self.steps.len();
            if !last {
                self.steps.push(Step::Done);
            }
            self.add(branch);
            if !last {
                ends.push(self.steps.len());
                self.steps.push(Step::Done);
                self.steps[start] = Step::Either(start + 1, self.steps.len());
            }
        }
        for end in ends {
            self.steps[end] = Step::Jump(self.steps.len());
        }
    }

    fn repeat(&mut self, repeat: &Repeat) {
        if repeat.optional {
            let start = self.steps.len();
            self.steps.push(Step::Done);
            self.add(&repeat.node);
            let (with, without) = (start + 1, self.steps.len());
            self.steps[start] = match repeat.greed {
                Greed::Lazy => Step::Either(without, with),
                Greed::Greedy | Greed::Possessive => Step::Either(with, without),
            };
            return;
        }
        let counter = self.counters;
        self.counters += 1;
        self.steps.push(Step::Enter(counter));
        let decide = self.steps.len();
        self.steps.extend([Step::Done, Step::Begin(counter)]);
        self.add(&repeat.node);
        let round = Round {
            counter,
            least: repeat.least,
            most: repeat.most,
            lazy: repeat.greed == Greed::Lazy,
            drops_empty: repeat.group && repeat.greed != Greed::Possessive && !repeat.loops(),
            exit: self.steps.len() + 1,
            decide,
        };
        self.steps.push(Step::Next(counter, round));
        self.steps[decide] = Step::Decide(round);
    }
}
