//! One account: which gateway, whose key, how its webhooks are signed.

use wa_presence::gateway::Gateway;
use wa_presence::gateway::http::Secret;
use wa_presence::gateway::waapi::{self, Waapi};
use wa_presence::gateway::waha::Waha;
use wa_presence::gateway::wawp::{PresenceField, Version, Wawp};
use wa_presence::gateway::webhook::{Algorithm, Signing};
use wa_presence::machine::Config as Machine;
use wa_presence::machine::guard::Guard;

use super::file::FileAccount;
use super::secret::Vault;

/// One account.
#[derive(Clone, Debug)]
pub struct Account {
    /// The gateway, with its address.
    pub gateway: Gateway,
    /// The owner's key to it.
    pub token: Secret,
    /// Whether its feed is opened: WAHA's.
    pub feed: bool,
    /// What becomes of what is posted to `/hooks/{account}`.
    pub hook: Hook,
    /// Whether webhooks without a stamp or an id of their own are taken.
    pub accept_undated: bool,
    /// The machine's settings; the seed is drawn when the relay starts.
    pub machine: Machine,
}

/// Whose webhooks are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hook {
    /// Those with the signature that this secret makes.
    Signed {
        /// The header's name, in lower case.
        header: String,
        /// The algorithm; where there is none, the digest's length tells.
        algorithm: Option<Algorithm>,
        /// The secret.
        secret: Secret,
    },
    /// Anybody's: the owner says that something else checks them.
    Unsigned,
    /// Nobody's: events come by the feed.
    Closed,
}

/// Checks an account as it stands in the file. Errors begin with the option's name.
pub(super) fn check(file: FileAccount, vault: &Vault<'_>) -> Result<Account, String> {
    let token = vault.required("token", file.token_file.as_deref(), file.token_env.as_deref())?;
    let hook = hook(&file, vault)?;
    let gateway = gateway(&file)?;
    let waapi = matches!(gateway, Gateway::Waapi(_));
    let machine = machine(&file, &gateway)?;
    Ok(Account { gateway, token, feed: file.feed, hook, accept_undated: file.accept_undated.unwrap_or(waapi), machine })
}

fn hook(file: &FileAccount, vault: &Vault<'_>) -> Result<Hook, String> {
    let (path, env) = (file.webhook_secret_file.as_deref(), file.webhook_secret_env.as_deref());
    let signing = match file.gateway.as_str() {
        "waha" => Signing::WAHA,
        "wawp" => Signing::WAWP,
        _ => Signing::WAAPI,
    };
    // Which algorithm Wawp signs with is not documented, so there the digest's length tells.
    let usual = Some(signing.algorithm).filter(|_| file.gateway != "wawp");
    let algorithm = match file.signature_algorithm.as_deref() {
        None => usual,
        Some("sha256") => Some(Algorithm::Sha256),
        Some("sha512") => Some(Algorithm::Sha512),
        Some(_) => return Err("signature_algorithm: expected \"sha256\" or \"sha512\"".to_owned()),
    };
    let header = file.signature_header.as_deref().unwrap_or(signing.header).to_ascii_lowercase();
    if header.is_empty() || !header.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err("signature_header: expected the name of a header".to_owned());
    }
    match (vault.get("webhook_secret", path, env)?, file.unsigned, file.feed) {
        (Some(_), true, _) => Err("unsigned: expected a webhook secret or `unsigned = true`, found both".to_owned()),
        (Some(secret), false, _) => Ok(Hook::Signed { header, algorithm, secret }),
        (None, true, _) => Ok(Hook::Unsigned),
        (None, false, true) => Ok(Hook::Closed),
        (None, false, false) => {
            Err("webhook_secret_file, webhook_secret_env: expected one of them, or `unsigned = true` \
             where something else checks who posts"
                .to_owned())
        }
    }
}

