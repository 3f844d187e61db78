//! What others wrote and the npm package ships: the crates whose code is in the modules, each with its licence.
//!
//! `cargo xtask build` writes the file that goes into the package; a test says when the tracked one is not what it would write.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::tree;

/// Where it lies in the package.
const FILE: &str = "pkg/THIRD-PARTY-LICENSES.md";
const HEAD: &str = "# Licences of what is built into wa-presence\n\n\
    The WebAssembly modules (`dist/*.wasm`, and in `dist/inline*.js`) hold code of the Rust crates below, and the scripts in `dist/` that go\n\
    with them were written by wasm-bindgen. Where a crate may be had under MIT or another licence, it is used under MIT.\n\
    `cargo xtask build` writes this file.\n";
/// Part of every module, and no crate of the registry.
const STANDARD_LIBRARY: &str =
    "the standard library of Rust, with what is part of it (compiler_builtins, dlmalloc and hashbrown among it)";
/// The MIT licence without its first lines, for crates that bring no file of it.
const MIT: &str = include_str!("../../LICENSE-MIT");

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    authors: Vec<String>,
    manifest_path: std::path::PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
    root: String,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    /// Nothing for what is compiled into the crate; `dev` or `build` for the rest.
    kind: Option<String>,
}

/// Writes the file.
pub(crate) fn write() -> Result<()> {
    let path = tree::root().join(FILE);
    fs::write(path, text()?).with_context(|| format!("{FILE} cannot be written"))
}

/// Crates with the same text share it.
fn text() -> Result<String> {
    let mut by_text: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in shipped()? {
        let name = format!("{} {}", package.name, package.version);
        by_text.entry(licence(&package)?).or_default().push(name);
    }
    by_text.entry(mit_of("The Rust Project Contributors")).or_default().push(STANDARD_LIBRARY.to_owned());
    let mut groups: Vec<_> = by_text.into_iter().map(|(text, names)| (names.join(", "), text)).collect();
    groups.sort();
    let sections = groups.into_iter().map(|(names, text)| format!("\n## {names}\n\n```text\n{text}\n```\n"));
    Ok(HEAD.to_owned() + &sections.collect::<String>())
}

/// The crates that are compiled into a module: no build scripts, no macros, and not our own.
fn shipped() -> Result<Vec<Package>> {
    let output = Command::new("cargo")
        .args(["metadata", "--locked", "--format-version", "1", "--filter-platform", tree::WASM])
        .args(["--features", "browser,hosted"])
        .current_dir(tree::root())
        .output()
        .context("cargo could not be started")?;
    let metadata: Metadata = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim()))?;
    let nodes: BTreeMap<&str, &Node> = metadata.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
    let macros: BTreeSet<&str> =
        metadata.packages.iter().filter(|it| is_macro(it)).map(|package| package.id.as_str()).collect();
    let mut found = BTreeSet::new();
    let mut open = vec![metadata.resolve.root.as_str()];
    while let Some(id) = open.pop() {
        if macros.contains(id) || !found.insert(id.to_owned()) {
            continue;
        }
        let compiled_in = nodes[id].deps.iter().filter(|it| it.dep_kinds.iter().any(|kind| kind.kind.is_none()));
        open.extend(compiled_in.map(|dependency| dependency.pkg.as_str()));
    }
    found.remove(&metadata.resolve.root);
    let mut packages: Vec<_> = metadata.packages.into_iter().filter(|package| found.contains(&package.id)).collect();
    packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(packages)
}

fn is_macro(package: &Package) -> bool {
    package.targets.iter().any(|target| target.kind.iter().any(|kind| kind == "proc-macro"))
}

/// The texts of all licences that hold at once, MIT wherever it may be chosen.
fn licence(package: &Package) -> Result<String> {
    let expression = package.license.as_deref().unwrap_or_default();
    let texts: Result<Vec<String>> = expression.split(" AND ").map(|choices| chosen(package, choices)).collect();
    Ok(texts?.join("\n\n"))
}

/// The text that the crate brings, or the one that its manifest stands for.
fn chosen(Package { name, manifest_path, authors, .. }: &Package, choices: &str) -> Result<String> {
    let folder = manifest_path.parent().context("a manifest lies in a folder")?;
    let brought = |files: &[&str]| files.iter().find_map(|file| fs::read_to_string(folder.join(file)).ok());
    let names: Vec<&str> =
        choices.split("OR").flat_map(|part| part.split('/')).map(|it| it.trim_matches([' ', '(', ')'])).collect();
    match names.as_slice() {
        ["Unicode-3.0"] => {
            brought(&["LICENSE-UNICODE"]).map(|text| tidy(&text)).with_context(|| format!("{name} brings no licence"))
        }
        names if names.contains(&"MIT") => Ok(match brought(&["LICENSE-MIT", "LICENSE"]) {
            Some(text) => tidy(&text),
            None => mit_of(&authors.iter().map(|author| without_address(author)).collect::<Vec<_>>().join(", ")),
        }),
        _ => bail!("{name} may not be had under MIT but {choices:?}: say in licences.rs what to do"),
    }
}

/// Authors are named with their address behind.
fn without_address(author: &str) -> &str {
    author.split('<').next().unwrap_or_default().trim()
}

/// The MIT licence in somebody's name.
fn mit_of(holder: &str) -> String {
    let (_, terms) = MIT.split_once("Permission is").expect("LICENSE-MIT is the MIT licence");
    tidy(&format!("Copyright (c) {holder}\n\nPermission is{terms}"))
}

fn tidy(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_licences_in_the_package_are_those_of_the_crates_in_it() {
        let tracked = fs::read_to_string(tree::root().join(FILE)).expect("it is tracked");
        assert!(
            tracked == text().expect("every crate has a licence"),
            "{FILE} is out of date: cargo xtask build writes it"
        );
    }

    #[test]
    fn what_only_helps_to_build_is_not_in_it() {
        let names: Vec<String> = shipped().expect("cargo knows").into_iter().map(|package| package.name).collect();
        for name in ["sha2", "wasm-bindgen", "hifijson"] {
            assert!(names.iter().any(|it| it == name), "{name} is compiled in");
        }
        for name in ["syn", "wasm-bindgen-macro", "proptest", "wa-presence", "axum"] {
            assert!(!names.iter().any(|it| it == name), "{name} is not");
        }
    }
}
