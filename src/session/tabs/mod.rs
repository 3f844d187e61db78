//! Many tabs, one feed: the tab that leads has it, asks for the chats of all, and tells the others what comes.
//!
//! Each tab has a machine of its own, and what is told are frames and answers in the gateway's own words, without what presence does not
//! need. So every tab comes to the same, and whoever leads next knows all that the last one did. Which tab leads is decided by a lock
//! outside; whoever leads says so with a number that only grows, and what an earlier leader says is not heard any more.

mod follower;
mod leader;
pub(super) mod message;
mod silence;
mod yielding;

use std::collections::VecDeque;

use super::{ConnectionReason, ConnectionState, Session};
use crate::machine::Priority;
use crate::machine::id::Id;
use crate::machine::time::{Instant, UnixMs};
use message::Message;

/// How often a tab says that it is there, in ms. Hidden ones may be late by a minute.
const ALIVE_MS: u64 = 20_000;
/// A tab that said nothing for so long is gone, in ms.
const GONE_MS: u64 = 150_000;
/// Most tabs that are led.
const MOST_TABS: usize = 64;

/// What is to become of the lock that makes a tab lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockStep {
    /// It goes to another tab, and is not asked for again.
    GiveUp,
    /// It is taken from a tab that holds it: one that does nothing, or would rather not.
    Take,
    /// It was taken from us, and is waited for again.
    Wait,
}

/// A tab among others.
#[derive(Debug)]
pub(super) struct Tabs {
    leads: bool,
    /// Of the leader: its own, or that of the one that was heard last.
    epoch: u64,
    id: u64,
    outbox: VecDeque<String>,
    /// Chats that are being asked for, and since when, still to be told.
    asks: VecDeque<(Id, Instant)>,
    /// When the list of chats is to be said again.
    list_due: Option<Instant>,
    /// When the leader was last heard, or hoped for.
    heard_at: Instant,
    /// Since when a leader that was not heard for a while owes us an answer.
    asked_at: Option<Instant>,
    /// Whether it was asked again since.
    asked_again: bool,
    /// Whether the page is frozen or left: its tab takes no lead, though it may hear its channel.
    away: bool,
    /// When the leader is to say again how it stands.
    beat_due: Option<Instant>,
    lock: Option<LockStep>,
    /// Of a hidden leader: not before then is another tab asked to lead.
    yields_from: Instant,
    /// Whether a leader before had a feed: what its key opens, ours is likely to open.
    fed: bool,
    /// The others, as the leader knows them.
    others: Vec<Other>,
    /// How the leader stood, as told last.
    told: String,
}

#[derive(Debug)]
struct Other {
    tab: u64,
    heard_at: Instant,
    visible: bool,
    chats: Vec<(Id, Priority)>,
}

impl Tabs {
    pub(super) fn new(id: u64, now: Instant) -> Self {
        let list_due = Some(now);
        Self {
            leads: false,
            epoch: 0,
            id,
            outbox: VecDeque::new(),
            asks: VecDeque::new(),
            list_due,
            heard_at: now,
            asked_at: None,
            asked_again: false,
            away: false,
            beat_due: None,
            lock: None,
            yields_from: Instant::ZERO,
            fed: false,
            others: Vec::new(),
            told: String::new(),
        }
    }

    fn say(&mut self, message: &Message<'_>) {
        self.outbox.push_back(message.to_text());
    }
}

impl Session {
    /// Shares one feed with other tabs from the beginning, under a number of its own. False where there is none to share.
    pub fn share(&mut self, tab: u64, now: Instant) -> bool {
        let shares = self.feed_wanted && self.tabs.is_none();
        if shares {
            self.tabs = Some(Box::new(Tabs::new(tab, now)));
            self.stop_feed();
            self.machine.halt_calls();
            self.probe_at = None;
        }
        shares
    }

    /// Whether another tab has the feed and makes the calls, or is about to.
    pub(super) fn follows(&self) -> bool {
        self.tabs.as_ref().is_some_and(|tabs| !tabs.leads)
    }

    /// Whether this tab has the feed of all.
    #[must_use]
    pub fn leads(&self) -> bool {
        self.tabs.as_ref().is_none_or(|tabs| tabs.leads)
    }

    /// This tab leads from here on. `wall` makes it the latest leader.
    pub fn handle_lead(&mut self, wall: UnixMs, now: Instant) {
        let Some(tabs) = self.tabs.as_mut().filter(|tabs| !tabs.leads) else { return };
        tabs.leads = true;
        tabs.epoch = wall.as_ms().max(tabs.epoch + 1);
        tabs.list_due = None;
        tabs.told.clear();
        let (epoch, fed) = (tabs.epoch, tabs.fed);
        tabs.say(&Message::Leads { epoch });
        if self.closed {
            return;
        }
        self.attend_anew(now);
        self.resume_calls();
        if self.feed.is_open() {
            // It was opened on the wish of the leader before, and missed nothing.
            self.machine.handle_feed_open(now, now);
            self.connect(ConnectionState::Open, None, now);
        } else {
            if fed {
                self.feed.take_over();
            }
            if self.machine.feed_open_since().is_some() {
                self.connect(ConnectionState::Reconnecting, Some(ConnectionReason::Dropped), now);
            }
            self.machine.take_over_feed(now);
            self.start_feed();
        }
        if self.connection.session == crate::machine::SessionState::Unknown {
            self.probe_at = Some(now);
        }
    }

