//! `setWatched`: the chats a list shows, as one set.

use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::browser_support::{
    ANA, ANA_LID, BEN, Client, TEAM, connect, eventually, ingesting, js, number, refused, rested, same, text,
};

fn set(client: &Client, chats: &[(&str, &str)]) {
    let entries: Vec<String> =
        chats.iter().map(|(chat, priority)| format!("{{ chat: '{chat}', priority: '{priority}' }}")).collect();
    client.set_watched(&js(&format!("[{}]", entries.join(",")))).expect("a list in order");
}

fn watched(client: &Client) -> Vec<String> {
    let mut chats: Vec<String> = client.chats().iter().map(|snapshot| text(&snapshot, "chat")).collect();
    chats.sort();
    chats
}

#[test]
async fn chats_come_stay_and_leave() {
    let client = ingesting();
    set(&client, &[(ANA, "visible"), (BEN, "background")]);
    assert_eq!(watched(&client), [ANA, BEN]);
    rested().await;
    client.says(ANA, "typing");
    let before = client.of(ANA);
    set(&client, &[(ANA, "focused"), (TEAM, "visible")]);
    assert_eq!(watched(&client), [TEAM, ANA]);
    assert!(same(&before, &client.of(ANA)), "who stays is not disturbed");
    set(&client, &[]);
    assert_eq!(watched(&client), Vec::<String>::new());
    client.end();
}

#[test]
async fn a_set_and_a_watch_are_counted_apart() {
    let client = ingesting();
    let chat = client.followed(ANA).await;
    set(&client, &[(ANA, "visible")]);
    set(&client, &[(ANA, "background")]);
    assert_eq!(number(&client.budget(), "watched"), 1.0);
    chat.close();
    assert_eq!(watched(&client), [ANA], "the set still wants it");
    let chat = client.followed(ANA).await;
    set(&client, &[]);
    assert_eq!(watched(&client), [ANA], "the watch still wants it");
    chat.close();
    assert_eq!(watched(&client), Vec::<String>::new());
    client.end();
}

#[test]
fn one_chat_named_twice_is_one() {
    let client = ingesting();
    set(&client, &[(ANA, "background"), ("15550001111", "focused"), (ANA, "visible")]);
    assert_eq!(watched(&client), [ANA]);
    set(&client, &[]);
    assert_eq!(watched(&client), Vec::<String>::new());
    client.end();
}

#[test]
async fn a_chat_that_changes_its_id_is_never_let_go_of() {
    let client = ingesting();
    set(&client, &[(ANA_LID, "visible")]);
    client.add_alias(&ANA_LID.into(), &ANA.into()).expect("two ids of one person");
    rested().await;
    client.says(ANA, "typing");
    let before = client.of(ANA);
    set(&client, &[(ANA, "visible")]);
    assert_eq!(watched(&client), [ANA]);
    assert!(same(&before, &client.of(ANA)));
    client.end();
}

#[test]
fn a_set_with_a_fault_changes_nothing() {
    let client = ingesting();
    set(&client, &[(ANA, "visible")]);
    for (list, code, message) in [
        ("7", "invalid-option", "chats: expected an array of { chat, priority }, found number"),
        ("{ length: 0 }", "invalid-option", "chats: expected an array of { chat, priority }, found object"),
        ("['15550002222@c.us']", "invalid-option", "chats[0]: expected an object, found string"),
        ("[{}]", "invalid-chat", "chat: expected a chat id, found undefined"),
        ("[{ chat: 'nobody' }]", "invalid-chat", "chat: expected letters, digits, `.`, `_` and `-` around one `@`"),
        (
            "[{ chat: '15550002222@c.us' }, { chat: '15550003333@c.us', priority: 1 }]",
            "invalid-option",
            "chats[1].priority: expected \"focused\", \"visible\" or \"background\", found number",
        ),
        (
            "[{ chat: '15550002222@c.us', weight: 1 }]",
            "invalid-option",
            "chats[0].weight: expected one of chat, priority, lastInboundAtMs, found an unknown option",
        ),
    ] {
        assert_eq!(refused(client.set_watched(&js(list)), code), message, "{list}");
        assert_eq!(watched(&client), [ANA], "{list}");
    }
    client.end();
}

#[test]
async fn what_is_over_the_cap_is_refused_visibly_and_admitted_when_there_is_room() {
    let client = connect("{ gateway: { kind: 'ingest' }, maxWatchedChats: 1 }");
    let first = client.followed(ANA).await;
    let second = client.followed(BEN).await;
    assert_eq!(text(&second.snapshot(), "knowledge.state"), "refused");
    assert_eq!(text(&second.snapshot(), "knowledge.reason"), "too-many");
    first.close();
    assert_eq!(text(&client.of(BEN), "knowledge.state"), "refused", "what was closed keeps its place for 5 s");
    eventually("room", 6_000, || text(&client.of(BEN), "knowledge.state") != "refused").await;
    client.end();
}

#[test]
async fn a_priority_can_be_read_and_set() {
    let client = ingesting();
    let chat = client.watch(&ANA.into(), &js("{ priority: 'background' }")).expect("a chat");
    assert_eq!(chat.priority(), "background");
    chat.set_priority(&"focused".into()).expect("a priority");
    assert_eq!((chat.priority(), client.followed(BEN).await.priority()), ("focused".to_owned(), "visible".to_owned()));
    let message = refused(chat.set_priority(&js("'urgent'")), "invalid-option");
    assert_eq!(message, "priority: expected \"focused\", \"visible\" or \"background\", found string");
    assert_eq!(chat.priority(), "focused");
    client.end();
}
