//! One WebSocket: tells its owner when it opens, of every frame, and once when it closes. Dropping it closes it.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;

use futures_util::{Sink, StreamExt};
use gloo_net::websocket::{Message, State, WebSocketError, futures::WebSocket};
use wasm_bindgen_futures::spawn_local;

/// What a socket has to say.
#[derive(Debug)]
pub(crate) enum SocketEvent {
    Open,
    Text(String),
    Bytes(Vec<u8>),
    /// With its close code; 1006 where there was none.
    Closed(u16),
}

/// A socket that broke without a close frame, or could not be made.
const ABNORMAL_CLOSURE: u16 = 1006;

/// A socket. Nothing is heard of it any more once it is dropped.
#[must_use = "dropping it closes the socket"]
#[derive(Debug)]
pub(crate) struct Socket {
    dropped: Rc<Cell<bool>>,
    /// Gone, it wakes the task, which then lets go of the WebSocket.
    _ended: futures_channel::oneshot::Sender<()>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.dropped.set(true);
    }
}

/// Opens a socket; `None` where the environment has none or refuses the URL.
pub(crate) fn open(url: &str, tell: impl Fn(SocketEvent) + 'static) -> Option<Socket> {
    let socket = WebSocket::open(url).ok()?;
    let dropped = Rc::new(Cell::new(false));
    let (ended, end) = futures_channel::oneshot::channel();
    let task = Task { dropped: Rc::clone(&dropped), tell };
    spawn_local(async move {
        // Whichever comes first; dropping the loser drops the socket, which closes it with code 1000.
        futures_util::future::select(Box::pin(task.run(socket)), end).await;
    });
    Some(Socket { dropped, _ended: ended })
}

struct Task<F> {
    dropped: Rc<Cell<bool>>,
    tell: F,
}

impl<F: Fn(SocketEvent)> Task<F> {
    async fn run(self, mut socket: WebSocket) {
        let mut events = std::pin::pin!(async {
            // Ready means no longer connecting: open, or failed.
            let _ = poll_fn(|cx| Pin::new(&mut socket).poll_ready(cx)).await;
            if matches!(socket.state(), State::Open) {
                self.say(SocketEvent::Open);
            }
            loop {
                match socket.next().await {
                    Some(Ok(Message::Text(text))) => self.say(SocketEvent::Text(text)),
                    Some(Ok(Message::Bytes(bytes))) => self.say(SocketEvent::Bytes(bytes)),
                    Some(Err(WebSocketError::ConnectionClose(close))) => return close.code,
                    Some(Err(_)) => {}
                    None => return ABNORMAL_CLOSURE,
                }
            }
        });
        let code = events.as_mut().await;
        self.say(SocketEvent::Closed(code));
    }

    fn say(&self, event: SocketEvent) {
        if !self.dropped.get() {
            (self.tell)(event);
        }
    }
}
