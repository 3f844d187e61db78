//! A page that is loaded again: what it knew it still knows, as far as that holds, and nothing is asked for twice.
#![cfg(not(target_arch = "wasm32"))]

use serde_json::json;
use wa_presence::gateway::Gateway;
use wa_presence::gateway::http::{Outcome, Response};
use wa_presence::gateway::waha::Waha;
use wa_presence::machine::id::Id;
use wa_presence::machine::presence::{Availability, Basis};
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::machine::typing::ActivityKind;
use wa_presence::machine::{Config, Knowledge, Priority, Snapshot};
use wa_presence::session::{FeedCommand, Session, Setup};

const EPOCH_MS: u64 = 1_785_000_000_000;
const START: Instant = Instant::from_ms(10_000_000);
const ANA: &str = "15550001111@c.us";
const ANA_LID: &str = "900000001@lid";

/// One page, and the WAHA that grants whatever it asks.
struct Page {
    session: Session,
    now: Instant,
    /// How far this page's clock began behind the first one's.
    ahead: u64,
    subscribes: Vec<u64>,
    others: usize,
    events: usize,
}

impl Page {
    fn new(now: Instant, ahead: u64) -> Self {
        let waha =
            Waha { base_url: "https://waha.example".to_owned(), session: "default".to_owned(), message_events: true };
        let setup = Setup {
            gateway: Gateway::Waha(waha),
            machine: Config::default(),
            feed: true,
            credential: false,
            log_entries: 10,
            max_body_bytes: 1 << 20,
        };
        Self { session: Session::new(setup, now), now, ahead, subscribes: Vec::new(), others: 0, events: 0 }
    }

    fn wall(&self) -> UnixMs {
        UnixMs::from_ms(EPOCH_MS + self.now.as_ms() + self.ahead)
    }

    fn watch(&mut self, chat: &str) {
        self.session.watch(&Id::parse(chat).expect("an id"), Priority::Visible, self.now);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(command) = self.session.poll_feed(self.now) {
            if matches!(command, FeedCommand::Open(_)) {
                self.session.handle_socket_open(self.now);
            }
        }
        while let Some((id, request)) = self.session.poll_request(self.now) {
            let body = if request.url.contains("/presence/") && request.url.ends_with("/subscribe") {
                self.subscribes.push(self.now.as_ms());
                json!({})
            } else if request.url.contains("/api/sessions/") {
                json!({ "name": "default", "status": "WORKING", "engine": { "engine": "NOWEB" } })
            } else {
                self.others += 1;
                json!([])
            };
            let response = Response { status: 200, retry_after_ms: None, body: body.to_string().into_bytes() };
            let (wall, now) = (self.wall(), self.now);
            self.session.handle_outcome(id, &Outcome::Response(response), wall, now);
        }
        while self.session.poll_notice().is_some() || self.session.poll_told(self.now).is_some() {}
        while self.session.poll_claim(self.now).is_some() {}
    }

