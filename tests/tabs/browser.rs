//! A browser with tabs, a lock and a channel between them, and a WAHA that grants whatever it is asked.
#![allow(dead_code, reason = "each test file uses its own part")]

mod platform;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::json;
use wa_presence::gateway::Gateway;
use wa_presence::gateway::waha::Waha;
use wa_presence::machine::id::Id;
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::machine::{Config, Priority, Snapshot, WatchId};
use wa_presence::session::{Background, Connection, RequestId, Session, Setup};

const EPOCH_MS: u64 = 1_785_000_000_000;
const START: Instant = Instant::from_ms(10_000_000);
/// How long a message takes from tab to tab, and a lock from holder to holder, in ms.
const HOP_MS: u64 = 2;
/// How long an answer of the gateway takes, in ms.
const ANSWER_MS: u64 = 40;
/// How long a socket takes to open, in ms.
const OPEN_MS: u64 = 60;
/// So many wake-ups at one instant are a tab that never sleeps.
const SLEEPLESS: usize = 20_000;

/// Whom the gateway does not know.
pub(crate) const NOBODY: &str = "15559999999";

pub(crate) type TabId = u32;

pub(crate) struct Tab {
    pub(crate) session: Session,
    pub(crate) frozen: bool,
    /// What waits for a tab that stands still and was not told.
    unheard: Option<Vec<Coming>>,
    /// Its socket, by a number that is never used again.
    socket: Option<u64>,
    /// The one that it keeps beside.
    older: Option<u64>,
    /// Every state of its connection, with when.
    pub(crate) connections: Vec<(u64, Connection)>,
    /// Everything its page heard, with when.
    pub(crate) heard: Vec<(u64, Snapshot)>,
}

#[derive(Debug)]
pub(crate) enum Coming {
    /// What a tab said, to another.
    Said {
        to: TabId,
        text: String,
    },
    /// The lock, to a tab that waited.
    Lock {
        to: TabId,
    },
    Open {
        tab: TabId,
        socket: u64,
    },
    /// How an older socket ended.
    Ended {
        tab: TabId,
        code: u16,
    },
    Answer {
        tab: TabId,
        id: RequestId,
        status: u16,
        body: String,
    },
}

pub(crate) struct Browser {
    pub(crate) tabs: BTreeMap<TabId, Tab>,
    pub(crate) now: Instant,
    pub(crate) coming: VecDeque<(Instant, Coming)>,
    holder: Option<TabId>,
    waiting: VecDeque<TabId>,
    next_tab: TabId,
    next_socket: u64,
    next_event: u64,
    /// Sockets that are open at the gateway.
    pub(crate) sockets: BTreeMap<u64, TabId>,
    /// Sockets whose connection broke and told nobody.
    pub(crate) dead: BTreeSet<u64>,
    /// Whether a silent socket is replaced by another.
    pub(crate) looks_into_silence: bool,
    /// Whether the network lets sockets open.
    pub(crate) reachable: bool,
    /// Whether sockets are neither let through nor refused.
    pub(crate) hangs: bool,
    /// Every subscribe call: when, for whom.
    pub(crate) subscribes: Vec<(u64, String)>,
    /// Every other call.
    pub(crate) others: usize,
    /// Since when more than one that lives has been open, and the longest that it was so.
    overlaps_since: Option<Instant>,
    pub(crate) longest_overlap_ms: u64,
    /// Most sockets that were open at once.
    pub(crate) most_sockets: usize,
}

