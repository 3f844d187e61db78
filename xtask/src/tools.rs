//! The tools by name: which version is wanted, which is there, where the program lies.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use semver::Version;

use crate::tree;

const GECKODRIVER: &str = "GECKODRIVER";

/// A command line tool that cargo installs.
pub(crate) struct CargoTool {
    /// The crate on the registry.
    pub(crate) package: &'static str,
    /// How it is asked for its version.
    pub(crate) ask: &'static [&'static str],
    /// What is installed.
    pub(crate) version: Version,
    /// Whether a newer one serves as well. wasm-bindgen's must be the crate's own, to the patch.
    pub(crate) newer_serves: bool,
    /// Whether the lock file that the release brings is to be used.
    pub(crate) locked: bool,
}

impl CargoTool {
    /// Writes the glue. Its version is the one in Cargo.lock: the two speak a private format.
    pub(crate) fn wasm_bindgen() -> Result<Self> {
        Ok(Self {
            package: "wasm-bindgen-cli",
            ask: &["wasm-bindgen", "--version"],
            version: locked_version("wasm-bindgen")?,
            newer_serves: false,
            // Its version decides the output, its dependencies do not: they may be as new as they come.
            locked: false,
        })
    }

    /// Runs the browser tests.
    pub(crate) fn wasm_pack() -> Self {
        Self::pinned("wasm-pack", &["wasm-pack", "--version"], Version::new(0, 15, 1))
    }

    /// Checks licences, bans and sources.
    pub(crate) fn deny() -> Self {
        Self::pinned("cargo-deny", &["cargo", "deny", "--version"], Version::new(0, 20, 2))
    }

    /// Drives libFuzzer.
    pub(crate) fn fuzz() -> Self {
        Self::pinned("cargo-fuzz", &["cargo", "fuzz", "--version"], Version::new(0, 13, 2))
    }

    /// Weighs the functions of a module.
    pub(crate) fn twiggy() -> Self {
        Self::pinned("twiggy", &["twiggy", "--version"], Version::new(0, 8, 0))
    }

    /// Drives Firefox.
    pub(crate) fn geckodriver() -> Self {
        Self::pinned("geckodriver", &["geckodriver", "--version"], Version::new(0, 37, 1))
    }

    fn pinned(package: &'static str, ask: &'static [&'static str], version: Version) -> Self {
        Self { package, ask, version, newer_serves: true, locked: true }
    }

    /// The version that is there.
    pub(crate) fn present(&self) -> Option<Version> {
        let (program, args) = self.ask.split_first().expect("a tool is asked by a command");
        version_of(Path::new(program), args)
    }

    /// Whether that version will do.
    pub(crate) fn accepts(&self, present: &Version) -> bool {
        *present == self.version || (self.newer_serves && *present > self.version)
    }
}

/// The version of a crate in Cargo.lock.
fn locked_version(package: &str) -> Result<Version> {
    let output = Command::new("cargo").args(["pkgid", package]).current_dir(tree::root()).output()?;
    let id = String::from_utf8_lossy(&output.stdout);
    let version = id.trim().rsplit(['@', '#']).next().unwrap_or_default();
    Version::parse(version).with_context(|| format!("Cargo.lock names no single version of {package}"))
}

/// The first version number a program prints; `None` when it cannot be run.
pub(crate) fn version_of(program: &Path, args: &[&str]) -> Option<Version> {
    let output = Command::new(program).args(args).current_dir(tree::root()).output().ok()?;
    if !output.status.success() {
        return None;
    }
    first_version(&String::from_utf8_lossy(&output.stdout))
}

/// "Chromium 156.0.8078.79 built on …" is 156.0.8078; "v20.1.0" is 20.1.0.
fn first_version(text: &str) -> Option<Version> {
    text.split_whitespace().find_map(|word| {
        let mut numbers = word.trim_start_matches('v').split('.').map(|part| part.parse::<u64>().ok());
        Some(Version::new(numbers.next()??, numbers.next()??, numbers.next().flatten().unwrap_or(0)))
    })
}

/// A program of the JavaScript tools in node_modules.
pub(crate) fn js(program: &str) -> Result<PathBuf> {
    let path = tree::root().join("node_modules/.bin").join(program);
    if !path.exists() {
        bail!("{program} is not in node_modules: run `npm ci` at the repository's root");
    }
    Ok(path)
}

/// Chromium: the one named by `CHROMIUM`, or the system's.
pub(crate) fn chromium() -> Result<Option<PathBuf>> {
    found("CHROMIUM", &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"])
}

/// Chromium's WebDriver: the one named by `CHROMEDRIVER`, or the system's.
pub(crate) fn chromedriver() -> Result<Option<PathBuf>> {
    found("CHROMEDRIVER", &["chromedriver"])
}

/// Firefox: the one named by `FIREFOX`, or the system's.
pub(crate) fn firefox() -> Result<Option<PathBuf>> {
    found("FIREFOX", &["firefox-esr", "firefox"])
}

/// Firefox's WebDriver: the one named by `GECKODRIVER`, or the one that cargo installed.
pub(crate) fn geckodriver() -> Result<Option<PathBuf>> {
    found(GECKODRIVER, &["geckodriver"])
}

/// Whether the user brings a geckodriver: its version is then theirs to answer for.
pub(crate) fn names_geckodriver() -> bool {
    std::env::var_os(GECKODRIVER).is_some()
}

/// WebKitGTK's WebDriver: the one named by `WEBKITDRIVER`, or the system's.
pub(crate) fn webkitdriver() -> Result<Option<PathBuf>> {
    found("WEBKITDRIVER", &["WebKitWebDriver"])
}

/// Runs a command on an X server without a screen.
pub(crate) fn xvfb_run() -> Result<Option<PathBuf>> {
    Ok(which::which("xvfb-run").ok())
}

/// What `xvfb-run` lets its command in with.
pub(crate) fn xauth() -> Result<Option<PathBuf>> {
    Ok(which::which("xauth").ok())
}

/// Debian puts it where not everybody's path leads.
pub(crate) fn nats_server() -> Result<Option<PathBuf>> {
    found("NATS_SERVER", &["nats-server", "/usr/sbin/nats-server"])
}

fn found(variable: &str, names: &[&str]) -> Result<Option<PathBuf>> {
    match std::env::var_os(variable) {
        Some(path) => which::which(path).map(Some).with_context(|| format!("{variable} names no program")),
        None => Ok(names.iter().find_map(|name| which::which(name).ok())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_tools_print() {
        for (text, version) in [
            ("wasm-bindgen 0.2.130", Some(Version::new(0, 2, 130))),
            ("Chromium 156.0.8078.79 built on Debian GNU/Linux 12", Some(Version::new(156, 0, 8078))),
            ("ChromeDriver 156.0.8078.79 (abc)", Some(Version::new(156, 0, 8078))),
            ("geckodriver 0.37.1 (abc)\n\nThe source code", Some(Version::new(0, 37, 1))),
            ("v20.20.2", Some(Version::new(20, 20, 2))),
            ("usage: no version here", None),
        ] {
            assert_eq!(first_version(text), version, "{text}");
        }
    }

    #[test]
    fn only_wasm_bindgen_is_wanted_to_the_patch() {
        let newer = Version::new(9, 0, 0);
        assert!(CargoTool::deny().accepts(&newer));
        assert!(!CargoTool::wasm_bindgen().expect("Cargo.lock names wasm-bindgen").accepts(&newer));
    }
}
