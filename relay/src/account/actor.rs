//! The loop: one input, then everything the session has to say, then sleep until it wants to be woken.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;
use wa_presence::gateway::http::{Outcome, Secret};
use wa_presence::gateway::{Capabilities, Gateway};
use wa_presence::machine::Config as Machine;
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::session::{FeedCommand, RequestId, Session, Setup};

use super::calls::Waiting;
use super::chats::Chats;
use super::feeds::Feeds;
use super::news::Told;
use super::{Command, Hooked, Shared, Want};
use crate::config::Account;
use crate::exchange::{Event, Exchange};
use crate::upstream::{self, SocketEvent};
use crate::wire::Moment;

/// Frames of WAHA's feed that may wait.
const SOCKET_QUEUE: usize = 64;
/// How long the last words to a gateway may take, in ms.
const LAST_WORDS_MS: u64 = 3_000;

/// How often what is known is kept for whoever drives next, in ms.
const KEEP_MS: u64 = 2_000;

/// An account's task.
pub(super) struct Actor {
    pub(super) name: Arc<str>,
    pub(super) shared: Shared,
    pub(super) session: Session,
    /// To decode once more what the session took in: for those who follow.
    pub(super) gateway: Gateway,
    token: Secret,
    pub(super) exchange: Box<dyn Exchange>,
    pub(super) chats: Chats,
    pub(super) feeds: Feeds,
    pub(super) calls: Waiting,
    pub(super) told: Told,
    outcomes: mpsc::UnboundedSender<(RequestId, Outcome)>,
    outcome: mpsc::UnboundedReceiver<(RequestId, Outcome)>,
    sockets: mpsc::Sender<(u64, SocketEvent)>,
    socket_event: mpsc::Receiver<(u64, SocketEvent)>,
    socket: Option<AbortHandle>,
    socket_epoch: u64,
    due: Option<Instant>,
    /// The webhook that is being taken in, by its number, and how many events it has made.
    taking: Option<(u64, u32)>,
    /// The last one that was, where they are numbered.
    taken: Option<u64>,
    /// When what is known is to be kept next, where it is.
    keep_due: Option<Instant>,
}

impl Actor {
    pub(super) fn new(name: &str, account: Account, shared: Shared, exchange: Box<dyn Exchange>, seed: u64) -> Self {
        let (now, wall) = (shared.clock.now(), shared.clock.wall());
        let setup = Setup {
            gateway: account.gateway.clone(),
            machine: Machine { seed, ..account.machine },
            feed: account.feed,
            credential: true,
            log_entries: 0,
            max_body_bytes: shared.limits.hook_body_bytes,
        };
        let mut session = Session::new(setup, now);
        let spent = exchange.spent();
        session.learn_ledgers(spent.iter().map(String::as_str), wall, now);
        let (outcomes, outcome) = mpsc::unbounded_channel();
        let (sockets, socket_event) = mpsc::channel(SOCKET_QUEUE);
        Self {
            name: name.into(),
            shared,
            session,
            gateway: account.gateway,
            token: account.token,
            exchange,
            chats: Chats::default(),
            feeds: Feeds::default(),
            calls: Waiting::default(),
            told: Told::default(),
            outcomes,
            outcome,
            sockets,
            socket_event,
            socket: None,
            socket_epoch: 0,
            due: None,
            taking: None,
            taken: None,
            keep_due: None,
        }
    }

    /// Takes over from whoever drove this account before: what was known and asked for. Before the first chat is followed.
    pub(super) fn take_over(&mut self, records: &[String]) {
        let Moment { wall, now } = self.moment();
        for record in records {
            // Nobody else's clock is ours: what was made ahead of it was made now.
            let made = record.split([' ', '\n']).nth(1).and_then(|made| made.parse().ok()).map(UnixMs::from_ms);
            self.session.recall(record, wall.max(made.unwrap_or(wall)), now);
        }
    }

