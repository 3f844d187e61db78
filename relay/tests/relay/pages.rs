//! Pages by way of the relay: the SDK's own session at the other end of its streams.

use serde_json::json;
use wa_presence::machine::Knowledge;
use wa_presence::machine::knowledge::Refusal;
use wa_presence::machine::presence::Availability;
use wa_presence::machine::typing::ActivityKind;
use wa_presence_relay::ticket::{Chats, Claims};

use super::page::{Page, Tickets};
use super::stage::{ANA, BEN, Face, LIA, LIAS_LID, Stage, claims, signed, ticket, ticket_of};

const LIVE: Knowledge = Knowledge::Live { vouched: true };

fn one(ticket: String) -> Tickets {
    Box::new(move |_| ticket.clone())
}

/// Tickets for what is asked for, and for nobody else.
fn narrow(allowed: &'static [&'static str]) -> Tickets {
    Box::new(|chats| {
        let chats = chats.iter().filter(|chat| allowed.contains(&chat.as_str())).cloned().collect();
        signed(&Claims { chats: Chats::List(chats), ..claims() })
    })
}

async fn typing_appears_and_expires(face: Face) {
    let stage = Stage::with(face, "typing_ttl_ms = 1500", "").await;
    let mut page = Page::new(&stage, &[ANA], one(ticket()));
    stage.until_count(face.subscribes_by(), 0).await;
    page.until(ANA, |seen| matches!(seen.knowledge, Knowledge::Live { .. } | Knowledge::Waiting(_))).await;
    page.rest(600).await;
    stage.act("Ana", "online").await;
    page.until(ANA, |seen| seen.availability == Availability::Online && seen.knowledge == LIVE).await;
    stage.act("Ana", "typing").await;
    page.until(ANA, |seen| seen.activity == Some(ActivityKind::Typing)).await;
    stage.act("Ana", "paused").await;
    page.until(ANA, |seen| seen.activity.is_none()).await;
    assert_eq!(stage.count(face.subscribes_by()).await, 1);
}

#[tokio::test]
async fn a_page_sees_what_people_do_at_waapi() {
    typing_appears_and_expires(Face::Waapi).await;
}

#[tokio::test]
async fn a_page_sees_what_people_do_at_wawp() {
    typing_appears_and_expires(Face::Wawp).await;
}

#[tokio::test]
async fn a_page_sees_what_people_do_at_waha() {
    typing_appears_and_expires(Face::Waha).await;
}

#[tokio::test]
async fn whoever_comes_later_sees_the_same_and_costs_nothing() {
    let stage = Stage::new(Face::Wawp).await;
    let mut first = Page::new(&stage, &[ANA, BEN], one(ticket_of("one")));
    first.until(ANA, |seen| seen.knowledge == LIVE).await;
    stage.act("Ana", "online").await;
    stage.act("Ana", "typing").await;
    let there = first.until(ANA, |seen| seen.activity.is_some()).await;
    let calls = stage.count("subscribe").await;
    let mut second = Page::new(&stage, &[ANA, BEN], one(ticket_of("two")));
    let here = second.until(ANA, |seen| seen.activity.is_some()).await;
    assert_eq!((here.knowledge, here.availability, here.basis), (there.knowledge, there.availability, there.basis));
    let ends = |page: &Page, snapshot: &wa_presence::machine::Snapshot| {
        let at = snapshot.participants.first().and_then(|ana| ana.expires_at).expect("it ends");
        page.clock.wall().at(at, page.clock.now()).as_ms()
    };
    let apart = ends(&first, &there).abs_diff(ends(&second, &here));
    assert!(apart < 250, "it ends {apart} ms apart");
    assert_eq!(stage.count("subscribe").await, calls);
}

#[tokio::test]
async fn a_relay_that_is_killed_in_mid_flow_is_found_again_and_nobody_is_offline_meanwhile() {
    let mut stage = Stage::new(Face::Wawp).await;
    let mut page = Page::new(&stage, &[ANA], one(ticket()));
    page.until(ANA, |seen| seen.knowledge == LIVE).await;
    stage.act("Ana", "online").await;
    page.until(ANA, |seen| seen.availability == Availability::Online).await;
    page.seen.clear();
    stage.relay.kill();
    page.until(ANA, |seen| matches!(seen.knowledge, Knowledge::Lapsed(_))).await;
    // In the gap: nobody is told, and the gateway's next word comes with the subscription.
    stage.act("Ana", "typing").await;
    stage.relay.restart();
    page.until(ANA, |seen| seen.knowledge == LIVE && seen.availability == Availability::Online).await;
    let offline = page.seen.iter().filter(|seen| seen.availability == Availability::Offline);
    assert_eq!(offline.count(), 0, "{:?}", page.seen);
    stage.act("Ana", "recording").await;
    page.until(ANA, |seen| seen.activity == Some(ActivityKind::Recording)).await;
}

