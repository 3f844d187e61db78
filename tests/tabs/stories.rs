//! One rule a test.

use wa_presence::machine::Knowledge;
use wa_presence::machine::knowledge::{Lapse, Refusal, Wait};
use wa_presence::machine::presence::Availability;
use wa_presence::machine::typing::ActivityKind;
use wa_presence::session::ConnectionState;

use crate::browser::{Browser, NOBODY, TabId, numbered};

const ANA: &str = "15550001111@c.us";
const BEN: &str = "15550002222@c.us";

/// So many tabs, each of which follows these chats.
fn browser(tabs: usize, chats: &[String]) -> (Browser, Vec<TabId>) {
    let mut browser = Browser::new();
    let ids: Vec<_> = (0..tabs).map(|_| browser.open_tab()).collect();
    for tab in &ids {
        for chat in chats {
            browser.watch(*tab, chat);
        }
    }
    (browser, ids)
}

#[test]
fn ten_tabs_with_two_hundred_chats_cost_one_socket_and_one_set_of_calls() {
    let chats: Vec<_> = (0..200).map(numbered).collect();
    let (mut browser, tabs) = browser(10, &chats);
    browser.pass(300_000);
    assert_eq!((browser.sockets.len(), browser.most_sockets), (1, 1));
    let (mut alone, _) = self::browser(1, &chats);
    alone.pass(300_000);
    assert_eq!(browser.subscribes.len(), alone.subscribes.len());
    for (n, chat) in chats.iter().enumerate() {
        browser.event(chat, ["online", "offline", "typing"][n % 3]);
    }
    browser.pass(100);
    for (n, chat) in chats.iter().enumerate() {
        let mut seen: Vec<_> = tabs.iter().map(|tab| browser.snapshot(*tab, chat).expect("known")).collect();
        // But for the way from tab to tab.
        seen.iter_mut().flat_map(|seen| &mut seen.participants).for_each(|person| person.lag_ms = 0);
        assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "every tab shows the same: {seen:?}");
        // Who types has said nothing of being there.
        assert!(n % 3 == 2 || matches!(seen[0].knowledge, Knowledge::Live { .. }), "{seen:?}");
    }
}

#[test]
fn a_tab_alone_says_nothing_for_every_frame() {
    let (mut browser, tabs) = browser(1, &[ANA.to_owned()]);
    browser.pass(2_000);
    browser.event(ANA, "typing");
    assert_eq!(browser.snapshot(tabs[0], ANA).and_then(|seen| seen.activity), Some(ActivityKind::Typing));
    assert!(browser.tabs[&tabs[0]].session.leads());
}

#[test]
fn a_late_tab_sees_what_the_others_see_at_once() {
    let (mut browser, tabs) = browser(1, &[ANA.to_owned()]);
    browser.pass(2_000);
    browser.event(ANA, "online");
    browser.event(ANA, "typing");
    browser.pass(3_000);
    let calls = browser.subscribes.len();
    let late = browser.open_tab();
    browser.watch(late, ANA);
    browser.pass(20);
    let (there, here) = (browser.snapshot(tabs[0], ANA), browser.snapshot(late, ANA).expect("known"));
    assert_eq!(here.activity, Some(ActivityKind::Typing));
    assert_eq!(here.availability, Availability::Online);
    assert_eq!(Some(here.knowledge), there.map(|there| there.knowledge));
    assert_eq!(browser.tabs[&late].session.connection().state, ConnectionState::Open);
    browser.pass(60_000);
    assert_eq!(browser.subscribes.len(), calls);
}

#[test]
fn a_chat_that_another_tab_follows_is_asked_for_and_told_of_there_alone() {
    let (mut browser, tabs) = browser(2, &[]);
    browser.watch(tabs[0], ANA);
    browser.watch(tabs[1], BEN);
    browser.pass(2_000);
    assert!(
        browser.subscribes.iter().any(|(_, chat)| chat == ANA)
            && browser.subscribes.iter().any(|(_, chat)| chat == BEN)
    );
    browser.event(BEN, "typing");
    browser.pass(50);
    assert_eq!(browser.snapshot(tabs[1], BEN).and_then(|seen| seen.activity), Some(ActivityKind::Typing));
    let leader = &browser.tabs[&tabs[0]];
    assert!(leader.session.leads() && leader.heard.iter().all(|(_, seen)| seen.chat.as_str() != BEN));
    assert_eq!(leader.session.machine().followed_chats().count(), 1);
}

