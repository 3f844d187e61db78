//! What a `.d.ts` declares, without what changes for no reason and without what only looks like a type.

use anyhow::{Result, bail};

/// Where wasm-bindgen's own loader begins. It comes last, and its `InitOutput` lists exports by hashed names.
const LOADER: &str = "export type InitInput";
/// All that the loader declares.
const LOADER_NAMES: [&str; 5] = ["InitInput", "InitOutput", "SyncInitInput", "initSync", "__wbg_init"];

/// The declarations that are the project's own: everything before the loader.
pub(crate) fn own(text: &str) -> Result<String> {
    let (own, loader) = text.split_at(loader_start(text));
    for line in loader.lines().filter(|line| line.starts_with("export")) {
        if !LOADER_NAMES.iter().any(|name| line.contains(name)) {
            bail!("a declaration after wasm-bindgen's loader would escape the comparison: {line}");
        }
    }
    Ok(format!("{}\n", own.trim_end()))
}

/// Where wasm-bindgen's loader begins.
pub(crate) fn loader_start(text: &str) -> usize {
    text.find(LOADER).unwrap_or(text.len())
}

/// The lines that use the type `any`, numbered from one.
pub(crate) fn lines_with_any(text: &str) -> Vec<(usize, String)> {
    let code = code_only(text);
    let numbered = code.lines().zip(text.lines()).enumerate();
    numbered
        .filter(|(_, (code, _))| has_word(code, "any"))
        .map(|(n, (_, line))| (n + 1, line.trim().to_owned()))
        .collect()
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|c: char| !is_name(c)).any(|it| it == word)
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// The text with comments and string literals blanked, line for line. Template literals stay: the types in them count.
fn code_only(text: &str) -> String {
    enum Inside {
        Code,
        Line,
        Block,
        Quotes(char),
    }
    let mut inside = Inside::Code;
    let mut chars = text.chars().peekable();
    let mut code = String::with_capacity(text.len());
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        inside = match inside {
            Inside::Code => match (c, next) {
                ('/', Some('/')) => Inside::Line,
                ('/', Some('*')) => Inside::Block,
                ('"' | '\'', _) => Inside::Quotes(c),
                _ => {
                    code.push(c);
                    continue;
                }
            },
            Inside::Line if c == '\n' => Inside::Code,
            Inside::Block if c == '*' && next == Some('/') => {
                chars.next();
                Inside::Code
            }
            Inside::Quotes(quote) if c == quote => Inside::Code,
            Inside::Quotes(quote) if c == '\\' => {
                chars.next();
                Inside::Quotes(quote)
            }
            other @ (Inside::Line | Inside::Block | Inside::Quotes(_)) => other,
        };
        // What is blanked keeps its lines, so that a finding can be numbered.
        if c == '\n' {
            code.push('\n');
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loader_is_left_out() {
        let text = "export class Presence {}\n\nexport type InitInput = URL;\nexport interface InitOutput {\n  readonly x_h12ab: () => void;\n}\n";
        assert_eq!(own(text).expect("only the loader follows"), "export class Presence {}\n");
    }

    #[test]
    fn nothing_hides_behind_the_loader() {
        let text = "export type InitInput = URL;\nexport function connect(): void;\n";
        assert!(own(text).is_err());
    }

    #[test]
    fn any_is_a_type_and_not_a_word_in_prose() {
        let text = r#"/** Takes any chat,
 * any at all. */
export function watch(chat: ChatId): Chat; // for any chat
type Event = "message.any" | 'any';

export type Many = Array<any>;
export const company: Company;
type Loose = `x${any}`;
"#;
        let found: Vec<usize> = lines_with_any(text).into_iter().map(|(line, _)| line).collect();
        assert_eq!(found, [6, 8]);
    }
}
