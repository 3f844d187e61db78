//! What the machine can be told before it starts. Reasons and sources of every number: `docs/defaults.md`.

use super::guard::Guard;

/// How long a gateway keeps sending presence of a chat after one subscribe call, counted from the request's send time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseTerms {
    /// Up to here the subscription is certain, in ms.
    pub sure_ms: u64,
    /// From here on it is certainly gone, in ms.
    pub max_ms: u64,
}

/// Settings of one machine. All durations in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How long a typing or recording stays believable after its last observation (200–120 000).
    pub typing_ttl_ms: u64,
    /// How long a paused activity stays visible, in case it restarts.
    pub settle_ms: u64,
    /// Least distance between two changes of one chat as listeners hear them.
    pub notify_interval_ms: u64,
    /// How long "online" inferred from typing or a message stays believable.
    pub inferred_ttl_ms: u64,
    /// How long after asking a chat without an answer counts as silent.
    pub silent_after_ms: u64,
    /// How long a feed may be down before what it told us is void.
    pub feed_grace_ms: u64,
    /// How long a push for a lapsed or unwatched chat is believed.
    pub push_grace_ms: u64,
    /// How long an unwatched chat is still treated as watched: a remount costs nothing.
    pub linger_ms: u64,
    /// How old a message may be, by its own stamp, to prove its sender online.
    pub fresh_message_ms: u64,
    /// Most chats watched at once (1–10 000).
    pub max_watched: usize,
    /// Most chats remembered that nobody watches.
    pub max_unwatched: usize,
    /// Most participants remembered in one group.
    pub max_members: usize,
    /// Most participants remembered in all chats together.
    pub max_people: usize,
    /// The gateway's lease.
    pub lease: LeaseTerms,
    /// Most calls that subscribe within any window.
    pub budget: u64,
    /// The window of the budget, in ms.
    pub window_ms: u64,
    /// Calls of the budget kept for focused chats.
    pub reserved: u64,
    /// One call in so many goes to the background, where any of it waits.
    pub floor: u32,
    /// Calls that may leave at once after a time without any; the rest leave evenly.
    pub burst: u64,
    /// Distance between two look-ups of a person's other id.
    pub look_up_interval_ms: u64,
    /// Most subscribe calls and look-ups in flight at once.
    pub max_in_flight: usize,
    /// How long after a chat turned out to be hidden it is asked for again.
    pub hidden_retry_ms: u64,
    /// Pause after a 429 without a readable Retry-After.
    pub rate_limit_pause_ms: u64,
    /// What happens to chats in which nobody wrote lately.
    pub guard: Guard,
    /// Whether our account is set offline again after calls that marked it online.
    pub offline_after: bool,
    /// Whether the gateway can be called at all; without, every push renews the chat's lease.
    pub subscribes: bool,
    /// Whether a relay subscribes for us and tells what may be claimed of each chat, so that nothing is concluded here.
    pub relayed: bool,
    /// Whether the other id of a watched contact is looked up.
    pub looks_up_aliases: bool,
    /// Whether what happens is told as it happens, for whoever takes it after every input.
    pub tells: bool,
    /// Seed of all jitter.
    pub seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            typing_ttl_ms: 15_000,
            settle_ms: 300,
            notify_interval_ms: 100,
            inferred_ttl_ms: 60_000,
            silent_after_ms: 30_000,
            feed_grace_ms: 3_000,
            push_grace_ms: 15_000,
            linger_ms: 5_000,
            fresh_message_ms: 30_000,
            max_watched: 200,
            max_unwatched: 1_000,
            max_members: 2_048,
            max_people: 32_768,
            lease: LeaseTerms { sure_ms: 300_000, max_ms: 300_000 },
            budget: 45,
            window_ms: 62_000,
            reserved: 2,
            floor: 12,
            burst: 8,
            look_up_interval_ms: 500,
            max_in_flight: 4,
            hidden_retry_ms: 1_800_000,
            rate_limit_pause_ms: 60_000,
            guard: Guard::Warn,
            offline_after: false,
            subscribes: true,
            relayed: false,
            looks_up_aliases: true,
            tells: false,
            seed: 0,
        }
    }
}

impl Config {
    /// Whether a relay knows for us. The small module of the package has no such gateway, and none of the code for it.
    pub(crate) const fn is_relayed(&self) -> bool {
        cfg!(any(feature = "hosted", not(target_arch = "wasm32"))) && self.relayed
    }
}
