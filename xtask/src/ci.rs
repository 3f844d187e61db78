//! `ci`: `test` with the browser suites in every engine, and what keeps the code in shape. `.ci/run` runs it, and so can anyone.

use anyhow::{Result, bail};

use crate::{
    browsers::Engine,
    checklist::Checklist,
    doctor::{self, Consent},
    job::Job,
    lengths, size, test,
    tools::CargoTool,
    tree,
};

/// The cheap steps come first: who forgot to format should not wait for a browser to learn it.
pub(crate) fn main(consent: Consent) -> Result<()> {
    let mut list = Checklist::new();
    list.step("file lengths", lengths::check);
    list.step("formatting", || cargo("checking the formatting", &["fmt", "--all", "--check"]));
    // For every platform, which cargo-deny then reads without the network.
    list.step("lock file", || cargo("fetching the crates of Cargo.lock", &["fetch", "--locked"]));
    list.step("clippy", clippy);
    list.step("documentation", documentation);
    list.step("dependencies", deny);
    fuzz_targets(&mut list);
    let built = test::steps(&mut list, &Engine::ALL, consent);
    list.step("size", || if built { size::check() } else { bail!("the package was not built") });
    list.close()
}

fn cargo(what: &str, args: &[&str]) -> Result<()> {
    Job::cargo(what, args).run()?;
    Ok(())
}

/// Natively, then for the browser, where other code is compiled. The gateway's address only makes tests/wire.rs compile.
fn clippy() -> Result<()> {
    let strict = ["--", "--deny", "warnings"];
    Job::cargo("linting the workspace", ["clippy", "--workspace", "--all-targets"]).args(strict).run()?;
    doctor::builder()?;
    Job::cargo("linting the SDK for the browser", ["clippy", "--package", tree::SDK, "--lib", "--tests"])
        .args(["--target", tree::WASM])
        .args(strict)
        .env("SIMULATOR_URL", "http://127.0.0.1:9")
        .run()?;
    Job::cargo("linting the SDK for webhooks", ["clippy", "--package", tree::SDK, "--lib", "--no-default-features"])
        .args(["--features", "webhook", "--target", tree::WASM])
        .args(strict)
        .run()?;
    Ok(())
}

fn documentation() -> Result<()> {
    Job::cargo("building the documentation", ["doc", "--workspace", "--no-deps"])
        .env("RUSTDOCFLAGS", "--deny warnings")
        .run()?;
    Ok(())
}

/// Without the advisories: their list changes by the day, so it can fail a commit that changed nothing, and it needs the network.
fn deny() -> Result<()> {
    doctor::cargo_tool(&CargoTool::deny())?;
    println!("advisories are not checked here: `cargo deny check advisories` asks the network for them");
    let args = ["deny", "--offline", "--workspace", "check", "licenses", "bans", "sources"];
    cargo("checking licences, bans and sources", &args)
}

/// That they compile; `cargo xtask fuzz` runs them.
fn fuzz_targets(list: &mut Checklist) {
    const MANIFEST: &str = "fuzz/Cargo.toml";
    if !tree::root().join(MANIFEST).exists() {
        return list.skip("fuzz targets", "there is no fuzz/Cargo.toml");
    }
    list.step("fuzz targets", || cargo("checking the fuzz targets", &["check", "--manifest-path", MANIFEST]));
}
