//! What a backslash means, in a class and outside.

use crate::encode::pebble::java_regex::Refusal;
use crate::encode::pebble::java_regex::node::{Assertion, Node};
use crate::encode::pebble::java_regex::parse::Parser;
use crate::encode::pebble::java_regex::property::{self, Kind};
use crate::encode::pebble::java_regex::set::Set;

/// What an escape stands for.
pub(super) enum Escape {
    Character(u32),
    Set(Set),
    Node(Node),
}

const VERTICAL: [(u32, u32); 3] = [(0x0A, 0x0D), (0x85, 0x85), (0x2028, 0x2029)];
const HORIZONTAL: [(u32, u32); 9] = [
    (0x09, 0x09),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x180E, 0x180E),
    (0x2000, 0x200A),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
];

impl Parser {
    /// A part of the pattern that starts with a backslash.
    pub(super) fn escaped(&mut self) -> Result<Node, Refusal> {
        if let Some(set) = self.property()? {
            return Ok(self.set(set));
        }
        Ok(match self.escape(false, false)? {
            Escape::Character(c) => self.literal(c),
            Escape::Set(set) => self.set(set),
            Escape::Node(node) => node,
        })
    }

    /// `\p{...}` or `\P{...}`, where one stands here.
    pub(super) fn property(&mut self) -> Result<Option<Set>, Refusal> {
        let scan = &mut self.scan;
        let negated = match scan.sign(scan.at + 1) {
            'p' => false,
            'P' => true,
            _ => return Ok(None),
        };
        scan.at += 1;
        let mut name = String::new();
        if scan.next() == u32::from('{') {
            loop {
                scan.at += 1;
                match scan.sign(scan.at) {
                    '}' => break,
                    _ if scan.is_end() => return Err(Refusal::syntax("`\\p{` is never closed")),
                    c => name.push(c),
                }
            }
        } else {
            name.push(scan.sign(scan.at));
        }
        scan.at += 1;
        property::named(&name, &scan.flags).map(|set| Some(set.negated_if(negated)))
    }

    /// The escape whose backslash stands here.
    pub(super) fn escape(&mut self, in_class: bool, starts_range: bool) -> Result<Escape, Refusal> {
        let c = self.scan.skip();
        let sign = char::from_u32(c).unwrap_or('\0');
        let unicode = self.scan.flags.unicode_classes;
        let class =
            |kind: Kind| Escape::Set(kind.set(unicode).negated_if(sign.is_ascii_uppercase()));
        Ok(match sign {
            '0' => Escape::Character(self.octal()?),
            'a' => Escape::Character(0x07),
            'c' => Escape::Character(self.control()?),
            'e' => Escape::Character(0x1B),
            'f' => Escape::Character(0x0C),
            'n' => Escape::Character(0x0A),
            'r' => Escape::Character(0x0D),
            't' => Escape::Character(0x09),
            'u' => Escape::Character(self.unicode()?),
            'x' => Escape::Character(self.hexadecimal()?),
            'v' if starts_range => Escape::Character(0x0B),
            'N' => return self.character_name(),
            'd' | 'D' => class(Kind::Digit),
            's' | 'S' => class(Kind::Space),
            'w' | 'W' => class(Kind::Word),
            'h' | 'H' => Escape::Set(Set::new(HORIZONTAL).negated_if(sign == 'H')),
            'v' | 'V' => Escape::Set(Set::new(VERTICAL).negated_if(sign == 'V')),
            _ if !sign.is_ascii_alphanumeric() => Escape::Character(c),
            _ if in_class => return Err(unknown(sign)),
            _ => Escape::Node(self.between(sign)?),
        })
    }

    /// The escapes that are no character and no class.
    fn between(&mut self, sign: char) -> Result<Node, Refusal> {
        let unicode = self.scan.flags.unicode_classes;
        Ok(match sign {
            '1'..='9' => self.back_reference(sign),
            'A' => Node::Assert(Assertion::Start),
            'B' => Node::Assert(Assertion::Boundary {
                negative: true,
                unicode,
            }),
            'G' => Node::Assert(Assertion::Previous),
            'R' => Node::Branch(vec![
                Node::Sequence(vec![
                    Node::Set(Set::single(0x0D)),
                    Node::Set(Set::single(0x0A)),
                ]),
                Node::Set(Set::new(VERTICAL)),
            ]),
            'X' => return Err(Refusal::Unsupported("`\\X`".to_owned())),
            'Z' => Node::Assert(Assertion::LastLine {
                unix: self.scan.flags.unix_lines,
            }),
            'b' => self.boundary(unicode)?,
            'k' => self.named_reference()?,
            'z' => Node::Assert(Assertion::End),
            _ => return Err(unknown(sign)),
        })
    }

