//! One WebSocket: tells its owner when it opens, of every frame, and once when it closes. Dropping it closes it, and
//! nothing is heard of it any more.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, Event, MessageEvent, WebSocket};

/// What a socket has to say.
#[derive(Debug)]
pub(crate) enum SocketEvent {
    Open,
    Text(String),
    Bytes(Vec<u8>),
    /// With its close code; 1006 where there was none.
    Closed(u16),
}

/// Going away of our own accord: one of the two codes a page may send.
const NORMAL_CLOSURE: u16 = 1000;

/// A socket.
#[must_use = "dropping it closes the socket"]
pub(crate) struct Socket {
    socket: WebSocket,
    dropped: Rc<Cell<bool>>,
    /// Called for all four events; told apart by their type.
    _hear: Closure<dyn Fn(Event)>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.dropped.set(true);
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // The code is one that pages may send, so this cannot be refused.
        let _ = self.socket.close_with_code(NORMAL_CLOSURE);
    }
}

/// Opens a socket; `None` where the environment has none or refuses the URL.
pub(crate) fn open(url: &str, tell: impl Fn(SocketEvent) + 'static) -> Option<Socket> {
    let socket = WebSocket::new(url).ok()?;
    socket.set_binary_type(BinaryType::Arraybuffer);
    let dropped = Rc::new(Cell::new(false));
    let gone = Rc::clone(&dropped);
    let hear = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        if let Some(event) = read(&event).filter(|_| !gone.get()) {
            tell(event);
        }
    });
    let function = hear.as_ref().unchecked_ref();
    socket.set_onopen(Some(function));
    socket.set_onmessage(Some(function));
    socket.set_onclose(Some(function));
    Some(Socket { socket, dropped, _hear: hear })
}

fn read(event: &Event) -> Option<SocketEvent> {
    if let Some(message) = event.dyn_ref::<MessageEvent>() {
        let data = message.data();
        return match data.as_string() {
            Some(text) => Some(SocketEvent::Text(text)),
            None => data.dyn_ref::<ArrayBuffer>().map(|buffer| SocketEvent::Bytes(Uint8Array::new(buffer).to_vec())),
        };
    }
    if let Some(close) = event.dyn_ref::<CloseEvent>() {
        return Some(SocketEvent::Closed(close.code()));
    }
    Some(SocketEvent::Open)
}
