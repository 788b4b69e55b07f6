//! Reads a pattern character by character, in comments mode past blanks and comments.

/// The switches that `(?...)` sets.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags {
    pub ignore_case: bool,
    pub multi_line: bool,
    pub dot_all: bool,
    pub unix_lines: bool,
    pub unicode_case: bool,
    pub comments: bool,
    pub unicode_classes: bool,
}

/// The code points of a pattern, and where reading stands. Behind the end everything is 0.
#[derive(Debug)]
pub(super) struct Scan {
    points: Vec<u32>,
    pub at: usize,
    pub flags: Flags,
}

impl Scan {
    pub fn new(pattern: &str) -> Scan {
        Scan {
            points: unquoted(pattern),
            at: 0,
            flags: Flags::default(),
        }
    }

    pub fn point(&self, at: usize) -> u32 {
        self.points.get(at).copied().unwrap_or(0)
    }

    /// The sign at `at`; NUL for what is none.
    pub fn sign(&self, at: usize) -> char {
        char::from_u32(self.point(at)).unwrap_or('\u{FFFD}')
    }

    pub fn is_end(&self) -> bool {
        self.at >= self.points.len()
    }

    /// Whether reading stands exactly behind the last character.
    pub fn is_finished(&self) -> bool {
        self.at == self.points.len()
    }

    /// Whether a character of two units stands here or later.
    pub fn has_supplementary(&self) -> bool {
        self.points.iter().skip(self.at).any(|c| *c > 0xFFFF)
    }

    /// The character here.
    pub fn peek(&mut self) -> u32 {
        if self.flags.comments {
            self.skip_blanks();
        }
        self.point(self.at)
    }

    /// The character here, which is then read.
    pub fn read(&mut self) -> u32 {
        let read = self.peek();
        self.at += 1;
        read
    }

    /// Go on, to the next character.
    pub fn next(&mut self) -> u32 {
        self.at += 1;
        self.peek()
    }

    /// Go on behind the next character as it stands, which is returned.
    pub fn skip(&mut self) -> u32 {
        self.at += 2;
        self.point(self.at - 1)
    }

    pub fn unread(&mut self) {
        self.at -= 1;
    }

    fn skip_blanks(&mut self) {
        loop {
            match self.point(self.at) {
                9..=13 | 32 => self.at += 1,
                0x23 => {
                    self.at += 1;
                    while !self.is_end() && !self.ends_line(self.point(self.at)) {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    fn ends_line(&self, c: u32) -> bool {
        match c {
            0 | 0x0A => true,
            0x0D | 0x85 | 0x2028 | 0x2029 => !self.flags.unix_lines,
            _ => false,
        }
    }
}

/// The pattern with a backslash before each sign that stands between `\Q` and `\E`.
fn unquoted(pattern: &str) -> Vec<u32> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut points = Vec::with_capacity(chars.len());
    let mut push = |text: &[char]| points.extend(text.iter().map(|c| u32::from(*c)));
    let (mut at, mut quoted, mut begins) = (0, false, false);
    while let Some(&c) = chars.get(at) {
        let after = chars.get(at + 1).copied();
        at += 1;
        match (c, after) {
            ('\\', Some('Q')) if !quoted => {
                (quoted, begins) = (true, true);
                at += 1;
                continue;
            }
            ('\\', Some('E')) if quoted => {
                quoted = false;
                at += 1;
            }
            // a backslash takes the next character with it
            ('\\', Some(after)) if !quoted => {
                push(&[c, after]);
                at += 1;
            }
            // a digit would go on with an escape that stands before the quote
            _ if begins && c.is_ascii_digit() => push(&['\\', 'x', '3', c]),
            _ if quoted && c.is_ascii() && !c.is_ascii_alphanumeric() => push(&['\\', c]),
            _ => push(&[c]),
        }
        begins = false;
    }
    points
}
