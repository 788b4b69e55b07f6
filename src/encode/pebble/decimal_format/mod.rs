//! `DecimalFormat` of Java: patterns, and rounding half to even of the exact value.

mod output;

pub(crate) use output::Amount;

/// Digits before the point that Java prints at most.
const WHOLE: usize = 309;
/// Digits after the point that Java prints at most.
const FRACTION: usize = 340;

/// One part of a prefix or suffix.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Affix {
    Char(char),
    Minus,
    Currency,
    CurrencyCode,
}

/// A compiled pattern.
#[derive(Debug, Default)]
pub(crate) struct Format {
    prefix: Vec<Affix>,
    suffix: Vec<Affix>,
    negative: Option<(Vec<Affix>, Vec<Affix>)>,
    minimum_whole: usize,
    maximum_whole: usize,
    minimum_fraction: usize,
    maximum_fraction: usize,
    grouping: usize,
    multiplier: i32,
    point_always: bool,
    /// Digits of the exponent at least; `None` for plain notation.
    exponent: Option<usize>,
}

/// The digits of a pattern as they are counted.
#[derive(Debug, Default)]
struct Counts {
    left: usize,
    zeros: usize,
    right: usize,
    point: Option<usize>,
    grouping: Option<usize>,
}

impl Format {
    /// Compile a pattern.
    ///
    /// # Errors
    /// A reason.
    pub fn new(pattern: &str) -> Result<Format, String> {
        let mut format = Format {
            multiplier: 1,
            ..Format::default()
        };
        let chars: Vec<char> = pattern.chars().collect();
        if chars.is_empty() {
            // nothing is said of grouping, so it stays as a new format has it
            format.grouping = 3;
            format.maximum_whole = WHOLE;
            format.maximum_fraction = FRACTION;
            return Ok(format);
        }
        let (prefix, suffix, next) = format.part(&chars, 0, true)?;
        format.prefix = prefix;
        format.suffix = suffix;
        if let Some(next) = next
            && next < chars.len()
        {
            // percent signs are counted in each part on its own
            let multiplier = std::mem::replace(&mut format.multiplier, 1);
            let (prefix, suffix, _) = format.part(&chars, next, false)?;
            format.multiplier = multiplier;
            if prefix != format.prefix || suffix != format.suffix {
                format.negative = Some((prefix, suffix));
            }
        }
        Ok(format)
    }

    /// Read one part of the pattern: its affixes, and where the next part starts.
    #[expect(clippy::type_complexity, reason = "used in one place")]
    fn part(
        &mut self,
        chars: &[char],
        start: usize,
        positive: bool,
    ) -> Result<(Vec<Affix>, Vec<Affix>, Option<usize>), String> {
        let mut affixes = [Vec::new(), Vec::new()];
        let mut side = 0;
        let mut seen_digits = false;
        let mut counts = Counts::default();
        let mut quoted = false;
        let mut next = None;
        let mut at = start;
        while at < chars.len() {
            let c = chars[at];
            if c == '\'' {
                if chars.get(at + 1) == Some(&'\'') {
                    at += 1;
                    affixes[side].push(Affix::Char('\''));
                } else {
                    quoted = !quoted;
                }
            } else if quoted {
                affixes[side].push(Affix::Char(c));
            } else if matches!(c, '#' | '0' | ',' | '.') {
                at = self.digits(chars, at, positive, &mut counts)?;
                seen_digits = true;
                side = 1;
                continue;
            } else if c == ';' {
                if !seen_digits || !positive {
                    return Err("`;` cannot stand here".to_owned());
                }
                next = Some(at + 1);
                break;
            } else {
                at += self.affix(chars, at, &mut affixes[side])?;
            }
            at += 1;
        }
        if quoted {
            return Err("a quote is never closed".to_owned());
        }
        self.counted(counts, positive)?;
        let [prefix, suffix] = affixes;
        Ok((prefix, suffix, next))
    }

    /// A character of a prefix or suffix; how many more characters it takes.
    fn affix(
        &mut self,
        chars: &[char],
        at: usize,
        affix: &mut Vec<Affix>,
    ) -> Result<usize, String> {
        let c = chars[at];
        match c {
            '%' | '\u{2030}' => {
                if self.multiplier != 1 {
                    return Err("there is more than one percent sign".to_owned());
                }
                self.multiplier = if c == '%' { 100 } else { 1000 };
                affix.push(Affix::Char(c));
            }
            '-' => affix.push(Affix::Minus),
            '\u{A4}' if chars.get(at + 1) == Some(&c) => {
                affix.push(Affix::CurrencyCode);
                return Ok(1);
            }
            '\u{A4}' => affix.push(Affix::Currency),
            c => affix.push(Affix::Char(c)),
        }
        Ok(0)
    }

    /// The digits of a pattern; where they end.
    fn digits(
        &mut self,
        chars: &[char],
        mut at: usize,
        positive: bool,
        counts: &mut Counts,
    ) -> Result<usize, String> {
        while let Some(c) = chars.get(at) {
            match c {
                '#' | '0' | ',' | '.' | 'E' if !positive => {}
                '#' | '0' => {
                    if *c == '0' && counts.right > 0 {
                        return Err("`0` cannot stand after `#` here".to_owned());
                    }
                    match (c, counts.zeros) {
                        ('0', _) => counts.zeros += 1,
                        (_, 0) => counts.left += 1,
                        _ => counts.right += 1,
                    }
                    if counts.point.is_none() {
                        counts.grouping = counts.grouping.map(|count| count + 1);
                    }
                }
                ',' => counts.grouping = Some(0),
                '.' => {
                    if counts.point.is_some() {
                        return Err("there is more than one point".to_owned());
                    }
                    counts.point = Some(counts.left + counts.zeros + counts.right);
                }
                'E' => {
                    if self.exponent.is_some() {
                        return Err("there is more than one exponent".to_owned());
                    }
                    let zeros = chars[at + 1..].iter().take_while(|c| **c == '0').count();
                    if counts.left + counts.zeros < 1 || zeros < 1 {
                        return Err(
                            "the exponent needs a digit before it and a `0` after it".to_owned()
                        );
                    }
                    self.exponent = Some(zeros);
                    return Ok(at + 1 + zeros);
                }
                _ => break,
            }
            at += 1;
        }
        Ok(at)
    }

    fn counted(&mut self, mut counts: Counts, positive: bool) -> Result<(), String> {
        if let Some(point) = counts.point
            && counts.zeros == 0
            && counts.left > 0
        {
            let whole = point.max(1);
            counts.right = counts.left - whole;
            counts.left = whole - 1;
            counts.zeros = 1;
        }
        let misplaced = match counts.point {
            None => counts.right > 0,
            Some(point) => point < counts.left || point > counts.left + counts.zeros,
        };
        if misplaced || counts.grouping == Some(0) {
            return Err("its digits, commas and point are in no order that Java takes".to_owned());
        }
        if !positive {
            return Ok(());
        }
        let total = counts.left + counts.zeros + counts.right;
        let point = counts.point.unwrap_or(total);
        self.minimum_whole = (point - counts.left).min(WHOLE);
        self.maximum_whole = match self.exponent {
            Some(_) => (counts.left + self.minimum_whole).min(WHOLE),
            None => WHOLE,
        };
        if counts.point.is_some() {
            self.maximum_fraction = (total - point).min(FRACTION);
            self.minimum_fraction = (counts.left + counts.zeros - point).min(FRACTION);
            self.point_always = point == 0 || point == total;
        }
        self.grouping = counts.grouping.unwrap_or(0);
        Ok(())
    }
}
