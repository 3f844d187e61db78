//! The relay as a service.

use std::process::Command;

use serde_json::json;

use super::stage::{ANA, Face, Stage, TICKET_KEY, ticket, ticket_of};

#[tokio::test]
async fn it_says_whether_it_lives_is_ready_and_what_it_counts() {
    let stage = Stage::new(Face::Waapi).await;
    for (path, part) in [("/healthz", "ok"), ("/readyz", "ready"), ("/metrics", "wa_presence_relay_hook_seconds")] {
        let answer = stage.send(reqwest::Method::GET, path, &[], "").await;
        assert_eq!(answer.status, 200);
        assert!(answer.text.contains(part), "{path}");
    }
}

#[tokio::test]
async fn asked_to_end_it_ends_feeds_and_says_goodbye_for_the_account() {
    let mut stage = Stage::new(Face::Waapi).await;
    let mut reader = stage.feed(&ticket(), &[ANA], None).await;
    reader.until("hello", |_| true).await;
    stage.call(&ticket(), "online", None).await;
    stage.until_count("setPresence", 1).await;
    assert_eq!(stage.relay.terminate().await, Some(0));
    while reader.next().await.is_some() {}
    assert_eq!(stage.count("setPresence").await, 2, "it set the account offline");
}

#[tokio::test]
async fn listed_origins_may_read_answers_and_others_may_not() {
    let stage = Stage::new(Face::Waapi).await;
    let asked = [
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type,last-event-id"),
    ];
    for (origin, allowed) in [("https://crm.example", true), ("https://evil.example", false), ("null", false)] {
        let headers = [&asked[..], &[("origin", origin)]].concat();
        let preflight = stage.send(reqwest::Method::OPTIONS, "/feed", &headers, "").await;
        let shown = preflight.headers.get("access-control-allow-origin").and_then(|origin| origin.to_str().ok());
        assert_eq!(shown, Some(origin).filter(|_| allowed));
        let refused = stage.post("/call", &[("origin", origin)], "").await;
        assert_eq!(refused.status, 401, "the refusal itself");
        assert_eq!(refused.headers.contains_key("access-control-allow-origin"), allowed);
        let exposed = refused.headers.get("access-control-expose-headers").and_then(|names| names.to_str().ok());
        assert_eq!(exposed, Some("retry-after").filter(|_| allowed));
    }
}

#[tokio::test]
async fn a_subject_that_asks_too_often_is_told_to_wait_and_others_are_not() {
    let stage = Stage::with(Face::Waapi, "", "[limits]\nrequests_per_minute = 8").await;
    for _ in 0..2 {
        assert_eq!(stage.call(&ticket(), "nothing", None).await.status, 404);
    }
    let refused = stage.call(&ticket(), "nothing", None).await;
    assert_eq!((refused.status, &refused.json["code"]), (429, &"rate-limited".into()));
    assert!(refused.json["retryAfterMs"].as_u64() > Some(5_000), "{}", refused.text);
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(stage.call(&ticket_of("another"), "nothing", None).await.status, 404);
}

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wa-presence-relay"));
    command.env("TICKET_KEY", TICKET_KEY).env_remove("WA_PRESENCE_RELAY_LISTEN");
    command
}

#[tokio::test]
async fn a_ticket_that_the_program_signs_is_good() {
    let stage = Stage::new(Face::Waapi).await;
    let signed = program()
        .args(["ticket", "--account", "support", "--chat", ANA, "--scope", "read", "--key-env", "TICKET_KEY"])
        .output()
        .expect("it runs");
    let ticket = String::from_utf8(signed.stdout).expect("text");
    assert_eq!(stage.call(ticket.trim(), "get", Some(ANA)).await.status, 200);
    assert_eq!(stage.call(ticket.trim(), "online", None).await.status, 403);
}

#[tokio::test]
async fn a_ticket_that_names_no_chat_covers_all_or_where_that_is_said_none() {
    let stage = Stage::new(Face::Waapi).await;
    for (more, status) in [(&[][..], 200), (&["--no-chats"][..], 403)] {
        let signed = program().args(["ticket", "--account", "support", "--key-env", "TICKET_KEY"]).args(more).output();
        let ticket = String::from_utf8(signed.expect("it runs").stdout).expect("text");
        assert_eq!(stage.call(ticket.trim(), "get", Some(ANA)).await.status, status, "{more:?}");
    }
}

#[test]
fn a_configuration_is_checked_without_being_used() {
    let dir = std::env::temp_dir().join(format!("wa-presence-relay-check-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory");
    let path = dir.join("relay.toml");
    let good = "[tickets]\nkey_env = \"TICKET_KEY\"\n[accounts.a]\ngateway = \"waapi\"\ninstance_id = \"1\"\n\
                token_env = \"TICKET_KEY\"\nunsigned = true\n";
    for (text, fine) in [(good.to_owned(), true), (good.replace("unsigned = true", ""), false)] {
        std::fs::write(&path, text).expect("a file");
        let checked = program().arg("--config").arg(&path).arg("--check").output().expect("it runs");
        assert_eq!(checked.status.success(), fine, "{}", String::from_utf8_lossy(&checked.stderr));
    }
    std::fs::remove_dir_all(&dir).expect("it is ours");
}

#[tokio::test]
async fn the_example_of_a_backend_signs_tickets_that_are_good() {
    let stage = Stage::new(Face::Waapi).await;
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/ticket.mjs");
    let run = Command::new("node").args([example, "agent-7", "support", ANA]).env("TICKET_KEY", TICKET_KEY).output();
    let signed = String::from_utf8(run.expect("node runs").stdout).expect("text");
    let answer = stage.call(signed.trim(), "get", Some(ANA)).await;
    assert_eq!((answer.status, &answer.json["chat"]), (200, &json!(ANA)), "{}", answer.text);
}
