//! The options of `connect`, read into a plan for the driver.

use std::cell::Cell;
use std::pin::Pin;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::error::misuse;
use super::options::{Options, chat, refuse};
use crate::browser::driver::CredentialSource;
use crate::browser::globals;
use crate::browser::manner::Manner;
use crate::browser::storage_is_missing;
use crate::gateway::Gateway;
use crate::gateway::http::Secret;
#[cfg(feature = "hosted")]
use crate::gateway::relay::Relay;
#[cfg(feature = "hosted")]
use crate::gateway::waapi::{self, Waapi};
use crate::gateway::waha::Waha;
#[cfg(feature = "hosted")]
use crate::gateway::wawp::{PresenceField, Version, Wawp};
use crate::machine::Config;
use crate::machine::error::ErrorCode;
use crate::machine::guard::Guard;
use crate::machine::id::{Id, IdKind};
use crate::session::{Background, Setup};

/// Everything `connect` was told.
pub(super) struct Plan {
    pub(super) setup: Box<dyn FnOnce(u64) -> Setup>,
    pub(super) credential: Option<CredentialSource>,
    pub(super) socket_class: Option<Function>,
    pub(super) manner: Manner,
    pub(super) aliases: Vec<(Id, Id)>,
    pub(super) on_error: Option<Function>,
    pub(super) on_fatal: Option<Function>,
}

/// What the gateway's own options come to.
struct GatewayPlan {
    gateway: Gateway,
    feed: bool,
    looks_up: bool,
    credential: Option<CredentialSource>,
}

pub(super) fn read(value: &JsValue) -> Result<Plan, JsValue> {
    let mut options = Options::new("options", value)?;
    let gateway = options.get("gateway")?.unwrap_or(JsValue::UNDEFINED);
    let typing_ttl_ms = options.number("typingTtlMs", 200, 120_000, 15_000)?;
    let max_watched = options.number("maxWatchedChats", 1, 10_000, 200)?;
    let max_body = options.number("maxBodyBytes", 1_024, 16_777_216, 1_048_576)?;
    let log_entries = options.number("logEntries", 0, 10_000, 200)?;
    let guard = options.one_of("guard", &["warn", "strict", "off"])?;
    let offline_after = options.one_of("afterSubscribe", &["stay", "offline"])? == 1;
    let aliases = match options.get("aliases")? {
        Some(pairs) => read_aliases(&pairs)?,
        None => Vec::new(),
    };
    let on_error = options.function("onError")?;
    let on_fatal = options.function("onFatal")?;
    let socket_class = options.function("webSocket")?;
    let background = options.one_of("background", &["slow", "pause", "keep"])?;
    let keeps = options.said("keepOnReload")?;
    if keeps == Some(true) && storage_is_missing() {
        let message = "options.keepOnReload: a worker has no storage to keep anything in; leave it out";
        return Err(misuse(ErrorCode::Unsupported, message));
    }
    let manner = Manner {
        keeps: keeps.unwrap_or(true),
        shares: options.switch("shareTabs", true)?,
        share_key: options.text("shareKey")?.unwrap_or_default(),
        background: [Background::Slow, Background::Pause, Background::Keep]
            .get(background)
            .copied()
            .unwrap_or_default(),
    };
    options.finish()?;
    if gateway.is_undefined() {
        return Err(refuse("options.gateway", "an object with a kind", &gateway));
    }
    let plan = read_gateway(&gateway)?;
    let GatewayPlan { gateway, feed, looks_up, credential } = plan;
    let has_credential = credential.is_some();
    #[cfg(feature = "hosted")]
    let relayed = matches!(gateway, Gateway::Relay(_));
    #[cfg(not(feature = "hosted"))]
    let relayed = false;
    let setup = move |seed| Setup {
        machine: Config {
            typing_ttl_ms: u64::from(typing_ttl_ms),
            max_watched: max_watched as usize,
            subscribes: !relayed && !matches!(gateway, Gateway::Ingest),
            relayed,
            looks_up_aliases: looks_up,
            lease: gateway.lease(),
            // A relay has a guard of its own.
            guard: [Guard::Warn, Guard::Strict, Guard::Off]
                .get(guard)
                .copied()
                .filter(|_| !relayed)
                .unwrap_or_default(),
            offline_after,
            seed,
            ..Config::default()
        },
        gateway,
        feed,
        credential: has_credential,
        log_entries: log_entries as usize,
        max_body_bytes: max_body as usize,
    };
    Ok(Plan { setup: Box::new(setup), credential, socket_class, manner, aliases, on_error, on_fatal })
}

