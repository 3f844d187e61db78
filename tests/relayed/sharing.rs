//! Two tabs that share one stream.

use serde_json::json;
use wa_presence::machine::Knowledge;
use wa_presence::machine::presence::Availability;
use wa_presence::machine::time::UnixMs;
use wa_presence::machine::typing::ActivityKind;
use wa_presence::session::ConnectionState;

use crate::stage::{Stage, chats, id};

const ANA: &str = "15550001111@c.us";
const BEN: &str = "15550002222@c.us";

/// The one with the stream, and the one that follows.
struct Tabs {
    leader: Stage,
    follower: Stage,
}

impl Tabs {
    /// Each follows one chat, through a stream that is open; a second after they began.
    fn following(leaders: &str, followers: &str) -> Self {
        let mut tabs = Self { leader: Stage::new(), follower: Stage::new() };
        for (tab, stage, chat) in [(1, &mut tabs.leader, leaders), (2, &mut tabs.follower, followers)] {
            assert!(stage.session.share(tab, stage.now));
            stage.watch(chat);
        }
        let (wall, now) = (tabs.leader.wall(), tabs.leader.now);
        tabs.leader.session.handle_lead(wall, now);
        tabs.until(100);
        tabs.leader.open(false);
        tabs.until(1_000);
        tabs
    }

    fn until(&mut self, ms: u64) {
        self.leader.until(ms);
        self.follower.until(ms);
        self.talk();
        // What was said in answer.
        self.leader.until(ms);
        self.follower.until(ms);
    }

    /// What each has to say reaches the other.
    fn talk(&mut self) {
        for _ in 0..3 {
            tell(&mut self.leader, &mut self.follower);
            tell(&mut self.follower, &mut self.leader);
        }
    }
}

fn tell(from: &mut Stage, to: &mut Stage) {
    from.drain();
    for text in std::mem::take(&mut from.said) {
        let (wall, now) = (to.wall(), to.now);
        to.session.handle_tab(&text, wall, now);
        to.drain();
    }
}

#[test]
fn one_stream_follows_the_chats_of_all() {
    let mut tabs = Tabs::following(ANA, BEN);
    assert_eq!((tabs.leader.streams().len(), tabs.follower.streams().len()), (1, 0));
    assert_eq!(tabs.leader.changes().last().map(|sent| chats(sent)), Some(vec![ANA, BEN]));
    assert!(tabs.follower.changes().is_empty(), "the list is the leader's to send");
    tabs.leader.live(BEN);
    tabs.leader.observe(BEN, "online");
    tabs.leader.observe(BEN, "typing");
    tabs.talk();
    let seen = tabs.follower.snapshot(BEN);
    assert_eq!((seen.availability, seen.activity), (Availability::Online, Some(ActivityKind::Typing)));
    assert_eq!(seen.knowledge, Knowledge::Live { vouched: true });
}

#[test]
fn a_tab_that_comes_late_has_what_concerns_all_chats_and_the_relay_tells_its_chats_anew() {
    let mut tabs = Tabs::following(ANA, ANA);
    let late = &tabs.follower;
    let connection = late.session.connection();
    assert_eq!(connection.state, ConnectionState::Open);
    assert_eq!(
        (late.session.vendor_kind(), late.session.capabilities().engine),
        ("waha", tabs.leader.session.capabilities().engine)
    );
    let list = tabs.leader.changes().last().expect("a list").body["chats"][0].clone();
    assert_eq!(list["fresh"], json!(true), "another tab knows nothing of it");
    tabs.leader.live(ANA);
    tabs.talk();
    assert_eq!(tabs.follower.snapshot(ANA).knowledge, Knowledge::Live { vouched: true });
    tabs.follower.watch(BEN);
    tabs.until(2_000);
    tabs.until(2_100);
    let last = tabs.leader.changes().last().expect("a list").body["chats"].clone();
    let fresh: Vec<_> = last.as_array().expect("a list").iter().map(|chat| chat["fresh"] == json!(true)).collect();
    assert_eq!(fresh, [false, true], "what it knows by now is not told again: {last}");
}

