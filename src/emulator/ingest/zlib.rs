//! RFC 1950, one stream to the end of the file; one that is cut off is an error, never a shorter file.

use std::io::{self, BufRead, Read};

use flate2::{Decompress, FlushDecompress, Status};

/// Reads a zlib stream.
pub(crate) struct ZlibReader<R> {
    file: R,
    state: Decompress,
    is_over: bool,
}

impl<R: BufRead> ZlibReader<R> {
    pub(crate) fn new(file: R) -> Self {
        Self {
            file,
            state: Decompress::new(true),
            is_over: false,
        }
    }

    /// After the end of the stream nothing may follow.
    fn ended(&mut self) -> io::Result<usize> {
        match self.file.fill_buf()?.is_empty() {
            true => Ok(0),
            false => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "more follows the end of the zlib stream",
            )),
        }
    }
}

impl<R: BufRead> Read for ZlibReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.is_over || into.is_empty() {
                return self.ended();
            }
            let input = self.file.fill_buf()?;
            let is_cut = input.is_empty();
            let (read, written) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(input, into, FlushDecompress::None);
            let status = status.map_err(io::Error::from)?;
            let taken = usize::try_from(self.state.total_in() - read).unwrap_or_default();
            let given = usize::try_from(self.state.total_out() - written).unwrap_or_default();
            self.file.consume(taken);
            self.is_over = status == Status::StreamEnd;
            if given > 0 {
                return Ok(given);
            }
            if is_cut && !self.is_over {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}
