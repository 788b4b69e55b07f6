//! A pattern becomes a list of items: what Spark forbids first, then Java's own grammar.

use crate::encode::file::datetime::offset::OffsetStyle;

/// One thing that a pattern prints.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Item {
    Fraction(usize),
    Generic {
        long: bool,
    },
    Literal(String),
    Number {
        letter: char,
        min: usize,
        max: usize,
        sign: Sign,
    },
    Offset(OffsetStyle),
    Optional(Vec<Item>),
    Text {
        letter: char,
        long: bool,
    },
    TwoDigitYear {
        letter: char,
    },
    ZoneId,
    ZoneName {
        long: bool,
    },
}

/// What a number does with its sign and with more digits than its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// A plus before a number wider than the pattern.
    ExceedsPad,
    Normal,
    NotNegative,
}

impl Item {
    /// Whether it prints a word of some language.
    pub(super) fn is_name(&self) -> bool {
        match self {
            Self::Generic { .. } | Self::Text { .. } | Self::ZoneName { .. } => true,
            Self::Optional(items) => items.iter().any(Self::is_name),
            Self::Fraction(_)
            | Self::Literal(_)
            | Self::Number { .. }
            | Self::Offset(_)
            | Self::TwoDigitYear { .. }
            | Self::ZoneId => false,
        }
    }

    pub(super) fn is_zoned(&self) -> bool {
        match self {
            Self::Generic { .. } | Self::Offset(_) | Self::ZoneId | Self::ZoneName { .. } => true,
            Self::Optional(items) => items.iter().any(Self::is_zoned),
            Self::Fraction(_)
            | Self::Literal(_)
            | Self::Number { .. }
            | Self::Text { .. }
            | Self::TwoDigitYear { .. } => false,
        }
    }
}

pub(super) fn compile(pattern: &str) -> Result<Vec<Item>, String> {
    refuse_for_spark(pattern)?;
    // Without an era Spark turns year-of-era into the proleptic year.
    let year = if unquoted(pattern).any(|part| part.contains('G')) {
        'y'
    } else {
        'u'
    };
    Parser {
        rest: pattern,
        stack: vec![Vec::new()],
        year,
    }
    .parse()
}

/// The parts of a pattern outside of apostrophes, as Spark splits it.
fn unquoted(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split('\'').step_by(2)
}

fn refuse_for_spark(pattern: &str) -> Result<(), String> {
    for part in unquoted(pattern) {
        if let Some(letter) = part.chars().find(|c| "YWwuec".contains(*c)) {
            return Err(format!(
                "letter `{letter}` counts in weeks, which Spark refuses since 3.0"
            ));
        }
        if let Some(letter) = part.chars().find(|c| "ABnNp".contains(*c)) {
            return Err(format!("letter `{letter}` is not supported"));
        }
        for (letter, count) in [
            ('G', 5),
            ('M', 5),
            ('L', 5),
            ('E', 5),
            ('Q', 5),
            ('q', 5),
            ('y', 7),
        ] {
            if part.contains(&letter.to_string().repeat(count)) {
                return Err(too_many(letter));
            }
        }
    }
    Ok(())
}

fn too_many(letter: char) -> String {
    format!("letter `{letter}` is repeated too often")
}

struct Parser<'a> {
    rest: &'a str,
    /// The open sections, outermost first; the first is the pattern itself.
    stack: Vec<Vec<Item>>,
    year: char,
}

