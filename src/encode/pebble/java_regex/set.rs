//! Sets of code points.

/// Code points in sorted ranges that do not touch. Halves of surrogate pairs are code points too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set {
    ranges: Vec<(u32, u32)>,
    /// Whether Java knows from how it was made that its members take one UTF-16 unit.
    pub narrow: bool,
}

/// The largest code point.
pub(super) const LAST: u32 = 0x0010_FFFF;

impl Default for Set {
    fn default() -> Set {
        Set::new([])
    }
}

impl Set {
    pub fn new(ranges: impl IntoIterator<Item = (u32, u32)>) -> Set {
        let ranges = merged(ranges);
        let wide = |(from, to): &(u32, u32)| *to > 0xFFFF || (*from <= 0xDFFF && *to >= 0xD800);
        let narrow = !ranges.iter().any(wide);
        Set { ranges, narrow }
    }

    pub fn single(c: u32) -> Set {
        Set::new([(c, c)])
    }

    pub fn all() -> Set {
        Set::new([(0, LAST)])
    }

    pub fn contains(&self, c: u32) -> bool {
        let after = self.ranges.partition_point(|(from, _)| *from <= c);
        after > 0 && self.ranges[after - 1].1 >= c
    }

    /// The set as one of which nothing is known.
    pub fn wide(mut self) -> Set {
        self.narrow = false;
        self
    }

    fn and_narrow_as(mut self, one: &Set, other: &Set) -> Set {
        self.narrow = one.narrow && other.narrow;
        self
    }

    pub fn union(&self, other: &Set) -> Set {
        let ranges = self.ranges.iter().chain(&other.ranges);
        Set::new(ranges.copied()).and_narrow_as(self, other)
    }

    pub fn intersection(&self, other: &Set) -> Set {
        let outside = self.negated().union(&other.negated());
        outside.negated().and_narrow_as(self, other)
    }

    pub fn negated(&self) -> Set {
        let mut gaps = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = 0;
        for (from, to) in &self.ranges {
            if *from > next {
                gaps.push((next, from - 1));
            }
            next = to + 1;
        }
        if next <= LAST {
            gaps.push((next, LAST));
        }
        Set {
            ranges: gaps,
            narrow: false,
        }
    }

    pub fn negated_if(self, negate: bool) -> Set {
        if negate { self.negated() } else { self }
    }

    /// The set with what differs from its members in ASCII case only.
    pub fn folded_ascii(&self) -> Set {
        let letters = (b'A'..=b'Z').chain(b'a'..=b'z');
        let others = letters.filter(|c| self.contains(u32::from(*c ^ 0x20)));
        let others = others.map(|c| (u32::from(c), u32::from(c)));
        Set::new(self.ranges.iter().copied().chain(others))
    }

    /// The set with those among other characters that `keep` accepts.
    pub fn with(&self, keep: impl Fn(&Set, u32) -> bool, among: &[u32]) -> Set {
        let others = among.iter().filter(|c| keep(self, **c)).map(|c| (*c, *c));
        Set::new(self.ranges.iter().copied().chain(others)).wide()
    }
}

fn merged(ranges: impl IntoIterator<Item = (u32, u32)>) -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = ranges.into_iter().collect();
    ranges.sort_unstable();
    let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
    for (from, to) in ranges {
        match merged.last_mut() {
            Some((_, end)) if from <= end.saturating_add(1) => *end = to.max(*end),
            _ => merged.push((from, to)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_join_touching_ranges_and_negate_to_the_gaps() {
        let set = Set::new([(5, 9), (1, 2), (3, 4), (20, 30)]);
        assert_eq!(set, Set::new([(1, 9), (20, 30)]));
        assert_eq!(set.negated().ranges, [(0, 0), (10, 19), (31, LAST)]);
        assert_eq!(
            set.intersection(&Set::new([(8, 25)])).ranges,
            [(8, 9), (20, 25)]
        );
        assert!(set.contains(9) && !set.contains(10) && !set.contains(0));
        assert!(!Set::all().negated().contains(0));
    }
}