    /// Another tab leads from here on: this one is about to be frozen, or turned out not to be the latest leader.
    pub fn handle_follow(&mut self, now: Instant) {
        let Some(tabs) = self.tabs.as_mut().filter(|tabs| tabs.leads) else { return };
        // Nobody brings us events until somebody else leads.
        let message = Message::Stands { epoch: tabs.epoch, open_at: None, connection: leader::LOST };
        tabs.say(&message);
        tabs.leads = false;
        tabs.list_due = Some(now);
        tabs.fed = false;
        self.stop_feed();
        self.machine.handle_feed_down(now);
        self.connect(ConnectionState::Reconnecting, Some(ConnectionReason::Dropped), now);
        self.machine.halt_calls();
        self.probe_at = None;
        self.attend_anew(now);
        self.let_all_go(now);
    }

    /// The page is frozen or left: it leads no more, and nobody need ask for its chats.
    pub fn handle_hide(&mut self, now: Instant) {
        self.handle_follow(now);
        self.leave_tabs();
        self.tabs.iter_mut().for_each(|tabs| tabs.away = true);
    }

    /// The page came back: it is told of everything anew.
    pub fn handle_show(&mut self, now: Instant) {
        if let Some(tabs) = &mut self.tabs {
            tabs.away = false;
            tabs.list_due = Some(now);
            tabs.note_heard(now);
        }
    }

    /// Whether one feed is shared with other tabs.
    #[must_use]
    pub const fn shares(&self) -> bool {
        self.tabs.is_some()
    }

    /// What another tab said. What cannot be read is of a version that we are not, and no word for us.
    pub fn handle_tab(&mut self, text: &str, wall: UnixMs, now: Instant) {
        if self.closed {
            return;
        }
        let (Some(tabs), Some(message)) = (&mut self.tabs, Message::read(text)) else { return };
        if let Some(epoch) = message.epoch() {
            let latest = tabs.epoch;
            if epoch < latest || epoch == latest && tabs.leads {
                return;
            }
            tabs.epoch = epoch;
            tabs.note_heard(now);
            if epoch > latest {
                self.be_succeeded(now);
                self.another_leads(now);
            }
        }
        self.machine.handle_timeout(now);
        if self.leads() { self.led(&message, wall, now) } else { self.follow(&message, wall, now) }
    }

    /// The next thing to say to the other tabs.
    pub fn poll_tab(&mut self, wall: UnixMs, now: Instant) -> Option<String> {
        if self.tabs.is_none() || self.closed {
            return self.tabs.as_mut()?.outbox.pop_front();
        }
        if self.leads() {
            self.tell_asks(wall, now);
            self.tell_standing(wall, now);
        } else {
            self.tell_list(now);
        }
        self.tabs.as_mut()?.outbox.pop_front()
    }

    /// When there is something to say, or a tab is given up.
    pub(super) fn tabs_timeout_at(&self) -> Option<Instant> {
        let tabs = self.tabs.as_ref()?;
        let silent = tabs.others.iter().map(|other| other.heard_at + GONE_MS).min();
        [tabs.list_due, silent, tabs.beat_due, self.yields_at(), self.silence_at()].into_iter().flatten().min()
    }

    /// Time passed.
    pub(super) fn tabs_timeout(&mut self, now: Instant) {
        let Some(tabs) = &mut self.tabs else { return };
        if tabs.beat_due.take_if(|due| *due <= now).is_some() {
            tabs.told.clear();
        }
        self.judge_silence(now);
        self.yield_lead(now);
        let Some(tabs) = &mut self.tabs else { return };
        let gone = tabs.others.iter().find(|other| other.heard_at + GONE_MS <= now).map(|other| other.tab);
        // The others have a turn of their own.
        if let Some(tab) = gone {
            self.let_go(tab, now);
        }
    }

    /// What is to become of the lock.
    pub fn poll_lock(&mut self) -> Option<LockStep> {
        self.tabs.as_mut()?.lock.take()
    }

    /// Nothing can be had from the gateway with what this tab was given: another may have better.
    pub(super) fn stop_leading(&mut self, now: Instant) {
        self.handle_follow(now);
        if let Some(tabs) = &mut self.tabs {
            tabs.lock = Some(LockStep::GiveUp);
        }
    }

    /// The client ends: the leader need not ask for its chats any more.
    pub(super) fn leave_tabs(&mut self) {
        if let Some(tabs) = &mut self.tabs {
            let tab = tabs.id;
            tabs.say(&Message::Gone { tab });
        }
    }
}