impl Coming {
    /// Whom it is for.
    const fn tab(&self) -> TabId {
        let (Self::Said { to: tab, .. }
        | Self::Lock { to: tab }
        | Self::Open { tab, .. }
        | Self::Ended { tab, .. }
        | Self::Answer { tab, .. }) = self;
        *tab
    }
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self {
            tabs: BTreeMap::new(),
            now: START,
            coming: VecDeque::new(),
            holder: None,
            waiting: VecDeque::new(),
            next_tab: 0,
            next_socket: 0,
            next_event: 0,
            sockets: BTreeMap::new(),
            dead: BTreeSet::new(),
            looks_into_silence: false,
            reachable: true,
            hangs: false,
            subscribes: Vec::new(),
            others: 0,
            overlaps_since: None,
            longest_overlap_ms: 0,
            most_sockets: 0,
        }
    }

    pub(crate) fn ms(&self) -> u64 {
        self.now.since(START)
    }

    fn wall(&self) -> UnixMs {
        UnixMs::from_ms(EPOCH_MS + self.now.as_ms())
    }

    pub(crate) fn open_tab(&mut self) -> TabId {
        self.open_tab_with(Background::default())
    }

    pub(crate) fn open_tab_with(&mut self, background: Background) -> TabId {
        self.next_tab += 1;
        let tab = self.next_tab;
        let waha =
            Waha { base_url: "https://waha.example".to_owned(), session: "default".to_owned(), message_events: true };
        let setup = Setup {
            gateway: Gateway::Waha(waha),
            machine: Config { looks_up_aliases: false, notify_interval_ms: 0, ..Config::default() },
            feed: true,
            credential: false,
            log_entries: 10,
            max_body_bytes: 1 << 20,
        };
        let mut session = Session::new(setup, self.now);
        session.set_background(background);
        if self.looks_into_silence {
            session.look_into_silence();
        }
        assert!(session.share(u64::from(tab), self.now));
        self.tabs.insert(
            tab,
            Tab {
                session,
                frozen: false,
                unheard: None,
                socket: None,
                older: None,
                connections: Vec::new(),
                heard: Vec::new(),
            },
        );
        self.wait_for_lock(tab);
        self.drain(tab);
        tab
    }

    /// The gateway refuses the key that a tab has.
    pub(crate) fn refuse(&mut self, tab: TabId) {
        let now = self.now;
        if let Some(refused) = self.tabs.get_mut(&tab) {
            let socket = refused.socket.take();
            refused.session.handle_socket_closed(1008, now);
            self.sockets.retain(|open, _| Some(*open) != socket);
        }
        self.drain(tab);
    }

    /// The tab stops to run without a word, as a worker of a frozen page does: its timers stand still, it hears nothing, and it keeps the
    /// lock, or its place among those who wait for it.
    pub(crate) fn stun(&mut self, tab: TabId) {
        if let Some(tab) = self.tabs.get_mut(&tab) {
            tab.frozen = true;
            tab.unheard.get_or_insert_default();
            self.dead.extend([tab.socket, tab.older].into_iter().flatten());
        }
    }

    /// It goes on, late timers first, and then hears what waited, the end of its socket last.
    pub(crate) fn wake(&mut self, tab: TabId) {
        let now = self.now;
        let Some(waking) = self.tabs.get_mut(&tab) else { return };
        let Some(unheard) = waking.unheard.take() else { return };
        waking.frozen = false;
        waking.session.handle_timeout(now);
        self.drain(tab);
        unheard.into_iter().for_each(|coming| self.comes(coming));
        if let Some(woken) = self.tabs.get_mut(&tab)
            && let Some(socket) = woken.socket.take_if(|socket| self.dead.contains(socket))
        {
            self.sockets.remove(&socket);
            woken.session.handle_socket_closed(1006, now);
        }
        self.drain(tab);
    }

    /// The tab is closed, or its process dies: nobody is told.
    pub(crate) fn crash(&mut self, tab: TabId) {
        if let Some(tab) = self.tabs.remove(&tab) {
            self.sockets.retain(|open, _| ![tab.socket, tab.older].contains(&Some(*open)));
        }
        self.release(tab);
    }

    /// The tab is closed and says so.
    pub(crate) fn close(&mut self, tab: TabId) {
        if let Some(closed) = self.tabs.get_mut(&tab) {
            closed.session.close(self.now);
        }
        self.drain(tab);
        self.crash(tab);
    }

    /// The browser is about to freeze a tab: it gives back the lock, and its socket dies.
    pub(crate) fn freeze(&mut self, tab: TabId) {
        let now = self.now;
        let Some(frozen) = self.tabs.get_mut(&tab).filter(|tab| tab.unheard.is_none()) else { return };
        frozen.session.handle_hide(now);
        self.drain(tab);
        self.release(tab);
        if let Some(frozen) = self.tabs.get_mut(&tab) {
            frozen.frozen = true;
        }
    }

    pub(crate) fn thaw(&mut self, tab: TabId) {
        let now = self.now;
        let Some(thawed) = self.tabs.get_mut(&tab).filter(|tab| tab.frozen && tab.unheard.is_none()) else { return };
        thawed.frozen = false;
        thawed.session.handle_show(now);
        thawed.session.handle_timeout(now);
        self.wait_for_lock(tab);
        self.drain(tab);
    }

    pub(crate) fn show(&mut self, tab: TabId, visible: bool) {
        let now = self.now;
        if let Some(tab) = self.tabs.get_mut(&tab) {
            tab.session.handle_visibility(visible, now);
            tab.session.handle_wake(now);
        }
        self.drain(tab);
    }

    /// The network breaks what is open, and tells neither side.
    pub(crate) fn cut(&mut self) {
        self.dead.extend(self.sockets.keys());
    }

    pub(crate) fn watch(&mut self, tab: TabId, chat: &str) -> Option<WatchId> {
        self.watch_as(tab, chat, Priority::Visible)
    }

    pub(crate) fn watch_as(&mut self, tab: TabId, chat: &str, priority: Priority) -> Option<WatchId> {
        let now = self.now;
        let id = Id::parse(chat).expect("an id");
        let watch = self.tabs.get_mut(&tab).map(|tab| tab.session.watch(&id, priority, now));
        self.drain(tab);
        watch
    }

    pub(crate) fn unwatch(&mut self, tab: TabId, watch: WatchId) {
        let now = self.now;
        if let Some(tab) = self.tabs.get_mut(&tab) {
            tab.session.unwatch(watch, now);
        }
        self.drain(tab);
    }

    /// WhatsApp says something, to whoever has a socket.
    pub(crate) fn event(&mut self, chat: &str, word: &str) {
        self.next_event += 1;
        let presences = json!([{ "participant": chat, "lastKnownPresence": word, "lastSeen": null }]);
        let envelope = json!({
            "id": format!("evt_{}", self.next_event),
            "timestamp": self.wall().as_ms(),
            "event": "presence.update",
            "session": "default",
            "payload": { "id": chat, "presences": presences },
        });
        let (wall, now, text) = (self.wall(), self.now, envelope.to_string());
        let living: Vec<_> = self.sockets.iter().filter(|(socket, _)| !self.dead.contains(socket)).collect();
        for (socket, tab) in living.into_iter().map(|(socket, tab)| (*socket, *tab)).collect::<Vec<_>>() {
            if let Some(tab) = self.tabs.get_mut(&tab) {
                if tab.socket == Some(socket) {
                    tab.session.handle_frame(text.as_bytes(), wall, now);
                } else {
                    tab.session.handle_older_frame(text.as_bytes(), wall, now);
                }
            }
            self.drain(tab);
        }
    }

    /// The gateway drops all sockets.
    pub(crate) fn drop_sockets(&mut self) {
        let now = self.now;
        for (_, tab) in std::mem::take(&mut self.sockets) {
            if let Some(tab) = self.tabs.get_mut(&tab) {
                tab.socket = None;
                tab.older = None;
                tab.session.handle_socket_closed(1006, now);
            }
            self.drain(tab);
        }
    }

    pub(crate) fn pass(&mut self, ms: u64) {
        let end = self.now + ms;
        let mut at_once = 0;
        loop {
            let coming = self.coming.iter().map(|(at, _)| *at).min();
            let timers = self
                .tabs
                .iter()
                .filter(|(_, tab)| !tab.frozen)
                .filter_map(|(id, tab)| Some((tab.session.poll_timeout(self.now)?.max(self.now), *id)));
            let timer = timers.min();
            let next = [coming, timer.map(|(at, _)| at)].into_iter().flatten().min();
            // What fell due while the machine slept comes as it wakes.
            let Some(at) = next.map(|at| at.max(self.now)).filter(|at| *at <= end) else { break };
            at_once = if at > self.now { 0 } else { at_once + 1 };
            assert!(at_once < SLEEPLESS, "it wakes again and again at {} ms", self.ms());
            self.now = at;
            if coming.is_some_and(|coming| coming <= at) {
                let place = self.coming.iter().position(|(due, _)| *due <= at).expect("one is due");
                let (_, coming) = self.coming.remove(place).expect("it is there");
                self.comes(coming);
            } else if let Some((_, tab)) = timer {
                self.tabs.get_mut(&tab).expect("it is there").session.handle_timeout(at);
                self.drain(tab);
            }
            self.note_overlap();
        }
        self.now = end;
    }

    fn note_overlap(&mut self) {
        let living = self.sockets.keys().filter(|socket| !self.dead.contains(socket)).count();
        self.overlaps_since = if living > 1 { self.overlaps_since.or(Some(self.now)) } else { None };
        let overlap = self.overlaps_since.map_or(0, |since| self.now.since(since));
        self.longest_overlap_ms = self.longest_overlap_ms.max(overlap);
    }

    pub(crate) fn snapshot(&self, tab: TabId, chat: &str) -> Option<Snapshot> {
        let machine = self.tabs.get(&tab)?.session.machine();
        machine.find(chat).and_then(|key| machine.snapshot(key))
    }

    pub(crate) fn leader(&self) -> Option<TabId> {
        self.tabs.iter().find(|(_, tab)| !tab.frozen && tab.session.leads()).map(|(id, _)| *id)
    }
}

pub(crate) fn numbered(n: usize) -> String {
    format!("1555000{n:04}@c.us")
}
