//! Runs a program on a text, with a stack of what is to be tried and undone instead of recursion.

use std::sync::LazyLock;

use crate::encode::pebble::java_regex::TooLong;
use crate::encode::pebble::java_regex::class::{lower, upper};
use crate::encode::pebble::java_regex::node::{Assertion, Folding};
use crate::encode::pebble::java_regex::program::{Behind, Program, Round, Step};
use crate::encode::pebble::java_regex::property::Kind;
use crate::encode::pebble::java_regex::set::Set;
use crate::encode::pebble::java_text;

/// Entries of the stack at most.
const DEEPEST: usize = 1 << 20;

/// What is done when a match fails: another try, or a value put back.
#[derive(Debug, Clone, Copy)]
enum Undo {
    Try(usize, usize),
    Group(usize, Option<(usize, usize)>),
    Open(usize, usize),
    Count(usize, u32),
    Start(usize, usize),
}

/// A program at work.
#[derive(Debug)]
pub(super) struct Machine<'p> {
    program: &'p Program,
    text: &'p [u16],
    /// Start and end of each group.
    groups: Vec<Option<(usize, usize)>>,
    /// Where each group that is not over starts.
    open: Vec<usize>,
    counts: Vec<u32>,
    starts: Vec<usize>,
    stack: Vec<Undo>,
    /// Where the match before ended.
    previous: usize,
    used: usize,
    bound: usize,
}

