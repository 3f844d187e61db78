//! `test`: everything a user needs to trust a change.
//!
//! Natively: the workspace's tests (stories, properties, gateways, bad input, replayed fuzz corpora) and the pure layers without
//! any JavaScript. On the built package: its declarations and their reference, then the browser, Node and the dashboard.

use std::{path::PathBuf, time::Duration};

use anyhow::{Result, bail};

use crate::{
    browsers::{self, Engine},
    build,
    checklist::Checklist,
    debian,
    doctor::{self, Consent},
    golden,
    job::Job,
    packages::{self, Places},
    reference,
    relay::Relay,
    simulator::Simulator,
    suites, tree,
};

/// A browser that hangs is a failure, not a wait.
pub(crate) const BROWSER_LIMIT: Duration = Duration::from_secs(20 * 60);
/// What must not be in the dependency tree of the pure layers.
const JAVASCRIPT_CRATES: [&str; 4] = ["wasm-bindgen", "js-sys", "web-sys", "gloo-"];

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only the browser suites, in these engines
    #[arg(long, value_enum, value_delimiter = ',', value_name = "LIST")]
    engines: Vec<Engine>,
    /// Only the packed package, in every bundler, framework and runtime that the README names
    #[arg(long, conflicts_with = "engines")]
    packages: bool,
    /// With --packages: write what came of it into the README
    #[arg(long, requires = "packages")]
    bless: bool,
}

pub(crate) fn main(args: &Args, consent: Consent) -> Result<()> {
    let mut list = Checklist::new();
    if args.packages {
        let places = if args.bless { Places::Blessed } else { Places::All };
        if list.step("package", build::release) {
            list.step("packed package, everywhere", || packages::run(places, consent));
        }
    } else if args.engines.is_empty() {
        steps(&mut list, &[Engine::Chromium], consent);
    } else {
        suites::steps(&mut list, &args.engines, consent);
    }
    list.close()
}

/// The steps, also those of `ci`, with the browser suites in these engines; the answer is whether the package was built.
pub(crate) fn steps(list: &mut Checklist, engines: &[Engine], consent: Consent) -> bool {
    list.step("native tests", || native_tests(consent));
    list.step("pure layers without JavaScript", || {
        let pure = ["--package", tree::SDK, "--no-default-features"];
        cargo_test("running the tests without features", &pure)?;
        // What receives webhooks writes JSON by hand, and is there only where the client is not.
        let receiver = [&pure[..], &["--features", "webhook", "--test", "corpora"]].concat();
        cargo_test("replaying bodies as whoever receives webhooks reads them", &receiver)?;
        pure_tree()
    });
    let built = list.step("package", build::release);
    let needs_build = |step: &dyn Fn() -> Result<()>| if built { step() } else { bail!("the package was not built") };
    list.step("declarations", || needs_build(&golden::check));
    list.step("reference", || needs_build(&reference::check));
    suites::steps(list, engines, consent);
    for (name, folder, step) in [
        ("Node tests", "tests/node", &node_tests as &dyn Fn(&[PathBuf]) -> Result<()>),
        ("element tests", "tests/element", &|files| element_tests(files, consent)),
        ("end-to-end tests", "tests/e2e", &|files| end_to_end(files, consent)),
    ] {
        let files = test_files(folder);
        if files.is_empty() {
            list.skip(name, &format!("{folder} holds no *.test.mjs"));
        } else {
            list.step(name, || needs_build(&|| step(&files)));
        }
    }
    list.step("packed package", || needs_build(&|| packages::run(Places::Few, consent)));
    built
}

/// All of the workspace, the relay's with a NATS of their own.
fn native_tests(consent: Consent) -> Result<()> {
    let nats = debian::nats_server(consent)?;
    let job = Job::cargo("running the tests of the workspace", ["test", "--no-fail-fast", "--workspace"]);
    job.env("NATS_SERVER", nats).noting(cargo_tally).run()?;
    Ok(())
}

fn cargo_test(what: &str, which: &[&str]) -> Result<()> {
    Job::cargo(what, ["test", "--no-fail-fast"].iter().chain(which)).noting(cargo_tally).run()?;
    Ok(())
}

