//! `size`: what a page downloads, held against the recorded budget.
//!
//! Measured on the shipped files: the module as built, the glue minified as a bundler would. The compressors are Node's zlib
//! and brotli, which is what the numbers of the npm world are made with.

use std::{fs, iter::Sum};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::{build, doctor, job::Job, tools, tree};

/// Where the budget is recorded. It rises only in a commit that names the cause.
const BUDGET: &str = "docs/size-budget.json";
/// Where we want to be, in bytes after gzip.
const GOAL: u64 = 61_440;

#[derive(Deserialize, Clone, Copy)]
struct Cost {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self { raw: 0, gzip: 0, brotli: 0 }, |sum, cost| Self {
            raw: sum.raw + cost.raw,
            gzip: sum.gzip + cost.gzip,
            brotli: sum.brotli + cost.brotli,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Budget {
    gzip_bytes: u64,
    why: String,
}

pub(crate) fn main() -> Result<()> {
    build::release()?;
    check()
}

/// Measures what is built.
pub(crate) fn check() -> Result<()> {
    doctor::javascript()?;
    let costs = measure()?;
    let sum: Cost = costs.iter().copied().sum();
    println!("{:<22}{:>10}{:>10}{:>10}", "bytes", "raw", "gzip -9", "brotli 11");
    for (name, cost) in ["module (wasm)", "glue (js, minified)"].into_iter().zip(&costs).chain([("together", &sum)]) {
        println!("{name:<22}{:>10}{:>10}{:>10}", cost.raw, cost.gzip, cost.brotli);
    }
    let text = fs::read(tree::root().join(BUDGET)).with_context(|| format!("{BUDGET} cannot be read"))?;
    let budget: Budget = serde_json::from_slice(&text).with_context(|| format!("{BUDGET} is not what it should be"))?;
    println!("budget {} (gzip, together; {}), goal {GOAL}", budget.gzip_bytes, budget.why);
    verdict(sum.gzip, budget.gzip_bytes)
}

fn measure() -> Result<Vec<Cost>> {
    let module = tree::dist().join(format!("{}_bg.wasm", tree::OUT_NAME));
    let minified = tree::scratch()?.join("glue.min.js");
    Job::new("minifying the glue", tools::js("esbuild")?)
        .args([tree::dist().join(tree::OUT_NAME).with_extension("js")])
        .args(["--minify", "--format=esm", "--log-level=warning"])
        .args([format!("--outfile={}", minified.display())])
        .run()?;
    let printed = Job::new("compressing", "node")
        .args(["--input-type=module", "--eval", include_str!("compress.mjs"), "--"])
        .args([module, minified])
        .run()?;
    serde_json::from_str(&printed).context("the compressor printed something else than sizes")
}

fn verdict(gzip: u64, budget: u64) -> Result<()> {
    if gzip > budget {
        bail!("{gzip} bytes are {} above the budget: make it smaller, or raise {BUDGET} and say why", gzip - budget);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_itself_is_allowed_and_one_byte_more_is_not() {
        assert!(verdict(92_160, 92_160).is_ok());
        let error = verdict(92_161, 92_160).expect_err("one byte above");
        assert!(error.to_string().starts_with("92161 bytes are 1 above the budget"));
    }
}
