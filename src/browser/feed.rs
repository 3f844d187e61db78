//! One WebSocket: tells its owner when it opens, of every frame, and once when it closes. Dropping it closes it, and
//! nothing is heard of it any more.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, Function, Reflect, Uint8Array};
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
        self.end();
    }
}

impl Socket {
    /// Closes it; how it ended is still told.
    pub(crate) fn end(&self) {
        // The code is one that pages may send, so this cannot be refused.
        let _ = self.socket.close_with_code(NORMAL_CLOSURE);
    }
}

/// Opens a socket, of the class given or the platform's own; `None` where there is neither or it refuses the URL.
pub(crate) fn open(url: &str, class: Option<&Function>, tell: impl Fn(SocketEvent) + 'static) -> Option<Socket> {
    let class = match class {
        Some(class) => class.clone(),
        None => Reflect::get(&js_sys::global(), &JsValue::from_str("WebSocket")).ok()?.dyn_into().ok()?,
    };
    let socket: WebSocket = Reflect::construct(&class, &Array::of1(&JsValue::from_str(url))).ok()?.unchecked_into();
    // One that `connect-src` forbids is made all the same: it is closed from the beginning and never says so.
    if socket.ready_state() == WebSocket::CLOSED {
        return None;
    }
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

/// By its type, not its class: sockets that are not the platform's have events of their own.
fn read(event: &Event) -> Option<SocketEvent> {
    match event.type_().as_str() {
        "open" => Some(SocketEvent::Open),
        "close" => Some(SocketEvent::Closed(event.unchecked_ref::<CloseEvent>().code())),
        _ => {
            let data = event.unchecked_ref::<MessageEvent>().data();
            match data.as_string() {
                Some(text) => Some(SocketEvent::Text(text)),
                None => {
                    data.dyn_ref::<ArrayBuffer>().map(|buffer| SocketEvent::Bytes(Uint8Array::new(buffer).to_vec()))
                }
            }
        }
    }
}
