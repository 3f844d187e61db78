//! The browser suites, tests/browser.rs and, since a gateway is there, tests/wire.rs and tests/hosted.rs, in one engine after another.
//!
//! The gateway's address and keys are compiled into the tests, so all engines share one gateway: the tests are compiled once. Each
//! test makes a session of its own there, and no engine sees another's.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    browsers::{self, Browser, Engine},
    checklist::Checklist,
    doctor::{self, Consent},
    job::Job,
    simulator::Simulator,
    test::{BROWSER_LIMIT, cargo_tally},
    tools::CargoTool,
    tree,
};

/// Where wasm-bindgen's runner reads how to start the browser.
const WEBDRIVER: &str = "webdriver.json";
/// By these the runner finds its driver, in an order of its own: one that is set for another engine would win.
const DRIVERS: [&str; 8] = [
    "CHROMEDRIVER",
    "CHROMEDRIVER_REMOTE",
    "GECKODRIVER",
    "GECKODRIVER_REMOTE",
    "MSEDGEDRIVER",
    "MSEDGEDRIVER_REMOTE",
    "SAFARIDRIVER",
    "SAFARIDRIVER_REMOTE",
];

/// A step for each engine.
pub(crate) fn steps(list: &mut Checklist, engines: &[Engine], consent: Consent) {
    let mut shared = None;
    for &engine in engines {
        list.step(&format!("browser tests in {engine}"), || run(engine, &mut shared, consent));
    }
}

fn run(engine: Engine, shared: &mut Option<Simulator>, consent: Consent) -> Result<()> {
    // First of all: whoever cannot have it should not wait for a compiler to learn it.
    let browser = browsers::driven(engine, consent)?;
    doctor::builder()?;
    doctor::cargo_tool(&CargoTool::wasm_pack())?;
    if shared.is_none() {
        Simulator::build()?;
        *shared = Some(Simulator::start()?);
    }
    let simulator = shared.as_ref().expect("it was started above");
    let what = format!("running the browser tests in {engine}");
    let job = match &browser.screen {
        Some(screen) => Job::new(what, screen).args(["--auto-servernum", "wasm-pack"]),
        None => Job::new(what, "wasm-pack"),
    };
    let flags = match engine {
        Engine::Chromium => ["--chrome", "--chromedriver"],
        Engine::Firefox => ["--firefox", "--geckodriver"],
        // To wasm-pack it is the engine's one browser; its driver is spoken to alike.
        Engine::WebKit => ["--safari", "--safaridriver"],
    };
    let mut job = job.without(&DRIVERS).args(["test", "--headless"]).args(flags).args([&browser.driver]);
    if let Some(settings) = own_webdriver(engine, &browser)? {
        let path = tree::scratch()?.join(WEBDRIVER);
        std::fs::write(&path, serde_json::to_vec_pretty(&settings)?)?;
        job = job.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", path);
    }
    // What follows is cargo's.
    let job = job.args(["--", "--features", "hosted"]).envs(simulator.environment());
    job.within(BROWSER_LIMIT).noting(cargo_tally).run()?;
    Ok(())
}

/// What webdriver.json would say for this engine on this machine; `None` when the tracked file will do.
fn own_webdriver(engine: Engine, browser: &Browser) -> Result<Option<Value>> {
    match engine {
        Engine::Chromium => chromium_webdriver(browser),
        // Debian's is not where geckodriver looks first. All tests have one address, at which many of them have sockets fail on purpose;
        // Firefox would make the others wait for it.
        Engine::Firefox => {
            let prefs = json!({ "network.websocket.delay-failed-reconnects": false });
            Ok(Some(json!({ "moz:firefoxOptions": { "binary": browser.program, "prefs": prefs } })))
        }
        Engine::WebKit => Ok(None),
    }
}

/// As root Chromium starts only without its sandbox, which the tracked file must not ask for, and `CHROMIUM` can name another
/// browser.
fn chromium_webdriver(browser: &Browser) -> Result<Option<Value>> {
    let named = std::env::var_os("CHROMIUM").is_some();
    if !doctor::is_root() && !named {
        return Ok(None);
    }
    let text = std::fs::read(tree::root().join(WEBDRIVER)).with_context(|| format!("{WEBDRIVER} cannot be read"))?;
    let mut settings: Value = serde_json::from_slice(&text)?;
    let options = &mut settings["goog:chromeOptions"];
    if doctor::is_root() {
        let args = options["args"].as_array_mut().with_context(|| format!("{WEBDRIVER} lists no arguments"))?;
        args.push("--no-sandbox".into());
    }
    if named {
        options["binary"] = json!(browser.program);
    }
    Ok(Some(settings))
}
