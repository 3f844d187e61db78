//! `Presence`: the client of one gateway session, and [`Client`], what it shares with its watches and calls.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;

use super::convert::{self, Wall};
use super::error::{misuse, to_js};
use super::object::{list, object, or_null};
use super::options::{self, Options};
use super::own::{self, Platform};
use super::promises::Promises;
use super::rest::Rest;
use super::watch::{Watch, Watching};
use super::{crash, snapshot};
use crate::browser::driver::{Driver, Observer};
use crate::browser::listeners::{self, Listeners};
use crate::machine::error::{Error, ErrorCode};
use crate::machine::id::Id;
use crate::machine::sorted_map::SortedMap;
use crate::machine::{ChatKey, Notice, Priority, Snapshot};

/// The last snapshot object handed out for a chat.
struct Shown {
    value: JsValue,
    /// What it was made of, for chats that nobody watches: of those no notice tells when it is out of date.
    of: Option<Snapshot>,
}

/// What a client, its watches and its calls share.
pub(super) struct Client {
    pub(super) driver: Rc<Driver>,
    /// Calls under `rest` that wait for their reply.
    pub(super) callers: Promises,
    /// Questions that wait for their answer.
    pub(super) asked: Promises,
    shown: RefCell<SortedMap<ChatKey, Shown>>,
    pub(super) of_chats: Listeners,
    pub(super) of_all: Listeners,
    pub(super) of_connection: Listeners,
    pub(super) of_own: Listeners,
    pub(super) of_struggling: Listeners,
    pub(super) of_people: Listeners,
    /// What our account says of itself, as told last.
    pub(super) own: RefCell<JsValue>,
    /// What answers the questions of our policy.
    pub(super) platform: RefCell<Platform>,
    pub(super) connection: RefCell<JsValue>,
    /// Every watch that was not closed, whether or not somebody still holds its handle.
    pub(super) watches: RefCell<Vec<Rc<Watching>>>,
    /// Those of `setWatched`.
    set: RefCell<SortedMap<Id, Rc<Watching>>>,
    pub(super) on_error: Option<Function>,
    on_fatal: RefCell<Option<Function>>,
    /// The count of panics at its beginning.
    panics: u32,
    closed: Cell<bool>,
}

impl Client {
    pub(super) fn new(driver: Rc<Driver>, on_error: Option<Function>, on_fatal: Option<Function>) -> Rc<Self> {
        crash::arm();
        let connection = driver.read(|session| session.connection());
        let (now, wall) = driver.time();
        let client = Rc::new(Self {
            callers: Promises::default(),
            asked: Promises::default(),
            of_own: Listeners::default(),
            of_struggling: Listeners::default(),
            of_people: Listeners::default(),
            own: RefCell::new(own::to_js(driver.read(|session| session.patterns().own.state(now)))),
            platform: RefCell::default(),
            shown: RefCell::default(),
            of_chats: Listeners::default(),
            of_all: Listeners::default(),
            of_connection: Listeners::default(),
            connection: RefCell::new(convert::connection(connection, Wall { wall, now })),
            watches: RefCell::default(),
            set: RefCell::default(),
            on_error,
            on_fatal: RefCell::new(on_fatal),
            panics: crash::panics(),
            closed: Cell::new(false),
            driver: Rc::clone(&driver),
        });
        crash::tell(&client);
        driver.start(Rc::clone(&client) as Rc<dyn Observer>);
        client
    }

    /// Refuses when the client is closed or crashed.
    #[inline(never)]
    pub(super) fn open(&self) -> Result<(), JsValue> {
        self.intact()?;
        if self.closed.get() { Err(misuse(ErrorCode::Closed, "the client was closed")) } else { Ok(()) }
    }

    /// Refuses when the client crashed; the first to notice tells `onFatal`.
    #[inline(never)]
    pub(super) fn intact(&self) -> Result<(), JsValue> {
        if self.panics == crash::panics() && !self.driver.is_torn() {
            return Ok(());
        }
        let error = to_js(&crash::crashed(), None);
        self.driver.abandon();
        let on_fatal = self.on_fatal.try_borrow_mut().ok().and_then(|mut on_fatal| on_fatal.take());
        if let Some(Err(thrown)) = on_fatal.map(|call| call.call1(&JsValue::UNDEFINED, &error)) {
            crate::browser::report(&thrown);
        }
        Err(error)
    }

    #[inline(never)]
    pub(super) fn error(&self, error: &Error) -> JsValue {
        to_js(error, Some(self.driver.read(|session| session.gateway_kind())))
    }

    /// The snapshot object of a chat: the same one until something in it changes.
    pub(super) fn snapshot(&self, key: ChatKey) -> JsValue {
        let (known, watched) =
            self.driver.read(|session| (session.machine().snapshot(key), session.machine().is_watched(key)));
        let Some(known) = known else { return JsValue::NULL };
        let mut shown = self.shown.borrow_mut();
        match shown.get(&key) {
            Some(entry) if entry.of.is_none() && watched => return entry.value.clone(),
            Some(entry) if entry.of.as_ref() == Some(&known) => return entry.value.clone(),
            Some(_) | None => {}
        }
        let value = snapshot::to_js(&known, self.wall());
        shown.insert(key, Shown { value: value.clone(), of: (!watched).then_some(known) });
        value
    }

