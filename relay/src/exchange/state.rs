//! What survives a restart: when the last calls left. Times and a count; no id, no number, no secret.

use std::fs;
use std::path::Path;

/// Writes a line in one step: whoever reads sees the old or the new one. It may fail: the budget is then as after a first start.
pub(super) fn write(path: &Path, line: &str) {
    let beside = path.with_extension("new");
    if fs::write(&beside, line).and_then(|()| fs::rename(&beside, path)).is_err() {
        tracing::warn!("the spent budget could not be written to the state directory");
    }
}

/// What was written, unless it is longer than any line of ours.
pub(super) fn read(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok().filter(|line| line.len() < 64 << 10)
}
