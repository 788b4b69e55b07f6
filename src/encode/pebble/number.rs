//! Numbers: literals, and `Double.toString` of JDK 17.

use std::cmp::Ordering;
use std::sync::Arc;

use num_bigint::BigUint;

use crate::encode::pebble::decimal::Decimal;
use crate::encode::pebble::error::ErrorKind;
use crate::encode::pebble::fail::{Fail, Outcome};
use crate::encode::pebble::options::Options;
use crate::encode::pebble::value::Value;

/// Digits that a literal may have.
const LONGEST: usize = 1000;

/// The value of a number literal.
pub(crate) fn literal(text: &str, long: bool, options: &Options) -> Outcome<Value> {
    if text.len() > LONGEST {
        return Err(Fail::limit(format!(
            "a number of more than {LONGEST} digits"
        )));
    }
    if !long && options.literal_numbers_as_big_decimals {
        return Ok(Value::Decimal(Arc::new(Decimal::parse(text))));
    }
    let too_large = || Fail::new(ErrorKind::Syntax, format!("the number {text} is too large"));
    if text.contains('.') {
        return text.parse().map(Value::Double).map_err(|_| too_large());
    }
    if !long && options.literal_decimal_treated_as_integer {
        return text
            .parse()
            .map(Value::Int)
            .map_err(|_| too_large().help("write `L` after it"));
    }
    text.parse().map(Value::Long).map_err(|_| {
        too_large().help("integers go up to 9223372036854775807; write longer ones in quotes")
    })
}

/// The decimal digits of a double as Java prints them, and where the point stands before them.
///
/// `0.ddd * 10^exponent`; the value is finite and not zero.
pub(crate) struct Digits {
    pub digits: Vec<u8>,
    pub exponent: i32,
    /// Java took them from a whole number, and does not know then whether they are exact.
    pub from_whole: bool,
}

/// `Double.toString`.
pub(crate) fn print_double(value: f64, out: &mut String) {
    if value.is_nan() {
        return out.push_str("NaN");
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    if value.is_infinite() {
        return out.push_str("Infinity");
    }
    if value == 0.0 {
        return out.push_str("0.0");
    }
    let Digits {
        digits, exponent, ..
    } = digits(value.abs());
    let text: String = digits.iter().map(|d| char::from(b'0' + d)).collect();
    let tail = |text: &str| {
        if text.is_empty() {
            "0".to_owned()
        } else {
            text.to_owned()
        }
    };
    if (1..8).contains(&exponent) {
        let whole = exponent as usize;
        if text.len() <= whole {
            out.push_str(&text);
            out.extend(std::iter::repeat_n('0', whole - text.len()));
            out.push_str(".0");
        } else {
            out.push_str(&text[..whole]);
            out.push('.');
            out.push_str(&text[whole..]);
        }
    } else if exponent <= 0 && exponent > -3 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', (-exponent) as usize));
        out.push_str(&text);
    } else {
        out.push_str(&text[..1]);
        out.push('.');
        out.push_str(&tail(&text[1..]));
        out.push('E');
        out.push_str(&(exponent - 1).to_string());
    }
}

const FRACTION: u32 = 52;
const BITS_OF_FIVES: [i32; 27] = [
    0, 3, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28, 31, 33, 35, 38, 40, 42, 45, 47, 49, 52, 54, 56,
    59, 61,
];

fn bits_of_fives(power: i32) -> i32 {
    BITS_OF_FIVES
        .get(power as usize)
        .copied()
        .unwrap_or(power * 3)
}

/// The digits that JDK 17 finds, which are not always the fewest.
pub(crate) fn digits(value: f64) -> Digits {
    let bits = value.to_bits();
    let mut fraction = bits & ((1 << FRACTION) - 1);
    let mut exponent = ((bits >> FRACTION) & 0x7FF) as i32;
    let mut significant = 53;
    if exponent == 0 {
        let leading = fraction.leading_zeros();
        let shift = leading - (63 - FRACTION);
        fraction <<= shift;
        exponent = 1 - shift as i32;
        significant = 64 - leading as i32;
    } else {
        fraction |= 1 << FRACTION;
    }
    exponent -= 1023;
    let trailing = fraction.trailing_zeros();
    let fraction_bits = FRACTION as i32 + 1 - trailing as i32;
    let tiny = (fraction_bits - exponent - 1).max(0);
    if (-21..=62).contains(&exponent) && tiny == 0 && fraction_bits < 64 {
        return long_digits(fraction, exponent, significant);
    }
    hard_digits(fraction, exponent, significant, trailing, tiny)
}

fn long_digits(fraction: u64, exponent: i32, significant: i32) -> Digits {
    let shift = exponent - FRACTION as i32;
    let mut whole = if shift >= 0 {
        fraction << shift
    } else {
        fraction >> -shift
    };
    let mut dropped = 0;
    if exponent > significant {
        let excess = exponent - significant - 1;
        // decimal digits below the precision of the binary value
        let insignificant = match excess {
            4..=6 => 1,
            7..=9 => 2,
            _ => 0,
        };
        if insignificant > 0 {
            let power = 10_u64.pow(insignificant);
            let residue = whole % power;
            whole /= power;
            dropped = insignificant as i32;
            if residue >= power >> 1 {
                whole += 1;
            }
        }
    }
    let text = whole.to_string();
    let exponent = text.len() as i32 + dropped;
    let digits = text
        .trim_end_matches('0')
        .bytes()
        .map(|b| b - b'0')
        .collect();
    Digits {
        digits,
        exponent,
        from_whole: true,
    }
}

