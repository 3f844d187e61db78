//! `Watch`: one watched chat, as the caller holds it.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use super::client::Client;
use super::convert::{self, Wall};
use super::iterate::{Reader, SnapshotIterator};
use super::object::or_null;
use super::options::{self, Options};
use crate::browser::globals;
use crate::browser::listeners::{self, PlatformListener, on_abort};
use crate::machine::id::Id;
use crate::machine::{ChatKey, Priority, WatchId};

/// One watch. It ends when closed and not before: a caller may follow a chat through `presence.listen` alone.
pub(super) struct Watching {
    client: Weak<Client>,
    watch: WatchId,
    key: Cell<Option<ChatKey>>,
    priority: Cell<Priority>,
    open: Cell<bool>,
    /// What it showed when it ended.
    last: RefCell<JsValue>,
    readers: RefCell<Vec<Weak<Reader>>>,
    signal: RefCell<Option<PlatformListener>>,
}

impl Watching {
    pub(super) fn begin(client: &Rc<Client>, id: &Id, priority: Priority) -> Rc<Self> {
        let watch = client.driver.with(|session, _, now| session.watch(id, priority, now));
        let watching = Rc::new(Self {
            client: Rc::downgrade(client),
            watch,
            key: Cell::new(None),
            priority: Cell::new(priority),
            open: Cell::new(true),
            last: RefCell::new(JsValue::NULL),
            readers: RefCell::default(),
            signal: RefCell::default(),
        });
        client.watches.borrow_mut().push(Rc::clone(&watching));
        if client.driver.read(|session| session.machine().counters().unprompted > 0) {
            warn_once();
        }
        watching
    }

    /// Whether the watch follows this chat now; two ids may turn out to be one chat.
    pub(super) fn follows(&self, chat: ChatKey) -> bool {
        self.open.get() && self.chat() == Some(chat)
    }

    /// Which of the watches it is.
    pub(super) const fn number(&self) -> u64 {
        self.watch.number()
    }

    pub(super) fn set_priority(&self, priority: Priority) {
        if self.open.get()
            && self.priority.replace(priority) != priority
            && let Some(client) = self.client.upgrade()
        {
            client.driver.with(|session, _, now| session.set_priority(self.watch, priority, now));
        }
    }

    pub(super) fn add_reader(&self, reader: &Rc<Reader>) {
        let mut readers = self.readers.borrow_mut();
        readers.retain(|reader| reader.strong_count() > 0);
        readers.push(Rc::downgrade(reader));
    }

    /// Ends the watch; again is harmless.
    pub(super) fn finish(&self) {
        if !self.open.get() {
            return;
        }
        *self.last.borrow_mut() = self.snapshot();
        self.open.set(false);
        let signal = self.signal.borrow_mut().take();
        drop(signal);
        if let Some(client) = self.client.upgrade() {
            client.watches.borrow_mut().retain(|other| other.open.get());
            client.driver.with(|session, _, now| session.unwatch(self.watch, now));
        }
        let readers = std::mem::take(&mut *self.readers.borrow_mut());
        for reader in readers.iter().filter_map(Weak::upgrade) {
            reader.end();
        }
    }

    /// Refuses when the client crashed.
    fn intact(&self) -> Result<(), JsValue> {
        self.client.upgrade().map_or(Ok(()), |client| client.intact())
    }

    fn chat(&self) -> Option<ChatKey> {
        let client = self.client.upgrade()?;
        let key = client.driver.read(|session| session.machine().watched_by(self.watch));
        if key.is_some() {
            self.key.set(key);
        }
        self.key.get()
    }

    fn snapshot(&self) -> JsValue {
        match (self.open.get(), self.client.upgrade(), self.chat()) {
            (true, Some(client), Some(chat)) => client.snapshot(chat),
            (true | false, _, _) => self.last.borrow().clone(),
        }
    }
}

