//! The digits that `Double.toString` and `Float.toString` choose up to JDK 18: sometimes one more than needed.
//!
//! The steps are those of the original's free-format conversion (after Steele and White), with its symmetric stopping test.

use std::cmp::Ordering;

/// Bits of a double's fraction.
const FRACTION: i32 = 52;
const HIDDEN: u64 = 1 << FRACTION;

/// Digits after which a whole number of this many surplus bits says nothing: `SURPLUS[bits]` of them are dropped.
const SURPLUS: [u8; 64] = [
    0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9,
    9, 9, 10, 10, 10, 11, 11, 11, 12, 12, 12, 12, 13, 13, 13, 14, 14, 14, 15, 15, 15, 15, 16, 16,
    16, 17, 17, 17, 18, 18, 18, 19,
];

/// A number in the form that both widths share.
struct Binary {
    /// The fraction with its hidden bit at bit 52.
    bits: u64,
    /// The exponent of the hidden bit.
    exponent: i32,
    /// How many bits carry information.
    significant: i32,
}

/// Digits `d₁d₂…` (ASCII) and the exponent of the first, of a double that is finite and not zero.
pub(crate) fn of_double(value: f64) -> (Vec<u8>, i32) {
    let bits = value.to_bits();
    let fraction = bits & (HIDDEN - 1);
    let exponent = (bits >> FRACTION & 0x7FF) as i32;
    digits(&normalised(fraction, exponent, FRACTION, 1023))
}

/// The same of a float.
pub(crate) fn of_float(value: f32) -> (Vec<u8>, i32) {
    let bits = u64::from(value.to_bits());
    let fraction = bits & ((1 << 23) - 1);
    let exponent = (bits >> 23 & 0xFF) as i32;
    digits(&normalised(fraction, exponent, 23, 127))
}

fn normalised(fraction: u64, exponent: i32, width: i32, bias: i32) -> Binary {
    let up = FRACTION - width;
    if exponent != 0 {
        let bits = (fraction | 1 << width) << up;
        return Binary {
            bits,
            exponent: exponent - bias,
            significant: width + 1,
        };
    }
    let length = 64 - fraction.leading_zeros() as i32;
    let shift = width + 1 - length;
    Binary {
        bits: fraction << shift << up,
        exponent: 1 - shift - bias,
        significant: length,
    }
}

fn digits(number: &Binary) -> (Vec<u8>, i32) {
    let zeros = number.bits.trailing_zeros() as i32;
    let used = FRACTION + 1 - zeros;
    let tiny = (used - number.exponent - 1).max(0);
    if tiny == 0 && (-21..=62).contains(&number.exponent) && used < 64 {
        return whole(number);
    }
    free_format(number, zeros, used, tiny)
}

/// A whole number that fits 64 bits.
fn whole(number: &Binary) -> (Vec<u8>, i32) {
    let surplus = number.exponent - number.significant - 1;
    let dropped = if number.exponent > number.significant && surplus > 1 {
        u32::from(SURPLUS[surplus as usize])
    } else {
        0
    };
    let mut value = if number.exponent >= FRACTION {
        number.bits << (number.exponent - FRACTION)
    } else {
        number.bits >> (FRACTION - number.exponent)
    };
    if dropped > 0 {
        let unit = 10_u64.pow(dropped);
        let rest = value % unit;
        value = value / unit + u64::from(rest >= unit / 2);
    }
    let text = value.to_string();
    let exponent = (text.len() - 1) as i32 + dropped as i32;
    (text.trim_end_matches('0').as_bytes().to_vec(), exponent)
}

/// Powers of two and five in the divided number `B`, the divisor `S` and the margin `M`.
struct Scale {
    b: (i32, i32),
    s: (i32, i32),
    m: (i32, i32),
}

/// What the digits' loop leaves behind.
struct Taken {
    digits: Vec<u8>,
    exponent: i32,
    low: bool,
    high: bool,
    /// How the rest compares to half of a digit.
    half: Ordering,
}

