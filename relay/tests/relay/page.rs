//! A page as far as the SDK is concerned: its session, driven over the network as a browser drives it, without the browser.

use std::time::Duration;

use tokio::sync::mpsc;
use wa_presence::gateway::Gateway;
use wa_presence::gateway::http::{Method, Outcome, Request, Response, Secret};
use wa_presence::gateway::relay::Relay;
use wa_presence::machine::id::Id;
use wa_presence::machine::{Config, Priority, Snapshot};
use wa_presence::session::{FeedCommand, RequestId, Session, Setup};
use wa_presence_relay::clock::Clock;

use super::stage::{PATIENCE, Stage};

enum Input {
    Outcome(RequestId, Outcome),
    /// Of the stream with this number.
    Open(u32),
    Bytes(u32, Vec<u8>),
    Ended(u32, Option<Response>),
}

/// Gives a ticket for these chats.
pub(crate) type Tickets = Box<dyn FnMut(&[String]) -> String>;

pub(crate) struct Page {
    pub(crate) session: Session,
    pub(crate) clock: Clock,
    /// For which chats tickets were asked for.
    pub(crate) asked: Vec<Vec<String>>,
    /// Every snapshot of every chat that listeners heard of.
    pub(crate) seen: Vec<Snapshot>,
    client: reqwest::Client,
    tickets: Tickets,
    inputs: mpsc::UnboundedReceiver<Input>,
    tell: mpsc::UnboundedSender<Input>,
    stream: Option<tokio::task::AbortHandle>,
    epoch: u32,
}

impl Page {
    pub(crate) fn new(stage: &Stage, chats: &[&str], tickets: Tickets) -> Self {
        let clock = Clock::new();
        let relay = Relay { url: stage.relay.url.clone(), account: "support".to_owned() };
        let machine = Config { relayed: true, subscribes: false, looks_up_aliases: false, ..Config::default() };
        let setup = Setup {
            gateway: Gateway::Relay(relay),
            machine,
            feed: true,
            credential: true,
            log_entries: 10,
            max_body_bytes: 1 << 20,
        };
        let (tell, inputs) = mpsc::unbounded_channel();
        let mut session = Session::new(setup, clock.now());
        for chat in chats {
            session.watch(&Id::parse(chat).expect("an id"), Priority::Focused, clock.now());
        }
        Self {
            session,
            clock,
            asked: Vec::new(),
            seen: Vec::new(),
            client: reqwest::Client::new(),
            tickets,
            inputs,
            tell,
            stream: None,
            epoch: 0,
        }
    }

    pub(crate) fn watch(&mut self, chat: &str) {
        self.session.watch(&Id::parse(chat).expect("an id"), Priority::Focused, self.clock.now());
    }

    /// Runs until a chat is seen like this.
    pub(crate) async fn until(&mut self, chat: &str, fits: impl Fn(&Snapshot) -> bool) -> Snapshot {
        let seen = self.run(|page| page.snapshot(chat).filter(&fits));
        tokio::time::timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("in vain: {:?}", self.snapshot(chat)))
    }

    /// Runs for so long.
    pub(crate) async fn rest(&mut self, ms: u64) {
        let _ = tokio::time::timeout(Duration::from_millis(ms), self.run(|_| None::<()>)).await;
    }

    pub(crate) fn snapshot(&self, chat: &str) -> Option<Snapshot> {
        let machine = self.session.machine();
        machine.find(chat).and_then(|key| machine.snapshot(key))
    }

    async fn run<T>(&mut self, is_so: impl Fn(&Self) -> Option<T>) -> T {
        loop {
            self.pump();
            if let Some(found) = is_so(self) {
                return found;
            }
            let due = self.session.poll_timeout(self.clock.now());
            let clock = self.clock;
            let alarm = async {
                match due {
                    Some(due) => tokio::time::sleep_until(clock.timer(due)).await,
                    None => std::future::pending().await,
                }
            };
            let input = tokio::select! {
                input = self.inputs.recv() => input,
                () = alarm => None,
            };
            let (now, wall) = (self.clock.now(), self.clock.wall());
            match input {
                None => self.session.handle_timeout(now),
                Some(Input::Outcome(id, outcome)) => self.session.handle_outcome(id, &outcome, wall, now),
                Some(Input::Open(epoch)) if epoch == self.epoch => self.session.handle_stream_open(now),
                Some(Input::Bytes(epoch, bytes)) if epoch == self.epoch => {
                    self.session.handle_stream_bytes(&bytes, wall, now);
                }
                Some(Input::Ended(epoch, answer)) if epoch == self.epoch => {
                    self.session.handle_stream_ended(answer.as_ref(), now);
                }
                // Of a stream that was replaced.
                Some(Input::Open(_) | Input::Bytes(..) | Input::Ended(..)) => {}
            }
        }
    }

    fn pump(&mut self) {
        let now = self.clock.now();
        if self.session.poll_credential() {
            let chats: Vec<_> = self.session.ticket_chats().iter().map(|id| id.as_str().to_owned()).collect();
            let ticket = (self.tickets)(&chats);
            self.asked.push(chats);
            self.session.handle_credential(Some(Secret::new(ticket)), now);
        }
        while let Some(command) = self.session.poll_feed(now) {
            if let Some(before) = self.stream.take() {
                before.abort();
            }
            self.epoch += 1;
            if let FeedCommand::Stream(request) = command {
                let following = follow(self.build(request), self.epoch, self.tell.clone());
                self.stream = Some(tokio::spawn(following).abort_handle());
            }
        }
        while let Some((id, request)) = self.session.poll_request(now) {
            let (built, tell) = (self.build(request), self.tell.clone());
            tokio::spawn(async move {
                let outcome = match built.send().await {
                    Ok(answer) => Outcome::Response(whole(answer).await),
                    Err(_) => Outcome::Network,
                };
                // It fails where the test has ended.
                let _ = tell.send(Input::Outcome(id, outcome));
            });
        }
        while let Some(notice) = self.session.poll_notice() {
            self.seen.extend(self.session.machine().snapshot(notice.chat));
        }
        while self.session.poll_told(now).is_some() || self.session.poll_connection().is_some() {}
        while self.session.poll_claim(now).is_some() || self.session.poll_reply().is_some() {}
    }

    fn build(&self, request: Request) -> reqwest::RequestBuilder {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
        };
        let mut built = self.client.request(method, request.url).body(request.body.unwrap_or_default());
        for (name, value) in &request.headers {
            built = built.header(*name, value.reveal());
        }
        built
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            stream.abort();
        }
    }
}

async fn follow(request: reqwest::RequestBuilder, epoch: u32, tell: mpsc::UnboundedSender<Input>) {
    // It fails where the test has ended.
    let tell = |input| drop(tell.send(input));
    let Ok(mut answer) = request.send().await else { return tell(Input::Ended(epoch, None)) };
    if answer.status() != 200 {
        return tell(Input::Ended(epoch, Some(whole(answer).await)));
    }
    tell(Input::Open(epoch));
    while let Ok(Some(bytes)) = answer.chunk().await {
        tell(Input::Bytes(epoch, bytes.to_vec()));
    }
    tell(Input::Ended(epoch, None));
}

async fn whole(answer: reqwest::Response) -> Response {
    let status = answer.status().as_u16();
    Response { status, retry_after_ms: None, body: answer.bytes().await.map(Vec::from).unwrap_or_default() }
}
