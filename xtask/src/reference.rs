//! `reference`: the API as a site, made by TypeDoc from the declarations that users get. A warning is a failure: an export without a
//! comment, a link to nothing, a type that is named and cannot be imported.

use std::path::PathBuf;

use anyhow::Result;

use crate::{build, doctor, job::Job, tools, tree};

/// What goes into it, and what it is held to.
const OPTIONS: &str = "docs/reference/typedoc.json";

pub(crate) fn main() -> Result<()> {
    build::release()?;
    println!("{}", tree::shown(&write()?.join("index.html")));
    Ok(())
}

/// Writes that of what is built.
pub(crate) fn check() -> Result<()> {
    write().map(drop)
}

fn write() -> Result<PathBuf> {
    doctor::javascript()?;
    let site = tree::target()?.join("reference");
    Job::new("writing the reference", tools::js("typedoc")?)
        .args(["--options", OPTIONS, "--out"])
        .args([&site])
        .run()?;
    Ok(site)
}