/// Takes digits off `B / S` until what is left is less than half of the distance to the next number, `M`.
fn free_format(number: &Binary, zeros: i32, used: i32, tiny: i32) -> (Vec<u8>, i32) {
    let exponent = estimate(number);
    let scale = scale(number, exponent, used, tiny);
    let bits = number.bits >> zeros;
    let b_bits = used + scale.b.0 + bits_of_five(scale.b.1);
    let ten_s_bits = scale.s.0 + 1 + bits_of_five(scale.s.1 + 1);
    let taken = if b_bits < 32 && ten_s_bits < 32 {
        take_small(bits, &scale, exponent, |value| i64::from(value as i32))
    } else if b_bits < 64 && ten_s_bits < 64 {
        take_small(bits, &scale, exponent, |value| value)
    } else {
        take_big(bits, &scale, exponent)
    };
    let Taken {
        mut digits,
        mut exponent,
        low,
        high,
        half,
    } = taken;
    let odd = digits.last().is_some_and(|digit| digit & 1 == 1);
    if high && (!low || half == Ordering::Greater || (half == Ordering::Equal && odd)) {
        exponent += i32::from(round_up(&mut digits));
    }
    (digits, exponent)
}

fn scale(number: &Binary, exponent: i32, used: i32, tiny: i32) -> Scale {
    let (b_fives, s_fives) = ((-exponent).max(0), exponent.max(0));
    let b_twos = b_fives + tiny + number.exponent;
    let s_twos = s_fives + tiny;
    let m_twos = b_twos - number.significant;
    let b_twos = b_twos - (used - 1);
    let common = b_twos.min(s_twos);
    // Below an exact power of two the next number is half as far away.
    let m_twos = m_twos - common - i32::from(used == 1);
    let up = (-m_twos).max(0);
    Scale {
        b: (b_twos - common + up, b_fives),
        s: (s_twos - common + up, s_fives),
        m: (m_twos + up, b_fives),
    }
}

/// The loop on machine words; `wrap` makes them as narrow as the original's, whose sums may overflow.
fn take_small(bits: u64, scale: &Scale, mut exponent: i32, wrap: impl Fn(i64) -> i64) -> Taken {
    let power = |(twos, fives): (i32, i32)| wrap(5_i64.pow(fives as u32).wrapping_shl(twos as u32));
    let mut b = wrap(
        (bits as i64)
            .wrapping_mul(5_i64.pow(scale.b.1 as u32))
            .wrapping_shl(scale.b.0 as u32),
    );
    let (s, mut m) = (power(scale.s), power(scale.m));
    let tens = wrap(s.wrapping_mul(10));
    let mut digits = Vec::new();
    let mut first = true;
    loop {
        let digit = b / s;
        b = wrap((b % s).wrapping_mul(10));
        m = wrap(m.wrapping_mul(10));
        let (mut low, mut high) = (b < m, wrap(b.wrapping_add(m)) > tens);
        if !first && m <= 0 {
            (low, high) = (true, true);
        }
        let stops = record(
            digit as u8,
            (&mut low, &mut high),
            &mut first,
            &mut exponent,
            &mut digits,
        );
        if stops {
            let half = wrap(b.wrapping_shl(1).wrapping_sub(tens)).cmp(&0);
            return Taken {
                digits,
                exponent,
                low,
                high,
                half,
            };
        }
    }
}

fn take_big(bits: u64, scale: &Scale, mut exponent: i32) -> Taken {
    let divisor = Big::product(1, scale.s.1, scale.s.0);
    let tens = Big::product(1, scale.s.1 + 1, scale.s.0 + 1);
    let mut rest = Big::product(bits, scale.b.1, scale.b.0);
    let mut margin = Big::product(1, scale.m.1, scale.m.0);
    let mut digits = Vec::new();
    let mut first = true;
    loop {
        let digit = rest.take_quotient(&divisor);
        rest.multiply(10);
        margin.multiply(10);
        let (mut low, mut high) = (
            rest.compare(&margin).is_lt(),
            rest.sum(&margin).compare(&tens).is_ge(),
        );
        if record(
            digit,
            (&mut low, &mut high),
            &mut first,
            &mut exponent,
            &mut digits,
        ) {
            rest.multiply(2);
            return Taken {
                digits,
                exponent,
                low,
                high,
                half: rest.compare(&tens),
            };
        }
    }
}

/// Keeps a digit; a first zero only lowers the exponent. Whether the digits are complete.
fn record(
    digit: u8,
    (low, high): (&mut bool, &mut bool),
    first: &mut bool,
    exponent: &mut i32,
    digits: &mut Vec<u8>,
) -> bool {
    let leading_zero = *first && digit == 0 && !*high;
    if leading_zero {
        *exponent -= 1;
    } else {
        digits.push(b'0' + digit);
    }
    // Scientific notation wants a digit behind the point.
    if *first && (*exponent < -3 || *exponent >= 8) {
        (*low, *high) = (false, false);
    }
    *first = false;
    *low || *high
}

