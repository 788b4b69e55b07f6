//! Writes numbers by a compiled pattern.

use std::cmp::Ordering;

use crate::encode::pebble::decimal_format::{Affix, Format};
use crate::encode::pebble::number;
use crate::encode::pebble::options::Locale;

/// A number to format.
#[derive(Debug)]
pub(crate) enum Amount {
    Double(f64),
    /// Sign, all digits, and how many stand before the point.
    Exact(bool, Vec<u8>, i32),
}

impl Amount {
    pub fn integer(value: i128) -> Amount {
        let digits: Vec<u8> = value
            .unsigned_abs()
            .to_string()
            .bytes()
            .map(|b| b - b'0')
            .collect();
        let point = digits.len() as i32;
        Amount::Exact(value < 0, digits, point)
    }

    /// The digits of a plain decimal number.
    pub fn decimal(plain: &str) -> Amount {
        let (negative, text) = plain
            .strip_prefix('-')
            .map_or((false, plain), |text| (true, text));
        let point = text.find('.').unwrap_or(text.len()) as i32;
        let digits = text
            .bytes()
            .filter(u8::is_ascii_digit)
            .map(|b| b - b'0')
            .collect();
        Amount::Exact(negative, digits, point)
    }
}

/// Significant digits without zeros at either end; the point stands after `point` of them.
#[derive(Debug, Default)]
struct Digits {
    digits: Vec<u8>,
    point: i32,
}

impl Digits {
    fn new(mut digits: Vec<u8>, mut point: i32) -> Digits {
        let zeros = digits.iter().take_while(|d| **d == 0).count();
        digits.drain(..zeros);
        point -= zeros as i32;
        while digits.last() == Some(&0) {
            digits.pop();
        }
        if digits.is_empty() {
            point = 0;
        }
        Digits { digits, point }
    }

    /// Keep `kept` digits, half to even, or half up.
    fn rounded(mut self, kept: i32, half_up: bool) -> Digits {
        let Ok(keep) = usize::try_from(kept) else {
            return Digits::default();
        };
        if keep >= self.digits.len() {
            return self;
        }
        let tail = &self.digits[keep..];
        let up = match tail[0].cmp(&5) {
            Ordering::Greater => true,
            Ordering::Less => false,
            Ordering::Equal => {
                tail.len() > 1 || half_up || (keep > 0 && self.digits[keep - 1] % 2 == 1)
            }
        };
        self.digits.truncate(keep);
        if up {
            let mut at = keep;
            loop {
                if at == 0 {
                    self.digits.insert(0, 1);
                    self.point += 1;
                    break;
                }
                at -= 1;
                if self.digits[at] < 9 {
                    self.digits[at] += 1;
                    break;
                }
                self.digits[at] = 0;
            }
        }
        Digits::new(self.digits, self.point)
    }
}

/// The symbols of a locale.
#[derive(Debug)]
struct Symbols {
    decimal: char,
    grouping: char,
    currency: &'static str,
    code: &'static str,
}

impl Symbols {
    fn of(locale: &Locale) -> Result<Symbols, String> {
        let (decimal, grouping) = match locale.language.as_str() {
            "en" => ('.', ','),
            "de" | "tr" => (',', '.'),
            "fr" => (',', '\u{202F}'),
            other => {
                return Err(format!(
                    "the number format of the language `{other}` is not supported"
                ));
            }
        };
        let (currency, code) = match locale.country.as_str() {
            "US" => ("$", "USD"),
            "GB" => ("£", "GBP"),
            "DE" | "FR" => ("€", "EUR"),
            "TR" => ("₺", "TRY"),
            _ => ("¤", "XXX"),
        };
        Ok(Symbols {
            decimal,
            grouping,
            currency,
            code,
        })
    }
}

impl Format {
    /// Format a number.
    ///
    /// # Errors
    /// A reason: a locale that is not supported.
    pub fn apply(&self, amount: &Amount, locale: &Locale) -> Result<String, String> {
        let symbols = Symbols::of(locale)?;
        let (negative, digits) = match amount {
            Amount::Double(value) => {
                if value.is_nan() {
                    return Ok("NaN".to_owned());
                }
                let value = if self.multiplier == 1 {
                    *value
                } else {
                    value * f64::from(self.multiplier)
                };
                if value.is_infinite() {
                    let mut out = String::new();
                    self.prefix(value < 0.0, &symbols, &mut out);
                    out.push('∞');
                    self.suffix(value < 0.0, &symbols, &mut out);
                    return Ok(out);
                }
                (value.is_sign_negative(), self.of_double(value.abs()))
            }
            Amount::Exact(negative, digits, point) => {
                let zeros = match self.multiplier {
                    100 => 2,
                    1000 => 3,
                    _ => 0,
                };
                let digits = Digits::new(digits.clone(), point + zeros);
                (*negative, self.round(digits))
            }
        };
        let mut out = String::new();
        self.prefix(negative, &symbols, &mut out);
        match self.exponent {
            Some(least) => self.scientific(&digits, least, &symbols, &mut out),
            None => self.plain(&digits, &symbols, &mut out),
        }
        self.suffix(negative, &symbols, &mut out);
        Ok(out)
    }

