//! `golden`: the public TypeScript declarations change only on purpose.
//!
//! Compares what the build wrote with tests/golden, refuses the type `any` in everything the package declares, and type-checks
//! tests/types, which use the declarations as a user would.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use similar::TextDiff;

use crate::{build, declarations, doctor, job::Job, tools, tree};

/// The accepted declarations.
const GOLDEN: &str = "tests/golden/wa_presence.d.ts";
/// Programs that must type-check.
const TYPES: &str = "tests/types";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Accept the declarations as they are
    #[arg(long)]
    bless: bool,
}

pub(crate) fn main(args: &Args) -> Result<()> {
    build::release()?;
    if args.bless {
        bless()?;
    }
    check()
}

/// Checks what is built.
pub(crate) fn check() -> Result<()> {
    compare()?;
    refuse_any()?;
    type_check()
}

fn built() -> Result<String> {
    let path = tree::dist().join(tree::OUT_NAME).with_extension("d.ts");
    let text = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", tree::shown(&path)))?;
    declarations::own(&text)
}

fn bless() -> Result<()> {
    let path = tree::root().join(GOLDEN);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&path, built()?).with_context(|| format!("{GOLDEN} cannot be written"))?;
    println!("wrote {GOLDEN}");
    Ok(())
}

fn compare() -> Result<()> {
    let built = built()?;
    let golden = fs::read_to_string(tree::root().join(GOLDEN))
        .with_context(|| format!("{GOLDEN} cannot be read (`cargo xtask golden --bless` writes it)"))?;
    if golden != built {
        let diff = TextDiff::from_lines(&golden, &built);
        println!("{}", diff.unified_diff().header(GOLDEN, "as built"));
        bail!("the declarations changed: if on purpose, `cargo xtask golden --bless` and say so in CHANGELOG.md");
    }
    println!("the declarations are those of {GOLDEN}");
    Ok(())
}

/// The built declarations and the hand-written ones beside them.
fn refuse_any() -> Result<()> {
    let mut found = false;
    for path in [tree::files("pkg/dist", "ts"), tree::files("pkg", "ts")].concat() {
        let text = fs::read_to_string(&path)?;
        for (line, code) in declarations::lines_with_any(&text) {
            println!("{}:{line}: {code}", tree::shown(&path));
            found = true;
        }
    }
    if found {
        bail!("the declarations use the type `any`: name the type, or use `unknown`");
    }
    Ok(())
}

fn type_check() -> Result<()> {
    let programs = tree::files(TYPES, "ts");
    if programs.is_empty() {
        println!("{TYPES} holds no programs to type-check");
        return Ok(());
    }
    doctor::javascript()?;
    let job = Job::new(format!("type-checking {TYPES}"), tools::js("tsc")?);
    let project = Path::new(TYPES).join("tsconfig.json");
    let job = if tree::root().join(&project).exists() {
        job.args(["--noEmit", "--strict", "--project"]).args([project])
    } else {
        let settings = ["--target", "esnext", "--module", "nodenext", "--lib", "esnext,dom,dom.iterable"];
        job.args(["--noEmit", "--strict"]).args(settings).args(programs)
    };
    job.run()?;
    Ok(())
}
