//! Any bytes as a webhook body of unknown origin: told apart by the body alone, alone or in a list, bare or as JSON in a text.
//!
//! The body is the input; behind a separator, in this order: the signature that came with it, the secret, our wall clock in ms,
//! the tolerance in ms.

use std::collections::BTreeSet;

use wa_presence::gateway::waapi::{self, Waapi};
use wa_presence::gateway::waha::{self, Waha};
use wa_presence::gateway::wawp::{PresenceField, Version, Wawp};
use wa_presence::gateway::webhook::{ReplayGuard, TOLERANCE_MS, decode};
use wa_presence::gateway::{Decoded, Gateway, unquoted};
use wa_presence::machine::error::Error;
use wa_presence::machine::observation::Observation;
use wa_presence::machine::time::{Instant, UnixMs};

use super::fit::{assert_ids, assert_places_only};
use super::input::Input;
use super::{said, signature};

/// Lists and objects within each other that are read.
const DEPTH: usize = 128;
/// Fewer than a guard remembers.
const REMEMBERED: usize = 4_000;
const WALL_MS: u64 = 1_785_000_000_000;

type Outcome<'a> = Result<Decoded<'a>, Error>;

pub(crate) fn run(input: &[u8]) {
    let input = Input::of(input);
    let bare = unquoted(input.body);
    assert_eq!(unquoted(&bare), bare, "what was in a text is bare");
    read(&bare);
    texted(&bare);
    listed(&bare);
    #[cfg(all(feature = "webhook", not(feature = "browser")))]
    super::written::check(input.body);

    let secret = input.bytes(1).unwrap_or(b"c4nary-s3cret");
    let header = input.text(0).unwrap_or_default();
    signature::check(input.body, header, secret);
    signature::check(input.body, header, b"");
    let wall = UnixMs::from_ms(input.number(2).unwrap_or(WALL_MS));
    let tolerance_ms = input.number(3).unwrap_or(TOLERANCE_MS);
    signature::date(None, wall, tolerance_ms);
    if let Ok(decoded) = decode(&bare) {
        decoded.envelopes.iter().for_each(|envelope| signature::date(envelope.stamp, wall, tolerance_ms));
        seen_once(&decoded);
    }
}

/// What WAHA's own reader says.
fn waha_of(body: &[u8]) -> Outcome<'_> {
    let mut decoded = Decoded::default();
    waha::decode(body, None, &mut decoded).map(|()| decoded)
}

/// What WaAPI's own reader says.
fn waapi_of(body: &[u8]) -> Outcome<'_> {
    let mut decoded = Decoded::default();
    waapi::decode(body, None, &mut decoded).map(|()| decoded)
}

/// The dialect is found by the body alone, and what is said is what that dialect's own reader says.
fn read(body: &[u8]) {
    let of_any = decode(body);
    let text = said::decoded(&of_any);
    let copy = body.to_vec();
    assert_eq!(text, said::decoded(&decode(&copy)), "the same body says something else");
    assert_eq!(text, said::decoded(&Gateway::Ingest.decode(body)), "there is one way in");
    let (of_waha, of_waapi) = (waha_of(body), waapi_of(body));
    for outcome in [&of_any, &of_waha, &of_waapi] {
        outcome_holds(outcome, body);
    }
    let is_waapi = waapi::is_envelope(body);
    let speaks_waha = of_waha
        .as_ref()
        .is_ok_and(|told| told.envelopes.iter().all(|one| !matches!(one.observation, Observation::Unknown)));
    if speaks_waha || !is_waapi {
        assert_eq!(text, said::decoded(&of_waha), "WAHA's own reader disagrees");
    } else if of_waha.is_ok() {
        assert_eq!(text, said::decoded(&of_waapi), "WaAPI's own reader disagrees");
    }
    // The name can be written with escapes as well, of which there is none without a backslash.
    let names_instance = contains(body, b"instanceId") || body.contains(&b'\\');
    assert!(names_instance || !is_waapi, "an instance that is not there");
    let every_session = Gateway::Waha(Waha { session: "*".to_owned(), ..waha() });
    assert_eq!(said::decoded(&every_session.decode(body)), said::decoded(&of_waha), "the feed is read as a webhook is");
    for (gateway, whole) in
        [(Gateway::Waha(waha()), &of_waha), (Gateway::Waapi(waapi()), &of_waapi), (Gateway::Wawp(wawp()), &of_waha)]
    {
        filtered(&gateway, body, whole);
    }
}

/// The envelopes of one session are some of all, in their order, and the others are counted.
fn filtered(gateway: &Gateway, body: &[u8], whole: &Outcome<'_>) {
    let ours = gateway.decode(body);
    outcome_holds(&ours, body);
    let (ours, whole) = match (&ours, whole) {
        (Ok(ours), Ok(whole)) => (ours, whole),
        (Err(ours), Err(whole)) => return assert_eq!(ours, whole, "whose it is does not make it readable"),
        _ => panic!("{}: whose it is does not make it readable", gateway.kind()),
    };
    let mut all = whole.envelopes.iter().map(said::envelope);
    for envelope in ours.envelopes.iter().map(said::envelope) {
        assert!(all.any(|one| one == envelope), "{}: an envelope nobody sent", gateway.kind());
    }
    let (kept, sent, elsewhere) = (ours.envelopes.len(), whole.envelopes.len(), ours.other_sessions as usize);
    // A body of WaAPI's may say two things at once.
    let most = if matches!(gateway, Gateway::Waapi(_)) { kept + 2 * elsewhere } else { kept + elsewhere };
    assert!(kept + elsewhere <= sent && sent <= most, "{sent} envelopes: {kept} and {elsewhere}");
    assert!(ours.invalid_ids <= whole.invalid_ids);
}

