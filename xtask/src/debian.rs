//! Programs that Debian packages: found, or installed.
//!
//! Only this touches the system, so only this needs root or the user's word (`--install`); without either the answer is one
//! sentence with the one command.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{
    doctor::{Consent, is_root},
    job::Job,
    tools,
};

/// What a program needs to be there.
pub(crate) struct Needs {
    /// Debian's.
    pub(crate) packages: &'static [&'static str],
    /// What to do where there is no apt-get.
    pub(crate) by_hand: &'static str,
}

/// NATS with `JetStream`, between relays.
pub(crate) fn nats_server(consent: Consent) -> Result<PathBuf> {
    let needs = Needs { packages: &["nats-server"], by_hand: "install nats-server, or name it in NATS_SERVER" };
    present(&needs, "nats-server", tools::nats_server, consent)
}

/// A program, after its packages were installed if need be.
pub(crate) fn present(
    needs: &Needs,
    name: &str,
    found: fn() -> Result<Option<PathBuf>>,
    consent: Consent,
) -> Result<PathBuf> {
    if let Some(path) = found()? {
        return Ok(path);
    }
    install(needs, name, consent)?;
    found()?.with_context(|| format!("{name} was installed but is not in PATH: {}", needs.by_hand))
}

fn install(Needs { packages, by_hand }: &Needs, missing: &str, consent: Consent) -> Result<()> {
    if which::which("apt-get").is_err() {
        bail!("{missing} is missing: {by_hand}");
    }
    let root = is_root();
    if !root && !consent.install {
        let packages = packages.join(" ");
        bail!("{missing} is missing: run `sudo apt-get install -y {packages}`, or repeat the command with --install");
    }
    for args in [&["update"][..], &[&["install", "-y", "--no-install-recommends"], *packages].concat()] {
        if root {
            let what = format!("installing {missing} (apt-get {})", args.first().copied().unwrap_or_default());
            Job::new(what, "apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive").run()?;
        } else {
            Job::new(format!("installing {missing}"), "sudo").args(["apt-get"]).args(args).show()?;
        }
    }
    Ok(())
}
