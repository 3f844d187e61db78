//! One session of the simulator, seen through one gateway; and stories that are played at all of them at once.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Once;
use std::task::Poll;

use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;

use crate::browser_support::{Client, at, js, number, pass_time, restore_time, sleep, text};
use crate::gateway::{Gateway, connect_object, listening};
use crate::vendor::{ALL, Vendor};

thread_local! {
    /// Whose story is being told.
    static AT: Cell<Option<Vendor>> = const { Cell::new(None) };
    /// How many stories wait for time to pass.
    static ASLEEP: Cell<usize> = const { Cell::new(0) };
}

/// One session, seen through one gateway.
pub(crate) struct Stage {
    pub(crate) vendor: Vendor,
    pub(crate) gateway: Gateway,
    /// What a client of this gateway calls it, and the credential.
    instance: (String, String),
    clients: RefCell<Vec<Client>>,
    /// Who is handed what is posted.
    listener: RefCell<Option<Client>>,
}

/// Plays a story at every gateway, at the same time: it takes as long as the slowest.
pub(crate) async fn everywhere<F: Future<Output = ()>>(story: impl Fn(Rc<Stage>) -> F) {
    name_the_gateway_that_failed();
    let mut stories: Vec<_> = ALL.map(|vendor| (vendor, Box::pin(play(vendor, &story)))).into();
    poll_fn(|context| {
        stories.retain_mut(|(vendor, story)| {
            AT.set(Some(*vendor));
            story.as_mut().poll(context).is_pending()
        });
        AT.set(None);
        if stories.is_empty() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    restore_time();
}

/// A story, and beside it the backend that hands webhook bodies in.
async fn play<F: Future<Output = ()>>(vendor: Vendor, story: impl Fn(Rc<Stage>) -> F) {
    let Some(stage) = Stage::open(vendor).await else { return };
    let stage = Rc::new(stage);
    let mut story = pin!(story(Rc::clone(&stage)));
    let mut backend = pin!(stage.hand_in());
    poll_fn(|context| match backend.as_mut().poll(context) {
        Poll::Ready(()) | Poll::Pending => story.as_mut().poll(context),
    })
    .await;
    stage.listener.take();
    for client in stage.clients.take() {
        client.end();
    }
    stage.gateway.delete().await;
}

/// Stories run side by side, and a failed assertion knows its line alone.
fn name_the_gateway_that_failed() {
    static HOOKED: Once = Once::new();
    HOOKED.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            wasm_bindgen_test::console_log!("at {:?}:", AT.get());
            report(panic);
        }));
    });
}

impl Stage {
    async fn open(vendor: Vendor) -> Option<Self> {
        let gateway = Gateway::open().await?;
        let (face, texts) = match vendor {
            Vendor::Waha => (None, None),
            Vendor::WawpV1 | Vendor::WawpV2 => (Some("wawp"), Some(("instanceId", "accessToken"))),
            Vendor::Waapi => (Some("waapi"), Some(("instanceId", "token"))),
        };
        let mut instance = (gateway.session.clone(), gateway.key());
        if let (Some(face), Some((id, token))) = (face, texts) {
            // Nothing is changed by it: it says who the session is there.
            let card = gateway.control(face, "{}").await;
            instance = (text(&card, id), text(&card, token));
            gateway.control("webhooks", &format!(r#"{{"url":"kept:","secret":"s3cret","face":"{face}"}}"#)).await;
        }
        Some(Self { vendor, gateway, instance, clients: RefCell::default(), listener: RefCell::default() })
    }

    /// The credential: whoever sees it can use the account.
    pub(crate) fn token(&self) -> &str {
        &self.instance.1
    }

    /// What it is called at this gateway.
    pub(crate) fn instance(&self) -> &str {
        &self.instance.0
    }

    // ---- Clients --------------------------------------------------------------------------------------------------------

    /// A client that is told what happens: by its feed, or by the backend beside the story.
    pub(crate) async fn connect(&self) -> Client {
        let client = self.client(self.instance(), self.token(), "", None);
        if self.vendor == Vendor::Waha {
            listening(&self.gateway).await;
        } else {
            self.listener.replace(Some(client.clone()));
        }
        client
    }

    /// A client that knows nothing but what its calls are answered.
    pub(crate) fn caller(&self) -> Client {
        self.caller_as(self.instance(), self.token(), None)
    }

    /// The same as somebody else, at another instance or with another credential, and with an `onError`.
    pub(crate) fn caller_as(&self, instance: &str, token: &str, on_error: Option<&JsValue>) -> Client {
        let silent = if self.vendor == Vendor::Waha { "feed: false, lookUpIds: false," } else { "" };
        self.client(instance, token, silent, on_error)
    }

    /// Typing lives for 600 ms, so that stories are short.
    fn client(&self, instance: &str, token: &str, of_gateway: &str, on_error: Option<&JsValue>) -> Client {
        let (path, version) = self.vendor.place();
        let (url, kind) = (self.gateway.url, self.vendor.kind());
        let account = match self.vendor {
            Vendor::Waha => format!("session: '{instance}', apiKey: '{token}',"),
            Vendor::WawpV1 | Vendor::WawpV2 | Vendor::Waapi => {
                format!("instanceId: '{instance}', token: '{token}', dangerouslyAllowVendorToken: true,")
            }
        };
        let options = js(&format!(
            "{{ gateway: {{ kind: '{kind}', baseUrl: '{url}{path}', {version} {account} {of_gateway} }}, typingTtlMs: 600 }}"
        ));
        if let Some(on_error) = on_error {
            Reflect::set(&options, &"onError".into(), on_error).expect("a plain object");
        }
        let client = connect_object(&options);
        self.clients.borrow_mut().push(client.clone());
        client
    }

    // ---- What happens ---------------------------------------------------------------------------------------------------

    /// Fetches what the gateway would have posted, and hands each body in as it is.
    async fn hand_in(&self) {
        let mut last = 0.0;
        loop {
            let listener = self.listener.borrow().clone();
            if let Some(client) = listener {
                for post in Array::from(&self.gateway.posts(last).await).iter() {
                    last = number(&post, "number");
                    let body = JsValue::from(text(&post, "body"));
                    client
                        .ingest(&body)
                        .unwrap_or_else(|error| panic!("a body is refused: {}", text(&error, "message")));
                }
            }
            sleep(40).await;
        }
    }

    /// How often the gateway was asked to subscribe.
    pub(crate) async fn subscribes(&self) -> u32 {
        self.gateway.calls(self.vendor.subscribes_by().1).await
    }

    /// How many of the calls were answered with what was asked for.
    pub(crate) async fn succeeded(&self) -> u32 {
        let calls = Array::from(&at(&self.gateway.log().await, "calls"));
        calls.iter().filter(|call| (200.0..300.0).contains(&number(call, "status"))).count() as u32
    }

    /// The next call that subscribes is refused with these words.
    pub(crate) async fn refuse_next(&self, words: &str) {
        let (status, body) = self.vendor.refusal(words);
        self.gateway.fail(self.vendor.subscribes_by().0, status, &body, "").await;
    }

    /// The lid is closed for so long, once every story has come here: monotonic time stands still, the calendar goes on.
    pub(crate) async fn sleep_through(&self, ms: u32) {
        ASLEEP.set(ASLEEP.get() + 1);
        if ASLEEP.get() == ALL.len() {
            ASLEEP.set(0);
            pass_time(ms);
        }
        while ASLEEP.get() > 0 {
            sleep(20).await;
        }
    }
}
