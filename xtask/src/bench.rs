//! `bench`: runs tests/bench/*.mjs against the shipped package in one Chromium, and benches/*.rs natively.
//!
//! They measure and judge; this starts what they need. Files whose name begins with `_` are shared parts of the scripts.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde_json::json;

use crate::{
    build,
    doctor::{self, Consent},
    job::Job,
    statics::Site,
    tree,
};

/// Benchmarks of the package as shipped.
const SHIPPED: &str = "tests/bench";
/// Benchmarks of the machine: they need no browser and no package.
const NATIVE: &str = "benches";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// One benchmark, by the name of its file without .mjs or .rs
    name: Option<String>,
}

pub(crate) fn main(args: &Args, consent: Consent) -> Result<()> {
    let (scripts, native) = (named(SHIPPED, "mjs", args), named(NATIVE, "rs", args));
    if scripts.is_empty() && native.is_empty() {
        let all = Args { name: None };
        let known: Vec<_> = [named(SHIPPED, "mjs", &all), named(NATIVE, "rs", &all)].concat();
        let known: Vec<_> = known.iter().map(|path| stem(path)).collect();
        bail!("there is no such benchmark; there are: {}", known.join(", "));
    }
    for name in native.iter().map(|path| stem(path)) {
        let build = ["bench", "--package", tree::SDK, "--bench", &name, "--no-run"];
        Job::cargo(format!("compiling {name}"), build).run()?;
        let run = ["bench", "--quiet", "--package", tree::SDK, "--bench", &name];
        let output = Job::cargo(format!("measuring {name}"), run).run()?;
        // Before its table may stand what the compiler has to say.
        let table: Vec<_> = output.lines().skip_while(|line| !line.starts_with('|')).collect();
        println!("{}", table.join("\n"));
    }
    if scripts.is_empty() { Ok(()) } else { in_chromium(&scripts, consent) }
}

fn in_chromium(scripts: &[PathBuf], consent: Consent) -> Result<()> {
    let chromium = doctor::chromium(consent)?;
    build::release()?;
    let config = json!({ "gateway": { "kind": "ingest" }, "peopleUrl": null });
    let page = Site { config, port: 0, hooks: None, bench: true }.serve()?;
    let mut failed = Vec::new();
    for script in scripts {
        let name = stem(script);
        let job = Job::new(format!("measuring {name}"), "node")
            .args([script])
            .env("PAGE_URL", &page)
            .env("CHROMIUM", &chromium);
        match job.run() {
            Ok(report) => println!("{report}"),
            Err(_) => failed.push(name),
        }
    }
    if !failed.is_empty() {
        bail!("benchmarks out of bounds: {}", failed.join(", "));
    }
    Ok(())
}

/// The benchmarks of a folder: all, or the one that was asked for.
fn named(folder: &str, extension: &str, args: &Args) -> Vec<PathBuf> {
    let mut all = tree::files(folder, extension);
    all.retain(|path| !stem(path).starts_with('_'));
    all.retain(|path| args.name.as_deref().is_none_or(|name| stem(path) == name));
    all
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