    /// How many digits are kept.
    fn kept(&self, point: i32) -> i32 {
        match self.exponent {
            Some(_) => (self.maximum_whole + self.maximum_fraction) as i32,
            None => self.maximum_fraction as i32 + point,
        }
    }

    fn round(&self, digits: Digits) -> Digits {
        let kept = self.kept(digits.point);
        digits.rounded(kept, false)
    }

    fn of_double(&self, value: f64) -> Digits {
        if value == 0.0 {
            return Digits::default();
        }
        let number::Digits {
            digits,
            exponent,
            from_whole,
        } = number::digits(value);
        let short = Digits::new(digits, exponent);
        let kept = self.kept(short.point);
        if kept >= short.digits.len() as i32 {
            return short;
        }
        if from_whole {
            return short.rounded(kept, true);
        }
        // the exact value decides a tie; 767 digits are the most that a double has
        let exact = format!("{value:.770e}");
        let (mantissa, exponent) = exact.split_once('e').unwrap_or((&exact, "0"));
        let digits = mantissa
            .bytes()
            .filter(u8::is_ascii_digit)
            .map(|b| b - b'0')
            .collect();
        self.round(Digits::new(
            digits,
            exponent.parse::<i32>().unwrap_or(0) + 1,
        ))
    }

    fn plain(&self, digits: &Digits, symbols: &Symbols, out: &mut String) {
        let whole = self
            .minimum_whole
            .max(digits.point.max(0) as usize)
            .min(self.maximum_whole);
        let skipped = (digits.point.max(0) as usize).saturating_sub(whole);
        let mut used = skipped;
        let before = out.len();
        for at in (0..whole).rev() {
            let real = (at as i32) < digits.point && used < digits.digits.len();
            let digit = if real { digits.digits[used] } else { 0 };
            used += usize::from(real);
            out.push(char::from(b'0' + digit));
            if at > 0 && self.grouping > 0 && at % self.grouping == 0 {
                out.push(symbols.grouping);
            }
        }
        let fraction = self.minimum_fraction > 0 || used < digits.digits.len();
        if !fraction && out.len() == before {
            out.push('0');
        }
        if self.point_always || fraction {
            out.push(symbols.decimal);
        }
        for at in 0..self.maximum_fraction {
            if at >= self.minimum_fraction && used >= digits.digits.len() {
                break;
            }
            if -1 - (at as i32) > digits.point - 1 {
                out.push('0');
            } else if let Some(digit) = digits.digits.get(used) {
                out.push(char::from(b'0' + digit));
                used += 1;
            } else {
                out.push('0');
            }
        }
    }

    fn scientific(&self, digits: &Digits, least: usize, symbols: &Symbols, out: &mut String) {
        let repeat = self.maximum_whole as i32;
        let mut exponent = digits.point;
        let mut minimum_whole = self.minimum_whole;
        if repeat > 1 && self.maximum_whole > self.minimum_whole {
            exponent = if exponent >= 1 {
                (exponent - 1) / repeat * repeat
            } else {
                (exponent - repeat) / repeat * repeat
            };
            minimum_whole = 1;
        } else {
            exponent -= minimum_whole as i32;
        }
        let whole = if digits.digits.is_empty() {
            minimum_whole
        } else {
            (digits.point - exponent).max(0) as usize
        };
        let total = (self.minimum_whole + self.minimum_fraction)
            .max(whole)
            .max(digits.digits.len());
        for at in 0..total {
            if at == whole {
                out.push(symbols.decimal);
            }
            out.push(char::from(
                b'0' + digits.digits.get(at).copied().unwrap_or(0),
            ));
        }
        if self.point_always && total == whole {
            out.push(symbols.decimal);
        }
        out.push('E');
        if digits.digits.is_empty() {
            exponent = 0;
        }
        if exponent < 0 {
            out.push('-');
        }
        let text = exponent.unsigned_abs().to_string();
        out.extend(std::iter::repeat_n('0', least.saturating_sub(text.len())));
        out.push_str(&text);
    }

    fn prefix(&self, negative: bool, symbols: &Symbols, out: &mut String) {
        match (&self.negative, negative) {
            (Some((prefix, _)), true) => write_affix(prefix, symbols, out),
            (_, negative) => {
                if negative {
                    out.push('-');
                }
                write_affix(&self.prefix, symbols, out);
            }
        }
    }

    fn suffix(&self, negative: bool, symbols: &Symbols, out: &mut String) {
        match (&self.negative, negative) {
            (Some((_, suffix)), true) => write_affix(suffix, symbols, out),
            _ => write_affix(&self.suffix, symbols, out),
        }
    }
}

fn write_affix(affix: &[Affix], symbols: &Symbols, out: &mut String) {
    for part in affix {
        match part {
            Affix::Char(c) => out.push(*c),
            Affix::Minus => out.push('-'),
            Affix::Currency => out.push_str(symbols.currency),
            Affix::CurrencyCode => out.push_str(symbols.code),
        }
    }
}
