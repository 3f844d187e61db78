//! Hidden tabs, one rule a test: who leads then, what becomes of the feed, and how a dead one is found.

use wa_presence::machine::knowledge::Lapse;
use wa_presence::machine::typing::ActivityKind;
use wa_presence::machine::{Knowledge, Priority};
use wa_presence::session::{Background, ConnectionReason, ConnectionState};

use crate::browser::{Browser, TabId, numbered};

const ANA: &str = "15550001111@c.us";
const HOUR_MS: u64 = 3_600_000;

/// Tabs of one policy over these chats; all visible.
fn browser(tabs: usize, chats: &[String], background: Background) -> (Browser, Vec<TabId>) {
    let mut browser = Browser::new();
    browser.looks_into_silence = true;
    let ids: Vec<_> = (0..tabs).map(|_| browser.open_tab_with(background)).collect();
    for tab in &ids {
        for chat in chats {
            browser.watch(*tab, chat);
        }
    }
    browser.pass(5_000);
    (browser, ids)
}

fn state(browser: &Browser, tab: TabId) -> (ConnectionState, Option<ConnectionReason>) {
    let connection = browser.tabs[&tab].session.connection();
    (connection.state, connection.reason)
}

/// What all pages hear and see is forgotten.
fn listen_anew(browser: &mut Browser) {
    for tab in browser.tabs.values_mut() {
        tab.heard.clear();
        tab.connections.clear();
    }
}

#[test]
fn a_leader_that_is_hidden_for_a_minute_leaves_the_lead_to_a_visible_tab() {
    let chats: Vec<_> = (0..30).map(numbered).collect();
    let (mut browser, tabs) = browser(3, &chats, Background::Slow);
    browser.pass(60_000);
    chats.iter().for_each(|chat| browser.event(chat, "online"));
    browser.pass(1_000);
    browser.show(tabs[1], false);
    browser.show(tabs[0], false);
    browser.pass(59_000);
    assert_eq!(browser.leader(), Some(tabs[0]), "not yet");
    let calls = browser.subscribes.len();
    listen_anew(&mut browser);
    browser.pass(4_000);
    assert_eq!(browser.leader(), Some(tabs[2]), "the one that is visible");
    assert_eq!((browser.sockets.len(), browser.most_sockets), (1, 2), "the new feed opened before the old one closed");
    assert_eq!(browser.subscribes.len(), calls, "no live lease is asked for twice");
    for tab in browser.tabs.values() {
        assert_eq!(
            (tab.heard.len(), tab.connections.len()),
            (0, 0),
            "nothing flickers: {:?} {:?}",
            tab.connections,
            tab.heard
        );
    }
    browser.event(&chats[3], "typing");
    browser.pass(10);
    for tab in &tabs {
        assert_eq!(browser.snapshot(*tab, &chats[3]).and_then(|seen| seen.activity), Some(ActivityKind::Typing));
    }
}

#[test]
fn nothing_that_comes_while_the_lead_moves_is_missed() {
    // At every moment of the move, in steps as short as a message between tabs takes.
    for step in 0..60_u64 {
        let (mut browser, tabs) = browser(3, &[ANA.to_owned()], Background::Slow);
        browser.show(tabs[0], false);
        browser.pass(60_000 + step * 20);
        browser.event(ANA, "typing");
        browser.pass(3_000);
        assert_ne!(browser.leader(), Some(tabs[0]));
        for tab in &tabs {
            let seen = browser.snapshot(*tab, ANA).and_then(|seen| seen.activity);
            assert_eq!(seen, Some(ActivityKind::Typing), "{} ms after the wish, tab {tab}", step * 20);
        }
    }
}

#[test]
fn a_tab_that_left_the_lead_takes_it_again_when_the_next_one_is_closed() {
    let (mut browser, tabs) = browser(2, &[ANA.to_owned()], Background::Slow);
    browser.show(tabs[0], false);
    browser.pass(65_000);
    assert_eq!(browser.leader(), Some(tabs[1]));
    browser.crash(tabs[1]);
    browser.pass(1_300);
    assert_eq!((browser.leader(), browser.sockets.len()), (Some(tabs[0]), 1));
}

#[test]
fn a_tab_that_is_hidden_before_its_feed_opened_does_not_take_the_lead() {
    let (mut browser, tabs) = browser(2, &[ANA.to_owned()], Background::Slow);
    browser.show(tabs[0], false);
    browser.pass(60_030);
    browser.show(tabs[1], false);
    browser.pass(20_000);
    assert_eq!((browser.leader(), browser.sockets.len()), (Some(tabs[0]), 1));
}