impl Parser<'_> {
    fn parse(mut self) -> Result<Vec<Item>, String> {
        while let Some(c) = self.rest.chars().next() {
            match c {
                'A'..='Z' | 'a'..='z' => {
                    let count = self.rest.chars().take_while(|&other| other == c).count();
                    self.rest = &self.rest[count..];
                    let item = self.letter(c, count)?;
                    self.push(item);
                }
                '\'' => self.quoted()?,
                '[' => {
                    self.rest = &self.rest[1..];
                    self.stack.push(Vec::new());
                }
                ']' => {
                    self.rest = &self.rest[1..];
                    if self.stack.len() < 2 {
                        return Err("`]` closes a section that was not opened".to_owned());
                    }
                    self.close();
                }
                '{' | '}' | '#' => return Err(format!("`{c}` is reserved")),
                _ => {
                    self.rest = &self.rest[c.len_utf8()..];
                    self.literal(c.encode_utf8(&mut [0; 4]));
                }
            }
        }
        // Java closes what is left open.
        while self.stack.len() > 1 {
            self.close();
        }
        Ok(self.stack.pop().unwrap_or_default())
    }

    fn push(&mut self, item: Item) {
        if let Some(items) = self.stack.last_mut() {
            items.push(item);
        }
    }

    fn literal(&mut self, text: &str) {
        if let Some(Item::Literal(before)) =
            self.stack.last_mut().and_then(|items| items.last_mut())
        {
            before.push_str(text);
        } else {
            self.push(Item::Literal(text.to_owned()));
        }
    }

    fn close(&mut self) {
        if let Some(items) = self.stack.pop().filter(|items| !items.is_empty()) {
            self.push(Item::Optional(items));
        }
    }

    /// A quoted literal; two apostrophes are one, inside and outside.
    fn quoted(&mut self) -> Result<(), String> {
        let body = &self.rest[1..];
        let mut text = String::new();
        let mut characters = body.char_indices().peekable();
        while let Some((at, c)) = characters.next() {
            if c != '\'' {
                text.push(c);
            } else if characters.next_if(|&(_, next)| next == '\'').is_some() {
                text.push('\'');
            } else {
                self.rest = &body[at + 1..];
                self.literal(if at == 0 { "'" } else { &text });
                return Ok(());
            }
        }
        Err("a quoted text is not closed".to_owned())
    }

    fn letter(&self, letter: char, count: usize) -> Result<Item, String> {
        match letter {
            'y' => Ok(self.year(count)),
            'M' | 'L' | 'Q' | 'q' | 'E' => month_like(letter, count),
            'G' => text_up_to(letter, count, 4, count == 4),
            'a' => text_up_to(letter, count, 1, false),
            'S' if count <= 9 => Ok(Item::Fraction(count)),
            'F' if count == 1 => Ok(number(letter)),
            'd' | 'h' | 'H' | 'k' | 'K' | 'm' | 's' if count == 1 => Ok(number(letter)),
            'd' | 'h' | 'H' | 'k' | 'K' | 'm' | 's' if count == 2 => Ok(fixed(letter, 2)),
            'D' if count == 1 => Ok(number(letter)),
            'D' if count <= 3 => Ok(Item::Number {
                letter,
                min: count,
                max: 3,
                sign: Sign::NotNegative,
            }),
            'g' if count <= 19 => Ok(Item::Number {
                letter,
                min: count,
                max: 19,
                sign: Sign::Normal,
            }),
            'S' | 'F' | 'd' | 'h' | 'H' | 'k' | 'K' | 'm' | 's' | 'D' | 'g' => {
                Err(too_many(letter))
            }
            'z' if count <= 4 => Ok(Item::ZoneName { long: count == 4 }),
            'V' if count == 2 => Ok(Item::ZoneId),
            'v' if count == 1 || count == 4 => Ok(Item::Generic { long: count == 4 }),
            'O' if count == 1 || count == 4 => Ok(Item::Offset(OffsetStyle::localized(count == 4))),
            'V' | 'v' | 'O' => Err(format!(
                "letter `{letter}` cannot be repeated {count} times"
            )),
            'z' | 'X' | 'x' | 'Z' => OffsetStyle::for_letter(letter, count)
                .map(Item::Offset)
                .ok_or_else(|| too_many(letter)),
            _ => Err(format!("letter `{letter}` has no meaning")),
        }
    }

    fn year(&self, count: usize) -> Item {
        match count {
            2 => Item::TwoDigitYear { letter: self.year },
            1 | 3 => Item::Number {
                letter: self.year,
                min: count,
                max: 19,
                sign: Sign::Normal,
            },
            _ => Item::Number {
                letter: self.year,
                min: count,
                max: 19,
                sign: Sign::ExceedsPad,
            },
        }
    }
}

fn number(letter: char) -> Item {
    Item::Number {
        letter,
        min: 1,
        max: 19,
        sign: Sign::Normal,
    }
}

fn fixed(letter: char, width: usize) -> Item {
    Item::Number {
        letter,
        min: width,
        max: width,
        sign: Sign::NotNegative,
    }
}

/// Months, quarters and weekdays: digits for one or two letters (a name for `E`), then short and long names.
fn month_like(letter: char, count: usize) -> Result<Item, String> {
    match count {
        1 | 2 if letter == 'E' => Ok(Item::Text {
            letter,
            long: false,
        }),
        1 => Ok(number(letter)),
        2 => Ok(fixed(letter, 2)),
        3 => Ok(Item::Text {
            letter,
            long: false,
        }),
        4 => Ok(Item::Text { letter, long: true }),
        _ => Err(too_many(letter)),
    }
}

fn text_up_to(letter: char, count: usize, most: usize, long: bool) -> Result<Item, String> {
    if count <= most {
        Ok(Item::Text { letter, long })
    } else {
        Err(too_many(letter))
    }
}