#[test]
fn a_chat_that_is_opened_later_is_asked_for_at_once() {
    let (mut browser, tabs) = browser(2, &[ANA.to_owned()]);
    browser.pass(5_000);
    let calls = browser.subscribes.len();
    browser.watch(tabs[1], BEN);
    browser.pass(500);
    assert_eq!(browser.subscribes.len(), calls + 1);
    assert!(!matches!(
        browser.snapshot(tabs[1], BEN).map(|seen| seen.knowledge),
        Some(Knowledge::Waiting(Wait::Queued))
    ));
}

#[test]
fn a_chat_that_no_tab_follows_any_more_is_asked_for_no_more() {
    let (mut browser, tabs) = browser(2, &[]);
    let watch = browser.watch(tabs[1], BEN).expect("a tab");
    browser.pass(2_000);
    browser.unwatch(tabs[1], watch);
    browser.pass(20_000);
    let calls = browser.subscribes.len();
    browser.pass(900_000);
    assert_eq!(browser.subscribes.len(), calls);
}

#[test]
fn when_the_leaders_tab_crashes_another_leads_and_no_live_lease_is_asked_for_twice() {
    let chats: Vec<_> = (0..30).map(numbered).collect();
    let (mut browser, tabs) = browser(3, &chats);
    browser.pass(60_000);
    // Of the others nothing was ever told.
    chats.iter().take(20).for_each(|chat| browser.event(chat, "online"));
    browser.pass(1_000);
    let calls = browser.subscribes.len();
    let third = tabs[2];
    browser.tabs.get_mut(&third).expect("a tab").heard.clear();
    browser.crash(tabs[0]);
    browser.pass(1_300);
    assert_eq!(browser.leader(), Some(tabs[1]));
    assert_eq!((browser.sockets.len(), browser.tabs[&third].session.connection().state), (1, ConnectionState::Open));
    browser.pass(20_000);
    assert_eq!(browser.subscribes.len(), calls, "no live lease is asked for twice");
    assert_eq!(browser.tabs[&third].heard, [], "no chat flickers");
    browser.event(&chats[7], "typing");
    browser.pass(10);
    assert_eq!(browser.snapshot(third, &chats[7]).and_then(|seen| seen.activity), Some(ActivityKind::Typing));
}

#[test]
fn twenty_leaders_that_crash_one_after_the_other_ask_for_nothing_again() {
    let nobody = format!("{NOBODY}@c.us");
    let chats = [ANA.to_owned(), BEN.to_owned(), nobody.clone()];
    let (mut browser, mut tabs) = browser(3, &chats);
    browser.pass(5_000);
    browser.event(ANA, "online");
    browser.pass(1_000);
    let calls = browser.subscribes.clone();
    for _ in 0..20 {
        browser.crash(tabs.remove(0));
        browser.pass(900);
        let next = browser.open_tab();
        for chat in &chats {
            browser.watch(next, chat);
        }
        tabs.push(next);
        browser.pass(900);
    }
    assert_eq!(browser.subscribes, calls);
    let seen = browser.snapshot(tabs[2], &nobody).expect("it is watched");
    assert_eq!(seen.knowledge, Knowledge::Refused(Refusal::NotFound));
}

#[test]
fn what_is_missed_between_two_leaders_is_read_once_where_reading_is_harmless() {
    let (mut browser, tabs) = browser(2, &[ANA.to_owned()]);
    browser.pass(5_000);
    let others = browser.others;
    browser.crash(tabs[0]);
    browser.pass(30_000);
    assert_eq!(browser.others, others + 1);
}

#[test]
fn a_frozen_leader_blocks_nobody_and_follows_when_it_is_back() {
    let (mut browser, tabs) = browser(2, &[ANA.to_owned()]);
    browser.pass(5_000);
    browser.freeze(tabs[0]);
    browser.pass(3_000);
    assert_eq!(browser.leader(), Some(tabs[1]));
    browser.event(ANA, "typing");
    browser.pass(100);
    browser.thaw(tabs[0]);
    browser.pass(100);
    assert_eq!(browser.sockets.len(), 1);
    assert_eq!(browser.snapshot(tabs[0], ANA).and_then(|seen| seen.activity), Some(ActivityKind::Typing));
    assert_eq!(
        browser.snapshot(tabs[0], ANA).map(|seen| seen.knowledge),
        browser.snapshot(tabs[1], ANA).map(|seen| seen.knowledge)
    );
}

#[test]
fn a_frozen_waiter_blocks_nobody() {
    let (mut browser, tabs) = browser(3, &[ANA.to_owned()]);
    browser.pass(5_000);
    browser.freeze(tabs[1]);
    browser.crash(tabs[0]);
    browser.pass(2_000);
    assert_eq!(browser.leader(), Some(tabs[2]));
}

