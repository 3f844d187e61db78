//! Steps that are all taken, whatever becomes of each: one failure must not hide the next.

use std::{fmt, time::Instant};

use anyhow::Result;

use crate::job::spelled;

/// A failure that was told in full where it was found: the exit code is all that is left to say.
#[derive(Debug)]
pub(crate) struct Reported;

impl fmt::Display for Reported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("failed, as told above")
    }
}

impl std::error::Error for Reported {}

pub(crate) struct Checklist {
    started: Instant,
    passed: usize,
    failed: Vec<String>,
}

impl Checklist {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), passed: 0, failed: Vec::new() }
    }

    /// Takes a step; the answer is whether it passed.
    pub(crate) fn step(&mut self, name: &str, step: impl FnOnce() -> Result<()>) -> bool {
        println!("== {name}");
        match step() {
            Ok(()) => {
                self.passed += 1;
                true
            }
            Err(error) => {
                println!("FAILED: {error:#}");
                self.failed.push(format!("{name}: {error:#}"));
                false
            }
        }
    }

    /// Says what is not there to be checked. It counts as neither.
    pub(crate) fn skip(&self, name: &str, why: &str) {
        println!("== {name}: skipped, {why}");
    }

    /// The closing line, and nothing after it.
    pub(crate) fn close(self) -> Result<()> {
        for failure in &self.failed {
            println!("FAILED {failure}");
        }
        println!("took {}", spelled(self.started.elapsed()));
        println!("{} passed, {} failed", self.passed, self.failed.len());
        if !self.failed.is_empty() {
            return Err(Reported.into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn a_failed_step_does_not_keep_the_next_from_running() {
        let mut list = Checklist::new();
        assert!(!list.step("first", || bail!("broken")));
        assert!(list.step("second", || Ok(())));
        assert_eq!((list.passed, list.failed.as_slice()), (1, ["first: broken".to_owned()].as_slice()));
        assert!(list.close().is_err());
    }
}
