//! `fuzz`: each target of fuzz/ for some minutes on nightly, from its seeds and from what earlier runs found.
//!
//! The seeds are replayed on stable by ordinary tests; this is the search for new ones.

use std::{fs, time::Duration};

use anyhow::{Context, Result, bail};

use crate::{doctor, job::Job, tools::CargoTool, tree};

/// What cargo-fuzz needs on top of the search itself: compiling everything with a sanitizer.
const COMPILING: Duration = Duration::from_secs(30 * 60);
/// The target that reads stories; every fixture is a seed of the others, which read bodies.
const STORIES: &str = "machine";
/// The fixtures of every gateway. The sources of them are no bodies, but no harm either.
const FIXTURES: [&str; 3] = ["tests/fixtures/waapi", "tests/fixtures/waha", "tests/fixtures/wawp"];
/// The longest input, in bytes: every fixture is a quarter of that, and the limit of a session is within.
const LONGEST: &str = "-max_len=4096";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// One target; all of fuzz/fuzz_targets without it
    target: Option<String>,
    /// How long each target runs
    #[arg(long, default_value_t = 5.0, value_parser = minutes)]
    minutes: f64,
}

pub(crate) fn main(args: &Args) -> Result<()> {
    let targets = targets(args.target.as_deref())?;
    doctor::nightly()?;
    doctor::cargo_tool(&CargoTool::fuzz())?;
    let length = Duration::from_secs_f64(args.minutes * 60.0);
    let mut failed = Vec::new();
    for target in targets {
        if let Err(error) = search(&target, length) {
            eprintln!("{error:#}; a failing input, if there is one, is in fuzz/artifacts/{target}");
            failed.push(target);
        }
    }
    if !failed.is_empty() {
        bail!("fuzz targets that failed: {}", failed.join(", "));
    }
    println!("no failing input found");
    Ok(())
}

fn search(target: &str, length: Duration) -> Result<()> {
    let corpus = format!("fuzz/corpus/{target}");
    let known = [format!("fuzz/seeds/{target}"), format!("fuzz/regressions/{target}")];
    fs::create_dir_all(tree::root().join(&corpus)).with_context(|| format!("{corpus} cannot be created"))?;
    let mut args = vec!["+nightly", "fuzz", "run", target, &corpus];
    args.extend(known.iter().map(String::as_str).filter(|folder| tree::root().join(folder).exists()));
    if target != STORIES {
        args.extend(FIXTURES);
    }
    let limit = format!("-max_total_time={}", length.as_secs().max(1));
    args.extend(["--", &limit, LONGEST, "-print_final_stats=1"]);
    // The toolchain of rust-toolchain.toml reaches us in a variable, which must not outweigh `+nightly` further down.
    Job::cargo(format!("fuzzing {target} for {} s", length.as_secs().max(1)), args)
        .env("RUSTUP_TOOLCHAIN", "nightly")
        .within(length + COMPILING)
        .noting(executed)
        .run()?;
    Ok(())
}

/// How many inputs libFuzzer tried.
fn executed(output: &str) -> Option<String> {
    let count = output.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))?;
    Some(format!("{} inputs", count.trim()))
}

fn targets(name: Option<&str>) -> Result<Vec<String>> {
    let files = tree::files("fuzz/fuzz_targets", "rs");
    let mut all: Vec<String> =
        files.iter().filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect();
    let known = all.join(", ");
    all.retain(|target| name.is_none_or(|name| target == name));
    match (name, all.is_empty()) {
        (_, false) => Ok(all),
        (Some(name), true) => bail!("there is no fuzz target {name}; there are: {known}"),
        (None, true) => bail!("fuzz/fuzz_targets holds no targets"),
    }
}

fn minutes(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(minutes) if minutes > 0.0 && minutes <= 24.0 * 60.0 => Ok(minutes),
        _ => Err("expected a number of minutes, above 0 and at most 1440".to_owned()),
    }
}
