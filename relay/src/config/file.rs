//! The file as it is written. Unknown words are refused: a misspelt option is one that does nothing.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Limits;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) listen: Option<String>,
    #[serde(default)]
    pub(super) origins: Vec<String>,
    pub(super) state_dir: Option<String>,
    pub(super) tickets: Tickets,
    #[serde(default)]
    pub(super) limits: FileLimits,
    #[serde(default)]
    pub(super) accounts: BTreeMap<String, FileAccount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tickets {
    pub(super) algorithm: Option<String>,
    pub(super) key_file: Option<String>,
    pub(super) key_env: Option<String>,
    pub(super) audience: Option<String>,
    pub(super) max_life_s: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileAccount {
    pub(super) gateway: String,
    pub(super) base_url: Option<String>,
    pub(super) session: Option<String>,
    pub(super) instance_id: Option<String>,
    pub(super) version: Option<String>,
    pub(super) token_file: Option<String>,
    pub(super) token_env: Option<String>,
    #[serde(default)]
    pub(super) unsigned: bool,
    pub(super) webhook_secret_file: Option<String>,
    pub(super) webhook_secret_env: Option<String>,
    pub(super) signature_header: Option<String>,
    pub(super) signature_algorithm: Option<String>,
    pub(super) accept_undated: Option<bool>,
    #[serde(default)]
    pub(super) feed: bool,
    pub(super) guard: Option<String>,
    pub(super) max_watched_chats: Option<usize>,
    pub(super) calls_per_minute: Option<u64>,
    pub(super) typing_ttl_ms: Option<u64>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileLimits {
    hook_body_bytes: Option<usize>,
    request_body_bytes: Option<usize>,
    body_ms: Option<u64>,
    hook_queue: Option<usize>,
    tolerance_ms: Option<u64>,
    connections: Option<usize>,
    feeds: Option<usize>,
    feeds_per_subject: Option<usize>,
    chats_per_feed: Option<usize>,
    backlog: Option<usize>,
    buffer: Option<usize>,
    resume_ms: Option<u64>,
    requests_per_minute: Option<u32>,
    call_ms: Option<u64>,
    heartbeat_ms: Option<u64>,
    claim_ms: Option<u64>,
    drain_ms: Option<u64>,
}

/// Takes the options that are given, each within its range.
macro_rules! take {
    ($from:ident, $into:ident, $($name:ident: $range:expr,)*) => {
        $(if let Some(value) = $from.$name {
            if !$range.contains(&value) {
                let range = $range;
                return Err(format!(
                    concat!("limits.", stringify!($name), ": expected {} to {}, found {}"),
                    range.start(), range.end(), value,
                ));
            }
            $into.$name = value;
        })*
    };
}

impl FileLimits {
    pub(super) fn apply(self, mut limits: Limits) -> Result<Limits, String> {
        take!(self, limits,
            hook_body_bytes: 1_024..=16 << 20,
            request_body_bytes: 1_024..=4 << 20,
            body_ms: 100..=120_000,
            hook_queue: 1..=65_536,
            tolerance_ms: 1_000..=3_600_000,
            connections: 1..=65_536,
            feeds: 1..=65_536,
            feeds_per_subject: 1..=4_096,
            chats_per_feed: 1..=10_000,
            backlog: 8..=65_536,
            buffer: 1..=1_000_000,
            resume_ms: 0..=600_000,
            requests_per_minute: 1..=100_000,
            call_ms: 1_000..=120_000,
            heartbeat_ms: 100..=60_000,
            claim_ms: 1_000..=600_000,
            drain_ms: 0..=60_000,
        );
        Ok(limits)
    }
}
