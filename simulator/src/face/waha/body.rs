//! How the server reads a JSON body before any route sees it, and what it says when it cannot.

use serde_json::Value;

use crate::traffic::call::Request;

/// Reads the body: none when there is none or it is not declared to be JSON.
///
/// # Errors
///
/// The message of the 400 that a malformed body is answered with.
pub fn read(request: &Request) -> Result<Option<Value>, String> {
    if !request.json || request.body.is_empty() {
        return Ok(None);
    }
    serde_json::from_slice(&request.body).map(Some).map_err(|_| complaint(&String::from_utf8_lossy(&request.body)))
}

/// The words of the JavaScript parser for the commonest mistakes.
fn complaint(text: &str) -> String {
    let trimmed = text.trim_start();
    let mut letters = trimmed.chars();
    match letters.next() {
        None => "Unexpected end of JSON input".to_owned(),
        Some('{') => {
            let inner = letters.as_str().trim_start();
            let offset = text.len() - inner.len();
            if inner.starts_with(['"', '}']) {
                format!("Unexpected non-whitespace character in JSON at position {offset}")
            } else {
                format!("Expected property name or '}}' in JSON at position {offset}")
            }
        }
        Some(letter) => {
            let shown: String = trimmed.chars().take(20).collect();
            format!("Unexpected token '{letter}', \"{shown}\" is not valid JSON")
        }
    }
}