    /// The numbers of the watches that follow a chat.
    pub(super) fn watches_of(&self, chat: ChatKey) -> Vec<u64> {
        if self.of_chats.is_empty() {
            return Vec::new();
        }
        let watches = self.watches.borrow();
        watches.iter().filter(|watching| watching.follows(chat)).map(|watching| watching.number()).collect()
    }

    pub(super) fn wall(&self) -> Wall {
        let (now, wall) = self.driver.time();
        Wall { wall, now }
    }

    /// Makes a fresh snapshot object for each notice. Returns the changes with the chat of each.
    pub(super) fn refresh(&self, notices: &[Notice]) -> Vec<(ChatKey, JsValue, JsValue)> {
        let wall = self.wall();
        let mut changes = Vec::with_capacity(notices.len());
        for notice in notices {
            let known = self.driver.read(|session| session.machine().snapshot(notice.chat));
            let Some(known) = known else { continue };
            let value = snapshot::to_js(&known, wall);
            let shown = Shown { value: value.clone(), of: None };
            let before = self.shown.borrow_mut().insert(notice.chat, shown);
            let change = object(&[
                ("snapshot", value.clone()),
                ("previous", or_null(before.map(|before| before.value))),
                ("cause", super::object::word(notice.cause.as_str())),
            ]);
            changes.push((notice.chat, value, change));
        }
        changes
    }

    /// Forgets snapshot objects of chats that the machine forgot.
    pub(super) fn forget_stale(&self) {
        let (chats, _) = self.driver.read(|session| session.machine().size());
        let mut shown = self.shown.borrow_mut();
        if shown.len() > 2 * chats + 64 {
            let kept = shown.take();
            self.driver.read(|session| {
                for (key, value) in kept.filter(|(key, _)| session.machine().id_of(*key).is_some()) {
                    shown.insert(key, value);
                }
            });
        }
    }

    fn close(self: &Rc<Self>) {
        if self.closed.replace(true) {
            return;
        }
        // Watches end first, while their chats can still be read.
        let watches = std::mem::take(&mut *self.watches.borrow_mut());
        for watching in watches {
            watching.finish();
        }
        self.set.borrow_mut().take().for_each(drop);
        self.driver.close();
        self.of_chats.retain(&|_| false);
        self.of_all.retain(&|_| false);
        self.of_connection.retain(&|_| false);
        self.of_own.retain(&|_| false);
        self.of_struggling.retain(&|_| false);
        self.of_people.retain(&|_| false);
        self.asked.reject_all(&misuse(ErrorCode::Closed, "the client was closed"));
        *self.platform.borrow_mut() = Platform::default();
    }
}

/// The client of one gateway session; declared in `types/client.d.ts`.
#[wasm_bindgen(skip_typescript)]
pub struct Presence {
    pub(super) client: Rc<Client>,
}

/// Makes a client. The package's `connect` loads the module first and adds nothing else.
#[wasm_bindgen(js_name = connect, skip_typescript)]
pub fn connect(options: &JsValue) -> Result<Presence, JsValue> {
    let plan = super::connect::read(options)?;
    let driver = Driver::new(plan.setup, plan.credential, plan.socket_class, plan.manner);
    let client = Client::new(driver, plan.on_error, plan.on_fatal);
    for (lid, contact) in plan.aliases {
        client.driver.with(|session, wall, now| session.add_alias(&lid, &contact, wall, now));
    }
    Ok(Presence { client })
}

#[wasm_bindgen]
impl Presence {
    /// Follows a chat.
    #[wasm_bindgen(skip_typescript)]
    pub fn watch(&self, chat: &JsValue, options: &JsValue) -> Result<Watch, JsValue> {
        self.client.open()?;
        let id = options::chat(chat)?;
        let mut options = Options::new("options", options)?;
        let priority = options.priority()?;
        let inbound = options.instant("lastInboundAtMs")?;
        let signal = options.signal()?;
        options.finish()?;
        self.client.driver.note_inbound(&id, inbound);
        Watch::open(&self.client, &id, priority, signal.as_ref())
    }

    /// Replaces the set of chats that a list shows.
    #[wasm_bindgen(js_name = setWatched, skip_typescript)]
    pub fn set_watched(&self, chats: &JsValue) -> Result<(), JsValue> {
        self.client.open()?;
        if !Array::is_array(chats) {
            return Err(options::refuse("chats", "an array of { chat, priority }", chats));
        }
        let mut wanted = SortedMap::default();
        for (n, entry) in Array::from(chats).iter().enumerate() {
            let mut entry = Options::new(&format!("chats[{n}]"), &entry)?;
            let chat = entry.get("chat")?.unwrap_or(JsValue::UNDEFINED);
            let priority = entry.priority()?;
            let inbound = entry.instant("lastInboundAtMs")?;
            entry.finish()?;
            let id = options::chat(&chat)?;
            self.client.driver.note_inbound(&id, inbound);
            let highest: Priority = wanted.get(id.as_str()).copied().unwrap_or(priority);
            wanted.insert(id, highest.min(priority));
        }
        // New watches begin before old ones end, so that a chat under another id never falls out.
        let mut next = SortedMap::default();
        for (id, priority) in wanted.iter() {
            let known = self.client.set.borrow().get(id.as_str()).cloned();
            let watching = known.unwrap_or_else(|| Watching::begin(&self.client, id, *priority));
            watching.set_priority(*priority);
            next.insert(id.clone(), watching);
        }
        let mut before = self.client.set.replace(next);
        for (id, watching) in before.take() {
            if wanted.get(id.as_str()).is_none() {
                watching.finish();
            }
        }
        Ok(())
    }

