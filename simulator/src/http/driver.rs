//! Feeds the simulator and carries out what it wants: one lock, one alarm.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, mpsc, oneshot};

use super::clock::Clock;
use super::poster;
use crate::simulator::{Output, Simulator};
use crate::time::Instant;
use crate::traffic::call::Answer;
use crate::traffic::webhook::Post;

/// What a socket's task must do.
#[derive(Debug)]
pub(super) enum Order {
    Frame(Arc<str>),
    Ping,
    Close(u16, String),
    Hangup,
}

#[derive(Debug)]
pub(super) struct Driver {
    clock: Clock,
    state: Mutex<State>,
    changed: Notify,
    poster: poster::Client,
}

#[derive(Debug)]
struct State {
    simulator: Simulator,
    calls: BTreeMap<u64, oneshot::Sender<Answer>>,
    sockets: BTreeMap<u64, mpsc::Sender<Order>>,
    made: u64,
}

impl Driver {
    pub(super) fn new(simulator: Simulator) -> Self {
        let state = State { simulator, calls: BTreeMap::new(), sockets: BTreeMap::new(), made: 0 };
        Self { clock: Clock::new(), state: Mutex::new(state), changed: Notify::new(), poster: poster::client() }
    }

    /// Gives the simulator one input and carries out what follows from it.
    pub(super) fn feed<T>(self: &Arc<Self>, input: impl FnOnce(&mut Simulator, Instant) -> T) -> T {
        let (value, posts) = {
            let mut state = self.lock();
            let value = input(&mut state.simulator, self.clock.now());
            (value, state.carry_out())
        };
        for post in posts {
            tokio::spawn(poster::send(Arc::clone(self), self.poster.clone(), post));
        }
        self.changed.notify_one();
        value
    }

    /// A number and a mailbox for the answer of a new call.
    pub(super) fn expect_answer(&self) -> (u64, oneshot::Receiver<Answer>) {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.lock();
        state.made += 1;
        let call = state.made;
        state.calls.insert(call, sender);
        (call, receiver)
    }

    /// The client of a call is gone.
    pub(super) fn abandon(self: &Arc<Self>, call: u64) {
        if self.lock().calls.remove(&call).is_some() {
            self.feed(|simulator, _| simulator.handle_abandoned(call));
        }
    }

    /// A number and a mailbox for a new socket.
    pub(super) fn register_socket(&self) -> (u64, mpsc::Receiver<Order>) {
        let (sender, receiver) = mpsc::channel(MAILBOX);
        let mut state = self.lock();
        state.made += 1;
        let socket = state.made;
        state.sockets.insert(socket, sender);
        (socket, receiver)
    }

    /// A socket is gone.
    pub(super) fn forget_socket(self: &Arc<Self>, socket: u64) {
        self.lock().sockets.remove(&socket);
        self.feed(|simulator, _| simulator.handle_closed(socket));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic in the simulator is a bug in it; going on shows more of it than dying of the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Hands out all outputs; posts are left to the caller, who does not hold the lock.
    fn carry_out(&mut self) -> Vec<Post> {
        let mut posts = Vec::new();
        while let Some(output) = self.simulator.poll_output() {
            match output {
                Output::Answer(call, answer) => {
                    if let Some(mailbox) = self.calls.remove(&call) {
                        // The client may have gone in the meantime.
                        drop(mailbox.send(answer));
                    }
                }
                Output::Frame(socket, text) => self.order(socket, Order::Frame(text)),
                Output::Ping(socket) => self.order(socket, Order::Ping),
                Output::Close(socket, code, reason) => self.order(socket, Order::Close(code, reason)),
                Output::Hangup(socket) => self.order(socket, Order::Hangup),
                Output::Post(post) => posts.push(post),
            }
        }
        posts
    }

    fn order(&mut self, socket: u64, order: Order) {
        let Some(mailbox) = self.sockets.get(&socket) else {
            return;
        };
        if mailbox.try_send(order).is_err() {
            // It reads too slowly. Its task ends when the mailbox closes, and the client sees a cut connection.
            self.sockets.remove(&socket);
            self.simulator.handle_closed(socket);
        }
    }
}

/// Wakes the simulator when it wants to be woken.
pub(super) async fn run(driver: Arc<Driver>) {
    loop {
        let deadline = driver.lock().simulator.poll_timeout();
        let alarm = async {
            match deadline {
                Some(at) => tokio::time::sleep_until(driver.clock.timer(at)).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = alarm => driver.feed(|simulator, now| simulator.handle_timeout(now)),
            () = driver.changed.notified() => {}
        }
    }
}

/// Frames that may wait for a slow reader.
const MAILBOX: usize = 1_024;
