//! What fronts ask of whoever drives: to tell a feed what is known, and to make a call. And how anything is asked over NATS.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_nats::{Client, RequestErrorKind, Subject};
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use wa_presence::machine::error::ErrorCode;
use wa_presence::machine::id::Id;

use super::follow::Union;
use super::store::{Stores, asks_of};
use super::{jitter, lock};
use crate::account::{Command, Want, Wish};
use crate::error::Refusal;
use crate::ticket::{Carried, Ticket};

/// How long a feed's wish waits for the word of what it follows, which is on another way.
const OTHER_WAY: Duration = Duration::from_secs(2);
/// How often a wish is made again that nobody took, and how often at most.
const AGAIN: Duration = Duration::from_secs(2);
const MOST_TIMES: u32 = 60;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Ask {
    Want(WantJson),
    Call { ticket: Carried, call: String, chat: Option<String> },
}

#[derive(Serialize, Deserialize)]
struct WantJson {
    feed: Option<String>,
    chats: Vec<String>,
    lost: bool,
    aliases: Vec<(String, String)>,
    /// The word of what is followed that is to be heard before.
    revision: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Ok(Value),
    Refused(Value),
}

/// Has whoever drives tell what is known; asked until somebody takes it.
pub(super) async fn want(client: Client, account: Arc<str>, want: Want, revision: u64) {
    let pair = |(lid, contact): &(Id, Id)| (lid.as_str().to_owned(), contact.as_str().to_owned());
    let ask = Ask::Want(WantJson {
        feed: want.feed.map(|feed| feed.to_string()),
        chats: want.chats.iter().map(|chat| chat.as_str().to_owned()).collect(),
        lost: want.lost,
        aliases: want.aliases.iter().map(pair).collect(),
        revision,
    });
    let Ok(body) = serde_json::to_vec(&ask) else { return };
    for _ in 0..MOST_TIMES {
        if client.request(asks_of(&account), body.clone().into()).await.is_ok() {
            return;
        }
        tokio::time::sleep(jitter(AGAIN)).await;
    }
}

/// Has whoever drives make a call.
pub(super) async fn call(
    client: &Client,
    account: &str,
    ticket: &Ticket,
    wish: &Wish,
    patience: Duration,
) -> Result<Value, Refusal> {
    let nobody = || {
        let message = "nobody drives this account at the moment: try again";
        Refusal::new(ErrorCode::Closed, message).with_retry(1_000)
    };
    let chat = wish.chat().map(|chat| chat.as_str().to_owned());
    let ask = Ask::Call { ticket: ticket.carried(), call: wish.name().to_owned(), chat };
    let late = "the call's turn or its answer did not come in time";
    request(client, asks_of(account), &ask, patience, late, nobody).await
}

/// Asks, and waits for what it comes to.
pub(super) async fn request(
    client: &Client,
    subject: String,
    ask: &impl Serialize,
    patience: Duration,
    late: &str,
    nobody: impl Fn() -> Refusal,
) -> Result<Value, Refusal> {
    let body = serde_json::to_vec(ask).map_err(|_| nobody())?;
    let request = async_nats::Request::new().payload(body.into()).timeout(Some(patience));
    let answer = client.send_request(subject, request).await.map_err(|why| match why.kind() {
        RequestErrorKind::TimedOut => Refusal::new(ErrorCode::Timeout, late),
        RequestErrorKind::NoResponders
        | RequestErrorKind::InvalidSubject
        | RequestErrorKind::MaxPayloadExceeded
        | RequestErrorKind::Other => nobody(),
    })?;
    match serde_json::from_slice(&answer.payload) {
        Ok(Answer::Ok(value)) => Ok(value),
        Ok(Answer::Refused(value)) => Err(Refusal::carried(&value).unwrap_or_else(nobody)),
        Err(_) => Err(nobody()),
    }
}

/// Says what it came to.
pub(super) async fn reply(client: &Client, to: Subject, outcome: Result<Value, Refusal>) {
    let answer = match outcome {
        Ok(value) => Answer::Ok(value),
        Err(refusal) => Answer::Refused(refusal.carry()),
    };
    if let Ok(body) = serde_json::to_vec(&answer) {
        // Whoever asked asks again where this does not reach it.
        let _ = client.publish(to, body.into()).await;
    }
}

/// Takes what fronts ask and hands it to the account's task, for as long as that is there.
pub(super) async fn serve(
    stores: Arc<Stores>,
    account: Arc<str>,
    union: Arc<Mutex<Union>>,
    commands: mpsc::UnboundedSender<Command>,
) -> Result<(), ()> {
    let mut asked = stores.client.subscribe(asks_of(&account)).await.map_err(drop)?;
    while let Some(message) = asked.next().await {
        let Some(to) = message.reply else { continue };
        let Ok(ask) = serde_json::from_slice::<Ask>(&message.payload) else { continue };
        let (client, union, commands) = (stores.client.clone(), Arc::clone(&union), commands.clone());
        tokio::spawn(async move {
            let outcome = match ask {
                Ask::Want(want) => {
                    pass_on(want, &union, &commands).await;
                    Ok(Value::Null)
                }
                Ask::Call { ticket, call, chat } => make(&ticket, &call, chat.as_deref(), &commands).await,
            };
            reply(&client, to, outcome).await;
        });
    }
    Err(())
}

async fn pass_on(want: WantJson, union: &Mutex<Union>, commands: &mpsc::UnboundedSender<Command>) {
    let heard = async {
        while lock(union).revision < want.revision {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    // Without it, what is not followed yet is not told.
    let _ = tokio::time::timeout(OTHER_WAY, heard).await;
    let id = |text: &String| Id::parse(text).ok();
    let pair = |(lid, contact): &(String, String)| id(lid).zip(id(contact));
    let want = Want {
        feed: want.feed.and_then(|feed| feed.parse().ok()),
        chats: want.chats.iter().filter_map(id).collect(),
        lost: want.lost,
        aliases: want.aliases.iter().filter_map(pair).collect(),
    };
    // It fails where the drive is over: the next one begins by telling everybody.
    let _ = commands.send(Command::Want(want));
}

async fn make(
    ticket: &Carried,
    call: &str,
    chat: Option<&str>,
    commands: &mpsc::UnboundedSender<Command>,
) -> Result<Value, Refusal> {
    let ticket = Ticket::from_carried(ticket).ok_or_else(Refusal::not_found)?;
    let wish = Wish::named(call, chat)?;
    let (answer, answered) = oneshot::channel();
    commands.send(Command::Call { ticket, wish, answer }).map_err(|_| Refusal::ending())?;
    answered.await.map_err(|_| Refusal::ending())?
}