fn outcome_holds(outcome: &Outcome<'_>, body: &[u8]) {
    let told = match outcome {
        Ok(told) => told,
        Err(error) => {
            assert_eq!(error.status, None, "a webhook has no status");
            return assert_places_only(error);
        }
    };
    assert_ids(&said::ids(told), body, "");
    // An item of a list is a digit and a comma at least; one of WaAPI's that says two things is longer.
    let items = body.len().div_ceil(2);
    assert!(told.envelopes.len() <= items, "{} envelopes of {} bytes", told.envelopes.len(), body.len());
    assert!(told.invalid_ids <= items as u64 && told.other_sessions <= items as u64);
    let text = str::from_utf8(body).expect("what was read is text");
    for envelope in told.envelopes.iter() {
        let named = match &envelope.observation {
            Observation::Message { id, .. } | Observation::Receipt { id, .. } => id,
            Observation::Presence { .. }
            | Observation::Hidden { .. }
            | Observation::Session(_)
            | Observation::Unknown => "",
        };
        assert!(text.contains(named) && text.contains(envelope.id.unwrap_or_default()), "an id made up");
    }
    let shown = format!("{told:?}");
    assert!(shown.len() < 150, "more than counts: {shown}");
}

/// The same as JSON in a text, however that is escaped: once, and not twice.
fn texted(body: &[u8]) {
    let Ok(text) = str::from_utf8(body) else { return };
    for quoted in [quote(text), quote_all(text)] {
        let within = unquoted(quoted.as_bytes());
        let is_shaped = matches!(text.trim_start_matches([' ', '\n', '\r', '\t']).bytes().next(), Some(b'{' | b'['));
        assert_eq!(within == body, is_shaped, "a list or an object is taken out of its text, and nothing else");
        let twice = quote(&quoted);
        assert!(decode(&unquoted(twice.as_bytes())).is_err(), "a text within a text");
    }
}

/// A list says what its items say, each for itself: of a body alone, and with an empty object before and behind it.
fn listed(body: &[u8]) {
    let readers: [fn(&[u8]) -> Outcome<'_>; 2] = [waha_of, waapi_of];
    let is_object = body.trim_ascii_start().first() == Some(&b'{');
    if !is_object {
        return;
    }
    let of_one = [b"[", body, b"]"].concat();
    let between = [b"[{},", body, b",{}]"].concat();
    for reader in readers {
        match reader(body) {
            Ok(alone) if depth(body) < DEPTH => {
                assert_eq!(said::decoded(&reader(&of_one)), said::decoded(&reader(body)), "a list of one");
                let listed = reader(&between).expect("what can be read alone can be read in a list");
                let nothing = reader(b"{}").expect("an object");
                let expected = [&nothing, &alone, &nothing].map(envelopes).concat();
                assert_eq!(envelopes(&listed), expected, "an item takes after another");
                assert_eq!(listed.invalid_ids, alone.invalid_ids);
            }
            Ok(_) => {}
            // Ended early, it may go on behind: `{},{}`.
            Err(_) => {
                let read = reader(&of_one).is_ok_and(|told| told.envelopes.len() <= 1);
                assert!(!read, "what cannot be read alone is read in a list");
            }
        }
    }
    if depth(body) < DEPTH {
        let (alone, of_one) = (decode(body), decode(&of_one));
        assert!(
            alone.is_err() || said::decoded(&alone) == said::decoded(&of_one),
            "a list of one is another gateway's"
        );
    }
}

fn envelopes(told: &Decoded<'_>) -> Vec<String> {
    told.envelopes.iter().map(said::envelope).collect()
}

/// Every id is new once.
fn seen_once(decoded: &Decoded<'_>) {
    let mut guard = ReplayGuard::new(7);
    let mut seen = BTreeSet::new();
    for id in decoded.envelopes.iter().filter_map(|envelope| envelope.id).take(REMEMBERED) {
        assert_eq!(guard.first_seen(id, Instant::ZERO), seen.insert(id), "a copy, or no copy");
    }
}

/// A bound for how deep lists and objects lie within each other: brackets in texts count too.
fn depth(body: &[u8]) -> usize {
    body.iter().filter(|byte| matches!(byte, b'{' | b'[')).count()
}

fn contains(body: &[u8], sought: &[u8]) -> bool {
    body.windows(sought.len()).any(|window| window == sought)
}

fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Every character by its number, those beyond the first plane by two.
fn quote_all(text: &str) -> String {
    let units = text.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
    units.fold("\"".to_owned(), |quoted, unit| quoted + &unit) + "\""
}

fn waha() -> Waha {
    Waha { base_url: "https://waha.example".to_owned(), session: "default".to_owned(), message_events: true }
}

fn waapi() -> Waapi {
    Waapi {
        base_url: "https://waapi.example/api/v1".to_owned(),
        instance_id: "123".to_owned(),
        wait_for_data: true,
        timeout_ms: 1_500,
    }
}

fn wawp() -> Wawp {
    Wawp {
        version: Version::V2,
        base_url: "https://wawp.example/v2".to_owned(),
        instance_id: "123456789".to_owned(),
        presence_field: PresenceField::default(),
        credentials_in_query: false,
    }
}
