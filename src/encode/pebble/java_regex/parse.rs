//! The grammar: alternatives, sequences, groups, quantifiers.

use crate::encode::pebble::java_regex::Refusal;
use crate::encode::pebble::java_regex::extent::Extent;
use crate::encode::pebble::java_regex::node::{
    Assertion, Folding, Greed, Look, Node, Repeat, UNBOUNDED,
};
use crate::encode::pebble::java_regex::scan::{Flags, Scan};
use crate::encode::pebble::java_regex::set::Set;

/// Groups within groups at most.
const DEEPEST: usize = 100;

/// A parsed pattern.
#[derive(Debug)]
pub(super) struct Parsed {
    pub node: Node,
    /// Capturing groups.
    pub groups: usize,
    pub names: Vec<(String, usize)>,
    /// Whether a search steps over whole surrogate pairs.
    pub whole_characters: bool,
}

/// Reads a pattern.
#[derive(Debug)]
pub(super) struct Parser {
    pub scan: Scan,
    pub groups: usize,
    pub names: Vec<(String, usize)>,
    whole_characters: bool,
    pub depth: usize,
}

/// Parse a pattern.
pub(super) fn parsed(pattern: &str) -> Result<Parsed, Refusal> {
    let scan = Scan::new(pattern);
    let mut parser = Parser {
        whole_characters: scan.has_supplementary(),
        scan,
        groups: 0,
        names: Vec::new(),
        depth: 0,
    };
    let node = parser.alternatives()?;
    if !parser.scan.is_finished() {
        return Err(Refusal::syntax(
            "a `)` closes no group, or the pattern ends in a backslash",
        ));
    }
    Ok(Parsed {
        node,
        groups: parser.groups,
        names: parser.names,
        whole_characters: parser.whole_characters,
    })
}

impl Parser {
    fn peek(&mut self) -> char {
        char::from_u32(self.scan.peek()).unwrap_or('\u{FFFD}')
    }

    fn next(&mut self) -> char {
        char::from_u32(self.scan.next()).unwrap_or('\u{FFFD}')
    }

    fn read(&mut self) -> char {
        char::from_u32(self.scan.read()).unwrap_or('\u{FFFD}')
    }

    fn alternatives(&mut self) -> Result<Node, Refusal> {
        let first = self.sequence()?;
        if self.peek() != '|' {
            return Ok(first);
        }
        let mut branches = vec![first];
        while self.peek() == '|' {
            self.scan.next();
            branches.push(self.sequence()?);
        }
        Ok(Node::Branch(branches))
    }

    fn sequence(&mut self) -> Result<Node, Refusal> {
        let mut nodes = Vec::new();
        loop {
            let node = match self.peek() {
                '(' => {
                    nodes.extend(self.group()?);
                    continue;
                }
                '|' | ')' => break,
                '\0' if self.scan.is_end() => break,
                c @ ('?' | '*' | '+') => {
                    return Err(Refusal::syntax(format!("`{c}` has nothing to repeat")));
                }
                // a quantifier where nothing stands repeats nothing
                '{' => Node::Empty,
                '[' => {
                    let set = self.class(true)?;
                    self.set(set)
                }
                '\\' => self.escaped()?,
                '^' => self.assertion(|flags| match flags.multi_line {
                    true => Assertion::LineStart {
                        unix: flags.unix_lines,
                    },
                    false => Assertion::Start,
                }),
                '$' => self.assertion(|flags| match flags.multi_line {
                    true => Assertion::LineEnd {
                        unix: flags.unix_lines,
                    },
                    false => Assertion::LastLine {
                        unix: flags.unix_lines,
                    },
                }),
                '.' => {
                    self.scan.next();
                    Node::Set(self.dot())
                }
                c => {
                    self.scan.next();
                    self.literal(u32::from(c))
                }
            };
            nodes.push(self.repeated(node, false)?);
        }
        Ok(match nodes.len() {
            1 => nodes.remove(0),
            _ => Node::Sequence(nodes),
        })
    }

    fn assertion(&mut self, assertion: impl Fn(&Flags) -> Assertion) -> Node {
        self.scan.next();
        Node::Assert(assertion(&self.scan.flags))
    }

    fn dot(&self) -> Set {
        let flags = &self.scan.flags;
        match (flags.dot_all, flags.unix_lines) {
            (true, _) => Set::all(),
            (false, true) => Set::single(0x0A).negated(),
            (false, false) => {
                let ends = [0x0A, 0x0D, 0x85, 0x2028, 0x2029];
                Set::new(ends.map(|c| (c, c))).negated()
            }
        }
    }

    /// A set as a part of the pattern.
    pub fn set(&mut self, set: Set) -> Node {
        self.whole_characters |= !set.narrow;
        Node::Set(set)
    }

    pub fn literal(&mut self, c: u32) -> Node {
        let set = self.folded(Set::single(c));
        self.set(set)
    }

    pub fn folding(&self) -> Folding {
        match (self.scan.flags.ignore_case, self.scan.flags.unicode_case) {
            (false, _) => Folding::None,
            (true, false) => Folding::Ascii,
            (true, true) => Folding::Unicode,
        }
    }

    /// A group with its quantifier; `None` for switches alone.
    fn group(&mut self) -> Result<Option<Node>, Refusal> {
        let flags = self.scan.flags;
        self.deeper()?;
        let node = match self.next() {
            '?' => match self.question()? {
                Some(node) => node,
                None => {
                    self.depth -= 1;
                    return Ok(None);
                }
            },
            _ => self.capture()?,
        };
        if self.read() != ')' {
            return Err(Refusal::syntax("a group is never closed"));
        }
        self.depth -= 1;
        self.scan.flags = flags;
        self.repeated(node, true).map(Some)
    }

