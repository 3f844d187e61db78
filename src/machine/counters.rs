//! What happened so far, for support: numbers only, no ids.

/// Counts since the machine was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Envelopes and answers taken in.
    pub observations: u64,
    /// Envelopes seen before, by id.
    pub duplicates: u64,
    /// Reports older than what was known.
    pub stale: u64,
    /// Words that no table knows.
    pub unknown_words: u64,
    /// Events and bodies that are not presence.
    pub unknown_events: u64,
    /// Ids that are none.
    pub invalid_ids: u64,
    /// Reports that were dropped because a cap was reached.
    pub over_cap: u64,
    /// Reports of somebody who does not belong to the chat.
    pub strangers: u64,
    /// Aliases that contradicted an earlier one.
    pub contradictions: u64,
    /// Observations that took more than 2 s to reach us.
    pub late: u64,
    /// Subscribe calls sent.
    pub subscribe_calls: u64,
    /// Chats watched although nobody wrote in them for 24 h, as far as is known.
    pub unprompted: u64,
    /// Times the gateway asked us to slow down.
    pub rate_limits: u64,
    /// Changes handed to listeners.
    pub changes: u64,
}
