//! `size --functions`: what a module consists of, by twiggy, in bytes before compression. It builds the modules once more, with the names
//! of their functions, which the shipped ones lack.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{build, doctor, job::Job, tools::CargoTool, tree};

/// Functions listed for each module.
const LISTED: usize = 40;
/// Parts with less than so many thousandths are listed together.
const LEAST_SHARE: u64 = 3;
/// The crates that may be in a module, the general ones last: most names say `core` somewhere.
const CRATES: [&str; 14] = [
    "sha2",
    "hmac",
    "digest",
    "cmov",
    "hifijson",
    "rlsf",
    "dlmalloc",
    "wasm_bindgen",
    "js_sys",
    "web_sys",
    "gloo_timers",
    "std",
    "alloc",
    "core",
];
/// What twiggy calls names and the like, which are not shipped.
const NOT_SHIPPED: [&str; 3] = ["names\" subsection", "custom section", "Σ"];

#[derive(Deserialize)]
struct Item {
    name: String,
    shallow_size: u64,
}

/// Prints the parts of these modules.
pub(crate) fn print(out_names: &[&str]) -> Result<()> {
    doctor::cargo_tool(&CargoTool::twiggy())?;
    for out_name in out_names {
        let module = build::named(out_name, &tree::scratch()?.join("named"))?;
        let told = Job::new(format!("weighing the functions of {out_name}"), "twiggy")
            .args(["top", "--format", "json", "-n", "1000000"])
            .args([&module])
            .run()?;
        let items: Vec<Item> = serde_json::from_str(&told).context("twiggy printed something else")?;
        tabulate(out_name, items.into_iter().filter(|item| shipped(&item.name)).collect());
    }
    Ok(())
}

fn shipped(name: &str) -> bool {
    !NOT_SHIPPED.iter().any(|part| name.contains(part))
}

fn tabulate(out_name: &str, mut items: Vec<Item>) {
    let total: u64 = items.iter().map(|item| item.shallow_size).sum();
    let mut areas: BTreeMap<String, u64> = BTreeMap::new();
    for item in &items {
        *areas.entry(area(&item.name)).or_default() += item.shallow_size;
    }
    let (mut areas, small): (Vec<_>, Vec<_>) =
        areas.into_iter().partition(|(_, bytes)| bytes * 1_000 >= total * LEAST_SHARE);
    areas.push(("all others".to_owned(), small.into_iter().map(|(_, bytes)| bytes).sum()));
    areas.sort_by_key(|(name, bytes)| (std::cmp::Reverse(*bytes), name.clone()));
    items.sort_by_key(|item| std::cmp::Reverse(item.shallow_size));
    println!("\n{out_name}: {total} bytes\n");
    let share = |bytes: u64| format!("{}.{} %", bytes * 100 / total, bytes * 1_000 / total % 10);
    println!("| part | bytes | share |\n|---|---|---|");
    areas.iter().for_each(|(name, bytes)| println!("| {name} | {bytes} | {} |", share(*bytes)));
    println!("\n| function | bytes |\n|---|---|");
    items.iter().take(LISTED).for_each(|item| println!("| `{}` | {} |", short(&item.name), item.shallow_size));
}

/// Whose it is: a layer of ours, a crate, the data, or the border to JavaScript.
fn area(name: &str) -> String {
    for (begins, what) in [("data segment", "texts and tables"), ("import ", "what is asked of JavaScript")] {
        if name.starts_with(begins) {
            return what.to_owned();
        }
    }
    let words = name.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    if let Some(at) = words.iter().position(|word| *word == "wa_presence") {
        return format!("`{}/`", words.get(at + 1).copied().unwrap_or_default());
    }
    let of_crate = CRATES.iter().find(|name| words.contains(name));
    (*of_crate.unwrap_or(&"what JavaScript calls")).to_owned()
}

/// Without the hash, and without saying thrice where it is.
fn short(name: &str) -> String {
    let name = name.rsplit_once("::h").filter(|(_, hash)| hash.len() == 16).map_or(name, |(name, _)| name);
    let mut name = name.replace("wa_presence::", "").replace(" externref shim", "").replace(" multivalue shim", "");
    while let Some(at) = name.find('[').filter(|at| name.get(at + 17..at + 18) == Some("]")) {
        name.replace_range(at..at + 18, "");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_belongs_to_the_layer_it_is_for() {
        for (name, of) in [
            ("wa_presence::session::Session::ingest::h4e966e8e2819b9f7", "`session/`"),
            ("core::ptr::drop_in_place<alloc::rc::Rc<wa_presence::browser::driver::Driver>>::hd0", "`browser/`"),
            ("core::fmt::Formatter::pad::hd0", "core"),
            ("<sha2::Sha256 as digest::Update>::update::hd0", "sha2"),
            ("data segment \".rodata\"", "texts and tables"),
            ("connect externref shim multivalue shim", "what JavaScript calls"),
        ] {
            assert_eq!(area(name), of, "{name}");
        }
    }

    #[test]
    fn names_are_shown_without_what_changes_with_each_build() {
        assert_eq!(short("wa_presence::gateway::words::word_of::hfe4f0ee6b75dbb82"), "gateway::words::word_of");
        assert_eq!(short("<u32 as core[c5930c85a12de822]::fmt::Display>::fmt"), "<u32 as core::fmt::Display>::fmt");
        assert_eq!(short("connect externref shim multivalue shim"), "connect");
        assert!(!shipped("\"function names\" subsection") && shipped("code[981]"));
    }
}
