//! `bench`: runs tests/bench/*.mjs against the shipped package in one Chromium.
//!
//! The scripts measure and judge; this starts what they need. Files whose name begins with `_` are their shared parts.

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

const FOLDER: &str = "tests/bench";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// One benchmark, by the name of its file without .mjs
    name: Option<String>,
}

pub(crate) fn main(args: &Args, consent: Consent) -> Result<()> {
    let scripts = scripts(args.name.as_deref())?;
    let chromium = doctor::chromium(consent)?;
    build::release()?;
    let config = json!({ "gateway": { "kind": "ingest" }, "peopleUrl": null });
    let page = Site { config, port: 0, hooks: None, bench: true }.serve()?;
    let mut failed = Vec::new();
    for script in scripts {
        let name = stem(&script);
        let job = Job::new(format!("measuring {name}"), "node")
            .args([&script])
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

fn scripts(name: Option<&str>) -> Result<Vec<PathBuf>> {
    let mut all = tree::files(FOLDER, "mjs");
    all.retain(|path| !stem(path).starts_with('_'));
    let known = all.iter().map(|path| stem(path)).collect::<Vec<_>>().join(", ");
    all.retain(|path| name.is_none_or(|name| stem(path) == name));
    match (name, all.is_empty()) {
        (_, false) => Ok(all),
        (Some(name), true) => bail!("there is no benchmark {name} in {FOLDER}; there are: {known}"),
        (None, true) => bail!("{FOLDER} holds no benchmarks"),
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