impl<'p> Machine<'p> {
    pub fn new(program: &'p Program, text: &'p [u16], bound: usize) -> Machine<'p> {
        Machine {
            program,
            text,
            groups: vec![None; program.groups + 1],
            open: vec![0; program.groups + 1],
            counts: vec![0; program.counters],
            starts: vec![0; program.counters],
            stack: Vec::new(),
            previous: 0,
            used: 0,
            bound,
        }
    }

    /// Steps used so far.
    pub fn steps(&self) -> usize {
        self.used
    }

    /// The first match that starts at `from` or after it.
    pub fn search(
        &mut self,
        from: usize,
        previous: Option<usize>,
    ) -> Result<Option<(usize, usize)>, TooLong> {
        self.previous = previous.unwrap_or(from);
        self.groups.fill(None);
        let mut start = from;
        while start <= self.text.len() {
            if let Some(end) = self.attempt(start, None)? {
                self.groups[0] = Some((start, end));
                return Ok(Some((start, end)));
            }
            let whole = self.program.whole_characters;
            start += if whole { self.width(start) } else { 1 };
        }
        Ok(None)
    }

    /// Whether the whole text matches.
    pub fn whole(&mut self) -> Result<bool, TooLong> {
        let end = Some(self.text.len());
        self.attempt(0, end).map(|found| found.is_some())
    }

    pub fn group(&self, number: usize) -> Option<&[u16]> {
        let (from, to) = (*self.groups.get(number)?)?;
        self.text.get(from..to)
    }

    fn attempt(&mut self, start: usize, end: Option<usize>) -> Result<Option<usize>, TooLong> {
        self.stack.clear();
        self.run(0, start, end)
    }

    /// Units of the character at `at`.
    fn width(&self, at: usize) -> usize {
        self.code_point(at).map_or(1, |(_, width)| width)
    }

    /// The code point at `at`, and its units.
    fn code_point(&self, at: usize) -> Option<(u32, usize)> {
        let first = u32::from(*self.text.get(at)?);
        if (0xD800..0xDC00).contains(&first)
            && let Some(second @ 0xDC00..=0xDFFF) = self.text.get(at + 1).copied().map(u32::from)
        {
            return Some((0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00), 2));
        }
        Some((first, 1))
    }

    fn code_point_before(&self, at: usize) -> Option<u32> {
        let last = at.checked_sub(1)?;
        let pair = last.checked_sub(1).and_then(|first| self.code_point(first));
        match pair {
            Some((c, 2)) => Some(c),
            _ => self.code_point(last).map(|(c, _)| c),
        }
    }

    /// Run from a step up to its `Done`, which counts only at `end` where one is given; where it ended.
    ///
    /// Nothing inside is tried again, and as in Java the groups inside stay as they are.
    fn run(
        &mut self,
        step: usize,
        at: usize,
        end: Option<usize>,
    ) -> Result<Option<usize>, TooLong> {
        let base = self.stack.len();
        let (mut step, mut at) = (step, at);
        loop {
            self.used += 1;
            if self.used > self.bound || self.stack.len() > DEEPEST {
                return Err(TooLong);
            }
            let program = self.program;
            let Some(current) = program.steps.get(step) else {
                return Ok(None);
            };
            if matches!(current, Step::Done) && end.is_none_or(|end| end == at) {
                self.stack.truncate(base);
                return Ok(Some(at));
            }
            match self.advance(current, step, at)? {
                Some(next) => (step, at) = next,
                None => match self.back(base) {
                    Some(next) => (step, at) = next,
                    None => return Ok(None),
                },
            }
        }
    }

    /// One step; where matching goes on, `None` when it fails.
    fn advance(
        &mut self,
        current: &'p Step,
        step: usize,
        at: usize,
    ) -> Result<Option<(usize, usize)>, TooLong> {
        let next = step + 1;
        Ok(match current {
            Step::Set(set) => self.character(set, at).map(|at| (next, at)),
            Step::Either(first, second) => {
                self.stack.push(Undo::Try(*second, at));
                Some((*first, at))
            }
            Step::Jump(to) => Some((*to, at)),
            Step::Open(number) => {
                self.stack.push(Undo::Open(*number, self.open[*number]));
                self.open[*number] = at;
                Some((next, at))
            }
            Step::Close(number) => {
                self.stack.push(Undo::Group(*number, self.groups[*number]));
                self.groups[*number] = Some((self.open[*number], at));
                Some((next, at))
            }
            Step::Assert(assertion) => self.holds(*assertion, at).then_some((next, at)),
            Step::Back(number, folding) => {
                self.repeated(*number, *folding, at).map(|at| (next, at))
            }
            Step::Enter(counter) => {
                self.count(*counter, 0);
                Some((next, at))
            }
            Step::Decide(round) => Some(self.decide(round, at)),
            Step::Begin(counter) => {
                self.stack
                    .push(Undo::Start(*counter, self.starts[*counter]));
                self.starts[*counter] = at;
                Some((next, at))
            }
            Step::Next(counter, round) if self.starts[*counter] == at && !round.drops_empty => {
                Some((round.exit, at))
            }
            Step::Next(counter, round)
                if self.starts[*counter] == at && self.counts[*counter] >= round.least =>
            {
                None
            }
            Step::Next(counter, round) => {
                self.count(*counter, self.counts[*counter] + 1);
                Some((round.decide, at))
            }
            Step::Atomic(after) => self.run(next, at, None)?.map(|at| (*after, at)),
            Step::Ahead(negative, after) => {
                let found = self.run(next, at, None)?.is_some();
                (found != *negative).then_some((*after, at))
            }
            Step::Behind(behind, after) => {
                let found = self.behind(next, at, behind)?;
                (found != behind.negative).then_some((*after, at))
            }
            Step::Done => None,
        })
    }

    fn character(&self, set: &Set, at: usize) -> Option<usize> {
        let (c, width) = self.code_point(at)?;
        set.contains(c).then_some(at + width)
    }

    fn count(&mut self, counter: usize, count: u32) {
        self.stack.push(Undo::Count(counter, self.counts[counter]));
        self.counts[counter] = count;
    }

    fn decide(&mut self, round: &Round, at: usize) -> (usize, usize) {
        let count = self.counts[round.counter];
        let begin = round.decide + 1;
        if count < round.least {
            return (begin, at);
        }
        if count >= round.most {
            return (round.exit, at);
        }
        let (first, second) = match round.lazy {
            true => (round.exit, begin),
            false => (begin, round.exit),
        };
        self.stack.push(Undo::Try(second, at));
        (first, at)
    }

    /// Whether the part that starts at `step` matches what ends at `at`.
    fn behind(&mut self, step: usize, at: usize, behind: &Behind) -> Result<bool, TooLong> {
        let mut start = Some(at);
        for length in 0..=behind.most {
            let Some(from) = start else { break };
            if length >= behind.least && self.run(step, from, Some(at))?.is_some() {
                return Ok(true);
            }
            let pair =
                behind.characters && self.code_point_before(from).is_some_and(|c| c > 0xFFFF);
            start = from.checked_sub(1 + usize::from(pair));
        }
        Ok(false)
    }

    /// Undo up to the next try above `base`.
    fn back(&mut self, base: usize) -> Option<(usize, usize)> {
        while self.stack.len() > base {
            match self.stack.pop()? {
                Undo::Try(step, at) => return Some((step, at)),
                Undo::Group(number, old) => self.groups[number] = old,
                Undo::Open(number, old) => self.open[number] = old,
                Undo::Count(counter, old) => self.counts[counter] = old,
                Undo::Start(counter, old) => self.starts[counter] = old,
            }
        }
        None
    }

    /// The end of the text of a group that stands here again.
    fn repeated(&self, number: usize, folding: Folding, at: usize) -> Option<usize> {
        let group = self.group(number)?;
        let here = self.text.get(at..at + group.len())?;
        let same = |left: u32, right: u32| {
            left == right
                || match folding {
                    Folding::None => false,
                    Folding::Ascii => {
                        left < 0x80
                            && right < 0x80
                            && (left | 0x20) == (right | 0x20)
                            && (left as u8).is_ascii_alphabetic()
                    }
                    Folding::Unicode => {
                        upper(left) == upper(right) || lower(upper(left)) == lower(upper(right))
                    }
                }
        };
        let mut pairs = group.iter().zip(here);
        pairs
            .all(|(left, right)| same(u32::from(*left), u32::from(*right)))
            .then_some(at + group.len())
    }

    fn holds(&self, assertion: Assertion, at: usize) -> bool {
        let end = self.text.len();
        let is = |at: usize, c: char| {
            self.text
                .get(at)
                .is_some_and(|unit| u32::from(*unit) == u32::from(c))
        };
        let terminator = |at: usize| {
            self.text
                .get(at)
                .is_some_and(|unit| matches!(unit, 0x0A | 0x0D | 0x85 | 0x2028 | 0x2029))
        };
        let inside_pair = at > 0 && is(at, '\n') && is(at - 1, '\r');
        match assertion {
            Assertion::Start => at == 0,
            Assertion::End => at == end,
            Assertion::LastLine { unix: true } => at == end || (at + 1 == end && is(at, '\n')),
            Assertion::LastLine { unix: false } => {
                let last_pair = at + 2 == end && is(at, '\r') && is(at + 1, '\n');
                at == end || last_pair || (at + 1 == end && terminator(at) && !inside_pair)
            }
            Assertion::LineStart { unix: true } => at < end && (at == 0 || is(at - 1, '\n')),
            Assertion::LineStart { unix: false } => {
                at < end && (at == 0 || (terminator(at - 1) && !inside_pair))
            }
            Assertion::LineEnd { unix: true } => at == end || is(at, '\n'),
            Assertion::LineEnd { unix: false } => at == end || (terminator(at) && !inside_pair),
            Assertion::Previous => at == self.previous,
            Assertion::Boundary { negative, unicode } => {
                let before = self.code_point_before(at);
                let after = self.code_point(at).map(|(c, _)| c);
                let left = before.is_some_and(|c| self.is_word(c, at.saturating_sub(1), unicode));
                let right = after.is_some_and(|c| self.is_word(c, at, unicode));
                (left != right) != negative
            }
        }
    }

    /// Whether a character is part of a word; a mark is when what it marks is.
    fn is_word(&self, c: u32, at: usize, unicode: bool) -> bool {
        let c = char::from_u32(c).unwrap_or('\0');
        if c == '_' || java_text::is_letter_or_digit(c) || (unicode && WORD.contains(u32::from(c)))
        {
            return true;
        }
        java_text::is_mark(c)
            && (0..=at)
                .rev()
                .filter_map(|at| char::from_u32(self.code_point(at)?.0))
                .find(|c| !java_text::is_mark(*c))
                .is_some_and(java_text::is_letter_or_digit)
    }
}

/// The characters of words when classes are those of Unicode.
static WORD: LazyLock<Set> = LazyLock::new(|| Kind::Word.set(true));
