//! The npm package as its users get it: packed, checked by the linters of the npm world, installed outside the repository, built where
//! there is a bundler, and run against the simulated gateway. `tests/package/` does it; this starts what it needs.

use anyhow::Result;

use crate::{browsers, doctor, doctor::Consent, job::Job, simulator::Simulator, test};

/// Which places it is run in.
#[derive(Clone, Copy)]
pub(crate) enum Places {
    /// Those of every test run.
    Few,
    /// Wherever the README says that it works.
    All,
    /// The same; the README then says what came of it.
    Blessed,
}

/// Runs it in these places.
pub(crate) fn run(places: Places, consent: Consent) -> Result<()> {
    doctor::javascript()?;
    let chromium = browsers::chromium(consent)?;
    Simulator::build()?;
    let simulator = Simulator::start()?;
    let flags: &[&str] = match places {
        Places::Few => &[],
        Places::All => &["--all"],
        Places::Blessed => &["--all", "--bless"],
    };
    let job = Job::new("running the packed package where it is installed", "node")
        .args(["tests/package/run.mjs"])
        .args(flags);
    let report = job
        .env("CHROMIUM", chromium)
        .envs(simulator.environment())
        .within(test::BROWSER_LIMIT)
        .noting(test::node_tally)
        .run()?;
    println!("{}", report.trim_end());
    Ok(())
}
