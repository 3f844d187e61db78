//! A day in the life of a browser: tabs open, close, crash, freeze and thaw, feeds drop, chats are opened and left, by chance.

use std::collections::BTreeMap;

use wa_presence::machine::WatchId;

use crate::browser::{Browser, TabId, numbered};

const HOURS: u64 = 24;
const CHATS: u64 = 40;

struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

fn day(seed: u64) {
    let mut chance = Chance(seed);
    let mut browser = Browser::new();
    let mut watches: BTreeMap<(TabId, String), WatchId> = BTreeMap::new();
    browser.open_tab();
    let mut sizes = Vec::new();
    for minute in 0..HOURS * 60 {
        let tabs: Vec<_> = browser.tabs.keys().copied().collect();
        let any = |chance: &mut Chance| tabs[usize::try_from(chance.below(tabs.len() as u64)).expect("small")];
        let chat = numbered(usize::try_from(chance.below(CHATS)).expect("small"));
        match chance.below(20) {
            0 if tabs.len() < 10 => drop(browser.open_tab()),
            1 if tabs.len() > 1 => browser.close(any(&mut chance)),
            2 if tabs.len() > 1 => browser.crash(any(&mut chance)),
            3 => browser.freeze(any(&mut chance)),
            4 => browser.drop_sockets(),
            5..=9 => {
                let tab = any(&mut chance);
                if let Some(watch) = watches.remove(&(tab, chat.clone())) {
                    browser.unwatch(tab, watch);
                } else if let Some(watch) = browser.watch(tab, &chat) {
                    watches.insert((tab, chat.clone()), watch);
                }
            }
            _ => browser.event(
                &chat,
                ["online", "offline", "typing", "paused"][usize::try_from(chance.below(4)).expect("small")],
            ),
        }
        if chance.below(3) == 0 {
            let frozen: Vec<_> = browser.tabs.iter().filter(|(_, tab)| tab.frozen).map(|(id, _)| *id).collect();
            frozen.into_iter().for_each(|tab| browser.thaw(tab));
        }
        if browser.tabs.is_empty() {
            browser.open_tab();
        }
        watches.retain(|(tab, _), _| browser.tabs.contains_key(tab));
        browser.pass(60_000);
        assert!(browser.sockets.len() <= 1, "seed {seed}, minute {minute}: {} sockets", browser.sockets.len());
        sizes.push(browser.tabs.values().map(|tab| tab.session.machine().size().1).max().unwrap_or_default());
    }
    let thawed: Vec<_> = browser.tabs.keys().copied().collect();
    thawed.into_iter().for_each(|tab| browser.thaw(tab));
    browser.pass(120_000);
    assert!(browser.leader().is_some() && browser.sockets.len() == 1, "seed {seed}");
    // Never a lost watch: what a tab follows is told there.
    (0..CHATS).for_each(|n| browser.event(&numbered(usize::try_from(n).expect("small")), "typing"));
    browser.pass(100);
    for (tab, chat) in watches.keys() {
        let seen = browser.snapshot(*tab, chat).expect("it is watched");
        assert!(seen.activity.is_some(), "seed {seed}: tab {tab} does not see what {chat} does: {seen:?}");
    }
    // Two sockets are open no longer than while one is handed over.
    assert!(browser.most_sockets <= 2, "seed {seed}: {}", browser.most_sockets);
    assert!(sizes.iter().all(|people| *people <= usize::try_from(CHATS).expect("small")));
}

#[test]
fn no_day_ends_with_two_feeds_or_a_lost_watch() {
    (1..=6).for_each(day);
}