#[test]
fn a_tab_whose_key_is_refused_leaves_the_feed_to_another() {
    let (mut browser, tabs) = browser(2, &[ANA.to_owned()]);
    browser.pass(5_000);
    browser.refuse(tabs[0]);
    browser.pass(2_000);
    assert_eq!((browser.leader(), browser.sockets.len()), (Some(tabs[1]), 1));
    assert_eq!(browser.tabs[&tabs[1]].session.connection().state, ConnectionState::Open);
    assert_eq!(browser.tabs[&tabs[0]].session.connection().state, ConnectionState::Unauthorized, "and says so");
}

#[test]
fn a_leader_that_is_heard_now_and_then_is_left_in_peace() {
    let (mut browser, tabs) = browser(2, &[]);
    browser.pass(3_600_000);
    assert_eq!((browser.leader(), browser.most_sockets), (Some(tabs[0]), 1));
}

#[test]
fn what_an_earlier_leader_says_is_not_heard() {
    let (mut browser, tabs) = browser(2, &[ANA.to_owned()]);
    browser.pass(5_000);
    let (now, wall) =
        (browser.now, wa_presence::machine::time::UnixMs::from_ms(1_785_000_000_000 + browser.now.as_ms()));
    let follower = &mut browser.tabs.get_mut(&tabs[1]).expect("a tab").session;
    follower.handle_tab("stands 1 0 2 2 3", wall, now);
    assert_eq!(follower.connection().state, ConnectionState::Open);
    let leader = &mut browser.tabs.get_mut(&tabs[0]).expect("a tab").session;
    leader.handle_tab("leads 1", wall, now);
    assert!(leader.leads());
    leader.handle_tab("leads 9999999999999", wall, now);
    assert!(!leader.leads(), "a later one leads");
}

#[test]
fn a_version_that_says_what_we_do_not_know_is_not_misread() {
    let (mut browser, tabs) = browser(2, &[ANA.to_owned()]);
    browser.pass(5_000);
    let before = browser.snapshot(tabs[1], ANA);
    let (now, wall) =
        (browser.now, wa_presence::machine::time::UnixMs::from_ms(1_785_000_000_000 + browser.now.as_ms()));
    for text in [
        "",
        "other 1 2",
        "frame x",
        "record 99999999999999 2\n7 7\nc",
        "answer 9999999999999 1 77 200 -\n{}",
        "follows 1 a",
    ] {
        for tab in &tabs {
            browser.tabs.get_mut(tab).expect("a tab").session.handle_tab(text, wall, now);
        }
    }
    browser.pass(100);
    assert_eq!(browser.snapshot(tabs[1], ANA), before);
}

#[test]
fn when_the_gateway_drops_the_socket_every_tab_says_so_and_every_tab_returns() {
    let (mut browser, tabs) = browser(3, &[ANA.to_owned()]);
    browser.pass(5_000);
    browser.event(ANA, "online");
    browser.pass(10);
    browser.drop_sockets();
    browser.pass(10);
    for tab in &tabs {
        assert_eq!(browser.tabs[tab].session.connection().state, ConnectionState::Reconnecting);
    }
    browser.pass(10_000);
    for tab in &tabs {
        assert_eq!(browser.tabs[tab].session.connection().state, ConnectionState::Open);
        assert!(!matches!(browser.snapshot(*tab, ANA).map(|seen| seen.knowledge), Some(Knowledge::Lapsed(_))));
    }
}

#[test]
fn a_tab_without_a_leader_says_lapsed_and_not_offline() {
    let (mut browser, tabs) = browser(2, &[ANA.to_owned()]);
    browser.pass(5_000);
    browser.event(ANA, "online");
    browser.pass(10);
    // Both are frozen at once; the second is thawed and gets no lock for a while.
    browser.freeze(tabs[0]);
    browser.freeze(tabs[1]);
    browser.pass(60_000);
    browser.thaw(tabs[1]);
    let seen = browser.snapshot(tabs[1], ANA).expect("known");
    assert_eq!(seen.availability, Availability::Unknown);
    assert!(matches!(seen.knowledge, Knowledge::Lapsed(Lapse::Feed | Lapse::Lease)), "{seen:?}");
    browser.pass(5_000);
    assert_eq!(browser.sockets.len(), 1);
}

#[test]
fn tabs_that_are_gone_without_a_word_are_given_up() {
    let (mut browser, tabs) = browser(2, &[]);
    browser.watch(tabs[1], BEN);
    browser.pass(5_000);
    browser.crash(tabs[1]);
    browser.pass(200_000);
    let calls = browser.subscribes.len();
    browser.pass(900_000);
    assert_eq!(browser.subscribes.len(), calls);
}
