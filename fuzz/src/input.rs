//! An input: a body, so that any captured one is a seed, and behind it, if the fuzzer wants it so, a few lines of what comes
//! with a body.
//!
//! A record separator (0x1e), which no JSON holds, stands between the two. What the lines mean is the target's to say.

const SEPARATOR: u8 = 0x1e;

pub(crate) struct Input<'a> {
    pub(crate) body: &'a [u8],
    lines: Vec<&'a [u8]>,
}

impl<'a> Input<'a> {
    pub(crate) fn of(input: &'a [u8]) -> Self {
        let Some(at) = input.iter().rposition(|byte| *byte == SEPARATOR) else {
            return Self { body: input, lines: Vec::new() };
        };
        let (body, head) = (&input[..at], &input[at + 1..]);
        Self { body, lines: head.split(|byte| *byte == b'\n').collect() }
    }

    /// A line as it stands, if there is one that is not empty.
    pub(crate) fn bytes(&self, line: usize) -> Option<&'a [u8]> {
        self.lines.get(line).copied().filter(|line| !line.is_empty())
    }

    /// A line as a text: platforms hand out headers as nothing else.
    pub(crate) fn text(&self, line: usize) -> Option<&'a str> {
        str::from_utf8(self.bytes(line)?).ok()
    }

    /// A line as a number.
    pub(crate) fn number<T: std::str::FromStr>(&self, line: usize) -> Option<T> {
        self.text(line)?.parse().ok()
    }
}
