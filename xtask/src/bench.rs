//! `bench`: runs tests/bench/*.mjs against the shipped package in one Chromium, and benches/*.rs and relay/benches/*.rs natively.
//!
//! They measure and judge; this starts what they need. Files whose name begins with `_` are shared parts of the scripts.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde_json::json;

use crate::{
    browsers, build,
    doctor::Consent,
    job::Job,
    simulator::Simulator,
    statics::{Place, Site},
    tree,
};

/// Benchmarks of the package as shipped.
const SHIPPED: &str = "tests/bench";
/// Benchmarks of the machine and of the relay, and whose they are: they need no browser and no npm package.
const NATIVE: [(&str, &str); 2] = [("benches", tree::SDK), ("relay/benches", "wa-presence-relay")];

/// Those of them that need a gateway.
const OVER_A_GATEWAY: [&str; 2] = ["start", "tabs"];

#[derive(clap::Args)]
pub(crate) struct Args {
    /// One benchmark, by the name of its file without .mjs or .rs
    name: Option<String>,
    /// With `relay`: so many relays on one NATS, each number beside the embedded form, such as 1,2,4
    #[arg(long, value_name = "COUNTS", requires = "name")]
    relays: Option<String>,
}

pub(crate) fn main(args: &Args, consent: Consent) -> Result<()> {
    let scripts = named(SHIPPED, "mjs", args);
    let native = native(args);
    if scripts.is_empty() && native.is_empty() {
        let all = Args { name: None, relays: None };
        let known = named(SHIPPED, "mjs", &all).into_iter().map(|path| stem(&path));
        let known: Vec<_> = known.chain(self::native(&all).into_iter().map(|(_, name)| name)).collect();
        bail!("there is no such benchmark; there are: {}", known.join(", "));
    }
    for (package, name) in native {
        let (build, run) = if package == tree::SDK {
            let bench = |more| ["bench", "--quiet", "--package", package, "--bench", &name].into_iter().chain(more);
            (bench(Some("--no-run")).collect::<Vec<_>>(), bench(None).collect::<Vec<_>>())
        } else {
            // Its load drives the program itself, both as they are released.
            let build = ["build", "--release", "--package", package, "--bins", "--example", "load"];
            (build.to_vec(), vec!["run", "--quiet", "--release", "--package", package, "--example", "load"])
        };
        Job::cargo(format!("compiling {name}"), build).run()?;
        let relays = args.relays.iter().map(|relays| ("BENCH_RELAYS", relays));
        let output = Job::cargo(format!("measuring {name}"), run).envs(relays).run()?;
        // Before its table may stand what the compiler has to say.
        let table: Vec<_> = output.lines().skip_while(|line| !line.starts_with('|')).collect();
        println!("{}", table.join("\n"));
    }
    if scripts.is_empty() { Ok(()) } else { in_chromium(&scripts, consent) }
}

fn in_chromium(scripts: &[PathBuf], consent: Consent) -> Result<()> {
    let chromium = browsers::chromium(consent)?;
    build::release()?;
    let config = json!({ "gateway": { "kind": "ingest" }, "peopleUrl": null });
    let page = Site { config, tickets: None, bench: true }.serve(Place::take(0)?);
    let simulator = match scripts.iter().any(|script| OVER_A_GATEWAY.contains(&stem(script).as_str())) {
        true => {
            Simulator::build()?;
            Some(Simulator::start()?)
        }
        false => None,
    };
    let mut failed = Vec::new();
    for script in scripts {
        let name = stem(script);
        let job = Job::new(format!("measuring {name}"), "node")
            .args([script])
            .env("PAGE_URL", &page)
            .env("CHROMIUM", &chromium)
            .envs(simulator.iter().flat_map(Simulator::environment));
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

/// The native benchmarks, each with its package.
fn native(args: &Args) -> Vec<(&'static str, String)> {
    let of = |(folder, package)| named(folder, "rs", args).into_iter().map(move |path| (package, stem(&path)));
    NATIVE.into_iter().flat_map(of).collect()
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