#[test]
fn whoever_leads_next_goes_on_where_the_one_before_was() {
    let mut tabs = Tabs::following(ANA, ANA);
    tabs.leader.live(ANA);
    tabs.leader.observe(ANA, "online");
    tabs.talk();
    let (wall, now) = (tabs.follower.wall(), tabs.follower.now);
    tabs.follower.session.handle_lead(wall, now);
    tabs.follower.drain();
    let resumed = tabs.follower.streams().last().and_then(|sent| sent.position.clone());
    assert_eq!(resumed, Some("s-2".to_owned()));
    tabs.follower.until(1_500);
    tabs.follower.open(true);
    assert_eq!(tabs.follower.session.connection().state, ConnectionState::Open);
    assert_eq!(tabs.follower.snapshot(ANA).availability, Availability::Online, "nobody flickers");
    tabs.talk();
    assert!(!tabs.leader.session.leads(), "it heard of its successor");
    tabs.leader.until(60_000);
    assert_eq!(tabs.leader.streams().len(), 1, "and asks for no stream any more");
}

#[test]
fn what_is_no_position_is_not_passed_on_as_one() {
    let mut tabs = Tabs::following(ANA, ANA);
    tabs.leader.live(ANA);
    let long = "x".repeat(200);
    for event in ["id: a b\nevent: budget", "id: s-7\nevent: two words", &format!("id: {long}\nevent: budget")] {
        tabs.leader.tell_bytes(format!("{event}\ndata: {{}}\n\n").as_bytes());
    }
    tabs.talk();
    let (wall, now) = (tabs.follower.wall(), tabs.follower.now);
    tabs.follower.session.handle_lead(wall, now);
    tabs.follower.drain();
    let resumed = tabs.follower.streams().last().and_then(|sent| sent.position.clone());
    assert_eq!(resumed, Some("s-1".to_owned()));
}

#[test]
fn a_tab_that_follows_renews_its_own_ticket_for_its_own_calls() {
    let mut tabs = Tabs::following(ANA, BEN);
    assert_eq!(tabs.follower.asked.len(), 1);
    let (wall, now) = (tabs.follower.wall(), tabs.follower.now);
    tabs.follower.session.note_ticket_end(UnixMs::from_ms(wall.as_ms() + 600_000), wall, now);
    tabs.follower.until(470_000);
    assert_eq!(tabs.follower.asked.len(), 1);
    tabs.follower.until(500_000);
    assert_eq!(tabs.follower.asked.last(), Some(&(481_000, vec![BEN.to_owned()])));
}

#[test]
fn a_ticket_that_the_application_cannot_give_to_a_tab_that_follows_is_no_loss_of_the_stream() {
    let mut tabs = Tabs::following(ANA, ANA);
    tabs.follower.gives = Some(false);
    let (wall, now) = (tabs.follower.wall(), tabs.follower.now);
    tabs.follower.session.note_ticket_end(wall, wall, now);
    tabs.follower.until(70_000);
    assert_eq!(tabs.follower.session.connection().state, ConnectionState::Open);
}

#[test]
fn a_client_that_pauses_waits_for_no_sign_of_life() {
    let mut stage = Stage::following(&[ANA]);
    stage.session.set_background(wa_presence::session::Background::Pause);
    let now = stage.now;
    stage.session.handle_visibility(false, now);
    stage.alive_until(50_000);
    stage.until(61_500);
    let streams = stage.streams().len();
    stage.until(300_000);
    assert_eq!(stage.streams().len(), streams);
    assert_eq!(stage.session.connection().reason, Some(wa_presence::session::ConnectionReason::Hidden));
    let now = stage.now;
    stage.session.handle_visibility(true, now);
    stage.drain();
    assert_eq!(stage.streams().len(), streams + 1);
    assert!(stage.session.machine().find(id(ANA).as_str()).is_some());
}
