//! What is told to other tabs is what was decoded, and nothing else.

use std::fs;
use std::path::Path;

use wa_presence::gateway::waha::{self, retell};
use wa_presence::gateway::{Decoded, unquoted};
use wa_presence::machine::id::Address;
use wa_presence::machine::observation::{Envelope, Observation};

/// All of an envelope that matters to a machine.
fn facts(envelope: &Envelope<'_>) -> Vec<String> {
    let id = |address: &Address<'_>| address.as_str().to_owned();
    let mut facts = vec![format!("{:?} {:?}", envelope.id, envelope.stamp)];
    facts.extend(envelope.own.iter().flatten().map(id));
    facts.extend(envelope.aliases.iter().map(|(lid, contact)| format!("{} = {}", id(lid), id(contact))));
    match &envelope.observation {
        Observation::Presence { chat, reports, .. } => {
            facts.push(id(chat));
            let told = reports.iter();
            facts.extend(told.map(|one| format!("{} {:?} {:?}", id(&one.participant), one.word, one.last_seen)));
        }
        Observation::Message { chat, sender, from_me, id: message, sent_at } => {
            facts.push(format!("{} {} {from_me} {message} {sent_at:?}", id(chat), id(sender)));
        }
        Observation::Receipt { chat, id: message, read } => facts.push(format!("{} {message} {read}", id(chat))),
        Observation::Session(state) => facts.push(format!("{state:?}")),
        Observation::Hidden { .. } | Observation::Unknown => {}
    }
    facts
}

#[test]
fn every_event_is_read_by_another_tab_as_it_was_read_here() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/waha");
    let (mut told, mut silent) = (0, 0);
    for file in fs::read_dir(folder).expect("fixtures").map(|entry| entry.expect("a file").path()) {
        let body = fs::read(&file).expect("a fixture");
        let body = unquoted(&body);
        let mut decoded = Decoded::default();
        if waha::decode(&body, None, &mut decoded).is_err() {
            continue;
        }
        for envelope in decoded.envelopes.iter() {
            let Some(text) = retell::frame(envelope) else {
                assert!(matches!(envelope.observation, Observation::Unknown), "{}", file.display());
                silent += 1;
                continue;
            };
            let mut again = Decoded::default();
            waha::decode(text.as_bytes(), Some("default"), &mut again).expect("it is WAHA's");
            assert_eq!(facts(envelope), facts(&again.envelopes[0]), "{}: {text}", file.display());
            told += 1;
        }
    }
    assert!(told > 20 && silent > 0, "{told} told, {silent} not");
}

#[test]
fn bodies_names_and_whatever_else_a_codec_drops_are_in_nothing_that_is_told() {
    let body = br#"{"id":"evt_1","timestamp":1785000000000,"event":"message.any","session":"default","metadata":{"user":"u-77"},
        "me":{"id":"15550009999@c.us","pushName":"The Shop"},"payload":{"id":"true_15550001111@c.us_AA","from":"15550001111@c.us",
        "fromMe":false,"timestamp":1785000000,"body":"my secret words","media":{"url":"https://waha.example/files/x"},
        "_data":{"notifyName":"Ana"}},"environment":{"tier":"PLUS"}}"#;
    let mut decoded = Decoded::default();
    waha::decode(body, None, &mut decoded).expect("a message");
    let text = retell::frame(&decoded.envelopes[0]).expect("a message is told");
    for dropped in ["secret", "files", "Ana", "Shop", "u-77", "PLUS"] {
        assert!(!text.contains(dropped), "{dropped} in {text}");
    }
    assert!(text.contains("15550001111@c.us"));
}