#[test]
fn a_visible_tab_that_gets_no_feed_of_its_own_leaves_the_lead_where_it_is_and_is_asked_again() {
    let (mut browser, tabs) = browser(2, &[ANA.to_owned()], Background::Slow);
    browser.show(tabs[0], false);
    browser.reachable = false;
    browser.pass(70_000);
    assert_eq!(browser.leader(), Some(tabs[0]));
    assert_eq!(state(&browser, tabs[1]), (ConnectionState::Open, None), "it has what the leader tells");
    browser.reachable = true;
    browser.pass(60_000);
    assert_eq!(browser.leader(), Some(tabs[1]));
}

#[test]
fn tabs_that_are_all_visible_or_all_hidden_leave_the_lead_where_it_is() {
    let (mut browser, tabs) = browser(3, &[], Background::Keep);
    browser.pass(600_000);
    assert_eq!(browser.leader(), Some(tabs[0]));
    tabs.iter().for_each(|tab| browser.show(*tab, false));
    browser.pass(600_000);
    assert_eq!(browser.leader(), Some(tabs[0]));
}

#[test]
fn with_nobody_looking_few_calls_are_made_and_events_still_come() {
    let chats: Vec<_> = (0..150).map(numbered).collect();
    let (mut browser, tabs) = browser(1, &chats, Background::Slow);
    browser.pass(300_000);
    browser.show(tabs[0], false);
    browser.pass(130_000);
    let calls = browser.subscribes.len();
    browser.pass(HOUR_MS);
    let hourly = browser.subscribes.len() - calls;
    assert!((200..=348).contains(&hourly), "six in 62 s, two of them kept for focused chats: {hourly} an hour");
    browser.event(&chats[7], "typing");
    browser.pass(10);
    assert_eq!(browser.snapshot(tabs[0], &chats[7]).and_then(|seen| seen.activity), Some(ActivityKind::Typing));
    let calls = browser.subscribes.len();
    browser.show(tabs[0], true);
    browser.pass(60_000);
    assert!(browser.subscribes.len() - calls > 30, "on return all that lapsed is asked for");
}

#[test]
fn a_few_chats_stay_live_with_nobody_looking() {
    let chats: Vec<_> = (0..12).map(numbered).collect();
    let (mut browser, tabs) = browser(1, &chats, Background::Slow);
    chats.iter().for_each(|chat| browser.event(chat, "online"));
    browser.show(tabs[0], false);
    // They were asked for at once; with few calls a round or two pass until their turns are apart.
    browser.pass(HOUR_MS / 2);
    let mut lapsed = 0;
    for _ in 0..120 {
        browser.pass(30_000);
        let knowledge = chats.iter().map(|chat| browser.snapshot(tabs[0], chat).map(|seen| seen.knowledge));
        lapsed += knowledge.filter(|knowledge| matches!(knowledge, Some(Knowledge::Lapsed(_)))).count();
    }
    assert_eq!(lapsed, 0);
}

#[test]
fn a_client_that_pauses_has_no_feed_and_makes_no_calls_until_somebody_looks() {
    let (mut browser, tabs) = browser(2, &[ANA.to_owned()], Background::Pause);
    browser.event(ANA, "online");
    tabs.iter().for_each(|tab| browser.show(*tab, false));
    browser.pass(61_000);
    assert_eq!(browser.sockets.len(), 0);
    browser.pass(4_000);
    for tab in &tabs {
        assert_eq!(state(&browser, *tab), (ConnectionState::Reconnecting, Some(ConnectionReason::Hidden)));
        let seen = browser.snapshot(*tab, ANA).map(|seen| seen.knowledge);
        assert!(matches!(seen, Some(Knowledge::Lapsed(Lapse::Feed))), "{seen:?}");
    }
    let calls = (browser.subscribes.len(), browser.others);
    browser.pass(10 * HOUR_MS);
    assert_eq!((browser.subscribes.len(), browser.others), calls);
    assert_eq!(browser.sockets.len(), 0);
    // The leader is hidden still; another tab is looked at.
    browser.show(tabs[1], true);
    browser.pass(1_200);
    assert_eq!(browser.subscribes.len(), calls.0 + 2, "as at the start: at once, and with a feed that hears of it");
    browser.event(ANA, "online");
    browser.pass(10);
    for tab in &tabs {
        assert_eq!(state(&browser, *tab), (ConnectionState::Open, None));
        assert!(matches!(browser.snapshot(*tab, ANA).map(|seen| seen.knowledge), Some(Knowledge::Live { .. })));
    }
}

#[test]
fn on_return_focused_chats_are_asked_for_first() {
    let chats: Vec<_> = (0..20).map(numbered).collect();
    let (mut browser, tabs) = browser(1, &chats, Background::Pause);
    browser.watch_as(tabs[0], ANA, Priority::Focused);
    browser.pass(60_000);
    browser.show(tabs[0], false);
    browser.pass(10 * HOUR_MS);
    let calls = browser.subscribes.len();
    browser.show(tabs[0], true);
    browser.pass(20_000);
    assert_eq!(browser.subscribes[calls].1, ANA, "{:?}", &browser.subscribes[calls..]);
    assert!(browser.subscribes.len() > calls + 8);
}

