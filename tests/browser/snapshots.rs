//! A snapshot is one frozen object until something in it changes.

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{ANA, ANA_LID, BEN, TEAM, ingesting, js, not_frozen, presence, rested, same, sleep, text};

#[test]
async fn it_is_the_same_object_until_something_changes() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let first = chat.snapshot();
    assert!(same(&first, &chat.snapshot()));
    assert!(same(&first, &client.of(ANA)));
    assert!(same(&first, &client.chats().get(0)));
    client.says(ANA, "typing");
    let second = chat.snapshot();
    assert!(!same(&first, &second));
    assert!(same(&second, &client.of(ANA)));
    // A repeat changes nothing to be seen.
    client.says(ANA, "typing");
    assert!(same(&second, &chat.snapshot()));
    client.end();
}

#[test]
async fn what_the_rate_limit_holds_back_is_not_shown_early() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    let heard = chat.heard();
    client.says(ANA, "typing");
    client.says(ANA, "recording");
    assert!(same(&heard.last(), &chat.snapshot()), "the snapshot is what listeners were told last");
    assert_eq!(chat.activity(), "typing");
    client.end();
}

#[test]
async fn two_watches_of_one_chat_show_one_object() {
    let client = ingesting();
    let (one, other) = (client.followed(ANA).await, client.followed("15550001111:7@s.whatsapp.net").await);
    assert!(same(&one.snapshot(), &other.snapshot()));
    client.says(ANA, "typing");
    assert!(same(&one.snapshot(), &other.snapshot()));
    client.end();
}

#[test]
async fn both_ids_of_a_person_show_one_object_once_they_are_known_to_be_one() {
    let client = ingesting();
    let (by_number, by_lid) = (client.followed(ANA).await, client.followed(ANA_LID).await);
    client.takes(&presence(ANA_LID, ANA_LID, "typing"));
    assert_eq!((by_number.activity(), by_lid.activity()), ("none".to_owned(), "typing".to_owned()));
    rested().await;
    let heard = by_lid.heard();
    client.add_alias(&ANA_LID.into(), &ANA.into()).expect("two ids of one person");
    sleep(150).await;
    assert!(same(&by_number.snapshot(), &by_lid.snapshot()));
    assert!(same(&client.of(ANA), &client.of(ANA_LID)));
    assert_eq!((by_lid.id(), by_number.activity()), (ANA.to_owned(), "typing".to_owned()));
    assert_eq!(client.chats().length(), 1);
    assert_eq!(text(&heard.last(), "chat"), ANA, "the watch by hidden id hears of the merged chat");
    client.says(ANA, "offline");
    sleep(150).await;
    assert_eq!(text(&heard.last(), "availability"), "offline");
    client.end();
}

#[test]
async fn pairs_of_ids_given_at_the_start_are_one_person_from_the_start() {
    let client = crate::browser_support::connect(&format!(
        "{{ gateway: {{ kind: 'ingest' }}, aliases: {{ '{ANA_LID}': '{ANA}' }} }}"
    ));
    let chat = client.followed(ANA_LID).await;
    assert_eq!(chat.id(), ANA);
    client.says(ANA, "typing");
    assert_eq!(chat.activity(), "typing");
    client.end();
}

#[test]
async fn everything_handed_out_is_frozen_all_the_way_down() {
    let client = ingesting();
    let group = client.followed(TEAM).await;
    client.takes(&presence(TEAM, ANA, "typing"));
    rested().await;
    client.takes(&presence(TEAM, BEN, "online"));
    let handed_out: [(&str, JsValue); 6] = [
        ("snapshot", group.snapshot()),
        ("chats", client.chats().into()),
        ("connection", client.connection()),
        ("capabilities", client.capabilities()),
        ("budget", client.budget()),
        ("counters", client.counters()),
    ];
    for (name, value) in handed_out {
        assert!(value.is_object(), "{name}");
        assert_eq!(not_frozen(&value), None, "{name}");
    }
    client.end();
}

#[test]
fn chats_that_nobody_heard_of_have_none_and_those_nobody_watches_have_one() {
    let client = ingesting();
    assert!(client.of(ANA).is_null());
    client.says(ANA, "typing");
    let first = client.of(ANA);
    assert_eq!((text(&first, "activity"), text(&first, "knowledge.state")), ("typing".into(), "unwatched".into()));
    assert!(same(&first, &client.of(ANA)), "also without a watch");
    assert_eq!(client.chats().length(), 0);
    client.end();
}

#[test]
async fn the_fields_are_those_of_the_declarations() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    client.says(ANA, "typing");
    let declared =
        js("['chat', 'kind', 'knowledge', 'availability', 'basis', 'certain', 'activity', 'activitySinceAtMs',
        'active', 'lastActivity', 'lastSeen', 'lastKnown', 'participants']");
    let keys = js_sys::Object::keys(&chat.snapshot().into());
    assert_eq!(sorted(&keys), sorted(&Array::from(&declared)));
    let person = crate::browser_support::at(&chat.snapshot(), "participants.0");
    let declared =
        js("['id', 'availability', 'basis', 'certain', 'activity', 'activitySinceAtMs', 'activityExpiresAtMs',
        'lastActivity', 'lastSeen', 'lastKnown', 'lagMs']");
    assert_eq!(sorted(&js_sys::Object::keys(&person.into())), sorted(&Array::from(&declared)));
    client.end();
}

fn sorted(keys: &Array) -> Vec<String> {
    let mut keys: Vec<String> = keys.iter().filter_map(|key| key.as_string()).collect();
    keys.sort();
    keys
}