    fn boundary(&mut self, unicode: bool) -> Result<Node, Refusal> {
        let grapheme = self.scan.peek() == u32::from('{');
        let scan = &self.scan;
        match (scan.sign(scan.at + 1), scan.sign(scan.at + 2)) {
            ('g', '}') if grapheme => return Err(Refusal::Unsupported("`\\b{g}`".to_owned())),
            ('g', _) if grapheme => return Err(unknown('b')),
            _ => {}
        }
        Ok(Node::Assert(Assertion::Boundary {
            negative: false,
            unicode,
        }))
    }

    /// A number of a group takes further digits as long as there is such a group.
    fn back_reference(&mut self, first: char) -> Node {
        let mut number = first.to_digit(10).unwrap_or(0) as usize;
        while let Some(digit) = char::from_u32(self.scan.peek()).and_then(|c| c.to_digit(10)) {
            let longer = number * 10 + digit as usize;
            if longer > self.groups {
                break;
            }
            number = longer;
            self.scan.read();
        }
        Node::Back(number, self.folding())
    }

    fn named_reference(&mut self) -> Result<Node, Refusal> {
        if self.scan.read() != u32::from('<') {
            return Err(Refusal::syntax(
                "`\\k` is followed by the name of a group as in `\\k<name>`",
            ));
        }
        let first = char::from_u32(self.scan.read()).unwrap_or('\0');
        let name = self.name(first)?;
        let found = self.names.iter().find(|(known, _)| *known == name);
        match found {
            Some((_, number)) => Ok(Node::Back(*number, self.folding())),
            None => Err(Refusal::syntax(format!("there is no group `{name}`"))),
        }
    }

    fn digit(&mut self, radix: u32) -> Option<u32> {
        char::from_u32(self.scan.read())?.to_digit(radix)
    }

    fn octal(&mut self) -> Result<u32, Refusal> {
        let mut value = self
            .digit(8)
            .ok_or_else(|| Refusal::syntax("`\\0` is followed by one to three octal digits"))?;
        let longest = if value <= 3 { 2 } else { 1 };
        for _ in 0..longest {
            match self.digit(8) {
                Some(digit) => value = value * 8 + digit,
                None => {
                    self.scan.unread();
                    break;
                }
            }
        }
        Ok(value)
    }

    fn control(&mut self) -> Result<u32, Refusal> {
        if self.scan.is_end() {
            return Err(Refusal::syntax("`\\c` is followed by a character"));
        }
        Ok(self.scan.read() ^ 64)
    }

    fn hexadecimal(&mut self) -> Result<u32, Refusal> {
        let wrong =
            || Refusal::syntax("`\\x` is followed by two hexadecimal digits, or more in `{}`");
        if self.scan.peek() != u32::from('{') {
            let digits = self.digit(16).zip(self.digit(16));
            return digits
                .map(|(first, second)| first * 16 + second)
                .ok_or_else(wrong);
        }
        self.scan.read();
        let mut value = self.digit(16).ok_or_else(wrong)?;
        while let Some(digit) = self.digit(16) {
            value = value * 16 + digit;
            if value > 0x0010_FFFF {
                return Err(Refusal::syntax("there is no character of this number"));
            }
        }
        self.scan.unread();
        match self.scan.read() == u32::from('}') {
            true => Ok(value),
            false => Err(wrong()),
        }
    }

    /// `\uXXXX`, or two of them for a surrogate pair.
    fn unicode(&mut self) -> Result<u32, Refusal> {
        let high = self.four_digits()?;
        let after = self.scan.at;
        if (0xD800..0xDC00).contains(&high)
            && self.scan.read() == u32::from('\\')
            && self.scan.read() == u32::from('u')
            && let low @ 0xDC00..=0xDFFF = self.four_digits()?
        {
            return Ok(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00));
        }
        self.scan.at = after;
        Ok(high)
    }

    fn four_digits(&mut self) -> Result<u32, Refusal> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = self.digit(16);
            value = value * 16
                + digit.ok_or_else(|| {
                    Refusal::syntax("`\\u` is followed by four hexadecimal digits")
                })?;
        }
        Ok(value)
    }

    fn character_name(&mut self) -> Result<Escape, Refusal> {
        let mut name = String::new();
        if self.scan.read() != u32::from('{') {
            return Err(Refusal::syntax(
                "`\\N` is followed by the name of a character in `{}`",
            ));
        }
        loop {
            match char::from_u32(self.scan.read()) {
                Some('}') => return Err(Refusal::Unsupported(format!("`\\N{{{name}}}`"))),
                _ if self.scan.is_end() => {
                    return Err(Refusal::syntax("`\\N{` is never closed"));
                }
                c => name.extend(c),
            }
        }
    }
}

fn unknown(sign: char) -> Refusal {
    Refusal::syntax(format!("there is no escape `\\{sign}`"))
}