    pub fn deeper(&mut self) -> Result<(), Refusal> {
        self.depth += 1;
        match self.depth > DEEPEST {
            true => Err(Refusal::Unsupported(format!(
                "groups or classes deeper than {DEEPEST}"
            ))),
            false => Ok(()),
        }
    }

    fn capture(&mut self) -> Result<Node, Refusal> {
        self.groups += 1;
        let number = self.groups;
        Ok(Node::Capture(number, Box::new(self.alternatives()?)))
    }

    /// What starts with `(?`; `None` for switches alone.
    fn question(&mut self) -> Result<Option<Node>, Refusal> {
        let sign = char::from_u32(self.scan.skip()).unwrap_or('\0');
        Ok(Some(match sign {
            ':' => self.alternatives()?,
            '=' | '!' => self.look(sign == '!', false)?,
            '>' => Node::Atomic(Box::new(self.alternatives()?)),
            '<' => match self.read() {
                sign @ ('=' | '!') => self.look(sign == '!', true)?,
                first => {
                    let name = self.name(first)?;
                    if self.names.iter().any(|(known, _)| *known == name) {
                        return Err(Refusal::syntax(format!(
                            "the group `{name}` is there twice"
                        )));
                    }
                    self.names.push((name, self.groups + 1));
                    self.capture()?
                }
            },
            '$' | '@' => return Err(Refusal::syntax("unknown kind of group")),
            _ => {
                self.scan.unread();
                self.switches();
                match self.read() {
                    ')' => return Ok(None),
                    ':' => self.alternatives()?,
                    _ => return Err(Refusal::syntax("unknown switch after `(?`")),
                }
            }
        }))
    }

    fn look(&mut self, negative: bool, behind: bool) -> Result<Node, Refusal> {
        let characters = self.scan.has_supplementary();
        let node = self.alternatives()?;
        let behind = match behind {
            true => Some(Extent::bounded(&node)?),
            false => None,
        };
        Ok(Node::Look(Box::new(Look {
            node,
            negative,
            behind,
            characters,
        })))
    }

    /// The name of a group, up to its `>`.
    pub fn name(&mut self, first: char) -> Result<String, Refusal> {
        if !first.is_ascii_alphabetic() {
            return Err(Refusal::syntax(
                "the name of a group starts with a Latin letter",
            ));
        }
        let mut name = first.to_string();
        loop {
            match self.read() {
                c if c.is_ascii_alphanumeric() => name.push(c),
                '>' => return Ok(name),
                _ => return Err(Refusal::syntax("the name of a group ends with `>`")),
            }
        }
    }

    fn switches(&mut self) {
        let mut on = true;
        let mut sign = self.peek();
        loop {
            let flags = &mut self.scan.flags;
            match sign {
                'i' => flags.ignore_case = on,
                'm' => flags.multi_line = on,
                's' => flags.dot_all = on,
                'd' => flags.unix_lines = on,
                'u' => flags.unicode_case = on,
                'x' => flags.comments = on,
                // canonical equivalence cannot be switched inside a pattern
                'c' => {}
                'U' => {
                    flags.unicode_classes = on;
                    flags.unicode_case = on;
                }
                '-' if on => on = false,
                _ => return,
            }
            sign = self.next();
        }
    }

    /// A part with the quantifier after it.
    fn repeated(&mut self, node: Node, group: bool) -> Result<Node, Refusal> {
        let sign = self.peek();
        let (least, most) = match sign {
            '?' => (0, 1),
            '*' => (0, UNBOUNDED),
            '+' => (1, UNBOUNDED),
            '{' => self.counts()?,
            _ => return Ok(node),
        };
        let greed = match self.next() {
            '?' => Greed::Lazy,
            '+' => Greed::Possessive,
            _ => Greed::Greedy,
        };
        if greed != Greed::Greedy {
            self.scan.next();
        }
        Ok(Node::Repeat(Box::new(Repeat {
            node,
            least,
            most,
            greed,
            optional: sign == '?',
            group,
        })))
    }

    /// `{n}`, `{n,}` or `{n,m}`; reading then stands on the `}`.
    fn counts(&mut self) -> Result<(u32, u32), Refusal> {
        if !self.scan.sign(self.scan.at + 1).is_ascii_digit() {
            return Err(Refusal::syntax(
                "`{` opens no repetition such as {2,3}: write `\\{` for the sign",
            ));
        }
        let mut sign = char::from_u32(self.scan.skip()).unwrap_or('\0');
        let least = self.count(&mut sign)?;
        let mut most = least;
        if sign == ',' {
            sign = self.read();
            most = UNBOUNDED;
            if sign != '}' {
                most = self.count(&mut sign)?;
            }
        }
        if sign != '}' {
            return Err(Refusal::syntax("`{` is closed by no `}`"));
        }
        if most < least {
            return Err(Refusal::syntax("`{n,m}` ends below its start"));
        }
        self.scan.unread();
        Ok((least, most))
    }

    /// Digits as a number, 0 for none; `sign` is then what stands after them.
    fn count(&mut self, sign: &mut char) -> Result<u32, Refusal> {
        let mut count: i32 = 0;
        while let Some(digit) = sign.to_digit(10) {
            let grown = count
                .checked_mul(10)
                .and_then(|count| count.checked_add(digit as i32));
            count = grown.ok_or_else(|| Refusal::syntax("a number in `{n,m}` is too large"))?;
            *sign = self.read();
        }
        Ok(count.unsigned_abs())
    }
}
