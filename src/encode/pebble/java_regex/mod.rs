//! `java.util.regex` of JDK 17: its syntax, its errors, its backtracking, on UTF-16 units.
//!
//! What a pattern means is decided here; what is done with matches (`split`, `replaceAll`) is not.

mod class;
mod escape;
mod extent;
mod machine;
mod node;
mod parse;
mod program;
mod property;
mod scan;
mod set;

use machine::Machine;
use program::Program;

/// Why a pattern does not compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Java refuses it too; the reason.
    Syntax(String),
    /// Java takes it, this engine does not; the construct.
    Unsupported(String),
}

impl Refusal {
    fn syntax(reason: impl Into<String>) -> Refusal {
        Refusal::Syntax(reason.into())
    }
}

/// Matching took more steps than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLong;

/// A compiled pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    program: Program,
}

impl Pattern {
    /// Compile a pattern.
    ///
    /// # Errors
    /// When Java refuses it, or it uses what is not supported here.
    pub fn new(pattern: &str) -> Result<Pattern, Refusal> {
        let parsed = parse::parsed(pattern)?;
        Ok(Pattern {
            program: Program::new(&parsed),
        })
    }

    /// Groups, the whole match not counted.
    pub fn groups(&self) -> usize {
        self.program.groups
    }

    /// The number of a named group.
    pub fn group_named(&self, name: &str) -> Option<usize> {
        let named = self.program.names.iter().find(|(known, _)| known == name);
        named.map(|(_, number)| *number)
    }

    /// What finds the pattern in `text`, within `steps` steps.
    pub fn matcher<'p>(&'p self, text: &'p [u16], steps: usize) -> Matcher<'p> {
        Matcher {
            machine: Machine::new(&self.program, text, steps),
            last: None,
        }
    }
}

/// Finds matches one after the other.
#[derive(Debug)]
pub(crate) struct Matcher<'p> {
    machine: Machine<'p>,
    /// Start and end of the match before.
    last: Option<(usize, usize)>,
}

impl Matcher<'_> {
    /// Start and end of the next match, in UTF-16 units.
    pub fn next(&mut self) -> Result<Option<(usize, usize)>, TooLong> {
        let from = match self.last {
            None => 0,
            Some((start, end)) if start == end => end + 1,
            Some((_, end)) => end,
        };
        let found = self.machine.search(from, self.last.map(|(_, end)| end))?;
        if found.is_some() {
            self.last = found;
        }
        Ok(found)
    }

    /// Whether the pattern matches the whole text.
    pub fn matches(&mut self) -> Result<bool, TooLong> {
        self.machine.whole()
    }

    /// The units that a group of the last match took; `None` when it took no part.
    pub fn group(&self, number: usize) -> Option<&[u16]> {
        self.machine.group(number)
    }

    /// Steps used so far.
    pub fn steps(&self) -> usize {
        self.machine.steps()
    }
}
