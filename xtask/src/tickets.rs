//! `POST /ticket/{account}`: what the page shows the relay to be let in, for the chats it names.
//!
//! A back end of a product knows who is logged in and which chats they may see. Here nobody logs in and the people are made up, so
//! whoever asks gets what they ask for. The relay's own command signs it.

use std::{path::PathBuf, process::Command, sync::Arc};

use anyhow::{Context, Result, bail};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::StatusCode,
    routing::post,
};
use serde::Deserialize;

/// The variable with the key, here and in the relay's environment.
pub(crate) const KEY: &str = "TICKET_KEY";
/// How long a ticket is good, in minutes. None can be taken back, and the package gets another in time.
const MINUTES: &str = "5";
/// As many as the relay follows in one feed.
const MOST_CHATS: usize = 1_000;
/// No id of a chat is that long, in bytes.
const LONGEST_ID: usize = 128;
/// So many ids are some 25 KiB.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// Who signs them.
#[derive(Clone)]
pub(crate) struct Tickets {
    /// The relay's.
    pub(crate) program: PathBuf,
    pub(crate) key: String,
    pub(crate) accounts: Vec<&'static str>,
    /// Who has which two ids, as `LID=CONTACT`: a back end knows its people, and not every gateway tells.
    pub(crate) aliases: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    chats: Vec<String>,
}

impl Tickets {
    pub(crate) fn router(self) -> Router {
        let handler = post(issue).layer(DefaultBodyLimit::max(MAX_BODY_BYTES));
        Router::new().route("/ticket/{account}", handler).with_state(Arc::new(self))
    }

    fn sign(&self, account: &str, chats: &[String]) -> Result<String> {
        let mut command = Command::new(&self.program);
        command.args(["ticket", "--account", account, "--subject", "demo", "--minutes", MINUTES, "--key-env", KEY]);
        command.args(["--scope", "read", "--scope", "send"]);
        // Where none is named the command means all.
        if chats.is_empty() {
            command.arg("--no-chats");
        }
        command.args(chats.iter().map(|chat| format!("--chat={chat}")));
        command.args(self.aliases.iter().map(|pair| format!("--alias={pair}")));
        let output = command.env_clear().env(KEY, &self.key).output().context("the relay's command cannot be run")?;
        if !output.status.success() {
            bail!("the relay's command did not sign a ticket ({})", output.status);
        }
        let ticket = String::from_utf8(output.stdout).context("the relay's command signed no text")?;
        Ok(ticket.trim_end().to_owned())
    }
}

async fn issue(
    State(tickets): State<Arc<Tickets>>,
    Path(account): Path<String>,
    body: Bytes,
) -> Result<String, StatusCode> {
    if !tickets.accounts.contains(&account.as_str()) {
        return Err(StatusCode::NOT_FOUND);
    }
    let Wanted { chats } = serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
    let plausible =
        |chat: &String| (1..=LONGEST_ID).contains(&chat.len()) && chat.bytes().all(|byte| byte.is_ascii_graphic());
    if chats.len() > MOST_CHATS || !chats.iter().all(plausible) {
        return Err(StatusCode::BAD_REQUEST);
    }
    // Beside the loop that serves the page: a process takes its time.
    let signed = tokio::task::spawn_blocking(move || tickets.sign(&account, &chats)).await;
    signed.ok().and_then(Result::ok).ok_or(StatusCode::INTERNAL_SERVER_ERROR)
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpStream,
    };

    use super::*;
    use crate::statics::{Place, Site};

    /// A server whose signer repeats what it was told.
    fn served(program: &str) -> String {
        let tickets =
            Tickets { program: program.into(), key: "a-key".to_owned(), accounts: vec!["support"], aliases: vec![] };
        let site = Site { config: serde_json::Value::Null, tickets: Some(tickets), bench: false };
        let url = site.serve(Place::take(0).expect("a port"));
        url.trim_start_matches("http://").trim_end_matches('/').to_owned()
    }

    fn ask(server: &str, host: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(server).expect("it listens");
        let length = body.len();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .expect("it reads");
        let mut answer = String::new();
        // A body that is refused unread may end the connection early.
        let _ = stream.read_to_string(&mut answer);
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, answer.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned())
    }

    #[test]
    fn a_ticket_is_for_the_chats_that_are_named_and_for_none_where_none_is() {
        let server = served("/bin/echo");
        let (status, told) = ask(&server, &server, "/ticket/support", r#"{"chats":["1@c.us","2@lid"]}"#);
        assert_eq!(status, 200);
        assert!(told.contains("--account support") && told.contains("--chat=1@c.us --chat=2@lid"), "{told}");
        assert!(!told.contains("--no-chats") && !told.contains("a-key"), "{told}");
        let (status, told) = ask(&server, &server, "/ticket/support", r#"{"chats":[]}"#);
        assert!(status == 200 && told.contains("--no-chats"), "{told}");
    }

    #[test]
    fn what_is_no_such_question_gets_no_ticket() {
        let server = served("/bin/echo");
        let long = format!(r#"{{"chats":["{}"]}}"#, "1".repeat(LONGEST_ID + 1));
        let many = format!(r#"{{"chats":[{}"1"]}}"#, "\"1\",".repeat(MOST_CHATS));
        let huge = " ".repeat(MAX_BODY_BYTES + 1);
        for (path, body, status) in [
            ("/ticket/other", r#"{"chats":[]}"#, 404),
            ("/ticket/support", "", 400),
            ("/ticket/support", r#"{"chats":"*"}"#, 400),
            ("/ticket/support", r#"{"chats":[],"subject":"me"}"#, 400),
            ("/ticket/support", r#"{"chats":["1 2"]}"#, 400),
            ("/ticket/support", r#"{"chats":["\u0000"]}"#, 400),
            ("/ticket/support", &long, 400),
            ("/ticket/support", &many, 400),
            ("/ticket/support", &huge, 413),
        ] {
            assert_eq!(ask(&server, &server, path, body).0, status, "{path} {}", body.len());
        }
        assert_eq!(ask(&server, "rebound.example", "/ticket/support", r#"{"chats":[]}"#).0, 421);
    }

    #[test]
    fn a_signer_that_fails_gives_no_ticket() {
        let server = served("/bin/false");
        assert_eq!(ask(&server, &server, "/ticket/support", r#"{"chats":[]}"#), (500, String::new()));
    }
}
