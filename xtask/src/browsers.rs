//! The browser and its WebDriver: found, or installed from the system's package manager.
//!
//! Only this touches the system, so only this needs root or the user's word (`--install`); without either the answer is one
//! sentence with the one command.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use semver::Version;

use crate::{
    doctor::{Consent, is_root},
    job::Job,
    tools,
};

/// The Debian packages of the browser and its WebDriver.
const BROWSER_PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

/// The two programs of the browser tests.
pub(crate) struct Browser {
    pub(crate) chromium: PathBuf,
    pub(crate) chromedriver: PathBuf,
}

/// Chromium alone, for what Playwright drives.
pub(crate) fn chromium(consent: Consent) -> Result<PathBuf> {
    if let Some(chromium) = tools::chromium()? {
        return Ok(chromium);
    }
    install_browser(consent, "Chromium")?;
    tools::chromium()?.context("Chromium was installed but is not in PATH: name it in CHROMIUM")
}

/// Chromium and a WebDriver of the same release, for wasm-pack.
pub(crate) fn browser(consent: Consent) -> Result<Browser> {
    let chromium = chromium(consent)?;
    if tools::chromedriver()?.is_none() {
        install_browser(consent, "chromedriver")?;
    }
    let chromedriver = tools::chromedriver()?.context("chromedriver is not in PATH: name it in CHROMEDRIVER")?;
    let major = |program: &Path| tools::version_of(program, &["--version"]).map(|version: Version| version.major);
    let (ours, its) = (major(&chromium), major(&chromedriver));
    if ours != its {
        let spelled = |major: Option<u64>| major.map_or("of no known release".to_owned(), |major| major.to_string());
        bail!("Chromium is {} but chromedriver is {}: install both from one source", spelled(ours), spelled(its));
    }
    Ok(Browser { chromium, chromedriver })
}

fn install_browser(consent: Consent, missing: &str) -> Result<()> {
    let packages = BROWSER_PACKAGES.join(" ");
    if which::which("apt-get").is_err() {
        bail!("{missing} is missing: install Chromium and chromedriver, or name them in CHROMIUM and CHROMEDRIVER");
    }
    let root = is_root();
    if !root && !consent.install {
        bail!("{missing} is missing: run `sudo apt-get install -y {packages}`, or repeat the command with --install");
    }
    for args in [vec!["update"], [vec!["install", "-y", "--no-install-recommends"], BROWSER_PACKAGES.to_vec()].concat()]
    {
        if root {
            let what = format!("installing {missing} (apt-get {})", args.first().copied().unwrap_or_default());
            Job::new(what, "apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive").run()?;
        } else {
            Job::new(format!("installing {missing}"), "sudo").args(["apt-get"]).args(args).show()?;
        }
    }
    Ok(())
}
