//! Rows of text on their way to a file: gathered in UTF-8, written in the file's character set, never by half a row.

use std::io::Write;

use crate::encode::file::charset::Charset;
use crate::encode::file::error::FileError;

/// Bytes gathered before they go to the writer beneath.
const FLUSH_AT: usize = 64 * 1024;

/// Gathers rows. Memory does not grow with their number.
pub(crate) struct TextRows<W: Write> {
    out: W,
    charset: Charset,
    /// Rows in UTF-8.
    rows: Vec<u8>,
    /// The same in another character set.
    transcoded: Vec<u8>,
    marked: bool,
}

impl<W: Write> TextRows<W> {
    /// Over a writer, in a character set.
    pub(crate) fn new(out: W, charset: &Charset) -> Self {
        Self {
            out,
            charset: charset.clone(),
            rows: Vec::with_capacity(FLUSH_AT * 2),
            transcoded: Vec::new(),
            marked: false,
        }
    }

    /// Adds a row; where rendering fails, as much of it as was rendered is taken back.
    ///
    /// # Errors
    /// Why it cannot be rendered, or what the writer beneath reports.
    pub(crate) fn add(
        &mut self,
        render: impl FnOnce(&mut Vec<u8>) -> Result<(), FileError>,
    ) -> Result<(), FileError> {
        let start = self.rows.len();
        if let Err(error) = render(&mut self.rows) {
            self.rows.truncate(start);
            return Err(error);
        }
        if self.rows.len() < FLUSH_AT {
            return Ok(());
        }
        self.flush()
    }

    /// Writes what is left and gives the writer beneath back.
    ///
    /// # Errors
    /// What the writer beneath reports.
    pub(crate) fn finish(mut self) -> Result<W, FileError> {
        self.flush()?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn flush(&mut self) -> Result<(), FileError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        if self.charset.is_utf8() {
            self.out.write_all(&self.rows)?;
        } else {
            if !self.marked {
                self.out.write_all(self.charset.mark())?;
                self.marked = true;
            }
            self.transcoded.clear();
            let text = String::from_utf8_lossy(&self.rows);
            self.charset.encode(&text, &mut self.transcoded);
            self.out.write_all(&self.transcoded)?;
        }
        self.rows.clear();
        Ok(())
    }
}
