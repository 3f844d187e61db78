//! Installs what a command needs and the machine lacks, and says so.
//!
//! Rust targets come through rustup, command line tools through cargo, JavaScript tools through `npm ci`. What is there in the
//! right version is used as it is. Browsers, for which the system itself is touched, are in [`crate::browsers`].

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{
    job::Job,
    tools::{self, CargoTool},
    tree,
};

/// The oldest Node that runs the tests and the tools.
const NODE: u64 = 20;

/// What the user allows.
#[derive(Clone, Copy)]
pub(crate) struct Consent {
    /// `--install`: system packages may be installed with sudo.
    pub(crate) install: bool,
}

/// What `build` needs: the Rust target, wasm-bindgen, and the JavaScript tools.
pub(crate) fn builder() -> Result<()> {
    wasm_target()?;
    cargo_tool(&CargoTool::wasm_bindgen()?)?;
    javascript()
}

/// The standard library for the browser's target, in whatever toolchain is in use.
fn wasm_target() -> Result<()> {
    let output = Command::new("rustc")
        .args(["--print", "target-libdir", "--target", tree::WASM])
        .current_dir(tree::root())
        .output()
        .context("rustc could not be started")?;
    let folder = String::from_utf8_lossy(&output.stdout);
    if Path::new(folder.trim()).exists() {
        return Ok(());
    }
    need("rustup", "install Rust with rustup (rustup.rs), which brings the target wasm32-unknown-unknown")?;
    Job::new("installing the Rust target wasm32-unknown-unknown", "rustup")
        .args(["target", "add", tree::WASM])
        .run()?;
    Ok(())
}

/// A nightly toolchain: the sanitizers that fuzzing relies on are not on stable.
pub(crate) fn nightly() -> Result<()> {
    need("rustup", "install Rust with rustup (rustup.rs), which brings the nightly toolchain for fuzzing")?;
    if tools::version_of(Path::new("cargo"), &["+nightly", "--version"]).is_none() {
        let args = ["toolchain", "install", "nightly", "--profile", "minimal"];
        Job::new("installing the nightly toolchain", "rustup").args(args).run()?;
    }
    Ok(())
}

/// One tool, installed or replaced when its version will not do.
pub(crate) fn cargo_tool(tool: &CargoTool) -> Result<()> {
    let present = tool.present();
    let why = match &present {
        Some(version) if tool.accepts(version) => return Ok(()),
        Some(version) => format!("replacing {version}"),
        None => "missing".to_owned(),
    };
    let wanted = tool.version.to_string();
    let what = format!("installing {} {wanted} ({why}; this compiles it, which takes some minutes)", tool.package);
    let locked = tool.locked.then_some("--locked");
    Job::cargo(what, ["install", tool.package, "--version", &wanted].into_iter().chain(locked)).run()?;
    match tool.present() {
        Some(version) if tool.accepts(&version) => Ok(()),
        _ => {
            bail!("{} {wanted} was installed but another one comes first: put ~/.cargo/bin first in PATH", tool.package)
        }
    }
}

/// Node, and the JavaScript tools of package.json in their exact versions.
pub(crate) fn javascript() -> Result<()> {
    node()?;
    if stale_packages()?.is_empty() {
        return Ok(());
    }
    need("npm", "install npm, which comes with Node")?;
    // No install script runs: the tools work without theirs, and a dependency's script is code nobody here has read.
    Job::new("installing the JavaScript tools of package-lock.json", "npm").args(["ci", "--ignore-scripts"]).run()?;
    match stale_packages()?.first() {
        None => Ok(()),
        Some(name) => bail!("npm ci did not bring {name} in the version of package.json: run `npm install` and look"),
    }
}

fn node() -> Result<()> {
    match tools::version_of(Path::new("node"), &["--version"]) {
        Some(version) if version.major >= NODE => Ok(()),
        Some(version) => bail!("Node {version} is too old: install Node {NODE} or newer (nodejs.org)"),
        None => bail!("Node is missing: install Node {NODE} or newer (nodejs.org)"),
    }
}

/// The packages of package.json that node_modules lacks or has in another version.
fn stale_packages() -> Result<Vec<String>> {
    let root = tree::root();
    let wanted = json(&root.join("package.json"))?;
    let wanted = wanted["devDependencies"].as_object().context("package.json has no devDependencies")?;
    let stale = wanted.iter().filter(|(name, version)| {
        let installed = json(&root.join("node_modules").join(name).join("package.json"));
        // Under another name than its own, a package is wanted as "npm:name@version".
        let version = version.as_str().and_then(|version| version.rsplit('@').next());
        !installed.is_ok_and(|it| it["version"].as_str() == version)
    });
    Ok(stale.map(|(name, _)| name.clone()).collect())
}

fn json(path: &Path) -> Result<Value> {
    let text = fs::read(path).with_context(|| format!("{} cannot be read", tree::shown(path)))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", tree::shown(path)))
}

/// Whether Chromium will refuse its sandbox, and apt-get needs no sudo.
pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn need(program: &str, remedy: &str) -> Result<()> {
    if which::which(program).is_err() {
        bail!("{program} is missing: {remedy}");
    }
    Ok(())
}
