//! `build`: the SDK's Rust becomes the built half of the npm package, pkg/dist.
//!
//! cargo compiles, wasm-bindgen writes the glue and the declarations, wasm-opt shrinks. This is the one artefact there is:
//! tests, sizes and benchmarks take it from here.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{declarations, doctor, inline, job::Job, licences, shorten, tools, tree};

/// Compiled for speed, yet calls are inlined only where that is nearly free or the code asks for it (`#[inline]`): most of what
/// `opt-level = 3` gains, at two thirds of the bytes it costs. The figures are in docs/size.md.
const INLINING: &str = "-Cllvm-args=-inline-threshold=10";
/// What wasm-opt aims at; -O3 makes the module larger and no faster. A second round finds what the first one left.
const OPTIMISATION: [&str; 2] = ["-Oz", "-Oz"];
/// The first kilobyte is the far end of the stack, which nothing reaches that has not overflown it: offsets may be folded.
const LOW_MEMORY: &str = "--low-memory-unused";
/// What the module's target_features section names: the compiler's default set. Named one by one, so that wasm-opt brings in
/// none that a browser in use may lack.
const FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

#[derive(clap::Args, Default)]
pub(crate) struct Args {
    /// Unoptimised, with names and debug assertions: for a readable stack in the browser
    #[arg(long)]
    dev: bool,
}

pub(crate) fn main(args: &Args) -> Result<()> {
    package(args)?;
    println!("built {}", tree::shown(&tree::dist()));
    Ok(())
}

/// Builds what is shipped.
pub(crate) fn release() -> Result<()> {
    package(&Args::default())
}

/// One module of the package, by the features it is built with.
struct Module {
    out_name: &'static str,
    features: &'static str,
}

/// What watches, with and without the hosted gateways, and what receives webhooks: a page loads what it uses. The last is the
/// one whose size is watched.
const MODULES: [Module; 3] = [
    Module { out_name: tree::WEBHOOK_OUT_NAME, features: "webhook,hosted" },
    Module { out_name: tree::HOSTED_OUT_NAME, features: "browser,hosted" },
    Module { out_name: tree::OUT_NAME, features: "browser" },
];

/// One module with the names of its functions, otherwise as it is shipped; in a folder of its own.
pub(crate) fn named(out_name: &str, folder: &Path) -> Result<PathBuf> {
    let module = MODULES.iter().find(|module| module.out_name == out_name).context("there is no such module")?;
    compile(&Args::default(), module)?;
    let flags = ["--remove-producers-section"];
    glue(module, "release", folder, &flags)?;
    let path = folder.join(format!("{out_name}_bg.wasm"));
    optimise(&path, &["--debuginfo", "--strip-producers", "--strip-target-features"])?;
    Ok(path)
}

fn package(args: &Args) -> Result<()> {
    doctor::builder()?;
    let dist = tree::dist();
    if dist.exists() {
        fs::remove_dir_all(&dist).with_context(|| format!("{} cannot be emptied", tree::shown(&dist)))?;
    }
    for module in MODULES {
        compile(args, &module)?;
        bind(args, &module)?;
        tidy_declarations(&module)?;
        if !args.dev {
            let path = dist.join(format!("{}_bg.wasm", module.out_name));
            optimise(&path, &["--strip-debug", "--strip-producers", "--strip-target-features"])?;
            shorten::names(module.out_name, &FEATURES)?;
        }
    }
    inline::write()?;
    licences::write()?;
    own_licences()
}

fn compile(args: &Args, module: &Module) -> Result<()> {
    let profile = if args.dev { "dev" } else { "release" };
    Job::cargo(
        format!("compiling the SDK to WebAssembly ({})", module.features),
        ["build", "--package", tree::SDK, "--lib", "--target", tree::WASM, "--profile", profile],
    )
    .args(["--no-default-features", "--features", module.features])
    .env("CARGO_ENCODED_RUSTFLAGS", flags()?)
    .run()?;
    Ok(())
}

/// Panic messages name source files; those of this machine are nobody's business, and every build gives the same bytes.
fn flags() -> Result<String> {
    let cargo = match std::env::var("CARGO_HOME") {
        Ok(home) => home.into(),
        Err(_) => std::env::home_dir().context("no home folder to find cargo's in")?.join(".cargo"),
    };
    let cargo: PathBuf = cargo;
    let crates = cargo.join("registry").join("src");
    let root = tree::root();
    let folders = [(crates.display(), "crates"), (root.display(), "wa-presence")];
    let remapped = folders.map(|(from, to)| format!("--remap-path-prefix={from}={to}"));
    Ok([remapped.as_slice(), &[INLINING.to_owned()]].concat().join("\u{1f}"))
}

/// wasm-bindgen: pkg/dist from the compiled module.
fn bind(args: &Args, of: &Module) -> Result<()> {
    match args.dev {
        true => glue(of, "debug", &tree::dist(), &["--debug", "--keep-debug"]),
        false => glue(of, "release", &tree::dist(), &["--remove-name-section", "--remove-producers-section"]),
    }
}

fn glue(of: &Module, profile: &str, into: &Path, flags: &[&str]) -> Result<()> {
    let module = tree::target()?.join(tree::WASM).join(profile).join(tree::OUT_NAME).with_extension("wasm");
    // No default path: a hidden second `new URL(…)` would make bundlers ship the module twice.
    Job::new("writing the glue and the declarations", "wasm-bindgen")
        .args(["--target", "web", "--omit-default-module-path", "--out-name", of.out_name, "--out-dir"])
        .args([into, module.as_path()])
        .args(flags)
        .run()?;
    Ok(())
}

/// Whatever names these declarations brings along what a project's `lib` may lack.
const GLOBALS: &str = "/// <reference path=\"../globals.d.ts\" />";

/// What wasm-bindgen says of the loader and of raw exports is for nobody: the package's own loaders call it, and the names
/// are shortened afterwards.
fn tidy_declarations(of: &Module) -> Result<()> {
    let path = tree::dist().join(format!("{}.d.ts", of.out_name));
    let text = fs::read_to_string(&path).with_context(|| format!("{} cannot be read", tree::shown(&path)))?;
    let (own, _) = text.split_at(declarations::loader_start(&text));
    fs::write(&path, format!("{GLOBALS}\n{}\n", own.trim_end()))?;
    let raw = tree::dist().join(format!("{}_bg.wasm.d.ts", of.out_name));
    fs::remove_file(&raw).with_context(|| format!("{} cannot be removed", tree::shown(&raw)))
}

fn optimise(module: &Path, leaving_out: &[&str]) -> Result<()> {
    Job::new("shrinking the module", tools::js("wasm-opt")?)
        .args(OPTIMISATION)
        .args([LOW_MEMORY])
        .args(FEATURES)
        .args(leaving_out)
        .args([module.as_os_str(), "-o".as_ref(), module.as_os_str()])
        .run()?;
    Ok(())
}

/// The package is published from pkg/, so the licences have to lie there.
fn own_licences() -> Result<()> {
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(tree::root().join(name), tree::root().join("pkg").join(name))
            .with_context(|| format!("{name} is missing at the repository's root"))?;
    }
    Ok(())
}