/// Says once that chats are watched in which nobody wrote lately.
fn warn_once() {
    thread_local! {
        static WARNED: Cell<bool> = const { Cell::new(false) };
    }
    if !WARNED.replace(true) {
        globals::warn(
            "wa-presence: a watched chat had no message for 24 h, as far as is known: say lastInboundAtMs, or choose the option guard",
        );
    }
}

/// One watched chat; declared in `types/client.d.ts`.
#[wasm_bindgen(skip_typescript)]
pub struct Watch {
    watching: Rc<Watching>,
}

impl Watch {
    pub(super) fn open(
        client: &Rc<Client>,
        id: &Id,
        priority: Priority,
        signal: Option<&AbortSignal>,
    ) -> Result<Self, JsValue> {
        let watching = Watching::begin(client, id, priority);
        if let Some(signal) = signal {
            let weak = Rc::downgrade(&watching);
            let client = Rc::downgrade(client);
            let hook = on_abort(signal, move || {
                if let Some(watching) = weak.upgrade() {
                    close(&client, &watching);
                }
            });
            *watching.signal.borrow_mut() = hook.filter(|_| watching.open.get());
        }
        Ok(Self { watching })
    }
}

#[wasm_bindgen]
impl Watch {
    /// The chat's canonical id.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn id(&self) -> Result<JsValue, JsValue> {
        Ok(js_sys::Reflect::get(&self.snapshot()?, &JsValue::from_str("chat")).unwrap_or(JsValue::NULL))
    }

    /// What listeners were told last.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn snapshot(&self) -> Result<JsValue, JsValue> {
        self.watching.intact()?;
        Ok(self.watching.snapshot())
    }

    /// How long the gateway keeps telling us.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn lease(&self) -> Result<JsValue, JsValue> {
        self.watching.intact()?;
        let lease = self.watching.client.upgrade().and_then(|client| {
            let key = self.watching.chat()?;
            let lease = client.driver.read(|session| session.machine().lease(key))?;
            let (now, wall) = client.driver.time();
            Some(convert::lease(lease, Wall { wall, now }))
        });
        Ok(or_null(lease.filter(|_| self.watching.open.get())))
    }

    /// How much it matters.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn priority(&self) -> String {
        self.watching.priority.get().as_str().to_owned()
    }

    /// Changes how much it matters.
    #[wasm_bindgen(setter, skip_typescript)]
    pub fn set_priority(&self, priority: &JsValue) -> Result<(), JsValue> {
        self.watching.intact()?;
        self.watching.set_priority(options::priority("priority", priority)?);
        Ok(())
    }

    /// Hears of changes.
    #[wasm_bindgen(skip_typescript)]
    pub fn listen(&self, callback: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
        self.watching.intact()?;
        let callback = options::callback(callback)?;
        let mut options = Options::new("options", options)?;
        let signal = options.signal()?;
        options.finish()?;
        let Some(client) = self.watching.client.upgrade().filter(|_| self.watching.open.get()) else {
            return Ok(Closure::<dyn Fn()>::new(|| ()).into_js_value());
        };
        let watch = self.watching.number();
        Ok(listeners::listen(&client, |client| &client.of_chats, watch, callback, signal.as_ref()))
    }

    /// Ends the watch and its listeners.
    #[wasm_bindgen(skip_typescript)]
    pub fn close(&self) {
        close(&self.watching.client, &self.watching);
    }

    /// Every snapshot from now on.
    #[wasm_bindgen(js_name = "[Symbol.asyncIterator]", skip_typescript)]
    pub fn iterate(&self) -> SnapshotIterator {
        let client = self.watching.client.upgrade().filter(|_| self.watching.open.get());
        SnapshotIterator::open(client.as_ref(), &self.watching)
    }
}

fn close(client: &Weak<Client>, watching: &Rc<Watching>) {
    watching.finish();
    if let Some(client) = client.upgrade() {
        client.of_chats.retain(&|watch| watch != watching.number());
    }
}
