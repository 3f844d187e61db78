//! A day in the life of a browser: tabs open, close, crash, hide, hang, freeze and thaw, feeds drop or die in silence, the machine sleeps, chats
//! are opened and left, by chance. Some tabs stay open all day.

use std::collections::BTreeMap;

use wa_presence::machine::WatchId;

use crate::browser::{Browser, TabId, numbered};
use crate::memory::{alone, in_use};

const HOURS: u64 = 24;
const HOUR_MS: u64 = 3_600_000;
const MINUTE_MS: u64 = 60_000;
const CHATS: usize = 40;
const MOST_TABS: TabId = 10;
/// The first tabs are open from morning to night.
const STAYING: TabId = 3;
/// Chats that each of them follows when memory is counted.
const FOLLOWED: usize = 10;
/// Things said in a minute.
const EVENTS: u64 = 2;
const WORDS: [&str; 4] = ["online", "offline", "typing", "paused"];
/// Times that everybody says something in the rush: more than the activity log keeps of a chat.
const ROUNDS: usize = 12;
/// Longer than anything that is kept for a while: ids of events are, for a quarter of an hour.
const QUIET_MS: u64 = 30 * MINUTE_MS;
/// Most that memory may differ, in hundredths.
const TOLERANCE: usize = 5;
/// Longest that two feeds may be live, in ms: the next one is believed after a second, and tabs are told.
const HAND_OVER_MS: u64 = 1_500;

struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % most
    }
}

struct Day {
    seed: u64,
    chance: Chance,
    browser: Browser,
    watches: BTreeMap<(TabId, String), WatchId>,
}

impl Day {
    fn new(seed: u64) -> Self {
        let mut browser = Browser::new();
        browser.looks_into_silence = true;
        for _ in 0..STAYING {
            browser.open_tab();
        }
        Self { seed, chance: Chance(seed), browser, watches: BTreeMap::new() }
    }

    /// Everything at once, and all that happens in a day at least once: buffers are never again as full as now. They keep their size, and
    /// whoever compared with an idle morning would find a leak where there is none.
    fn rush(&mut self) {
        while self.tabs().len() < MOST_TABS as usize {
            self.browser.open_tab();
        }
        for tab in self.tabs() {
            (0..CHATS).for_each(|n| self.watch(tab, numbered(n)));
        }
        for round in 0..ROUNDS {
            self.everybody_says(WORDS[round % WORDS.len()]);
            self.browser.pass(10_000);
        }
        for _ in 0..STAYING {
            self.sleep(5 * MINUTE_MS);
            self.browser.pass(MINUTE_MS);
            self.everybody_says("typing");
            self.browser.drop_sockets();
            self.browser.pass(MINUTE_MS);
            // The next one leads.
            let leader = self.browser.leader().expect("somebody leads");
            self.browser.freeze(leader);
            self.browser.pass(MINUTE_MS);
            self.browser.thaw(leader);
        }
    }

    fn lives_until(&mut self, hour: u64) {
        while self.browser.ms() < hour * HOUR_MS {
            self.turn();
            for _ in 0..EVENTS {
                let (chat, word) = (numbered(self.chance.below(CHATS)), WORDS[self.chance.below(WORDS.len())]);
                self.browser.event(&chat, word);
                self.browser.pass(MINUTE_MS / EVENTS);
            }
            let people = self.browser.tabs.values().map(|tab| tab.session.machine().size().1).max();
            assert!(people.is_none_or(|people| people <= CHATS), "seed {}: {people:?} people", self.seed);
        }
    }

