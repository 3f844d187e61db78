//! Short names for what the module imports and exports: wasm-opt renames them in the module and says how, and the glue
//! follows. The long names end in hashes, which compress badly: two of a hundred kilobytes.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::{job::Job, tools, tree};

/// What a name was, and what it is.
struct Renaming {
    imports: Vec<(String, String)>,
    exports: Vec<(String, String)>,
}

/// Renames in the module and in the glue.
pub(crate) fn names(out_name: &str, features: &[&str]) -> Result<()> {
    let module = tree::dist().join(format!("{out_name}_bg.wasm"));
    let told = Job::new("shortening names", tools::js("wasm-opt")?)
        .args(features)
        .args(["--minify-imports-and-exports-and-modules"])
        .args([module.as_os_str(), "-o".as_ref(), module.as_os_str()])
        .run()?;
    let renaming = read(&told)?;
    let glue = tree::dist().join(format!("{out_name}.js"));
    let text = fs::read_to_string(&glue).with_context(|| format!("{} cannot be read", tree::shown(&glue)))?;
    fs::write(&glue, rename(&text, out_name, &renaming)?)?;
    Ok(())
}

/// `["module", "name", "short"]` for an import, `["name", "short"]` for an export; one a line.
fn read(told: &str) -> Result<Renaming> {
    let mut renaming = Renaming { imports: Vec::new(), exports: Vec::new() };
    for line in told.lines().map(|line| line.trim().trim_end_matches(',')) {
        let Ok(names) = serde_json::from_str::<Vec<String>>(line) else { continue };
        match names.as_slice() {
            [_, name, short] => renaming.imports.push((name.clone(), short.clone())),
            [name, short] => renaming.exports.push((name.clone(), short.clone())),
            _ => {}
        }
    }
    ensure!(!renaming.imports.is_empty() && !renaming.exports.is_empty(), "wasm-opt did not say what it renamed");
    Ok(renaming)
}

fn rename(glue: &str, out_name: &str, renaming: &Renaming) -> Result<String> {
    let mut text = glue.to_owned();
    for (name, short) in &renaming.imports {
        // The keys of the object that the module is given.
        let (from, to) = (format!("        {name}: function"), format!("        {short}: function"));
        ensure!(text.contains(&from), "the glue has no import {name}");
        text = text.replace(&from, &to);
    }
    for (name, short) in &renaming.exports {
        text = replace_word(&text, &format!("wasm.{name}"), &format!("wasm.{short}"));
    }
    let module = format!("\"./{out_name}_bg.js\": import0");
    ensure!(text.contains(&module), "the glue names its imports otherwise");
    Ok(text.replace(&module, "\"a\": import0"))
}

/// Replaces `from` where it is not the beginning of a longer name.
fn replace_word(text: &str, from: &str, to: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let (before, found) = rest.split_at(at);
        let after = &found[from.len()..];
        out.push_str(before);
        let longer = after.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$');
        out.push_str(if longer { from } else { to });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = "{\n \"imports\": [\n  [\"./wa_presence_bg.js\", \"__wbg_call_40\", \"$\"]\n ],\n\"exports\": [\n  [\"watch\", \"A\"],\n  [\"watch_id\", \"B\"]\n ]\n}";

    #[test]
    fn the_glue_follows_the_module() {
        let glue = "const ret = wasm.watch(wasm.watch_id);\n        __wbg_call_40: function() {},\n\"./wa_presence_bg.js\": import0";
        let renamed = rename(glue, "wa_presence", &read(TOLD).expect("what wasm-opt says")).expect("a glue that fits");
        assert_eq!(renamed, "const ret = wasm.A(wasm.B);\n        $: function() {},\n\"a\": import0");
    }

    #[test]
    fn a_glue_that_does_not_fit_is_refused() {
        let renaming = read(TOLD).expect("what wasm-opt says");
        assert!(rename("nothing of the kind", "wa_presence", &renaming).is_err());
        assert!(read("no map").is_err());
    }
}
