//! `BigDecimal`, as far as number literals of that type need it.

use std::cmp::Ordering;

use num_bigint::BigInt;

use crate::encode::pebble::number;

/// Digits that DECIMAL128 keeps.
const PRECISION: i32 = 34;

/// An unscaled integer and the number of its digits after the point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    unscaled: BigInt,
    scale: i32,
}

impl Decimal {
    /// `new BigDecimal(text)` for digits with an optional point.
    pub(crate) fn parse(text: &str) -> Decimal {
        let scale = text
            .split_once('.')
            .map_or(0, |(_, fraction)| fraction.len() as i32);
        let unscaled =
            BigInt::parse_bytes(text.replace('.', "").as_bytes(), 10).unwrap_or_default();
        Decimal { unscaled, scale }
    }

    /// `BigDecimal.valueOf(double)`: the digits that `Double.toString` prints; `None` unless finite.
    pub(crate) fn value_of(value: f64) -> Option<Decimal> {
        if !value.is_finite() {
            return None;
        }
        let mut text = String::new();
        number::print_double(value, &mut text);
        let (mantissa, exponent) = text.split_once('E').unwrap_or((&text, "0"));
        let mut decimal = Decimal::parse(mantissa);
        decimal.scale -= exponent.parse::<i32>().ok()?;
        Some(decimal)
    }

    /// `doubleValue`.
    pub(crate) fn to_f64(&self) -> f64 {
        format!("{}e{}", self.unscaled, -self.scale)
            .parse()
            .unwrap_or(f64::NAN)
    }

    /// `longValue`: the whole part, its low 64 bits.
    pub(crate) fn to_i64(&self) -> i64 {
        let whole = match self.scale {
            scale if scale > 0 => &self.unscaled / ten_to(scale),
            scale => &self.unscaled * ten_to(-scale),
        };
        let low: BigInt = whole & BigInt::from(u64::MAX);
        low.iter_u64_digits().next().unwrap_or(0) as i64
    }

    pub(crate) fn add(&self, other: &Decimal) -> Decimal {
        let (left, right, scale) = self.aligned(other);
        Decimal {
            unscaled: left + right,
            scale,
        }
    }

    pub(crate) fn subtract(&self, other: &Decimal) -> Decimal {
        let (left, right, scale) = self.aligned(other);
        Decimal {
            unscaled: left - right,
            scale,
        }
    }

    pub(crate) fn multiply(&self, other: &Decimal) -> Decimal {
        Decimal {
            unscaled: &self.unscaled * &other.unscaled,
            scale: self.scale + other.scale,
        }
        .rounded()
    }

    /// The quotient in DECIMAL128, with trailing zeros down to the preferred scale dropped; `None` for a division by zero.
    pub(crate) fn divide(&self, other: &Decimal) -> Option<Decimal> {
        if other.unscaled == BigInt::ZERO {
            return None;
        }
        let preferred = self.scale - other.scale;
        if self.unscaled == BigInt::ZERO {
            return Some(Decimal {
                unscaled: BigInt::ZERO,
                scale: preferred,
            });
        }
        let shift = (PRECISION + digits(&other.unscaled) - digits(&self.unscaled) + 3).max(0);
        let scaled = &self.unscaled * ten_to(shift);
        let mut quotient = &scaled / &other.unscaled;
        let exact = &quotient * &other.unscaled == scaled;
        let mut scale = preferred + shift;
        if exact {
            let ten = BigInt::from(10);
            while scale > preferred && &quotient % &ten == BigInt::ZERO {
                quotient /= &ten;
                scale -= 1;
            }
        } else {
            // one more digit that is not zero keeps the rounding from seeing a tie
            quotient = quotient * 10
                + BigInt::from(if scaled.sign() == other.unscaled.sign() {
                    1
                } else {
                    -1
                });
            scale += 1;
        }
        Some(
            Decimal {
                unscaled: quotient,
                scale,
            }
            .rounded(),
        )
    }

    /// The remainder; `None` for a division by zero.
    pub(crate) fn remainder(&self, other: &Decimal) -> Option<Decimal> {
        if other.unscaled == BigInt::ZERO {
            return None;
        }
        let (left, right, scale) = self.aligned(other);
        Some(Decimal {
            unscaled: left % right,
            scale,
        })
    }

    pub(crate) fn abs(&self) -> Decimal {
        Decimal {
            unscaled: self.unscaled.magnitude().clone().into(),
            scale: self.scale,
        }
    }

    pub(crate) fn compare(&self, other: &Decimal) -> Ordering {
        let (left, right, _) = self.aligned(other);
        left.cmp(&right)
    }

    /// `toPlainString`.
    pub(crate) fn plain(&self) -> String {
        let digits = self.unscaled.magnitude().to_string();
        let sign = if self.unscaled < BigInt::ZERO {
            "-"
        } else {
            ""
        };
        if self.scale <= 0 {
            let zeros = if digits == "0" {
                0
            } else {
                -self.scale as usize
            };
            return format!("{sign}{digits}{}", "0".repeat(zeros));
        }
        let scale = self.scale as usize;
        let padded = "0".repeat((scale + 1).saturating_sub(digits.len())) + &digits;
        let (whole, fraction) = padded.split_at(padded.len() - scale);
        format!("{sign}{whole}.{fraction}")
    }

    /// `toString`: scientific when the exponent is large.
    pub(crate) fn print(&self) -> String {
        let digits = self.unscaled.magnitude().to_string();
        let exponent = digits.len() as i32 - 1 - self.scale;
        if self.scale >= 0 && exponent >= -6 {
            return self.plain();
        }
        let sign = if self.unscaled < BigInt::ZERO {
            "-"
        } else {
            ""
        };
        let point = if digits.len() > 1 { "." } else { "" };
        let exponent = match exponent {
            0 => String::new(),
            exponent => format!("E{exponent:+}"),
        };
        format!("{sign}{}{point}{}{exponent}", &digits[..1], &digits[1..])
    }

    fn aligned(&self, other: &Decimal) -> (BigInt, BigInt, i32) {
        let scale = self.scale.max(other.scale);
        let left = &self.unscaled * ten_to(scale - self.scale);
        let right = &other.unscaled * ten_to(scale - other.scale);
        (left, right, scale)
    }

    /// At most 34 digits, half to even.
    fn rounded(self) -> Decimal {
        let excess = digits(&self.unscaled) - PRECISION;
        if excess <= 0 {
            return self;
        }
        let unit = ten_to(excess);
        let mut unscaled = &self.unscaled / &unit;
        let rest = (&self.unscaled % &unit).magnitude().clone() * 2_u8;
        let odd = &unscaled % 2 != BigInt::ZERO;
        let up = match rest.cmp(unit.magnitude()) {
            Ordering::Greater => true,
            Ordering::Equal => odd,
            Ordering::Less => false,
        };
        if up {
            unscaled += if self.unscaled < BigInt::ZERO { -1 } else { 1 };
        }
        Decimal {
            unscaled,
            scale: self.scale - excess,
        }
        .rounded()
    }
}

fn ten_to(power: i32) -> BigInt {
    BigInt::from(10).pow(power.max(0) as u32)
}

fn digits(value: &BigInt) -> i32 {
    value.magnitude().to_string().len() as i32
}
