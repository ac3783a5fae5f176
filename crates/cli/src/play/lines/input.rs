//! Lines from a pipe, whatever it sends.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, BufReader};

/// The longest line that is read, in bytes; the longest command is below 300.
const LIMIT: usize = 4096;

/// A line from a pipe.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum InputLine {
    Text(String),
    /// The line cannot be a command, for this reason.
    Refused(String),
}

/// The lines of a reader. Memory is bounded: what is too long is read over.
pub(super) struct InputLines<R> {
    reader: BufReader<R>,
    number: usize,
}

impl<R: AsyncRead + Unpin> InputLines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader: BufReader::new(reader), number: 0 }
    }

    /// Reads the next line; `None` at the end. A last line without a line feed counts.
    pub(super) async fn next(&mut self) -> io::Result<Option<InputLine>> {
        self.number += 1;
        let (bytes, length) = match read_line(&mut self.reader).await? {
            None => return Ok(None),
            Some(line) => line,
        };
        let number = self.number;
        if length > bytes.len() {
            let why = format!("line {number} has {length} bytes, at most {LIMIT} are read");
            return Ok(Some(InputLine::Refused(why)));
        }
        Ok(Some(match String::from_utf8(bytes) {
            Ok(text) => InputLine::Text(text),
            Err(error) => {
                let start = String::from_utf8_lossy(error.as_bytes());
                let start: String = start.chars().take(40).collect();
                InputLine::Refused(format!("line {number} is not UTF-8: {start:?}"))
            }
        }))
    }
}

/// Reads a line: at most `LIMIT` bytes of it, and its length.
async fn read_line(
    reader: &mut (impl AsyncBufRead + Unpin),
) -> io::Result<Option<(Vec<u8>, usize)>> {
    let (mut bytes, mut length) = (Vec::new(), 0);
    loop {
        let available = reader.fill_buf().await?;
        if available.is_empty() {
            return Ok((length > 0).then_some((bytes, length)));
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let part = &available[..end.unwrap_or(available.len())];
        let room = LIMIT.saturating_sub(bytes.len()).min(part.len());
        bytes.extend_from_slice(&part[..room]);
        length += part.len();
        let used = part.len() + usize::from(end.is_some());
        reader.consume(used);
        if end.is_some() {
            return Ok(Some((bytes, length)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines(input: &[u8]) -> Vec<InputLine> {
        let mut lines = InputLines::new(input);
        let mut all = Vec::new();
        while let Some(line) = lines.next().await.unwrap() {
            all.push(line);
        }
        all
    }

    fn text(text: &str) -> InputLine {
        InputLine::Text(text.to_owned())
    }

    #[tokio::test]
    async fn an_empty_line_is_a_line_and_the_last_one_needs_no_line_feed() {
        assert_eq!(lines(b"").await, []);
        assert_eq!(lines(b"a\n\nb").await, [text("a"), text(""), text("b")]);
        assert_eq!(lines(b"a\r\n").await, [text("a\r")]);
    }

    #[tokio::test]
    async fn a_line_at_the_limit_is_read_and_a_longer_one_is_read_over() {
        let fits = vec![b'x'; LIMIT];
        assert_eq!(lines(&fits).await, [text(&"x".repeat(LIMIT))]);
        let mut long = vec![b'x'; 1 << 20];
        long.extend(b"\nnext\n");
        let [InputLine::Refused(why), next] = &lines(&long).await[..] else { panic!() };
        assert!(why.contains("line 1") && why.contains("1048576"), "{why}");
        assert_eq!(*next, text("next"));
    }

    #[tokio::test]
    async fn bytes_that_are_no_text_are_named_with_their_line() {
        let [_, InputLine::Refused(why), _] = &lines(b"a\nsel\xffect\nb").await[..] else {
            panic!()
        };
        assert!(why.contains("line 2") && why.contains("sel"), "{why}");
    }
}
