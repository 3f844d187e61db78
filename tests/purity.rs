//! The pure layers read no clock, draw no random number, know no JavaScript, and import only along the arrows of
//! design.md.
//!
//! This reads their sources, so that a slip is named by file and line before any test could notice its effect.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::{Path, PathBuf};

/// Each pure layer with the layers it may import besides itself.
const LAYERS: [(&str, &[&str]); 5] = [
    ("text", &[]),
    ("machine", &["text"]),
    ("patterns", &["machine", "text"]),
    ("gateway", &["machine", "text"]),
    ("session", &["machine", "gateway", "patterns", "text"]),
];

/// What no pure layer may name, and what to do instead.
const FORBIDDEN: [(&str, &str); 18] = [
    ("wasm_bindgen", "JavaScript belongs in `browser/` and `js/`"),
    ("js_sys", "JavaScript belongs in `browser/` and `js/`"),
    ("web_sys", "JavaScript belongs in `browser/` and `js/`"),
    ("gloo_", "JavaScript belongs in `browser/` and `js/`"),
    ("serde_wasm_bindgen", "JavaScript belongs in `browser/` and `js/`"),
    ("std::time", "time is an argument: `machine::time`"),
    ("core::time", "time is an argument: `machine::time`"),
    ("Instant::now", "time is an argument: `now: Instant`"),
    ("SystemTime", "time is an argument: `wall: UnixMs`"),
    ("Date::now", "time is an argument: `wall: UnixMs`"),
    ("thread::", "nothing pure waits"),
    ("rand::", "randomness is injected as a seed: `machine::jitter`"),
    ("getrandom", "randomness is injected as a seed: `machine::jitter`"),
    ("RandomState", "randomness is injected as a seed: `machine::jitter`"),
    ("HashMap", "its order is random: use an ordered map"),
    ("HashSet", "its order is random: use an ordered set"),
    ("std::fs", "nothing pure performs I/O"),
    ("std::net", "nothing pure performs I/O"),
];

#[test]
fn pure_layers_name_no_clock_no_chance_and_no_javascript() {
    let mut slips = Vec::new();
    for source in sources() {
        for (line, text) in (1..).zip(source.code.lines()) {
            for (word, instead) in FORBIDDEN.iter().filter(|(word, _)| names(text, word)) {
                slips.push(format!("{}:{line}: `{word}`: {instead}", source.path.display()));
            }
        }
    }
    assert!(slips.is_empty(), "pure layers name what they must not:\n{}", slips.join("\n"));
}

#[test]
fn pure_layers_import_along_the_arrows() {
    let mut slips = Vec::new();
    for source in sources() {
        for (line, target) in imports(&source.code, &source.module) {
            if target != source.layer && !source.allowed.contains(&target.as_str()) {
                let (path, layer) = (source.path.display(), source.layer);
                slips.push(format!("{path}:{line}: `{layer}` may not import `{target}`"));
            }
        }
    }
    assert!(slips.is_empty(), "imports against the arrows:\n{}", slips.join("\n"));
}

#[test]
fn every_layer_of_the_crate_is_known_to_this_test() {
    let lib = without_comments(&fs::read_to_string(root().join("lib.rs")).expect("the crate has a root"));
    let modules = lib.lines().filter_map(|line| line.split_once("mod ")?.1.strip_suffix(';'));
    for module in modules {
        let known = LAYERS.iter().any(|(layer, _)| *layer == module) || ["browser", "js", "receiver"].contains(&module);
        assert!(known, "`{module}` is new: say in tests/purity.rs what it may import");
    }
    assert!(sources().iter().any(|source| source.layer == "machine"), "there is something to read");
}

#[test]
fn a_slip_would_be_found() {
    let code = without_comments(
        "// HashMap\n\
         /* js_sys /* nested */ web_sys */ let a = \"https://x\"; let q = '\"'; HashMap::new();\n\
         let s = r#\"\"//\"#; rand::x();",
    );
    let found = |line: usize, word| code.lines().nth(line).is_some_and(|text| names(text, word));
    assert!(found(1, "HashMap") && found(2, "rand::"), "{code}");
    assert!(!found(0, "HashMap") && !found(1, "js_sys") && !found(1, "web_sys"), "{code}");
    assert!(!names("operand::x", "rand::") && names("use gloo_net::x", "gloo_"));

    let module: Vec<String> = ["gateway", "waha"].map(String::from).to_vec();
    let code = "use crate::{\n  machine::id::{Address, Id},\n  session,\n};\n\
                use super::http;\nuse super::super::browser::x;\ncrate::js::y();";
    let expected = [(2, "machine"), (3, "session"), (5, "gateway"), (6, "browser"), (7, "js")];
    assert_eq!(imports(code, &module), expected.map(|(line, target)| (line, target.to_owned())));
}