#[tokio::test]
async fn a_ticket_is_widened_for_chats_that_come_later_and_refused_ones_do_not_stand_in_the_way() {
    let stage = Stage::new(Face::Wawp).await;
    let mut page = Page::new(&stage, &[ANA], narrow(&[ANA, LIA]));
    page.until(ANA, |seen| seen.knowledge == LIVE).await;
    page.watch(BEN);
    page.watch(LIA);
    page.until(BEN, |seen| seen.knowledge == Knowledge::Refused(Refusal::Forbidden)).await;
    page.until(LIA, |seen| matches!(seen.knowledge, Knowledge::Live { .. } | Knowledge::Waiting(_))).await;
    stage.until_count("subscribe", 2).await;
    assert_eq!(page.asked, [vec![ANA], vec![ANA, BEN, LIA]]);
    assert_eq!(page.snapshot(ANA).map(|seen| seen.knowledge), Some(LIVE));
}

#[tokio::test]
async fn a_short_lived_ticket_is_renewed_and_the_page_notices_nothing() {
    let stage = Stage::new(Face::Wawp).await;
    let tickets: Tickets = Box::new(|_| {
        let now = wa_presence_relay::clock::Clock::new().wall().as_ms();
        signed(&Claims { exp: now / 1_000 + 4, ..claims() })
    });
    let mut page = Page::new(&stage, &[ANA], tickets);
    page.until(ANA, |seen| seen.knowledge == LIVE).await;
    stage.act("Ana", "online").await;
    page.until(ANA, |seen| seen.availability == Availability::Online).await;
    page.seen.clear();
    page.rest(9_000).await;
    assert!(page.asked.len() >= 3, "{:?}", page.asked);
    assert!(page.seen.iter().all(|seen| seen.availability == Availability::Online), "{:?}", page.seen);
    stage.act("Ana", "typing").await;
    page.until(ANA, |seen| seen.activity.is_some()).await;
}

#[tokio::test]
async fn either_id_of_a_person_leads_to_the_same_chat() {
    let stage = Stage::new(Face::Waha).await;
    let mut page = Page::new(&stage, &[LIAS_LID, LIA], one(ticket()));
    page.until(LIA, |seen| matches!(seen.knowledge, Knowledge::Live { .. } | Knowledge::Waiting(_))).await;
    page.rest(1_000).await;
    stage.act("Lia", "typing").await;
    page.until(LIA, |seen| seen.activity.is_some()).await;
    assert_eq!(page.snapshot(LIAS_LID).map(|seen| seen.chat), page.snapshot(LIA).map(|seen| seen.chat));
}

#[tokio::test]
async fn where_the_gateway_tells_nobodys_other_id_the_backend_does() {
    let stage = Stage::new(Face::Wawp).await;
    let aliases = [(LIAS_LID.to_owned(), LIA.to_owned())].into();
    let ticket = signed(&Claims { aliases, chats: Chats::List(vec![LIA.to_owned()]), ..claims() });
    let mut page = Page::new(&stage, &[LIA], one(ticket));
    page.until(LIA, |seen| seen.knowledge == LIVE).await;
    stage.act("Lia", "typing").await;
    page.until(LIA, |seen| seen.activity.is_some()).await;
    assert_eq!(stage.count("subscribe").await, 1);
}

#[tokio::test]
async fn a_refusal_names_the_places_that_the_ticket_does_not_cover() {
    let stage = Stage::new(Face::Wawp).await;
    let narrow = signed(&Claims { chats: Chats::List(vec![BEN.to_owned()]), ..claims() });
    let bearer = format!("Bearer {narrow}");
    let chats = json!([{ "chat": ANA }, { "chat": BEN }, { "chat": LIA }]);
    let answer = stage.post("/feed", &[("authorization", &bearer)], json!({ "chats": chats }).to_string()).await;
    assert_eq!((answer.status, &answer.json["places"]), (403, &json!([0, 2])));
}

#[tokio::test]
async fn a_chat_of_which_a_reader_holds_nothing_is_told_again() {
    let stage = Stage::new(Face::Wawp).await;
    let mut reader = stage.feed(&ticket(), &[ANA], None).await;
    reader.until_leased(&[ANA]).await;
    stage.act("Ana", "typing").await;
    reader.until_word(ANA, "typing").await;
    let feed = reader.heard[0].data["feed"].as_str().expect("a name").to_owned();
    let bearer = format!("Bearer {}", ticket());
    let body = json!({ "chats": [{ "chat": ANA, "fresh": true }] }).to_string();
    let headers = [("authorization", bearer.as_str())];
    assert_eq!(stage.send(reqwest::Method::PUT, &format!("/feed/{feed}"), &headers, body).await.status, 200);
    let told = reader.until("snapshot", |data| data["participants"][0]["activity"] == "typing").await.data;
    let ana = &told["participants"][0];
    assert!(ana["observedAtMs"].is_u64() && ana["availabilityAtMs"] == ana["observedAtMs"], "{ana}");
}
