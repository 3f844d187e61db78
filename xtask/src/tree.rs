//! Where things are: the repository, cargo's target folder and the built package.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use anyhow::{Context, Result};
use serde::Deserialize;

/// The SDK's package, as cargo names it.
pub(crate) const SDK: &str = "wa-presence";
/// The stem of the built files: `wa_presence.js`, `wa_presence_bg.wasm`, `wa_presence.d.ts`.
pub(crate) const OUT_NAME: &str = "wa_presence";
/// The same of the module with the hosted gateways.
pub(crate) const HOSTED_OUT_NAME: &str = "hosted";
/// The same of the module for whoever receives webhooks.
pub(crate) const WEBHOOK_OUT_NAME: &str = "webhook";
/// The compiler target of the package.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask/ lies inside the repository").to_path_buf()
}

/// The built half of the npm package.
pub(crate) fn dist() -> PathBuf {
    root().join("pkg/dist")
}

/// This program's own path. `main` asks for it first: running the workspace's tests can replace the file under us, and the
/// system then answers with the name of a deleted one.
pub(crate) fn program() -> Result<&'static Path> {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    if let Some(found) = FOUND.get() {
        return Ok(found);
    }
    let path = std::env::current_exe().context("this program cannot learn its own path")?;
    Ok(FOUND.get_or_init(|| path))
}

/// Cargo's target folder, wherever the user's configuration puts it.
pub(crate) fn target() -> Result<PathBuf> {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    if let Some(found) = FOUND.get() {
        return Ok(found.clone());
    }
    #[derive(Deserialize)]
    struct Metadata {
        target_directory: PathBuf,
    }
    let output = Command::new("cargo")
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root())
        .output()
        .context("cargo could not be started")?;
    let metadata: Metadata = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim()))?;
    Ok(FOUND.get_or_init(|| metadata.target_directory).clone())
}

/// A folder of our own under target/, created: logs, screenshots, the browser's test configuration.
pub(crate) fn scratch() -> Result<PathBuf> {
    let folder = target()?.join("xtask");
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be created", folder.display()))?;
    Ok(folder)
}

/// A path as the user would type it from the repository.
pub(crate) fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The files of a folder with one extension, sorted; none when there is no such folder.
pub(crate) fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(root().join(folder)) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|it| it == extension))
        .collect();
    found.sort();
    found
}
