//! `golden`: the public TypeScript declarations change only on purpose.
//!
//! Compares what the build wrote with tests/golden, refuses the type `any` in everything the package declares, and type-checks
//! tests/types, which use the declarations as a user would.

use std::fs;

use anyhow::{Context, Result, bail};
use similar::TextDiff;

use crate::{build, declarations, doctor, job::Job, tree};

/// The accepted declarations.
const GOLDEN: &str = "tests/golden/wa_presence.d.ts";
/// Programs that must type-check.
const PROJECTS: [&str; 2] = ["tests/types", "tests/types/es2022"];
/// What they are checked with, by their names in package.json: the current compiler, and the one before it, which is the plain
/// "typescript" because TypeDoc needs its API.
const COMPILERS: [&str; 2] = ["typescript-7", "typescript"];

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

/// By every compiler, with the newest libraries and with those that projects begin with.
fn type_check() -> Result<()> {
    doctor::javascript()?;
    for compiler in COMPILERS {
        let program = tree::root().join("node_modules").join(compiler).join("bin/tsc");
        for project in PROJECTS {
            Job::new(format!("type-checking {project} with {compiler}"), "node")
                .args([program.as_os_str(), "--noEmit".as_ref(), "--strict".as_ref()])
                .args(["--project", project])
                .run()?;
        }
    }
    Ok(())
}