/// Adds one to the last digit; whether the carry made one digit more of it.
fn round_up(digits: &mut [u8]) -> bool {
    for digit in digits.iter_mut().rev() {
        if *digit != b'9' {
            *digit += 1;
            return false;
        }
        *digit = b'0';
    }
    if let Some(first) = digits.first_mut() {
        *first = b'1';
    }
    true
}

/// A decimal exponent that is right or one too high.
#[expect(
    clippy::approx_constant,
    reason = "the original's constant decides, not the closest double"
)]
fn estimate(number: &Binary) -> i32 {
    let mantissa = f64::from_bits(0x3FF << FRACTION | (number.bits & (HIDDEN - 1)));
    let log = (mantissa - 1.5) * 0.289_529_654
        + 0.176_091_259
        + f64::from(number.exponent) * 0.301_029_995_663_981;
    log.floor() as i32
}

/// Bits of a power of five, as the original estimates them.
fn bits_of_five(power: i32) -> i32 {
    match power {
        0 => 0,
        1..=26 => (5_u64.pow(power as u32).ilog2() + 1) as i32,
        _ => power * 3,
    }
}

/// A whole number without limit, low words first.
struct Big(Vec<u32>);

impl Big {
    /// `value · 5^fives · 2^twos`
    fn product(value: u64, fives: i32, twos: i32) -> Self {
        let twos = twos as usize;
        let mut words = vec![0; twos / 32];
        words.extend([value as u32, (value >> 32) as u32]);
        let mut big = Self(words);
        big.multiply(1 << (twos % 32));
        for _ in 0..fives {
            big.multiply(5);
        }
        big
    }

    fn multiply(&mut self, factor: u32) {
        let mut carry = 0;
        for word in &mut self.0 {
            let product = u64::from(*word) * u64::from(factor) + carry;
            *word = product as u32;
            carry = product >> 32;
        }
        if carry > 0 {
            self.0.push(carry as u32);
        }
    }

    fn word(&self, at: usize) -> u32 {
        self.0.get(at).copied().unwrap_or(0)
    }

    fn compare(&self, other: &Self) -> Ordering {
        let length = self.0.len().max(other.0.len());
        (0..length)
            .rev()
            .map(|at| self.word(at).cmp(&other.word(at)))
            .find(|o| o.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    fn sum(&self, other: &Self) -> Self {
        let mut carry = 0;
        let mut words = Vec::new();
        for at in 0..=self.0.len().max(other.0.len()) {
            let sum = u64::from(self.word(at)) + u64::from(other.word(at)) + carry;
            words.push(sum as u32);
            carry = sum >> 32;
        }
        Self(words)
    }

    /// Divides by a number at least a tenth as large; keeps the remainder.
    fn take_quotient(&mut self, divisor: &Self) -> u8 {
        let mut quotient = 0;
        while self.compare(divisor).is_ge() {
            let mut borrow = 0;
            for at in 0..self.0.len() {
                let difference = i64::from(self.word(at)) - i64::from(divisor.word(at)) - borrow;
                self.0[at] = difference as u32;
                borrow = i64::from(difference < 0);
            }
            quotient += 1;
        }
        quotient
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn double(value: f64) -> String {
        let (digits, exponent) = of_double(value);
        format!("{}e{exponent}", String::from_utf8_lossy(&digits))
    }

    #[test]
    fn doubles_have_the_digits_of_jdk_17() {
        let cases = [
            (2.0E23, "19999999999999998e23"),
            (1.0E23, "9999999999999999e22"),
            (8.41E21, "8409999999999999e21"),
            (5.684_341_886_080_802E-14, "56843418860808015e-14"),
            (6.234_574_010_820_315e18, "62345740108203151e18"),
            (5e-324, "49e-324"),
            (f64::MAX, "17976931348623157e308"),
            (100.0, "1e2"),
            (0.1, "1e-1"),
        ];
        for (value, expected) in cases {
            assert_eq!(double(value), expected);
        }
    }

    #[test]
    fn floats_have_the_digits_of_jdk_17() {
        assert_eq!(of_float(223_139_424.0), (b"223139424".to_vec(), 8));
        assert_eq!(of_float(f32::from_bits(1)), (b"14".to_vec(), -45));
    }
}