    fn pass(&mut self, ms: u64) {
        let end = self.now + ms;
        while let Some(at) = self.session.poll_timeout(self.now).filter(|at| *at <= end) {
            self.now = at.max(self.now);
            self.session.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
        self.session.handle_timeout(end);
        self.drain();
    }

    fn hears(&mut self, chat: &str, word: &str) {
        self.events += 1;
        let presences = json!([{ "participant": chat, "lastKnownPresence": word, "lastSeen": null }]);
        let envelope = json!({
            "id": format!("evt_{}_{}", self.ahead, self.events),
            "timestamp": self.wall().as_ms(),
            "event": "presence.update",
            "session": "default",
            "payload": { "id": chat, "presences": presences },
        });
        let (wall, now) = (self.wall(), self.now);
        self.session.handle_frame(envelope.to_string().as_bytes(), wall, now);
        self.drain();
    }

    fn record(&self) -> String {
        self.session.record(self.wall(), self.now)
    }

    /// The page is left and loaded again `ms` later: its clock begins anew.
    fn reload(&self, ms: u64) -> Self {
        let record = self.record();
        let origin = START - 7;
        let mut next = Self::new(origin, self.ahead + self.now.since(origin) + ms);
        let (wall, now) = (next.wall(), next.now);
        assert!(next.session.recall(&record, wall, now), "{record}");
        next
    }

    fn snapshot(&self, chat: &str) -> Snapshot {
        let machine = self.session.machine();
        machine.find(chat).and_then(|key| machine.snapshot(key)).expect("a chat that is known")
    }
}

fn numbered(n: usize) -> String {
    format!("1555000{n:04}@c.us")
}

/// A page with fifty chats, all of them told of.
fn busy() -> Page {
    let mut page = Page::new(START, 0);
    (0..50).for_each(|n| page.watch(&numbered(n)));
    page.pass(90_000);
    (0..50).for_each(|n| page.hears(&numbered(n), if n % 2 == 0 { "online" } else { "offline" }));
    page.pass(500);
    assert_eq!(page.subscribes.len(), 50);
    page
}

#[test]
fn a_reload_with_fifty_live_chats_asks_for_none_of_them_before_its_renewal_is_due() {
    let page = busy();
    let mut next = page.reload(2_000);
    (0..50).for_each(|n| next.watch(&numbered(n)));
    next.pass(20_000);
    assert_eq!(next.subscribes.len(), 0);
    for n in 0..50 {
        let (before, after) = (page.snapshot(&numbered(n)), next.snapshot(&numbered(n)));
        assert_eq!(after.knowledge, Knowledge::Live { vouched: true }, "{n}");
        assert_eq!((after.availability, after.certain), (before.availability, before.certain), "{n}");
    }
    next.pass(300_000);
    assert_eq!(next.subscribes.len(), 50, "each is renewed in its turn");
}

#[test]
fn what_happened_in_between_is_read_once_where_reading_is_harmless() {
    let page = busy();
    let others = |page: &Page| page.others;
    let mut next = page.reload(2_000);
    next.watch(&numbered(0));
    let before = others(&next);
    next.pass(400);
    assert_eq!(others(&next), before, "nobody's other id is looked up again");
    next.pass(2_000);
    assert_eq!(others(&next), before + 1, "the list of all chats, once the feed is open");
    next.pass(60_000);
    assert_eq!(others(&next), before + 1);
}

#[test]
fn typing_goes_on_and_ends_when_it_would_have_ended() {
    let mut page = Page::new(START, 0);
    page.watch(ANA);
    page.pass(2_000);
    page.hears(ANA, "typing");
    page.pass(4_000);
    let mut next = page.reload(1_000);
    next.watch(ANA);
    assert_eq!(next.snapshot(ANA).activity, Some(ActivityKind::Typing));
    next.pass(9_800);
    assert_eq!(next.snapshot(ANA).activity, Some(ActivityKind::Typing));
    next.pass(300);
    assert_eq!(next.snapshot(ANA).activity, None);
    let mut late = page.reload(14_000);
    late.watch(ANA);
    assert_eq!(late.snapshot(ANA).activity, None, "it had ended by then");
}

#[test]
fn what_was_inferred_fades_when_it_would_have_faded() {
    let mut page = Page::new(START, 0);
    page.watch(ANA);
    page.pass(2_000);
    page.hears(ANA, "typing");
    page.hears(ANA, "paused");
    page.pass(30_000);
    let mut next = page.reload(1_000);
    next.watch(ANA);
    next.pass(28_000);
    let seen = next.snapshot(ANA);
    assert_eq!((seen.availability, seen.basis), (Availability::Online, Basis::Inferred));
    next.pass(2_000);
    assert_eq!(next.snapshot(ANA).availability, Availability::Unknown);
}

#[test]
fn both_ids_of_a_person_lead_to_one_chat_again() {
    let mut page = Page::new(START, 0);
    let (wall, now) = (page.wall(), page.now);
    let id = |text| Id::parse(text).expect("an id");
    page.session.add_alias(&id(ANA_LID), &id(ANA), wall, now);
    page.watch(ANA);
    page.pass(2_000);
    page.hears(ANA_LID, "online");
    page.pass(200);
    let mut next = page.reload(1_000);
    next.watch(ANA_LID);
    next.pass(1_000);
    let seen = next.snapshot(ANA_LID);
    assert_eq!((seen.chat.as_str(), seen.availability), (ANA, Availability::Online));
    assert_eq!(next.subscribes.len(), 0);
}

#[test]
fn a_lease_that_ran_out_meanwhile_is_none() {
    let page = busy();
    let mut next = page.reload(400_000);
    next.watch(&numbered(0));
    assert!(matches!(
        next.snapshot(&numbered(0)).knowledge,
        Knowledge::Live { vouched: false } | Knowledge::Waiting(_)
    ));
    next.pass(2_000);
    assert_eq!(next.subscribes.len(), 1);
}

#[test]
fn what_nobody_watches_any_more_is_not_claimed_for_long() {
    let page = busy();
    let mut next = page.reload(2_000);
    next.watch(ANA);
    next.pass(20_000);
    assert_eq!(next.snapshot(&numbered(0)).availability, Availability::Unknown);
}

#[test]
fn a_record_of_another_version_another_day_or_no_record_is_worth_nothing() {
    let page = busy();
    let record = page.record();
    let wall = |ms: u64| UnixMs::from_ms(page.wall().as_ms() + ms);
    let recalls =
        |record: &str, wall| Page::new(Instant::from_ms(5), 0).session.recall(record, wall, Instant::from_ms(5));
    assert!(recalls(&record, wall(0)));
    assert!(!recalls(&record, wall(600_001)), "ten minutes later");
    assert!(!recalls(&record, UnixMs::from_ms(page.wall().as_ms() - 1)), "from the future");
    assert!(!recalls(&record.replacen('1', "2", 1), wall(0)), "another version");
    for text in ["", "-", "1", "1 x", "1 -", &format!("1 {}\nz", page.wall().as_ms())] {
        assert!(!recalls(text, wall(0)), "{text}");
    }
}

#[test]
fn a_damaged_record_is_survived() {
    let record = busy().record();
    let wall = UnixMs::from_ms(EPOCH_MS + START.as_ms() + 95_000);
    let mut seed = 7_u64;
    for _ in 0..2_000 {
        let mut bytes = record.clone().into_bytes();
        for _ in 0..3 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = usize::try_from(seed >> 33).expect("small") % bytes.len();
            bytes[at] = b" \n0-9cpa~"[usize::try_from(seed >> 20).expect("small") % 9];
        }
        let text = String::from_utf8(bytes).expect("ASCII");
        let mut page = Page::new(Instant::from_ms(5), 0);
        page.session.recall(&text, wall, Instant::from_ms(5));
        (0..3).for_each(|n| page.watch(&numbered(n)));
        page.pass(1_000);
    }
}

#[test]
fn ten_thousand_chats_make_no_endless_record() {
    let mut page = Page::new(START, 0);
    (0..5_000).for_each(|n| page.watch(&numbered(n)));
    (0..5_000).for_each(|n| page.hears(&numbered(n), "online"));
    let record = page.record();
    assert!((200_000..=262_144).contains(&record.len()), "{}", record.len());
    assert_eq!(
        page.reload(1_000).session.machine().size().0,
        1_000,
        "as many as are remembered while nobody watches them"
    );
}
