//! Numbers as Java prints them (writer rules, section 3).

use std::io::Write as _;

use crate::encode::file::java_digits;

/// Which digits a double or a float is printed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Digits {
    /// Those of JDK 18 and earlier, on which Spark 3 runs: now and then one more than needed.
    #[default]
    Jdk18,
    /// Those of JDK 19 and later: the fewest that read back as the same number.
    Jdk19,
}

/// Appends a double as `Double.toString`.
pub fn push_double(value: f64, digits: Digits, out: &mut Vec<u8>) {
    if push_special(value, out) {
        return;
    }
    let (digits, exponent) = match digits {
        Digits::Jdk18 => java_digits::of_double(value),
        Digits::Jdk19 => shortest(&format!("{:e}", value.abs()), || {
            format!("{:.1e}", value.abs())
        }),
    };
    push_digits(value.is_sign_negative(), digits, exponent, out);
}

/// Appends a float as `Float.toString`.
pub fn push_float(value: f32, digits: Digits, out: &mut Vec<u8>) {
    if push_special(f64::from(value), out) {
        return;
    }
    let (digits, exponent) = match digits {
        Digits::Jdk18 => java_digits::of_float(value),
        Digits::Jdk19 => shortest(&format!("{:e}", value.abs()), || {
            format!("{:.1e}", value.abs())
        }),
    };
    push_digits(value.is_sign_negative(), digits, exponent, out);
}

/// Appends a decimal of the given scale as `BigDecimal.toString`.
pub fn push_decimal(unscaled: i128, scale: u8, out: &mut Vec<u8>) {
    let scale = usize::from(scale);
    let digits = unscaled.unsigned_abs().to_string();
    if unscaled < 0 {
        out.push(b'-');
    }
    // The exponent of the first digit; below -6 Java turns to scientific notation.
    let below_point = (scale + 1).saturating_sub(digits.len());
    if scale == 0 {
        out.extend_from_slice(digits.as_bytes());
    } else if below_point > 6 {
        out.extend_from_slice(&digits.as_bytes()[..1]);
        if digits.len() > 1 {
            out.push(b'.');
            out.extend_from_slice(&digits.as_bytes()[1..]);
        }
        push_text(out, format_args!("E-{below_point}"));
    } else if digits.len() > scale {
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        push_text(out, format_args!("{whole}.{fraction}"));
    } else {
        push_text(out, format_args!("0.{digits:0>scale$}"));
    }
}

/// Appends an integer in decimal.
pub fn push_integer(value: i64, out: &mut Vec<u8>) {
    let mut digits = [0; 20];
    let mut start = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        out.push(b'-');
    }
    out.extend_from_slice(&digits[start..]);
}

/// Appends formatted text; a vector takes every byte.
pub(crate) fn push_text(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).ok();
}

fn push_special(value: f64, out: &mut Vec<u8>) -> bool {
    let text = match value {
        v if v.is_nan() => "NaN",
        f64::INFINITY => "Infinity",
        f64::NEG_INFINITY => "-Infinity",
        v if v == 0.0 && v.is_sign_negative() => "-0.0",
        0.0 => "0.0",
        _ => return false,
    };
    out.extend_from_slice(text.as_bytes());
    true
}

/// Digits and exponent of `d[.ddd]e±n`; where one digit is enough Java takes the closest of two.
fn shortest(scientific: &str, two: impl Fn() -> String) -> (Vec<u8>, i32) {
    let scientific = if scientific.as_bytes().get(1) == Some(&b'e') {
        two()
    } else {
        scientific.to_owned()
    };
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let mut digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    while digits.len() > 1 && digits.last() == Some(&b'0') {
        digits.pop();
    }
    (digits, exponent.parse().unwrap_or(0))
}

/// Prints digits plainly from 10⁻³ to 10⁷ and scientifically elsewhere.
fn push_digits(negative: bool, mut digits: Vec<u8>, exponent: i32, out: &mut Vec<u8>) {
    if negative {
        out.push(b'-');
    }
    match usize::try_from(exponent) {
        Ok(whole) if whole < 7 => {
            let whole = whole + 1;
            digits.resize(digits.len().max(whole + 1), b'0');
            out.extend_from_slice(&digits[..whole]);
            out.push(b'.');
            out.extend_from_slice(&digits[whole..]);
        }
        Err(_) if exponent >= -3 => {
            out.extend_from_slice(&b"0.000"[..1 + exponent.unsigned_abs() as usize]);
            out.extend_from_slice(&digits);
        }
        Ok(_) | Err(_) => {
            out.push(digits[0]);
            out.push(b'.');
            out.extend_from_slice(if digits.len() > 1 { &digits[1..] } else { b"0" });
            push_text(out, format_args!("E{exponent}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(push: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        push(&mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn doubles_have_java_s_shape() {
        let cases = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.001, "0.001"),
            (0.0009999, "9.999E-4"),
            (0.012, "0.012"),
            (9_999_999.0, "9999999.0"),
            (1e7, "1.0E7"),
            (12_345_678.0, "1.2345678E7"),
            (5e-324, "4.9E-324"),
            (2e23, "2.0E23"),
            (f64::MAX, "1.7976931348623157E308"),
            (123_456.789, "123456.789"),
        ];
        for (value, expected) in cases {
            assert_eq!(text(|out| push_double(value, Digits::Jdk19, out)), expected);
        }
    }

    #[test]
    fn floats_have_float_digits() {
        assert_eq!(
            text(|out| push_float(f32::from_bits(1), Digits::Jdk19, out)),
            "1.4E-45"
        );
        assert_eq!(text(|out| push_float(0.1, Digits::Jdk19, out)), "0.1");
        assert_eq!(
            text(|out| push_float(f32::MAX, Digits::Jdk19, out)),
            "3.4028235E38"
        );
    }

    #[test]
    fn decimals_turn_scientific_below_a_millionth() {
        let cases = [
            (0, 18, "0E-18"),
            (1, 18, "1E-18"),
            (1000, 10, "1.000E-7"),
            (10_000, 10, "0.0000010000"),
            (0, 2, "0.00"),
            (-1, 5, "-0.00001"),
            (12_345, 2, "123.45"),
            (-7, 0, "-7"),
            (0, 6, "0.000000"),
            (0, 7, "0E-7"),
        ];
        for (unscaled, scale, expected) in cases {
            assert_eq!(text(|out| push_decimal(unscaled, scale, out)), expected);
        }
    }

    #[test]
    fn integers_reach_both_ends() {
        assert_eq!(
            text(|out| push_integer(i64::MIN, out)),
            "-9223372036854775808"
        );
        assert_eq!(text(|out| push_integer(0, out)), "0");
    }
}
