//! Secrets come from files or the environment, never from the configuration itself: it is copied, shown and checked in.

use std::path::Path;

use wa_presence::gateway::http::Secret;

/// Where secrets are.
pub(super) struct Vault<'a> {
    /// Where relative paths begin.
    pub(super) base: &'a Path,
    /// The environment.
    pub(super) environment: &'a dyn Fn(&str) -> Option<String>,
}

impl Vault<'_> {
    /// The secret called `what`, if its place is named.
    pub(super) fn get(&self, what: &str, file: Option<&str>, env: Option<&str>) -> Result<Option<Secret>, String> {
        let text = match (file, env) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => return Err(format!("{what}_file, {what}_env: expected one of them, found both")),
            (Some(file), None) => std::fs::read_to_string(self.base.join(file))
                .map_err(|why| format!("{what}_file: it cannot be read: {}", why.kind()))?,
            (None, Some(env)) => (self.environment)(env).ok_or_else(|| format!("{what}_env: no such variable"))?,
        };
        // Editors and `echo` end a file with a line break that nobody means; keys in PEM do not mind.
        let text = text.trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            return Err(format!("{what}: expected a secret, found none"));
        }
        Ok(Some(Secret::new(text.to_owned())))
    }

    pub(super) fn required(&self, what: &str, file: Option<&str>, env: Option<&str>) -> Result<Secret, String> {
        self.get(what, file, env)?
            .ok_or_else(|| format!("{what}_file, {what}_env: expected one of them, found neither"))
    }
}