/// The dependency tree of the pure layers names no crate that speaks to JavaScript.
fn pure_tree() -> Result<()> {
    let args = ["tree", "--package", tree::SDK, "--edges", "normal", "--no-default-features", "--prefix", "none"];
    let listed = Job::cargo("reading the dependency tree without features", args).run()?;
    let foreign: Vec<&str> =
        listed.lines().filter(|line| JAVASCRIPT_CRATES.iter().any(|name| line.starts_with(name))).collect();
    if !foreign.is_empty() {
        bail!("the pure layers depend on {}", foreign.join(", "));
    }
    Ok(())
}

/// The built package in Node, against a gateway of its own.
fn node_tests(files: &[PathBuf]) -> Result<()> {
    doctor::javascript()?;
    Simulator::build()?;
    let simulator = Simulator::start()?;
    // A client that a failed test left open keeps its file's process alive.
    let job = Job::new("running the Node tests", "node").args(["--test", "--test-timeout=180000"]).args(files);
    let job = job.envs(simulator.environment());
    job.within(BROWSER_LIMIT).noting(node_tally).run()?;
    Ok(())
}

/// The custom elements in headless Chromium, over the gateway and relays of their own.
fn element_tests(files: &[PathBuf], consent: Consent) -> Result<()> {
    doctor::javascript()?;
    let chromium = browsers::chromium(consent)?;
    Simulator::build()?;
    Relay::build()?;
    let simulator = Simulator::start()?;
    Job::new("running the element tests in headless Chromium", "node")
        .args(["--test"])
        .args(files)
        .env("CHROMIUM", chromium)
        .env("RELAY", Relay::program()?)
        .env("SCREENSHOTS", tree::scratch()?)
        .envs(simulator.environment())
        .within(BROWSER_LIMIT)
        .noting(node_tally)
        .run()?;
    Ok(())
}

/// The dashboard in headless Chromium. Each test starts its servers with `$XTASK serve --json`.
fn end_to_end(files: &[PathBuf], consent: Consent) -> Result<()> {
    doctor::javascript()?;
    let chromium = browsers::chromium(consent)?;
    Simulator::build()?;
    Relay::build()?;
    // One at a time: they measure when things vanish from the page.
    Job::new("running the end-to-end tests in headless Chromium", "node")
        .args(["--test", "--test-concurrency=1"])
        .args(files)
        .env("CHROMIUM", chromium)
        .env("XTASK", tree::program()?)
        .env("SCREENSHOTS", tree::scratch()?)
        .within(BROWSER_LIMIT)
        .noting(node_tally)
        .run()?;
    Ok(())
}

/// Named one by one: what `node --test` makes of a folder differs between its versions.
fn test_files(folder: &str) -> Vec<PathBuf> {
    let mut files = tree::files(folder, "mjs");
    files.retain(|path| path.to_string_lossy().ends_with(".test.mjs"));
    files
}

/// The passed tests of all binaries in the output of `cargo test` or wasm-bindgen's runner.
pub(crate) fn cargo_tally(output: &str) -> Option<String> {
    tally(output.lines().filter_map(|line| line.trim().strip_prefix("test result: ok. ")?.split(' ').next()))
}

/// The same for `node --test`, in either of its reports.
pub(crate) fn node_tally(output: &str) -> Option<String> {
    tally(output.lines().filter_map(|line| line.strip_prefix("# pass ").or_else(|| line.strip_prefix("ℹ pass "))))
}

fn tally<'a>(counts: impl Iterator<Item = &'a str>) -> Option<String> {
    let passed: u64 = counts.filter_map(|count| count.trim().parse::<u64>().ok()).sum();
    Some(format!("{passed} tests"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passed_tests_are_summed_over_binaries() {
        let output =
            "running 2 tests\ntest result: ok. 2 passed; 0 failed\n\ntest result: ok. 40 passed; 0 failed; 1 ignored";
        assert_eq!(cargo_tally(output).as_deref(), Some("42 tests"));
        assert_eq!(node_tally("# tests 3\n# pass 3\n# fail 0").as_deref(), Some("3 tests"));
        assert_eq!(node_tally("ℹ pass 7").as_deref(), Some("7 tests"));
    }
}
