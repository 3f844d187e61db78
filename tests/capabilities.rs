//! What gateways and engines can do: the README's tables say what the code says, and the session goes by it.
#![cfg(not(target_arch = "wasm32"))]

use wa_presence::gateway::http::{Outcome, Response};
use wa_presence::gateway::relay::Relay;
use wa_presence::gateway::waapi::{self, Waapi};
use wa_presence::gateway::waha::{self, Waha};
use wa_presence::gateway::wawp::{PresenceField, Version, Wawp};
use wa_presence::gateway::{Call, Capabilities, Capability, Gateway};
use wa_presence::machine::Config;
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::session::{Reply, Session, Setup};

const NOW: Instant = Instant::from_ms(0);
const WALL: UnixMs = UnixMs::from_ms(1_795_000_000_000);

fn gateways() -> [Gateway; 5] {
    let (base_url, instance_id) = (String::new(), String::new());
    let wawp = Wawp {
        version: Version::V2,
        base_url: base_url.clone(),
        instance_id: instance_id.clone(),
        presence_field: PresenceField::Presence,
        credentials_in_query: false,
    };
    let waapi = Waapi { base_url: base_url.clone(), instance_id, wait_for_data: true, timeout_ms: waapi::TIMEOUT_MS };
    let waha = Waha { base_url, session: "default".to_owned(), message_events: true };
    let relay = Relay { url: String::new(), account: "support".to_owned() };
    [Gateway::Waha(waha), Gateway::Wawp(wawp), Gateway::Waapi(waapi), Gateway::Relay(relay), Gateway::Ingest]
}

/// The engines that WAHA names.
fn engines() -> impl Iterator<Item = &'static Capabilities> {
    waha::CAPABILITIES.iter().filter(|one| one.engine.is_some())
}

/// Whether the engines differ in this.
fn is_by_engine(place: usize) -> bool {
    engines().any(|one| one.holds(place)) && !engines().all(|one| one.holds(place))
}

/// The cells of the row that begins with this, but for its name.
fn row(begins: &str) -> Vec<&'static str> {
    let readme = include_str!("../README.md");
    let line = readme.lines().find(|line| line.starts_with(begins)).unwrap_or_else(|| panic!("no row {begins}"));
    line.trim_matches('|').split('|').skip(1).map(|cell| cell.trim().trim_matches('*')).collect()
}

#[test]
fn the_table_of_gateways_in_the_readme_is_true() {
    let kinds: Vec<String> = gateways().iter().map(|gateway| format!("`{}`", gateway.kind())).collect();
    assert_eq!(row("| | `waha`"), kinds);
    for (place, name) in Capabilities::NAMES.iter().enumerate() {
        let cells = row(&format!("| `capabilities.{name}`"));
        let begins = cells.iter().map(|cell| cell.split([',', ';', ' ']).next().unwrap_or_default());
        let holds = gateways().map(|gateway| {
            if matches!(gateway, Gateway::Waha(_)) && is_by_engine(place) {
                "by"
            } else if gateway.capabilities(None).holds(place) {
                "yes"
            } else {
                "no"
            }
        });
        assert_eq!(begins.collect::<Vec<_>>(), holds, "{name}");
    }
}

#[test]
fn the_table_of_engines_in_the_readme_is_true() {
    let mut names: Vec<&str> = engines().filter_map(|one| one.engine).collect();
    names.push("not known");
    assert_eq!(row("| | NOWEB"), names);
    for (place, name) in Capabilities::NAMES.iter().enumerate().filter(|(place, _)| is_by_engine(*place)) {
        let said: Vec<bool> = row(&format!("| `{name}`")).iter().map(|cell| cell.starts_with("yes")).collect();
        let holds: Vec<bool> = waha::CAPABILITIES.iter().map(|one| one.holds(place)).collect();
        assert_eq!(said, holds, "{name}");
    }
}

#[test]
fn an_engine_that_is_not_known_can_what_all_can_and_costs_what_any_costs() {
    let unknown = waha::capabilities(Some("VENOM"));
    assert_eq!(unknown, waha::capabilities(None));
    for (place, name) in Capabilities::NAMES.iter().enumerate() {
        let costs = ["eventsNeedSetting", "watchMarksOnline"].contains(name);
        let cautious =
            if costs { engines().any(|one| one.holds(place)) } else { engines().all(|one| one.holds(place)) };
        assert_eq!(unknown.holds(place), cautious, "{name}");
    }
}

/// A session of WAHA without a feed, whose gateway has just named its engine.
fn session_with(engine: &str) -> Session {
    let [gateway, ..] = gateways();
    let machine = Config { subscribes: true, ..Config::default() };
    let setup = Setup { gateway, machine, feed: false, credential: false, log_entries: 200, max_body_bytes: 1_000 };
    let mut session = Session::new(setup, NOW);
    let body = format!(r#"{{"status":"WORKING","engine":{{"engine":"{engine}"}}}}"#);
    answer(&mut session, 200, &body);
    session
}

/// Answers the next request. False where none leaves.
fn answer(session: &mut Session, status: u16, body: &str) -> bool {
    let Some((id, _)) = session.poll_request(NOW) else { return false };
    let response = Response { status, retry_after_ms: None, body: body.as_bytes().to_vec() };
    session.handle_outcome(id, &Outcome::Response(response), WALL, NOW);
    true
}

#[test]
fn once_the_session_named_its_engine_the_capabilities_are_those_of_the_engine() {
    for (engine, lists, needs_setting) in
        [("NOWEB", true, false), ("WPP", true, false), ("GOWS", false, false), ("WEBJS", false, true)]
    {
        let session = session_with(engine);
        let capabilities = session.capabilities();
        assert_eq!(capabilities.engine, Some(engine));
        assert_eq!(capabilities.has(Capability::List), lists, "{engine}");
        assert_eq!(capabilities.has(Capability::EventsNeedSetting), needs_setting, "{engine}");
    }
    assert_eq!(session_with("VENOM").capabilities().engine, None);
}

#[test]
fn a_list_that_the_engine_is_known_not_to_have_is_unsupported_without_a_call() {
    for engine in ["GOWS", "WEBJS"] {
        let mut session = session_with(engine);
        let id = session.call(Call::GetAll);
        assert!(!answer(&mut session, 200, "[]"), "{engine}: nothing leaves");
        let (replied, reply) = session.poll_reply().expect("a reply");
        let error = reply.expect_err("no list");
        assert_eq!((replied, error.code, error.status), (id, ErrorCode::Unsupported, None), "{engine}");
        assert!(error.message.contains("rest.get()"), "it says what to do instead: {}", error.message);
    }
}

#[test]
fn a_list_is_asked_for_where_the_engine_has_one_or_is_not_known() {
    for engine in ["NOWEB", "WPP", "VENOM"] {
        let mut session = session_with(engine);
        session.call(Call::GetAll);
        assert!(answer(&mut session, 200, "[]"), "{engine}");
        assert_eq!(session.poll_reply().map(|(_, reply)| reply), Some(Ok(Reply::Chats(Vec::new()))), "{engine}");
    }
}
