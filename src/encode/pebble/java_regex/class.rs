//! Classes in brackets: ranges, unions, intersections, and letter case.

use std::sync::LazyLock;

use crate::encode::pebble::java_regex::Refusal;
use crate::encode::pebble::java_regex::escape::Escape;
use crate::encode::pebble::java_regex::node::Folding;
use crate::encode::pebble::java_regex::parse::Parser;
use crate::encode::pebble::java_regex::set::Set;
use crate::encode::pebble::java_text;

const OPEN: u32 = b'[' as u32;
const CLOSE: u32 = b']' as u32;
const AND: u32 = b'&' as u32;
const DASH: u32 = b'-' as u32;
const BACKSLASH: u32 = b'\\' as u32;

/// What a class holds so far. Java keeps its single characters of Latin-1 apart and adds them late.
#[derive(Default)]
struct Members {
    sets: Option<Set>,
    latin: Set,
    /// Whether `latin` has members that are not in `sets`.
    waiting: bool,
    /// What was read last.
    newest: Option<Set>,
}

impl Members {
    fn add(&mut self, set: Set) {
        self.sets = Some(match &self.sets {
            Some(sets) => sets.union(&set),
            None => set.clone(),
        });
        self.newest = Some(set);
    }

    fn gather(&mut self) {
        if self.waiting {
            match &self.sets {
                Some(sets) => self.sets = Some(sets.union(&self.latin)),
                None => {
                    self.sets = Some(self.latin.clone());
                    self.newest = Some(self.latin.clone());
                }
            }
            self.waiting = false;
        }
    }
}

/// One member as it was read.
enum Member {
    Latin(Set),
    Set(Set),
}

impl Parser {
    /// The class whose bracket, or whose first member where there is none, stands next; `consume` reads its end too.
    pub(super) fn class(&mut self, consume: bool) -> Result<Set, Refusal> {
        let mut members = Members::default();
        let mut c = self.scan.next();
        let mut negated = false;
        if c == u32::from('^') && self.scan.point(self.scan.at - 1) == OPEN {
            c = self.scan.next();
            negated = true;
        }
        loop {
            match c {
                OPEN => {
                    let inner = self.nested(true)?;
                    members.add(inner);
                    c = self.scan.peek();
                    continue;
                }
                AND => {
                    if self.scan.next() == AND {
                        self.intersect(&mut members)?;
                        c = self.scan.peek();
                        continue;
                    }
                    self.scan.unread();
                }
                0 if self.scan.is_end() => {
                    return Err(Refusal::syntax("a class is never closed with `]`"));
                }
                CLOSE if members.sets.is_some() || members.waiting => {
                    if consume {
                        self.scan.next();
                    }
                    members.gather();
                    return Ok(members.sets.unwrap_or_default().negated_if(negated));
                }
                _ => {}
            }
            match self.member()? {
                Member::Set(set) => members.add(set),
                Member::Latin(set) => {
                    members.latin = members.latin.union(&set);
                    members.waiting = true;
                    members.newest = None;
                }
            }
            c = self.scan.peek();
        }
    }

    fn nested(&mut self, consume: bool) -> Result<Set, Refusal> {
        self.deeper()?;
        let set = self.class(consume)?;
        self.depth -= 1;
        Ok(set)
    }

    /// What stands after `&&`.
    fn intersect(&mut self, members: &mut Members) -> Result<(), Refusal> {
        let mut c = self.scan.next();
        let mut right: Option<Set> = None;
        while c != CLOSE && c != AND {
            let bracket = c == OPEN;
            if !bracket {
                self.scan.unread();
            }
            let set = self.nested(bracket)?;
            right = Some(match right {
                Some(right) => right.union(&set),
                None => set,
            });
            c = self.scan.peek();
        }
        members.gather();
        if right.is_some() {
            members.newest.clone_from(&right);
        }
        members.sets = match (members.sets.take(), &members.newest) {
            (None, _) if right.is_some() => right,
            (Some(sets), Some(newest)) => Some(sets.intersection(newest)),
            (None, _) | (_, None) => {
                return Err(Refusal::syntax("`&&` has nothing to intersect"));
            }
        };
        Ok(())
    }

    /// A character, a range, or a class that an escape names.
    fn member(&mut self) -> Result<Member, Refusal> {
        let first = if self.scan.peek() == BACKSLASH {
            if let Some(set) = self.property()? {
                return Ok(Member::Set(set));
            }
            let starts_range = self.scan.point(self.scan.at + 2) == DASH;
            match self.escape(true, starts_range)? {
                Escape::Character(c) => c,
                Escape::Set(set) => return Ok(Member::Set(set)),
                Escape::Node(_) => {
                    return Err(Refusal::syntax("this escape is no member of a class"));
                }
            }
        } else {
            let c = self.scan.peek();
            self.scan.next();
            c
        };
        let after = self.scan.point(self.scan.at + 1);
        if self.scan.peek() != DASH || after == OPEN || after == CLOSE {
            return Ok(self.single(first));
        }
        let last = match self.scan.next() {
            BACKSLASH => match self.escape(true, true)? {
                Escape::Character(c) => c,
                Escape::Set(_) | Escape::Node(_) => return Err(backwards()),
            },
            c => {
                self.scan.next();
                c
            }
        };
        if last < first {
            return Err(backwards());
        }
        let range = Set::new([(first, last)]);
        Ok(Member::Set(match self.folding() {
            Folding::None => range,
            Folding::Ascii | Folding::Unicode => self.folded(range).wide(),
        }))
    }

    fn single(&self, c: u32) -> Member {
        let set = self.folded(Set::single(c));
        if c < 0x100 {
            Member::Latin(set)
        } else {
            Member::Set(set)
        }
    }

    /// The set with what the switches take for the same letters.
    pub(super) fn folded(&self, set: Set) -> Set {
        match self.folding() {
            Folding::None => set,
            Folding::Ascii => set.folded_ascii(),
            Folding::Unicode => set.with(
                |set, c| set.contains(upper(c)) || set.contains(lower(upper(c))),
                &CASED,
            ),
        }
    }
}

fn backwards() -> Refusal {
    Refusal::syntax("a range of characters ends before it starts")
}

/// Every character that another one differs from in case only.
static CASED: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let cased = |c: &u32| upper(*c) != *c || lower(*c) != *c;
    (0..0x2_0000).filter(cased).collect()
});

/// `Character.toUpperCase`.
pub(super) fn upper(c: u32) -> u32 {
    char::from_u32(c).map_or(c, |c| u32::from(java_text::simple_upper(c)))
}

/// `Character.toLowerCase`.
pub(super) fn lower(c: u32) -> u32 {
    char::from_u32(c).map_or(c, |c| match c {
        'İ' => u32::from('i'),
        c => u32::from(c.to_lowercase().next().unwrap_or(c)),
    })
}