    /// Hears of all changes.
    #[wasm_bindgen(skip_typescript)]
    pub fn listen(&self, callback: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
        listen_with(&self.client, callback, options, |client| &client.of_all)
    }

    /// Hears of the connection.
    #[wasm_bindgen(js_name = listenConnection, skip_typescript)]
    pub fn listen_connection(&self, callback: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
        listen_with(&self.client, callback, options, |client| &client.of_connection)
    }

    /// What is known of a chat.
    #[wasm_bindgen(skip_typescript)]
    pub fn snapshot(&self, chat: &JsValue) -> Result<JsValue, JsValue> {
        self.client.intact()?;
        let id = options::chat(chat)?;
        let key = self.client.driver.read(|session| session.machine().find(id.as_str()));
        Ok(key.map_or(JsValue::NULL, |key| self.client.snapshot(key)))
    }

    /// Every watched chat.
    #[wasm_bindgen(skip_typescript)]
    pub fn chats(&self) -> Result<JsValue, JsValue> {
        self.client.intact()?;
        let keys: Vec<_> = self.client.driver.read(|session| session.machine().followed_chats().collect());
        Ok(list(keys.into_iter().map(|key| self.client.snapshot(key))))
    }

    /// Takes in a webhook body.
    #[wasm_bindgen(skip_typescript)]
    pub fn ingest(&self, body: &JsValue) -> Result<(), JsValue> {
        self.client.open()?;
        super::ingest::ingest(&self.client.driver, body).map_err(|error| self.client.error(&error))
    }

    /// Takes in a webhook body that was written into the inbox. False when it could not be: the same body by [`Self::ingest`]
    /// says why. A flag is free on its way to JavaScript, where an error is not even when there is none.
    #[wasm_bindgen(js_name = ingestInbox, skip_typescript)]
    pub fn ingest_inbox(&self, length: usize, wall_ms: f64) -> bool {
        self.client.open().is_ok() && super::ingest::take_in(&self.client.driver, length, wall_ms)
    }

    /// Says that two ids name one person.
    #[wasm_bindgen(js_name = addAlias, skip_typescript)]
    pub fn add_alias(&self, lid: &JsValue, contact: &JsValue) -> Result<(), JsValue> {
        self.client.open()?;
        let (lid, contact) = super::connect::alias("alias", &options::chat(lid)?, &options::chat(contact)?)?;
        self.client.driver.with(|session, wall, now| session.add_alias(&lid, &contact, wall, now));
        Ok(())
    }

    /// The connection.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn connection(&self) -> JsValue {
        self.client.connection.borrow().clone()
    }

    /// What the gateway can do.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn capabilities(&self) -> Result<JsValue, JsValue> {
        self.client.intact()?;
        Ok(self.client.driver.read(|session| convert::capabilities(session.vendor_kind(), &session.capabilities())))
    }

    /// How the subscribe calls stand.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn budget(&self) -> Result<JsValue, JsValue> {
        self.client.intact()?;
        Ok(self.client.driver.with(|session, wall, now| {
            let (budget, watched, calls_today) = session.budget(wall, now);
            convert::budget(budget, watched, calls_today, Wall { wall, now })
        }))
    }

    /// What happened so far.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn counters(&self) -> Result<JsValue, JsValue> {
        self.client.intact()?;
        Ok(self.client.driver.read(|session| convert::counters(session.machine().counters())))
    }

    /// Every endpoint as one typed call.
    #[wasm_bindgen(getter, skip_typescript)]
    pub fn rest(&self) -> Rest {
        Rest::new(Rc::clone(&self.client))
    }

    /// Ends everything.
    #[wasm_bindgen(skip_typescript)]
    pub fn close(&self, options: &JsValue) -> Result<(), JsValue> {
        let mut options = Options::new("options", options)?;
        let forget = options.switch("forget", false)?;
        options.finish()?;
        self.client.intact()?;
        self.client.close();
        self.client.driver.forget(forget);
        Ok(())
    }
}

pub(super) fn listen_with(
    client: &Rc<Client>,
    callback: &JsValue,
    options: &JsValue,
    list: fn(&Client) -> &Listeners,
) -> Result<JsValue, JsValue> {
    client.open()?;
    let callback = options::callback(callback)?;
    let mut options = Options::new("options", options)?;
    let signal = options.signal()?;
    options.finish()?;
    Ok(listeners::listen(client, list, 0, callback, signal.as_ref()))
}