#[test]
fn a_client_that_is_to_be_kept_does_as_if_somebody_looked() {
    let chats: Vec<_> = (0..100).map(numbered).collect();
    let (mut browser, tabs) = browser(1, &chats, Background::Keep);
    browser.show(tabs[0], false);
    browser.pass(300_000);
    let calls = browser.subscribes.len();
    browser.pass(HOUR_MS);
    assert!(browser.subscribes.len() - calls > 1_100, "each every five minutes");
}

#[test]
fn one_visible_tab_is_enough_for_all() {
    let chats: Vec<_> = (0..100).map(numbered).collect();
    let (mut browser, tabs) = browser(3, &chats, Background::Pause);
    browser.show(tabs[0], false);
    browser.show(tabs[1], false);
    browser.pass(300_000);
    let calls = browser.subscribes.len();
    browser.pass(HOUR_MS);
    assert_eq!(browser.sockets.len(), 1);
    assert!(browser.subscribes.len() - calls > 1_100);
}

#[test]
fn a_feed_that_is_silent_is_replaced_and_what_a_dead_one_should_have_told_is_asked_for() {
    let chats: Vec<_> = (0..5).map(numbered).collect();
    let (mut browser, tabs) = browser(2, &chats, Background::Slow);
    chats.iter().for_each(|chat| browser.event(chat, "online"));
    browser.pass(1_000);
    browser.cut();
    let (calls, others) = (browser.subscribes.len(), browser.others);
    browser.event(&chats[0], "offline");
    browser.pass(128_000);
    assert_eq!((browser.subscribes.len(), browser.most_sockets), (calls, 1), "not yet");
    listen_anew(&mut browser);
    browser.pass(10_000);
    assert_eq!(browser.subscribes.len(), calls + 5, "each once");
    assert_eq!(browser.others, others + 1, "and the list is read once");
    browser.event(&chats[1], "typing");
    browser.pass(10);
    for tab in &tabs {
        assert_eq!(browser.snapshot(*tab, &chats[1]).and_then(|seen| seen.activity), Some(ActivityKind::Typing));
        assert_eq!(browser.tabs[tab].connections, [], "of that nobody need hear");
    }
}

#[test]
fn a_feed_that_was_only_silent_costs_a_socket_now_and_then_and_no_call() {
    let (mut browser, tabs) = browser(1, &[], Background::Keep);
    browser.watch(tabs[0], ANA);
    browser.pass(5_000);
    let others = browser.others;
    for _ in 0..10 {
        browser.pass(290_000);
        browser.event(ANA, "online");
    }
    assert!(browser.subscribes.len() <= 12, "its renewals: {:?}", browser.subscribes);
    assert_eq!((browser.others, browser.sockets.len(), browser.most_sockets), (others, 1, 2));
    assert!(browser.tabs[&tabs[0]].connections.len() < 4, "{:?}", browser.tabs[&tabs[0]].connections);
}

#[test]
fn when_the_page_comes_back_to_a_feed_that_died_meanwhile_it_is_found_at_once() {
    let (mut browser, tabs) = browser(1, &[ANA.to_owned()], Background::Slow);
    browser.event(ANA, "online");
    browser.pass(1_000);
    browser.show(tabs[0], false);
    browser.cut();
    browser.pass(40_000);
    let calls = browser.subscribes.len();
    browser.show(tabs[0], true);
    browser.pass(1_200);
    assert_eq!(browser.most_sockets, 2);
    browser.pass(5_500);
    assert_eq!(browser.subscribes.len(), calls + 1);
}

#[test]
fn a_silent_feed_that_cannot_be_replaced_is_lost() {
    let (mut browser, tabs) = browser(2, &[ANA.to_owned()], Background::Slow);
    browser.cut();
    browser.reachable = false;
    browser.pass(140_000);
    for tab in &tabs {
        assert_eq!(state(&browser, *tab), (ConnectionState::Reconnecting, Some(ConnectionReason::Unreachable)));
    }
    browser.reachable = true;
    browser.pass(40_000);
    for tab in &tabs {
        assert_eq!(state(&browser, *tab), (ConnectionState::Open, None));
    }
    assert_eq!(browser.sockets.len(), 1);
}

#[test]
fn a_socket_that_neither_opens_nor_fails_is_unreachable_after_a_while() {
    let mut browser = Browser::new();
    browser.hangs = true;
    let tab = browser.open_tab();
    browser.pass(14_000);
    assert_eq!(state(&browser, tab), (ConnectionState::Connecting, None));
    browser.pass(2_000);
    assert_eq!(state(&browser, tab), (ConnectionState::Connecting, Some(ConnectionReason::Unreachable)));
    browser.hangs = false;
    browser.pass(40_000);
    assert_eq!(state(&browser, tab), (ConnectionState::Open, None));
}