fn read_gateway(value: &JsValue) -> Result<GatewayPlan, JsValue> {
    let mut options = Options::new("options.gateway", value)?;
    let kind = options.text("kind")?;
    match kind.as_deref() {
        Some("waha") => read_waha(options),
        #[cfg(feature = "hosted")]
        Some("wawp") => read_wawp(options),
        #[cfg(feature = "hosted")]
        Some("waapi") => read_waapi(options),
        #[cfg(feature = "hosted")]
        Some("relay") => read_relay(options),
        Some("ingest") => {
            // It decides which module is loaded, so the loader has read it.
            options.get("from")?;
            options.finish()?;
            Ok(GatewayPlan { gateway: Gateway::Ingest, feed: false, looks_up: false, credential: None })
        }
        Some(_) | None => {
            let message = "options.gateway.kind: expected \"waha\", \"wawp\", \"waapi\", \"relay\" or \"ingest\", found another value";
            Err(misuse(ErrorCode::InvalidOption, message))
        }
    }
}

fn read_waha(mut options: Options) -> Result<GatewayPlan, JsValue> {
    let base_url = options.text("baseUrl")?.unwrap_or_default();
    let session = options.text("session")?.unwrap_or_else(|| "default".to_owned());
    let key = options.get("apiKey")?;
    let feed = options.switch("feed", true)?;
    let message_events = options.switch("messageEvents", true)?;
    let looks_up = options.switch("lookUpIds", true)?;
    let base_url = base(&options, "baseUrl", &base_url)?;
    if session.is_empty() || !session.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) {
        let message = format!("{}: expected letters, digits, \"_\" and \"-\"", options.at("session"));
        return Err(misuse(ErrorCode::InvalidOption, message));
    }
    if key.as_ref().and_then(JsValue::as_string).is_some_and(|key| !key.starts_with("key_")) && is_page() {
        warn_once();
    }
    let credential = key.map(|key| credential(&options.at("apiKey"), key)).transpose()?;
    options.finish()?;
    Ok(GatewayPlan { gateway: Gateway::Waha(Waha { base_url, session, message_events }), feed, looks_up, credential })
}

#[cfg(feature = "hosted")]
fn read_wawp(mut options: Options) -> Result<GatewayPlan, JsValue> {
    let version = if options.one_of("version", &["v2", "v1"])? == 0 { Version::V2 } else { Version::V1 };
    let base_url = options.text("baseUrl")?.unwrap_or_else(|| version.base_url().to_owned());
    let base_url = base(&options, "baseUrl", &base_url)?;
    let (instance_id, credential) = read_instance(&mut options)?;
    let is_status = options.one_of("presenceField", &["presence", "status"])? == 1;
    let presence_field = if is_status { PresenceField::Status } else { PresenceField::Presence };
    let credentials_in_query = options.switch("credentialsInQuery", false)?;
    options.finish()?;
    let gateway = Gateway::Wawp(Wawp { version, base_url, instance_id, presence_field, credentials_in_query });
    Ok(GatewayPlan { gateway, feed: false, looks_up: false, credential: Some(credential) })
}

#[cfg(feature = "hosted")]
fn read_waapi(mut options: Options) -> Result<GatewayPlan, JsValue> {
    let base_url = options.text("baseUrl")?.unwrap_or_else(|| waapi::BASE_URL.to_owned());
    let base_url = base(&options, "baseUrl", &base_url)?;
    let (instance_id, credential) = read_instance(&mut options)?;
    let wait_for_data = options.switch("waitForData", true)?;
    let timeout_ms = options.number("timeoutMs", 0, 60_000, waapi::TIMEOUT_MS)?;
    options.finish()?;
    let gateway = Gateway::Waapi(Waapi { base_url, instance_id, wait_for_data, timeout_ms });
    Ok(GatewayPlan { gateway, feed: false, looks_up: false, credential: Some(credential) })
}

#[cfg(feature = "hosted")]
fn read_relay(mut options: Options) -> Result<GatewayPlan, JsValue> {
    let url = options.text("url")?.unwrap_or_default();
    let url = base(&options, "url", &url)?;
    let account = options.text("account")?.unwrap_or_default();
    if account.is_empty() {
        let message = format!("{}: expected the account's name at the relay, found nothing", options.at("account"));
        return Err(misuse(ErrorCode::InvalidOption, message));
    }
    let path = options.at("ticket");
    let ticket = options.function("ticket")?.ok_or_else(|| refuse(&path, "a function", &JsValue::UNDEFINED))?;
    options.finish()?;
    let credential: CredentialSource = Box::new(move |chats| {
        let asked = Object::new();
        // A fresh object takes any property.
        let _ = Reflect::set(&asked, &JsValue::from_str("chats"), chats);
        given(ticket.call1(&JsValue::UNDEFINED, &asked))
    });
    let gateway = Gateway::Relay(Relay { url, account });
    Ok(GatewayPlan { gateway, feed: true, looks_up: false, credential: Some(credential) })
}