fn gateway(file: &FileAccount) -> Result<Gateway, String> {
    let base = |default: Option<&str>| -> Result<String, String> {
        let url = file.base_url.as_deref().or(default).ok_or("base_url: expected the gateway's address, found none")?;
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let rest = rest.filter(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic()));
        match rest {
            Some(rest) if !rest.contains(['?', '#', '@']) => Ok(url.trim_end_matches('/').to_owned()),
            Some(_) | None => Err("base_url: expected http:// or https://, a host and perhaps a path".to_owned()),
        }
    };
    let instance = || {
        let id =
            file.instance_id.clone().ok_or("instance_id: expected the gateway's name of the instance, found none")?;
        let fits = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if fits { Ok(id) } else { Err("instance_id: expected letters, digits, `-` and `_`".to_owned()) }
    };
    let unused = |name: &str, given: bool| if given { Err(format!("{name}: this gateway has none")) } else { Ok(()) };
    match file.gateway.as_str() {
        "waha" => {
            unused("instance_id", file.instance_id.is_some())?;
            unused("version", file.version.is_some())?;
            let session = file.session.clone().unwrap_or_else(|| "default".to_owned());
            if session.is_empty() || !session.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')) {
                return Err("session: expected letters, digits, `-` and `_`".to_owned());
            }
            Ok(Gateway::Waha(Waha { base_url: base(None)?, session, message_events: true }))
        }
        "wawp" => {
            unused("session", file.session.is_some())?;
            unused("feed", file.feed)?;
            let version = match file.version.as_deref() {
                None | Some("v2") => Version::V2,
                Some("v1") => Version::V1,
                Some(_) => return Err("version: expected \"v1\" or \"v2\"".to_owned()),
            };
            Ok(Gateway::Wawp(Wawp {
                version,
                base_url: base(Some(version.base_url()))?,
                instance_id: instance()?,
                presence_field: PresenceField::Presence,
                credentials_in_query: false,
            }))
        }
        "waapi" => {
            unused("session", file.session.is_some())?;
            unused("version", file.version.is_some())?;
            unused("feed", file.feed)?;
            Ok(Gateway::Waapi(Waapi {
                base_url: base(Some(waapi::BASE_URL))?,
                instance_id: instance()?,
                wait_for_data: true,
                timeout_ms: waapi::TIMEOUT_MS,
            }))
        }
        _ => Err("gateway: expected \"waha\", \"wawp\" or \"waapi\"".to_owned()),
    }
}

fn machine(file: &FileAccount, gateway: &Gateway) -> Result<Machine, String> {
    let guard = match file.guard.as_deref() {
        None | Some("warn") => Guard::Warn,
        Some("strict") => Guard::Strict,
        Some("off") => Guard::Off,
        Some(_) => return Err("guard: expected \"warn\", \"strict\" or \"off\"".to_owned()),
    };
    let defaults = Machine::default();
    let max_watched = file.max_watched_chats.unwrap_or(defaults.max_watched);
    if !(1..=10_000).contains(&max_watched) {
        return Err("max_watched_chats: expected 1 to 10000".to_owned());
    }
    let budget = file.calls_per_minute.unwrap_or(defaults.budget);
    if !(1..=10_000).contains(&budget) {
        return Err("calls_per_minute: expected 1 to 10000".to_owned());
    }
    let typing_ttl_ms = file.typing_ttl_ms.unwrap_or(defaults.typing_ttl_ms);
    if !(200..=120_000).contains(&typing_ttl_ms) {
        return Err("typing_ttl_ms: expected 200 to 120000".to_owned());
    }
    // Where the budget is tiny, not all of it is kept for focused chats.
    let reserved = defaults.reserved.min(budget / 2);
    Ok(Machine {
        typing_ttl_ms,
        lease: gateway.lease(),
        guard,
        max_watched,
        max_unwatched: defaults.max_unwatched.max(max_watched / 2),
        budget,
        reserved,
        // Pages have listeners of their own, which are told at their own pace.
        notify_interval_ms: 0,
        looks_up_aliases: matches!(gateway, Gateway::Waha(_)),
        ..defaults
    })
}