    pub(super) async fn run(
        mut self,
        mut commands: mpsc::UnboundedReceiver<Command>,
        mut hooks: mpsc::Receiver<Hooked>,
    ) {
        self.keep_due = self.exchange.keeps().then(|| self.shared.clock.now() + KEEP_MS);
        self.pump();
        loop {
            let clock = self.shared.clock;
            let alarm = async {
                match self.due {
                    Some(due) => tokio::time::sleep_until(clock.timer(due)).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                // What people wait for goes before what gateways tell: that has a queue, and may be refused.
                biased;
                command = commands.recv() => match command {
                    Some(Command::Stop(answer)) => return self.stop(answer).await,
                    Some(Command::Halt(answer)) => return self.halt(answer),
                    Some(command) => self.command(command),
                    None => return,
                },
                Some((id, outcome)) = self.outcome.recv() => self.outcome(id, &outcome),
                Some((epoch, event)) = self.socket_event.recv() => self.socket_event(epoch, event),
                Some(hooked) = hooks.recv() => self.hooked(&hooked),
                () = alarm => self.wake(),
            }
            self.pump();
        }
    }

    /// Both clocks, read once for an input.
    pub(super) fn moment(&self) -> Moment {
        Moment { wall: self.shared.clock.wall(), now: self.shared.clock.now() }
    }

    fn command(&mut self, command: Command) {
        self.wake();
        match command {
            Command::Join(join) => self.join(join),
            Command::Change(change) => self.change(change),
            Command::Leave(feed) => self.leave(feed),
            Command::Call { ticket, wish, answer } => self.call(&ticket, wish, answer),
            // What is followed elsewhere is looked at after any input.
            Command::Nudge => {}
            Command::Want(want) => self.want(want),
            // Taken out of the loop before they get here.
            Command::Stop(_) | Command::Halt(_) => {}
        }
    }

    /// Time passed. The clock decides what is due, not the timer that fired.
    fn wake(&mut self) {
        let now = self.shared.clock.now();
        if self.due.is_some_and(|due| due <= now) {
            self.session.handle_timeout(now);
            self.exchange.handle_timeout(now);
            self.review_claims(now);
            self.expire_calls(now);
            self.budget_due(now);
            if self.keep_due.is_some_and(|due| due <= now) {
                self.keep_due = Some(now + KEEP_MS);
                self.keep();
            }
        }
    }

    /// All that is known, for whoever drives next.
    fn records(&self) -> Vec<String> {
        let Moment { wall, now } = self.moment();
        self.session.records(wall, now)
    }

    fn keep(&mut self) {
        if self.exchange.keeps() {
            let records = self.records();
            self.exchange.keep(records, self.taken);
        }
    }

    fn hooked(&mut self, hooked: &Hooked) {
        match hooked {
            Hooked::Body(body) => self.ingest(body),
            Hooked::Numbered(number, body) => {
                self.taking = Some((*number, 0));
                self.ingest(body);
                self.taking = None;
                self.taken = Some(*number);
            }
            Hooked::CaughtUp => self.retell_all(),
        }
    }

    /// A feed elsewhere, or all of them, are to be told all that is known of some chats.
    fn want(&mut self, want: Want) {
        let now = self.shared.clock.now();
        self.learn_aliases(&want.aliases);
        self.follow_changes();
        if want.lost {
            self.lose(&want.chats);
        }
        match want.feed {
            Some(feed) => {
                let snapshots = self.snapshots(&want.chats);
                self.exchange.tell(feed, &snapshots, now);
            }
            None => want.chats.iter().for_each(|id| self.retell(id)),
        }
    }

    fn outcome(&mut self, id: RequestId, outcome: &Outcome) {
        let Moment { wall, now } = self.moment();
        let word = match outcome {
            Outcome::Response(response) if response.status < 300 => "taken",
            Outcome::Response(response) if response.status == 429 => "rate-limited",
            Outcome::Response(_) => "refused",
            Outcome::Network | Outcome::Aborted => "network",
            Outcome::Timeout => "timeout",
        };
        self.shared.metrics.upstream(&self.name, word);
        self.session.handle_outcome(id, outcome, wall, now);
        self.told.note_answer(now);
    }

    fn socket_event(&mut self, epoch: u64, event: SocketEvent) {
        if epoch != self.socket_epoch {
            return;
        }
        let Moment { wall, now } = self.moment();
        match event {
            SocketEvent::Open => self.session.handle_socket_open(now),
            SocketEvent::Frame(frame) => {
                self.session.handle_frame(&frame, wall, now);
                self.forward(&frame);
            }
            SocketEvent::Closed(code) => self.session.handle_socket_closed(code, now),
        }
    }

    fn ingest(&mut self, body: &[u8]) {
        let Moment { wall, now } = self.moment();
        match self.session.ingest(body, wall, now) {
            Ok(()) => self.forward(body),
            Err(error) => {
                tracing::debug!(account = &*self.name, code = error.code.as_str(), "a body was not understood")
            }
        }
    }

    /// Carries out whatever the session wants, until it wants nothing more; then finds out when to wake.
    fn pump(&mut self) {
        loop {
            self.follow_changes();
            if !self.carry_out() {
                break;
            }
        }
        self.tell_news();
        let now = self.shared.clock.now();
        let own = [self.exchange.poll_timeout(), self.calls.poll_timeout(), self.told.poll_timeout(), self.keep_due];
        self.due = own.into_iter().chain([self.session.poll_timeout(now)]).flatten().min();
    }

    /// One round; false when there was nothing to do.
    fn carry_out(&mut self) -> bool {
        let now = self.shared.clock.now();
        let mut busy = false;
        if self.session.poll_credential() {
            busy = true;
            // The same again after a refusal ends all traffic: the configuration is read once.
            self.session.handle_credential(Some(self.token.clone()), now);
        }
        while let Some(command) = self.session.poll_feed(now) {
            busy = true;
            self.socket(command);
        }
        let mut asked = false;
        while let Some((id, request)) = self.session.poll_request(now) {
            asked = true;
            let (client, outcomes) = (self.shared.client.clone(), self.outcomes.clone());
            let gate = self.exchange.gate().filter(|_| self.session.spends(id));
            tokio::spawn(async move {
                let passed = match gate {
                    Some(gate) => gate.pass().await,
                    None => true,
                };
                let outcome = if passed { client.perform(request).await } else { Outcome::Aborted };
                // It fails where the account has ended.
                let _ = outcomes.send((id, outcome));
            });
        }
        if asked {
            busy = true;
            let line = self.session.ledger(self.shared.clock.wall(), now);
            self.exchange.spend(&line);
            self.told.note_call(now);
        }
        // Claims of other clients are the exchange's; that ours is to be written down anew is nobody's business.
        while self.session.poll_claim(now).is_some() {
            busy = true;
        }
        busy
    }

    fn socket(&mut self, command: FeedCommand) {
        if let Some(before) = self.socket.take() {
            before.abort();
        }
        self.socket_epoch += 1;
        if let FeedCommand::Open(url) = command {
            let most = self.shared.limits.hook_body_bytes;
            let reading = upstream::read_feed(url, most, self.socket_epoch, self.sockets.clone());
            self.socket = Some(tokio::spawn(reading).abort_handle());
        }
    }

    pub(super) fn publish(&mut self, chats: &[wa_presence::machine::id::Id], name: &'static str, data: &str) {
        let now = self.shared.clock.now();
        self.shared.metrics.event(&self.name, name);
        self.exchange.publish(chats, &Event { name, data, once: None }, now);
    }

    /// The same of what would be told again if the webhook it is from were taken in once more.
    pub(super) fn publish_once(&mut self, chats: &[wa_presence::machine::id::Id], name: &'static str, data: &str) {
        let now = self.shared.clock.now();
        self.shared.metrics.event(&self.name, name);
        let once = self.taking.map(|(hook, told)| format!("{hook}.{told}"));
        if let Some((_, told)) = &mut self.taking {
            *told += 1;
        }
        self.exchange.publish(chats, &Event { name, data, once: once.as_deref() }, now);
    }

    pub(super) const fn capabilities(&self) -> Capabilities {
        self.session.capabilities()
    }

    /// Last words: whoever was shown typing stops, and whoever was shown online goes, as far as the gateway is quick.
    async fn stop(mut self, answer: oneshot::Sender<()>) {
        let now = self.shared.clock.now();
        self.keep();
        let words = self.session.leave(now);
        self.session.close(now);
        if let Some(socket) = self.socket.take() {
            socket.abort();
        }
        let said = words.into_iter().map(|request| self.shared.client.perform(request));
        let said = futures_util::future::join_all(said);
        // Unsaid, they end by themselves on WhatsApp's side.
        let _ = tokio::time::timeout(std::time::Duration::from_millis(LAST_WORDS_MS), said).await;
        let _ = answer.send(());
    }

    /// Ends without a word, for somebody else may drive by now. Gives back what is known.
    fn halt(mut self, answer: oneshot::Sender<Vec<String>>) {
        if let Some(socket) = self.socket.take() {
            socket.abort();
        }
        // Whoever asked may be gone.
        let _ = answer.send(self.records());
    }
}
