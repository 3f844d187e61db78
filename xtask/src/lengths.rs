//! The length of hand-written files: a file answers one question, and 400 lines are more than an answer.

use std::{fs, process::Command};

use anyhow::{Context, Result, bail};

use crate::tree;

/// The ceiling. The habit is half of it.
const MOST_LINES: usize = 400;
const EXTENSIONS: [&str; 6] = [".rs", ".js", ".mjs", ".ts", ".css", ".html"];

/// Looks at every file that git tracks or would track.
pub(crate) fn check() -> Result<()> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(tree::root())
        .output()
        .context("git could not be started")?;
    if !output.status.success() {
        bail!("git cannot list the files: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let listed = String::from_utf8_lossy(&output.stdout);
    let mut looked_at = 0;
    let mut long = Vec::new();
    for path in listed.split('\0').filter(|path| counts(path)) {
        // Tracked but deleted files are listed as well.
        let Ok(text) = fs::read_to_string(tree::root().join(path)) else { continue };
        looked_at += 1;
        let lines = text.lines().count();
        if lines > MOST_LINES {
            long.push(format!("{path} has {lines}"));
        }
    }
    if !long.is_empty() {
        bail!("files above {MOST_LINES} lines: {}", long.join(", "));
    }
    println!("{looked_at} hand-written files, none above {MOST_LINES} lines");
    Ok(())
}

/// Golden files are generated.
fn counts(path: &str) -> bool {
    EXTENSIONS.iter().any(|extension| path.ends_with(extension)) && !path.starts_with("tests/golden/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_files_are_exempt() {
        for (path, expected) in [
            ("src/lib.rs", true),
            ("www/dashboard.css", true),
            ("tests/golden/wa_presence.d.ts", false),
            ("src/js/types/state.d.ts", true),
            ("package-lock.json", false),
        ] {
            assert_eq!(counts(path), expected, "{path}");
        }
    }
}
