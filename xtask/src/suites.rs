//! The browser suites: tests/browser.rs and, since gateways are there, tests/wire.rs and tests/hosted.rs, in headless Chromium.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{
    browsers::{self, Browser},
    doctor::{self, Consent},
    job::Job,
    simulator::Simulator,
    test::{BROWSER_LIMIT, cargo_tally},
    tools::CargoTool,
    tree,
};

/// Where wasm-bindgen's runner reads how to start the browser.
const WEBDRIVER: &str = "webdriver.json";

pub(crate) fn run(consent: Consent) -> Result<()> {
    doctor::builder()?;
    doctor::cargo_tool(&CargoTool::wasm_pack())?;
    let browser = browsers::browser(consent)?;
    Simulator::build()?;
    let simulator = Simulator::start()?;
    let mut job = Job::new("running the browser tests in headless Chromium", "wasm-pack")
        .args(["test", "--headless", "--chrome", "--chromedriver"])
        .args([&browser.chromedriver])
        // What follows is cargo's.
        .args(["--", "--features", "hosted"])
        .envs(simulator.environment());
    if let Some(path) = own_webdriver(&browser)? {
        job = job.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", path);
    }
    job.within(BROWSER_LIMIT).noting(cargo_tally).run()?;
    Ok(())
}

/// A copy of webdriver.json for this machine: as root Chromium starts only without its sandbox, which the tracked file must not
/// ask for, and `CHROMIUM` can name another browser. `None` when the tracked file will do.
fn own_webdriver(browser: &Browser) -> Result<Option<PathBuf>> {
    let named = std::env::var_os("CHROMIUM").is_some();
    if !doctor::is_root() && !named {
        return Ok(None);
    }
    let text = std::fs::read(tree::root().join(WEBDRIVER)).with_context(|| format!("{WEBDRIVER} cannot be read"))?;
    let mut settings: serde_json::Value = serde_json::from_slice(&text)?;
    let options = &mut settings["goog:chromeOptions"];
    if doctor::is_root() {
        let args = options["args"].as_array_mut().with_context(|| format!("{WEBDRIVER} lists no arguments"))?;
        args.push("--no-sandbox".into());
    }
    if named {
        options["binary"] = browser.chromium.to_string_lossy().into();
    }
    let path = tree::scratch()?.join(WEBDRIVER);
    std::fs::write(&path, serde_json::to_vec_pretty(&settings)?)?;
    Ok(Some(path))
}