    /// One thing that happens to the browser.
    fn turn(&mut self) {
        let tabs = self.tabs();
        let any = tabs[self.chance.below(tabs.len())];
        match self.chance.below(20) {
            0 | 1 if tabs.len() < MOST_TABS as usize => {
                self.browser.open_tab();
            }
            2 | 3 if any > STAYING => self.browser.close(any),
            4 if any > STAYING => self.browser.crash(any),
            5 => self.browser.freeze(any),
            6 => self.browser.drop_sockets(),
            7 => {
                let minutes = 1 + self.chance.below(20) as u64;
                self.sleep(minutes * MINUTE_MS);
            }
            8 | 9 => {
                let visible = self.chance.below(2) == 0;
                self.browser.show(any, visible);
            }
            10 => self.browser.cut(),
            11 => self.browser.stun(any),
            _ => {
                let chat = numbered(self.chance.below(CHATS));
                match self.watches.remove(&(any, chat.clone())) {
                    Some(watch) => self.browser.unwatch(any, watch),
                    None => self.watch(any, chat),
                }
            }
        }
        if self.chance.below(3) == 0 {
            self.thaw();
        }
        self.watches.retain(|(tab, _), _| self.browser.tabs.contains_key(tab));
    }

    /// The machine sleeps: no timer of it fires, and the gateway gives its sockets up.
    fn sleep(&mut self, ms: u64) {
        self.browser.now = self.browser.now + ms;
        self.browser.drop_sockets();
    }

    /// No watch is lost: what a tab follows is told there. And there never was more than one feed.
    fn judge(&mut self) {
        let Self { seed, .. } = *self;
        self.thaw();
        self.tabs().into_iter().for_each(|tab| self.browser.show(tab, true));
        self.browser.pass(4 * MINUTE_MS);
        assert!(self.browser.leader().is_some() && self.browser.sockets.len() == 1, "seed {seed}");
        self.everybody_says("typing");
        self.browser.pass(100);
        for (tab, chat) in self.watches.keys() {
            let seen = self.browser.snapshot(*tab, chat).expect("it is watched");
            assert!(seen.activity.is_some(), "seed {seed}: tab {tab} does not see what {chat} does: {seen:?}");
        }
        let longest = self.browser.longest_overlap_ms;
        assert!(longest <= HAND_OVER_MS, "seed {seed}: two feeds were live for {longest} ms");
    }

    /// The bytes in use once only those tabs are left that stay, with a few chats each, and nobody said anything for a while.
    fn bytes_at_rest(&mut self) -> usize {
        self.thaw();
        self.tabs().into_iter().filter(|tab| *tab > STAYING).for_each(|tab| self.browser.close(tab));
        for ((tab, _), watch) in std::mem::take(&mut self.watches) {
            self.browser.unwatch(tab, watch);
        }
        for tab in self.tabs() {
            (0..FOLLOWED).for_each(|n| self.watch(tab, numbered(n)));
        }
        self.browser.pass(QUIET_MS);
        // What is the test's own.
        for tab in self.browser.tabs.values_mut() {
            tab.heard = Vec::new();
            tab.connections = Vec::new();
        }
        self.browser.dead.clear();
        self.browser.subscribes = Vec::new();
        self.browser.coming.shrink_to_fit();
        in_use()
    }

    fn watch(&mut self, tab: TabId, chat: String) {
        let watch = self.browser.watch(tab, &chat).expect("the tab is open");
        self.watches.insert((tab, chat), watch);
    }

    fn everybody_says(&mut self, word: &str) {
        (0..CHATS).for_each(|n| self.browser.event(&numbered(n), word));
    }

    fn thaw(&mut self) {
        for tab in self.tabs() {
            self.browser.thaw(tab);
            self.browser.wake(tab);
        }
    }

    fn tabs(&self) -> Vec<TabId> {
        self.browser.tabs.keys().copied().collect()
    }
}

#[test]
fn no_day_ends_with_two_feeds_a_lost_watch_or_more_memory_than_after_its_first_hour() {
    let _alone = alone();
    for seed in 1..=3 {
        let before = in_use();
        let mut day = Day::new(seed);
        day.rush();
        day.lives_until(1);
        day.judge();
        let first = day.bytes_at_rest() - before;
        day.lives_until(HOURS);
        day.judge();
        let last = day.bytes_at_rest() - before;
        println!("seed {seed}: {first} bytes after the first hour, {last} at the end");
        let most = first * TOLERANCE / 100;
        assert!(last.abs_diff(first) <= most, "seed {seed}: {first} bytes after the first hour, {last} at the end");
    }
}
