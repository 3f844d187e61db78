//! The gateway: leases, its limit, and whether its session works.

use wa_presence_simulator::chance::{Chance, Span};
use wa_presence_simulator::time::Instant;
use wa_presence_simulator::traffic::limit::Limit;
use wa_presence_simulator::world::id::Jid;
use wa_presence_simulator::world::watch::{Lease, Watches};

use super::{Scenario, id_of};

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The chat is told of until then.
    Granted(u64),
    TooMany,
    NotReady,
}

/// Of one chat.
#[derive(Clone, Default)]
pub(crate) struct Told {
    /// When its leases began and ended, in ms; the next one begins where the last one was replaced.
    pub(crate) spans: Vec<(u64, u64)>,
    /// When calls for it were granted.
    pub(crate) granted: Vec<u64>,
}

pub(crate) struct Server {
    watches: Watches,
    limit: Limit,
    per_minute: u32,
    lease: Lease,
    chance: Chance,
    pub(crate) ready: bool,
    pub(crate) told: Vec<Told>,
    /// When calls that subscribe were received, and which of them were too many.
    pub(crate) received: Vec<u64>,
    pub(crate) refused: Vec<u64>,
}

impl Server {
    pub(crate) fn new(scenario: &Scenario, seed: u64) -> Self {
        let lease = Lease::Within(Span(scenario.lease_ms.0, scenario.lease_ms.1));
        Self {
            watches: Watches::new(lease),
            limit: Limit::default(),
            per_minute: 50,
            lease,
            chance: Chance::new(seed, &["leases"]),
            ready: true,
            told: vec![Told::default(); scenario.chats()],
            received: Vec::new(),
            refused: Vec::new(),
        }
    }

    pub(crate) fn allow(&mut self, per_minute: u32) {
        self.per_minute = per_minute;
    }

    pub(crate) fn subscribe(&mut self, chat: usize, now: u64) -> Verdict {
        let at = Instant::from_ms(now);
        self.received.push(now);
        if self.limit.attempt(Some(self.per_minute), at).is_err() {
            self.refused.push(now);
            return Verdict::TooMany;
        }
        if !self.ready {
            return Verdict::NotReady;
        }
        let jid = Jid::new(&id_of(chat));
        self.watches.subscribe(jid.clone(), self.lease, &mut self.chance, at);
        let until = self.watches.until(&jid).map_or(now, Instant::as_ms);
        if let Some(told) = self.told.get_mut(chat) {
            told.replace(now);
            told.spans.push((now, until));
            told.granted.push(now);
        }
        Verdict::Granted(until)
    }

    pub(crate) fn lose(&mut self, now: u64) {
        self.ready = false;
        self.watches.handle_disconnected();
        for told in &mut self.told {
            told.replace(now);
        }
    }
}

impl Told {
    /// What was granted before ends here, if it has not yet.
    fn replace(&mut self, now: u64) {
        if let Some((_, until)) = self.spans.last_mut() {
            *until = (*until).min(now);
        }
    }

    /// For how long it was told between two instants, in ms.
    pub(crate) fn covered(&self, from: u64, to: u64) -> u64 {
        self.spans.iter().map(|(begin, end)| (*end).min(to).saturating_sub((*begin).max(from))).sum()
    }
}