#[expect(
    clippy::approx_constant,
    reason = "the constant of the JDK, digit for digit"
)]
fn estimated_exponent(fraction: u64, exponent: i32) -> i32 {
    let mantissa = f64::from_bits((1023 << FRACTION) | (fraction & ((1 << FRACTION) - 1)));
    ((mantissa - 1.5) * 0.289_529_654 + 0.176_091_259 + f64::from(exponent) * 0.301_029_995_663_981)
        .floor() as i32
}

/// Three numbers scaled alike: the value, the unit it is divided by, half the distance to its neighbour.
struct Scaled {
    value: BigUint,
    unit: BigUint,
    half: BigUint,
    /// Whether the numbers fit a long, where Java compares a tie differently.
    long: bool,
}

fn hard_digits(fraction: u64, exponent: i32, significant: i32, trailing: u32, tiny: i32) -> Digits {
    let fraction_bits = FRACTION as i32 + 1 - trailing as i32;
    let mut decimal = estimated_exponent(fraction, exponent);
    let b5 = (-decimal).max(0);
    let mut b2 = b5 + tiny + exponent;
    let s5 = decimal.max(0);
    let mut s2 = s5 + tiny;
    let mut m2 = b2 - significant;
    b2 -= fraction_bits - 1;
    let common = b2.min(s2);
    b2 -= common;
    s2 -= common;
    m2 -= common;
    if fraction_bits == 1 {
        m2 -= 1;
    }
    if m2 < 0 {
        b2 -= m2;
        s2 -= m2;
        m2 = 0;
    }
    let fits = fraction_bits + b2 + bits_of_fives(b5) < 64 && s2 + 1 + bits_of_fives(s5 + 1) < 64;
    let five = |power: i32, shift: i32| BigUint::from(5_u8).pow(power as u32) << (shift as usize);
    let scaled = Scaled {
        value: BigUint::from(fraction >> trailing) * five(b5, b2),
        unit: five(s5, s2),
        half: five(b5, m2),
        long: fits,
    };
    let mut digits = generate(scaled, &mut decimal);
    let exponent = decimal + 1;
    digits.exponent += exponent;
    digits
}

fn generate(mut scaled: Scaled, decimal: &mut i32) -> Digits {
    let tens = &scaled.unit * 10_u8;
    let mut digits = Vec::new();
    let mut first = true;
    let (mut low, mut high) = (false, false);
    while !(low || high) || first {
        let digit = (&scaled.value / &scaled.unit)
            .to_u32_digits()
            .first()
            .copied()
            .unwrap_or(0);
        scaled.value = (&scaled.value % &scaled.unit) * 10_u8;
        scaled.half *= 10_u8;
        low = scaled.value < scaled.half;
        let reach = &scaled.value + &scaled.half;
        high = if scaled.long {
            reach > tens
        } else {
            reach >= tens
        };
        if scaled.long && scaled.half.bits() > 63 {
            (low, high) = (true, true);
        }
        if first && digit == 0 && !high {
            *decimal -= 1;
        } else {
            digits.push(digit as u8);
        }
        if first && !(-3..8).contains(decimal) {
            (low, high) = (false, false);
        }
        first = false;
    }
    let mut carried = 0;
    let up = match (scaled.value << 1_usize).cmp(&tens) {
        _ if !high => false,
        _ if !low => true,
        Ordering::Greater => true,
        Ordering::Equal => digits.last().is_some_and(|digit| digit % 2 == 1),
        Ordering::Less => false,
    };
    if up {
        carried = round_up(&mut digits);
    }
    Digits {
        digits,
        exponent: carried,
        from_whole: false,
    }
}

/// Add one to the last digit; 1 when that carries out of the first.
fn round_up(digits: &mut [u8]) -> i32 {
    for digit in digits.iter_mut().rev() {
        if *digit < 9 {
            *digit += 1;
            return 0;
        }
        *digit = 0;
    }
    if let Some(first) = digits.first_mut() {
        *first = 1;
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(value: f64) -> String {
        let mut out = String::new();
        print_double(value, &mut out);
        out
    }

    #[test]
    fn doubles_print_as_jdk_17_prints_them() {
        let cases = [
            (2.0, "2.0"),
            (100.0, "100.0"),
            (1.0e7, "1.0E7"),
            (12_345_678.9, "1.23456789E7"),
            (0.001, "0.001"),
            (0.000_1, "1.0E-4"),
            // JDK 19 prints 2.0E23
            (2.0e23, "1.9999999999999998E23"),
            (f64::MAX, "1.7976931348623157E308"),
            (f64::MIN_POSITIVE, "2.2250738585072014E-308"),
            (5.0e-324, "4.9E-324"),
            (9_223_372_036_854_775_807.0, "9.223372036854776E18"),
            (-0.0, "-0.0"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];
        for (value, expected) in cases {
            assert_eq!(printed(value), expected);
        }
    }

    #[test]
    fn printed_doubles_read_back_as_the_same_double() {
        let mut bits = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..20_000 {
            bits = bits
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let value = f64::from_bits(bits);
            if value.is_finite() {
                assert_eq!(printed(value).parse(), Ok(value), "{bits:x}");
            }
        }
    }
}
