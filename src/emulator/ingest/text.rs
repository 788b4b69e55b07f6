//! Bytes as characters, a piece at a time.

use std::io::Read;
use std::str::from_utf8;

use crate::emulator::ingest::error::Unreadable;
use crate::emulator::ingest::setup::Encoding;

/// Bytes read at a time.
const PIECE: u64 = 1 << 16;

/// The characters of a file; a byte order mark is none of them.
pub(crate) struct Characters {
    file: Box<dyn Read>,
    encoding: Encoding,
    /// Bytes that are not yet a character.
    rest: Vec<u8>,
    text: String,
    at: usize,
    is_begun: bool,
    is_over: bool,
}

impl Characters {
    pub(crate) fn new(file: Box<dyn Read>, encoding: Encoding) -> Self {
        Self {
            file,
            encoding,
            rest: Vec::new(),
            text: String::new(),
            at: 0,
            is_begun: false,
            is_over: false,
        }
    }

    /// The next character, nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<char>, Unreadable> {
        loop {
            let next = self
                .text
                .get(self.at..)
                .and_then(|rest| rest.chars().next());
            if let Some(character) = next {
                self.at = self.at.saturating_add(character.len_utf8());
                return Ok(Some(character));
            }
            if self.is_over {
                return Ok(None);
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> Result<(), Unreadable> {
        let mut piece = std::mem::take(&mut self.rest);
        let read = (&mut self.file).take(PIECE).read_to_end(&mut piece)?;
        self.is_over = read == 0;
        self.text.clear();
        self.at = 0;
        if !self.is_begun && self.encoding == Encoding::Utf16 {
            self.encoding = match piece.starts_with(&[0xff, 0xfe]) {
                true => Encoding::Utf16Le,
                false => Encoding::Utf16Be,
            };
        }
        self.decode(piece)?;
        if !self.is_begun && self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        self.is_begun = true;
        Ok(())
    }

    fn decode(&mut self, piece: Vec<u8>) -> Result<(), Unreadable> {
        match self.encoding {
            Encoding::Utf8 => self.decode_utf8(piece),
            Encoding::Latin1 => {
                self.text.extend(piece.into_iter().map(char::from));
                Ok(())
            }
            Encoding::Utf16 | Encoding::Utf16Be => self.decode_utf16(&piece, u16::from_be_bytes),
            Encoding::Utf16Le => self.decode_utf16(&piece, u16::from_le_bytes),
        }
    }

    fn decode_utf8(&mut self, mut piece: Vec<u8>) -> Result<(), Unreadable> {
        let valid = match from_utf8(&piece) {
            Ok(text) => text.len(),
            Err(error) if error.error_len().is_none() && !self.is_over => error.valid_up_to(),
            Err(_) => return Err(Unreadable::Encoding("UTF-8")),
        };
        self.rest = piece.split_off(valid);
        self.text = String::from_utf8(piece).map_err(|_| Unreadable::Encoding("UTF-8"))?;
        Ok(())
    }

    fn decode_utf16(&mut self, piece: &[u8], unit: fn([u8; 2]) -> u16) -> Result<(), Unreadable> {
        let (pairs, odd) = piece.as_chunks::<2>();
        let mut units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        let last_is_half = units
            .last()
            .is_some_and(|last| (0xd800..0xdc00).contains(last));
        let mut rest = odd.to_vec();
        if last_is_half && !self.is_over {
            units.pop();
            rest = pairs
                .last()
                .into_iter()
                .flatten()
                .chain(odd)
                .copied()
                .collect();
        }
        if self.is_over && !rest.is_empty() {
            return Err(Unreadable::Encoding("UTF-16"));
        }
        self.rest = rest;
        self.text = String::from_utf16(&units).map_err(|_| Unreadable::Encoding("UTF-16"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn text(bytes: &[u8], encoding: Encoding) -> Result<String, Unreadable> {
        let file = std::io::Cursor::new(bytes.to_vec());
        let mut characters = Characters::new(Box::new(file), encoding);
        let mut all = String::new();
        while let Some(character) = characters.next()? {
            all.push(character);
        }
        Ok(all)
    }

    #[test]
    fn every_encoding_is_read() {
        let sample = "\u{feff}Zoë 🦊";
        let units = || sample.encode_utf16();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        for (bytes, encoding) in [
            (sample.as_bytes(), Encoding::Utf8),
            (&big, Encoding::Utf16),
            (&little, Encoding::Utf16),
            (&big, Encoding::Utf16Be),
            (&little, Encoding::Utf16Le),
        ] {
            assert_eq!(text(bytes, encoding).unwrap(), "Zoë 🦊", "{encoding:?}");
        }
        assert_eq!(text(b"Zo\xeb", Encoding::Latin1).unwrap(), "Zoë");
    }

    #[test]
    fn a_character_may_lie_across_two_pieces() {
        let piece = usize::try_from(PIECE).unwrap();
        for before in (piece - 4)..=piece {
            let sample = format!("{}🦊ë", "x".repeat(before));
            assert_eq!(text(sample.as_bytes(), Encoding::Utf8).unwrap(), sample);
            let sample = format!("{}🦊ë", "x".repeat(before / 2));
            let units: Vec<u8> = sample.encode_utf16().flat_map(u16::to_be_bytes).collect();
            assert_eq!(text(&units, Encoding::Utf16).unwrap(), sample);
        }
    }

    #[test]
    fn bytes_that_are_no_characters_are_an_error() {
        for (bytes, encoding) in [
            (&b"a\xff"[..], Encoding::Utf8),
            (&b"a\xc3"[..], Encoding::Utf8),
            (&b"\0a\0"[..], Encoding::Utf16Be),
            (&b"\xd8\x3e"[..], Encoding::Utf16Be),
        ] {
            assert!(text(bytes, encoding).is_err(), "{bytes:?}");
        }
    }
}