#[cfg(feature = "hosted")]
/// The instance of a hosted gateway and its token. Such a token can do everything, and a page shows it to everybody.
fn read_instance(options: &mut Options) -> Result<(String, CredentialSource), JsValue> {
    let instance_id = options.text("instanceId")?.unwrap_or_default();
    if instance_id.is_empty() || !instance_id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) {
        let message = format!("{}: expected letters, digits, \"_\" and \"-\"", options.at("instanceId"));
        return Err(misuse(ErrorCode::InvalidOption, message));
    }
    let path = options.at("token");
    let token = options.get("token")?.ok_or_else(|| refuse(&path, "a string or a function", &JsValue::UNDEFINED))?;
    let allowed = options.switch("dangerouslyAllowVendorToken", false)?;
    if is_page() && !allowed {
        let message = format!(
            "{path}: this token can do everything the account can, and a page shows it to everybody: keep it on your \
             server and hand webhooks to presence.ingest(), or say dangerouslyAllowVendorToken: true"
        );
        return Err(misuse(ErrorCode::InvalidOption, message));
    }
    Ok((instance_id, credential(&path, token)?))
}

/// Says once that a page shows its key to everybody.
fn warn_once() {
    thread_local! {
        static WARNED: Cell<bool> = const { Cell::new(false) };
    }
    if !WARNED.replace(true) {
        globals::warn(
            "wa-presence: apiKey is not a scoped key (key_\u{2026}): whoever opens this page can read it and use the whole gateway",
        );
    }
}

/// Whether this runs in a page or a worker of one, where whoever looks can read everything.
fn is_page() -> bool {
    let global = js_sys::global();
    ["document", "WorkerGlobalScope"].iter().any(|name| Reflect::has(&global, &JsValue::from_str(name)).unwrap_or(true))
}

/// A base URL: http or https, without query, fragment or credentials; its trailing slash goes.
fn base(options: &Options, name: &str, text: &str) -> Result<String, JsValue> {
    let path = options.at(name);
    let refused = |found: &str| {
        let message = format!("{path}: expected an http or https URL such as \"https://waha.example\", found {found}");
        Err(misuse(ErrorCode::InvalidOption, message))
    };
    if text.is_empty() {
        return refused("nothing");
    }
    let Ok(url) = web_sys::Url::new(text) else { return refused("a text that is no URL") };
    if !matches!(url.protocol().as_str(), "http:" | "https:") {
        return refused("another scheme");
    }
    if !url.search().is_empty() || !url.hash().is_empty() {
        return refused("a query or fragment");
    }
    if !url.username().is_empty() || !url.password().is_empty() {
        return refused("a user name or password in it: use apiKey");
    }
    Ok(format!("{}{}", url.origin(), url.pathname().trim_end_matches('/')))
}

/// A credential given as a text, or as a function that fetches one.
fn credential(path: &str, value: JsValue) -> Result<CredentialSource, JsValue> {
    if let Some(text) = value.as_string() {
        return Ok(Box::new(move |_| Box::pin(std::future::ready(Ok(Some(Secret::new(text.clone())))))));
    }
    let fetch: Function = value.dyn_into().map_err(|value| refuse(path, "a string or a function", &value))?;
    Ok(Box::new(move |_| given(fetch.call0(&JsValue::UNDEFINED))))
}

/// What a function of the caller's gave: a credential, or the promise of one.
fn given(asked: Result<JsValue, JsValue>) -> Pin<Box<dyn Future<Output = Result<Option<Secret>, ()>>>> {
    let asked = asked.map(|answer| Promise::resolve(&answer));
    Box::pin(async move {
        let answer = JsFuture::from(asked.map_err(|_| ())?).await.map_err(|_| ())?;
        answer.as_string().map(|text| Some(Secret::new(text))).ok_or(())
    })
}

fn read_aliases(value: &JsValue) -> Result<Vec<(Id, Id)>, JsValue> {
    if !value.is_object() {
        return Err(refuse("options.aliases", "an object of @lid to @c.us", value));
    }
    let mut pairs = Vec::new();
    for lid in Object::keys(value.unchecked_ref::<Object>()).iter() {
        let contact = Reflect::get(value, &lid)?;
        pairs.push(alias("options.aliases", &chat(&lid)?, &chat(&contact)?)?);
    }
    Ok(pairs)
}

/// Two ids of one person, in their places.
pub(super) fn alias(path: &str, lid: &Id, contact: &Id) -> Result<(Id, Id), JsValue> {
    if lid.kind() != IdKind::Lid || contact.kind() != IdKind::Contact {
        let message = format!("{path}: expected a @lid and a @c.us id");
        return Err(misuse(ErrorCode::InvalidChat, message));
    }
    Ok((lid.clone(), contact.clone()))
}
