//! A leader that stands still and was not told before: a worker of a frozen page, a tab that hangs.

use wa_presence::machine::typing::ActivityKind;

use crate::browser::{Browser, TabId, numbered};

const ANA: &str = "15550001111@c.us";
/// Longest that a tab that is looked at waits for a leader that stands still: until it asks, for the answer, and for its turn.
const ROBBED_MS: u64 = 8_000 + 4_000 + 2 * 2_000;
/// As long again, and for its feed to open.
const LED_MS: u64 = ROBBED_MS + 2_000;

fn browser(tabs: usize) -> (Browser, Vec<TabId>) {
    let mut browser = Browser::new();
    let ids: Vec<_> = (0..tabs).map(|_| browser.open_tab()).collect();
    for tab in &ids {
        browser.watch(*tab, ANA);
    }
    browser.pass(5_000);
    (browser, ids)
}

fn sees_typing(browser: &mut Browser, tab: TabId) -> bool {
    browser.event(ANA, "paused");
    browser.pass(50);
    browser.event(ANA, "typing");
    browser.pass(50);
    browser.snapshot(tab, ANA).and_then(|seen| seen.activity) == Some(ActivityKind::Typing)
}

#[test]
fn a_leader_that_stands_still_is_robbed_and_follows_when_it_goes_on() {
    let (mut browser, tabs) = browser(2);
    let calls = browser.subscribes.len();
    browser.stun(tabs[0]);
    browser.pass(LED_MS);
    assert_eq!(browser.leader(), Some(tabs[1]));
    assert!(sees_typing(&mut browser, tabs[1]));
    browser.pass(60_000);
    browser.wake(tabs[0]);
    browser.pass(2_000);
    assert!(!browser.tabs[&tabs[0]].session.leads(), "it heard of its successor");
    assert_eq!(browser.sockets.len(), 1);
    assert!(sees_typing(&mut browser, tabs[0]));
    assert!(browser.subscribes.len() <= calls + 3, "what is live is not asked for again: {:?}", browser.subscribes);
    // And it leads again when its turn comes.
    browser.crash(tabs[1]);
    browser.pass(2_000);
    assert_eq!((browser.leader(), browser.sockets.len()), (Some(tabs[0]), 1));
}

#[test]
fn a_waiter_that_stands_still_when_the_lock_is_granted_to_it_is_robbed_too() {
    let (mut browser, tabs) = browser(3);
    browser.stun(tabs[1]);
    browser.crash(tabs[0]);
    browser.pass(LED_MS);
    assert_eq!((browser.leader(), browser.sockets.len()), (Some(tabs[2]), 1));
    browser.wake(tabs[1]);
    browser.pass(3_000);
    assert_eq!((browser.leader(), browser.sockets.len()), (Some(tabs[2]), 1), "the lock came too late");
    assert!(sees_typing(&mut browser, tabs[1]));
}

#[test]
fn a_tab_that_comes_while_the_leader_stands_still_does_not_wait_for_it() {
    let (mut browser, tabs) = browser(1);
    browser.stun(tabs[0]);
    browser.pass(60_000);
    let late = browser.open_tab();
    browser.watch(late, ANA);
    browser.pass(8_000);
    assert_eq!(browser.leader(), Some(late));
    assert!(sees_typing(&mut browser, late));
}

#[test]
fn of_many_tabs_that_wait_one_robs() {
    let (mut browser, tabs) = browser(8);
    browser.stun(tabs[0]);
    browser.most_sockets = 0;
    browser.pass(LED_MS);
    let leaders: Vec<_> = tabs[1..].iter().filter(|tab| browser.tabs[tab].session.leads()).collect();
    assert_eq!(leaders.len(), 1, "{leaders:?}");
    // The robbed one's is still there, and is dead.
    assert_eq!(browser.most_sockets, 2);
}

#[test]
fn a_leader_that_answers_is_left_in_peace_however_silent_the_gateway_and_whoever_looks() {
    let mut browser = Browser::new();
    let tabs: Vec<_> = (0..5).map(|_| browser.open_tab()).collect();
    browser.show(tabs[3], false);
    for (n, tab) in tabs.iter().enumerate() {
        browser.watch(*tab, &numbered(n));
    }
    browser.pass(24 * 3_600_000);
    assert_eq!((browser.leader(), browser.most_sockets), (Some(tabs[0]), 1));
}

#[test]
fn after_a_sleep_of_the_machine_nobody_robs_anybody() {
    let (mut browser, tabs) = browser(4);
    for step in 0..200 {
        browser.pass(100 * step % 20_000);
        // Whatever was asked, was asked before it slept.
        browser.now = browser.now + 3_600_000;
        browser.pass(3_000);
        assert_eq!(browser.leader(), Some(tabs[0]), "step {step}");
    }
}

#[test]
fn a_page_that_was_left_hears_its_channel_and_takes_no_lead() {
    let (mut browser, tabs) = browser(3);
    browser.freeze(tabs[2]);
    browser.stun(tabs[0]);
    for _ in 0..100 {
        browser.pass(300);
        let now = browser.now;
        let left = &mut browser.tabs.get_mut(&tabs[2]).expect("a tab").session;
        left.handle_timeout(now);
        assert!(left.poll_lock().is_none());
    }
    assert_eq!(browser.leader(), Some(tabs[1]));
}

#[test]
fn tabs_whose_key_is_refused_rob_nobody() {
    let (mut browser, tabs) = browser(2);
    browser.refuse(tabs[0]);
    browser.pass(2_000);
    browser.refuse(tabs[1]);
    browser.pass(10);
    let sockets = browser.most_sockets;
    for tab in &tabs {
        browser.tabs.get_mut(tab).expect("a tab").connections.clear();
    }
    browser.pass(140_000);
    assert_eq!((browser.sockets.len(), browser.most_sockets), (0, sockets));
    for tab in &tabs {
        assert_eq!(browser.tabs[tab].connections, []);
    }
}

#[test]
fn a_hidden_tab_robs_as_soon_as_it_is_looked_at() {
    let (mut browser, tabs) = browser(2);
    browser.show(tabs[1], false);
    browser.pass(1_000);
    browser.stun(tabs[0]);
    browser.pass(15_000);
    assert_eq!(browser.leader(), None, "nobody looks");
    browser.show(tabs[1], true);
    browser.pass(8_000);
    assert_eq!(browser.leader(), Some(tabs[1]));
}

#[test]
fn a_hidden_tab_whose_timers_fire_once_a_minute_robs_all_the_same() {
    let (mut browser, tabs) = browser(2);
    browser.show(tabs[1], false);
    browser.stun(tabs[0]);
    for _ in 0..4 {
        // No timer of the hidden tab fires for a minute; what comes on its channel would be heard.
        browser.now = browser.now + 60_000;
        browser.pass(0);
    }
    assert!(browser.tabs[&tabs[1]].session.leads() || browser.leader() == Some(tabs[1]));
}