struct Source {
    path: PathBuf,
    layer: &'static str,
    allowed: &'static [&'static str],
    /// The module's path within the crate.
    module: Vec<String>,
    /// The text, comments blanked.
    code: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every file of every pure layer that exists.
fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for (layer, allowed) in LAYERS {
        let mut paths = vec![root().join(layer), root().join(layer).with_extension("rs")];
        while let Some(path) = paths.pop() {
            if path.is_dir() {
                let entries = fs::read_dir(&path).expect("a layer can be read");
                paths.extend(entries.map(|entry| entry.expect("a layer can be read").path()));
            } else if path.extension().is_some_and(|extension| extension == "rs") && path.is_file() {
                let code = without_comments(&fs::read_to_string(&path).expect("a source can be read"));
                let module = module_of(&path);
                found.push(Source { path, layer, allowed, module, code });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn module_of(path: &Path) -> Vec<String> {
    let inside = path.strip_prefix(root()).expect("sources lie in src").with_extension("");
    let names = inside.iter().map(|name| name.to_string_lossy().into_owned());
    names.filter(|name| name != "mod").collect()
}

/// Whether `text` names `word`, not as the end of a longer name.
fn names(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| !text[..at].ends_with(is_name))
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Every path that begins at the crate's root or climbs above this module: (line, first name below the root).
fn imports(code: &str, module: &[String]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, start) in code.match_indices("crate::").chain(code.match_indices("super::")) {
        let before = &code[..at];
        if before.ends_with(is_name) || before.ends_with("::") {
            continue;
        }
        let climbs = code[at..].split("::").take_while(|name| *name == "super").count();
        let rest = &code[at + start.len() * climbs.max(1)..];
        let depth = if climbs == 0 { 0 } else { module.len().saturating_sub(climbs) };
        let firsts = match (module.get(..depth), rest.strip_prefix('{')) {
            (Some([layer, ..]), _) => vec![(at, layer.clone())],
            (_, Some(group)) => group_of(group, code.len() - group.len()),
            (_, None) => vec![(at, rest.chars().take_while(|c| is_name(*c)).collect())],
        };
        found.extend(firsts.into_iter().map(|(at, name)| (1 + code[..at].matches('\n').count(), name)));
    }
    found.sort();
    found
}

/// The first name of each path in `a::b, c::{d, e}}`, with where it is.
fn group_of(group: &str, offset: usize) -> Vec<(usize, String)> {
    let (mut depth, mut fresh, mut firsts) = (1, true, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => fresh = true,
            _ if depth == 1 && fresh && is_name(c) => {
                firsts.push((offset + at, group[at..].chars().take_while(|c| is_name(*c)).collect()));
                fresh = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    firsts
}

/// The text with every comment blanked, lines kept; strings stay, whatever slashes they hold.
fn without_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (kept, length) = match c {
            '/' if rest.starts_with("//") => (false, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => (false, block_comment(rest)),
            '"' => (true, string(rest)),
            'r' if !code.ends_with(is_name) && (rest.starts_with("r\"") || rest.starts_with("r#")) => {
                (true, raw_string(rest))
            }
            '\'' => (true, character(rest)),
            _ => (true, c.len_utf8()),
        };
        let (part, after) = rest.split_at(length);
        if kept {
            code.push_str(part);
        } else {
            code.extend(part.chars().filter(|c| *c == '\n'));
        }
        rest = after;
    }
    code
}

fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    for (at, _) in text.char_indices() {
        if text[at..].starts_with("/*") {
            depth += 1;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            if depth == 0 {
                return at + 2;
            }
        }
    }
    text.len()
}

fn string(text: &str) -> usize {
    let mut escaped = true;
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

fn raw_string(text: &str) -> usize {
    let hashes = text[1..].chars().take_while(|c| *c == '#').count();
    let end = format!("\"{}", "#".repeat(hashes));
    let body = 1 + hashes;
    if !text[body..].starts_with('"') {
        return 1; // A raw name.
    }
    text[body + 1..].find(&end).map_or(text.len(), |at| body + 1 + at + end.len())
}

fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match chars.next() {
        Some((_, '\\')) => chars.nth(1).map_or(1, |(at, c)| at + c.len_utf8()),
        Some(_) => chars.next().filter(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 1),
        None => 1,
    }
}
