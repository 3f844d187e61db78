//! `size`: what a page downloads, held against the recorded budgets.
//!
//! Measured on the shipped files: each module as built, its script (glue and loaders) joined and minified as a bundler would. The
//! compressors are Node's zlib and brotli, which is what the numbers of the npm world are made with.

use std::{fs, iter::Sum, path::PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::{build, doctor, functions, job::Job, tools, tree};

/// Where the budgets are recorded. They rise only in a commit that names the cause.
const BUDGET: &str = "docs/size-budget.json";
/// A form in one file may cost so much more than its parts, in percent of what they are after gzip.
const MOST_INLINE_PERCENT: u64 = 105;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Print what each module consists of, function by function; this builds them once more, with names
    #[arg(long)]
    functions: bool,
}

/// What one import downloads: a module with its script; and the same in one file.
struct Entry {
    import: &'static str,
    script: &'static str,
    module: &'static str,
    inline: &'static str,
    budget: fn(&Budgets) -> Option<&Budget>,
}

const ENTRIES: [Entry; 3] = [
    Entry {
        import: "wa-presence",
        script: "index.js",
        module: tree::OUT_NAME,
        inline: "inline.js",
        budget: |budgets| Some(&budgets.main),
    },
    // Loaded beside the first, by those who ask for it.
    Entry {
        import: "wa-presence, the hosted gateways",
        script: "hosted.js",
        module: tree::HOSTED_OUT_NAME,
        inline: "inline-hosted.js",
        budget: |_| None,
    },
    Entry {
        import: "wa-presence/webhook",
        script: "webhook.js",
        module: tree::WEBHOOK_OUT_NAME,
        inline: "inline-webhook.js",
        budget: |budgets| Some(&budgets.webhook),
    },
];

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

/// `gzipBytes` and `why` are those of `wa-presence` itself.
#[derive(Deserialize)]
struct Budgets {
    #[serde(flatten)]
    main: Budget,
    webhook: Budget,
}

/// `goal` is where we want to be.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Budget {
    gzip_bytes: u64,
    goal_bytes: u64,
    why: String,
}

pub(crate) fn main(args: &Args) -> Result<()> {
    build::release()?;
    if args.functions {
        functions::print(&[tree::OUT_NAME, tree::WEBHOOK_OUT_NAME])?;
    }
    check()
}

/// Measures what is built.
pub(crate) fn check() -> Result<()> {
    doctor::javascript()?;
    let text = fs::read(tree::root().join(BUDGET)).with_context(|| format!("{BUDGET} cannot be read"))?;
    let budgets: Budgets =
        serde_json::from_slice(&text).with_context(|| format!("{BUDGET} is not what it should be"))?;
    let mut faults = Vec::new();
    for entry in &ENTRIES {
        faults.extend(judge(entry, &budgets)?);
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("; "));
    }
    Ok(())
}

/// Prints what one import costs; the answer is what is wrong with it.
fn judge(entry: &Entry, budgets: &Budgets) -> Result<Vec<String>> {
    let module = tree::dist().join(format!("{}_bg.wasm", entry.module));
    let costs = compressed(&[module, minified(entry)?, tree::dist().join(entry.inline)])?;
    let [module, script, inline] = costs.as_slice() else { bail!("the compressor was given three files") };
    let parts: Cost = [*module, *script].into_iter().sum();
    println!("{:<36}{:>10}{:>10}{:>10}", entry.import, "raw", "gzip -9", "brotli 11");
    for (name, cost) in [
        ("  module (wasm)", module),
        ("  script (js, minified)", script),
        ("  together", &parts),
        ("  in one file", inline),
    ] {
        println!("{name:<36}{:>10}{:>10}{:>10}", cost.raw, cost.gzip, cost.brotli);
    }
    let mut faults = Vec::new();
    if let Some(budget) = (entry.budget)(budgets) {
        println!("  budget {} (gzip, together; {}), goal {}", budget.gzip_bytes, budget.why, budget.goal_bytes);
        faults.extend(above_budget(entry.import, parts.gzip, budget.gzip_bytes));
    }
    faults.extend(above_parts(entry.inline, inline.gzip, parts.gzip));
    Ok(faults)
}

/// Glue and loaders as one script.
fn minified(entry: &Entry) -> Result<PathBuf> {
    let out = tree::scratch()?.join(format!("size-{}", entry.script));
    Job::new(format!("minifying {}", entry.script), tools::js("esbuild")?)
        .args([tree::root().join("pkg").join(entry.script)])
        .args(["--bundle", "--minify", "--format=esm", "--external:./hosted.js", "--log-level=warning"])
        .args([format!("--outfile={}", out.display())])
        .run()?;
    Ok(out)
}

fn compressed(files: &[PathBuf]) -> Result<Vec<Cost>> {
    let printed = Job::new("compressing", "node")
        .args(["--input-type=module", "--eval", include_str!("compress.mjs"), "--"])
        .args(files)
        .run()?;
    serde_json::from_str(&printed).context("the compressor printed something else than sizes")
}

fn above_budget(import: &str, gzip: u64, budget: u64) -> Option<String> {
    let above = gzip.checked_sub(budget).filter(|above| *above > 0)?;
    Some(format!("{import}: {gzip} bytes are {above} above the budget: make it smaller, or raise {BUDGET} and say why"))
}

fn above_parts(file: &str, gzip: u64, parts: u64) -> Option<String> {
    let most = parts * MOST_INLINE_PERCENT / 100;
    (gzip > most)
        .then(|| format!("{file}: {gzip} bytes are more than {MOST_INLINE_PERCENT} % of the {parts} of its parts"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_itself_is_allowed_and_one_byte_more_is_not() {
        assert_eq!(above_budget("wa-presence", 92_160, 92_160), None);
        let fault = above_budget("wa-presence", 92_161, 92_160).expect("one byte above");
        assert!(fault.starts_with("wa-presence: 92161 bytes are 1 above the budget"));
    }

    #[test]
    fn one_file_may_cost_five_percent_more_than_its_parts() {
        assert_eq!(above_parts("inline.js", 105_000, 100_000), None);
        assert!(above_parts("inline.js", 105_001, 100_000).is_some());
    }

    #[test]
    fn the_recorded_budgets_can_be_read() {
        let text = fs::read(tree::root().join(BUDGET)).expect("it is tracked");
        let budgets: Budgets = serde_json::from_slice(&text).expect("budgets");
        assert!(budgets.main.goal_bytes <= budgets.main.gzip_bytes && budgets.webhook.gzip_bytes > 0);
    }
}
