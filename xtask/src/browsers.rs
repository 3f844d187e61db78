//! The browsers and their WebDrivers: found, or installed.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use semver::Version;

use crate::{
    debian::{self, Needs},
    doctor::{self, Consent},
    tools::{self, CargoTool},
};

/// The engines that the browser suites pass in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub(crate) enum Engine {
    Chromium,
    Firefox,
    /// `WebKitGTK`: Safari's engine in a browser that runs on Linux.
    WebKit,
}

impl Engine {
    /// All of them, in the order in which they are tried.
    pub(crate) const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::WebKit];

    /// What has to be there, and how it comes there.
    const fn needs(self) -> Needs {
        match self {
            Self::Chromium => Needs {
                packages: &["chromium", "chromium-driver"],
                by_hand: "install Chromium and chromedriver, or name them in CHROMIUM and CHROMEDRIVER",
            },
            Self::Firefox => Needs { packages: &["firefox-esr"], by_hand: "install Firefox, or name it in FIREFOX" },
            Self::WebKit => Needs {
                // xvfb-run asks xauth, which its package only recommends.
                packages: &["webkit2gtk-driver", "xvfb", "xauth"],
                by_hand: "install WebKitGTK's WebDriver, or name it in WEBKITDRIVER, and Xvfb with xvfb-run and xauth",
            },
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Chromium => "Chromium",
            Self::Firefox => "Firefox",
            Self::WebKit => "WebKit",
        })
    }
}

/// An engine's programs for the browser tests.
pub(crate) struct Browser {
    /// The browser; WebKit's driver brings its own.
    pub(crate) program: Option<PathBuf>,
    /// Its WebDriver.
    pub(crate) driver: PathBuf,
    /// What gives it a screen where there is none; the others need none.
    pub(crate) screen: Option<PathBuf>,
}

/// A browser and what drives it, for wasm-pack.
pub(crate) fn driven(engine: Engine, consent: Consent) -> Result<Browser> {
    match engine {
        Engine::Chromium => chromium_driven(consent),
        Engine::Firefox => firefox_driven(consent),
        Engine::WebKit => webkit_driven(consent),
    }
}

/// Chromium alone, for what Playwright drives.
pub(crate) fn chromium(consent: Consent) -> Result<PathBuf> {
    present(Engine::Chromium, "Chromium", tools::chromium, consent)
}

/// Chromium and a WebDriver of the same release.
fn chromium_driven(consent: Consent) -> Result<Browser> {
    let chromium = chromium(consent)?;
    let driver = present(Engine::Chromium, "chromedriver", tools::chromedriver, consent)?;
    let major = |program: &Path| tools::version_of(program, &["--version"]).map(|version: Version| version.major);
    let (ours, its) = (major(&chromium), major(&driver));
    if ours != its {
        let spelled = |major: Option<u64>| major.map_or("of no known release".to_owned(), |major| major.to_string());
        bail!("Chromium is {} but chromedriver is {}: install both from one source", spelled(ours), spelled(its));
    }
    Ok(Browser { program: Some(chromium), driver, screen: None })
}

/// Firefox and geckodriver, which Debian does not package. One geckodriver drives many releases of Firefox.
fn firefox_driven(consent: Consent) -> Result<Browser> {
    let firefox = present(Engine::Firefox, "Firefox", tools::firefox, consent)?;
    if !tools::names_geckodriver() {
        doctor::cargo_tool(&CargoTool::geckodriver())?;
    }
    let driver = tools::geckodriver()?.context("geckodriver is not in PATH: name it in GECKODRIVER")?;
    Ok(Browser { program: Some(firefox), driver, screen: None })
}

/// WebKitGTK's driver, which starts the browser that it was built with, and an X server without a screen: that browser knows no
/// headless mode.
fn webkit_driven(consent: Consent) -> Result<Browser> {
    let driver = present(Engine::WebKit, "WebKitWebDriver", tools::webkitdriver, consent)?;
    let screen = present(Engine::WebKit, "xvfb-run", tools::xvfb_run, consent)?;
    present(Engine::WebKit, "xauth", tools::xauth, consent)?;
    Ok(Browser { program: None, driver, screen: Some(screen) })
}

/// A program of an engine, after its packages were installed if need be.
fn present(engine: Engine, name: &str, found: fn() -> Result<Option<PathBuf>>, consent: Consent) -> Result<PathBuf> {
    debian::present(&engine.needs(), name, found, consent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines_are_named_in_lower_case() {
        let names: Vec<_> = Engine::ALL.iter().filter_map(|engine| engine.to_possible_value()).collect();
        assert_eq!(names.iter().map(|name| name.get_name()).collect::<Vec<_>>(), ["chromium", "firefox", "webkit"]);
    }
}
