//! What the owner says: one TOML file, three environment variables, secrets from files or the environment.
//!
//! Read once, checked as a whole, and only then used. The address of a gateway comes from here and from nowhere else.

mod account;
mod file;
mod secret;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub use account::{Account, Hook};

use crate::nats::Settings;
use crate::ticket::{Algorithm, Keys};

/// Everything a relay needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Pages that may call it; `*` for all.
    pub origins: Vec<String>,
    /// Where spent budgets are kept over a restart, if anywhere.
    pub state_dir: Option<PathBuf>,
    /// How tickets are checked.
    pub keys: Keys,
    /// Caps.
    pub limits: Limits,
    /// The accounts, by name.
    pub accounts: BTreeMap<String, Account>,
    /// What it shares with other relays, if there are any.
    pub nats: Option<Settings>,
}

/// Caps and times. Reasons are in `docs/relay.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest webhook body, in bytes.
    pub hook_body_bytes: usize,
    /// Largest body of a page's request, in bytes.
    pub request_body_bytes: usize,
    /// How long any body may take to arrive, in ms.
    pub body_ms: u64,
    /// Webhooks of one account that may wait.
    pub hook_queue: usize,
    /// How far a webhook's own stamp may be from our clock, in ms.
    pub tolerance_ms: u64,
    /// Connections at once.
    pub connections: usize,
    /// Feeds of one account.
    pub feeds: usize,
    /// Feeds of one ticket's subject.
    pub feeds_per_subject: usize,
    /// Chats of one feed.
    pub chats_per_feed: usize,
    /// Frames that may wait for one reader.
    pub backlog: usize,
    /// Events of one account that are kept for whoever resumes.
    pub buffer: usize,
    /// How long what a lost feed wanted is still followed, in ms.
    pub resume_ms: u64,
    /// Requests of one ticket's subject in a minute.
    pub requests_per_minute: u32,
    /// How long a call may wait for its turn and its answer, in ms.
    pub call_ms: u64,
    /// Between two heartbeats, in ms.
    pub heartbeat_ms: u64,
    /// How long an online claim stands, in ms.
    pub claim_ms: u64,
    /// How long open requests may take once the relay is told to end, in ms.
    pub drain_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            hook_body_bytes: 1 << 20,
            request_body_bytes: 256 << 10,
            body_ms: 10_000,
            hook_queue: 1_024,
            tolerance_ms: 450_000,
            connections: 8_192,
            feeds: 4_096,
            feeds_per_subject: 16,
            chats_per_feed: 1_000,
            backlog: 256,
            buffer: 16_384,
            resume_ms: 30_000,
            requests_per_minute: 240,
            call_ms: 75_000,
            heartbeat_ms: 15_000,
            claim_ms: 60_000,
            drain_ms: 5_000,
        }
    }
}

impl Config {
    /// Reads and checks a file. `environment` gives the value of a variable.
    ///
    /// # Errors
    /// A sentence with the place in the file; it repeats no secret.
    pub fn load(path: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|why| format!("the configuration cannot be read: {why}"))?;
        let base = path.parent().unwrap_or(Path::new("."));
        Self::parse(&text, base, environment)
    }

    /// Reads and checks a text. Relative paths in it begin at `base`.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn parse(text: &str, base: &Path, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let file: file::File = toml::from_str(text).map_err(|why| {
            // The parser's own words quote the line, and a line may hold a secret that was put there by mistake.
            let line = why.span().map_or(0, |span| text.get(..span.start).unwrap_or_default().lines().count().max(1));
            format!("line {line}: {}", why.message())
        })?;
        let vault = secret::Vault { base, environment };
        let listen = environment("WA_PRESENCE_RELAY_LISTEN").or(file.listen);
        let listen = listen.unwrap_or_else(|| "127.0.0.1:8480".to_owned());
        let listen = listen.parse().map_err(|_| "listen: expected an address and a port, such as 127.0.0.1:8480")?;
        for origin in &file.origins {
            check_origin(origin)?;
        }
        if file.accounts.is_empty() {
            return Err("accounts: expected at least one".to_owned());
        }
        let mut accounts = BTreeMap::new();
        for (name, account) in file.accounts {
            check_name(&name)?;
            let account = account::check(account, &vault).map_err(|why| format!("accounts.{name}.{why}"))?;
            accounts.insert(name, account);
        }
        let limits = file.limits.apply(Limits::default())?;
        Ok(Self {
            listen,
            origins: file.origins,
            state_dir: file.state_dir.map(|dir| base.join(dir)),
            keys: keys(file.tickets, &vault)?,
            limits,
            accounts,
            nats: None,
        })
    }
}

fn keys(tickets: file::Tickets, vault: &secret::Vault<'_>) -> Result<Keys, String> {
    let algorithm = match tickets.algorithm.as_deref() {
        None | Some("HS256") => Algorithm::Hs256,
        Some("EdDSA") => Algorithm::EdDsa,
        Some(_) => return Err("tickets.algorithm: expected \"HS256\" or \"EdDSA\"".to_owned()),
    };
    let key = vault.required("tickets.key", tickets.key_file.as_deref(), tickets.key_env.as_deref())?;
    let max_life_s = tickets.max_life_s.unwrap_or(3_600);
    Keys::new(algorithm, key.reveal().as_bytes(), tickets.audience, max_life_s).map_err(|why| format!("tickets.{why}"))
}

fn check_name(name: &str) -> Result<(), String> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    if name.is_empty() || name.len() > 64 || !name.bytes().all(fits) {
        return Err("accounts: expected names of at most 64 lower-case letters, digits, `-` and `_`".to_owned());
    }
    // Names stand in logs and metrics, which hold no phone number.
    if name.bytes().filter(u8::is_ascii_digit).count() >= 7 {
        return Err("accounts: expected names that are no phone numbers: they stand in logs".to_owned());
    }
    Ok(())
}

fn check_origin(origin: &str) -> Result<(), String> {
    // Extensions have schemes of their own.
    let bare = origin.split_once("://").is_some_and(|(scheme, rest)| {
        let named = scheme.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        named
            && !scheme.is_empty()
            && !rest.is_empty()
            && rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/')
    });
    if origin == "*" || bare {
        return Ok(());
    }
    Err("origins: expected \"*\", or scheme and host without a path, such as \"https://crm.example\"".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        origins = ["https://crm.example"]
        [tickets]
        key_env = "TICKET_KEY"
        [accounts.support]
        gateway = "waapi"
        instance_id = "12"
        token_env = "TOKEN"
        webhook_secret_env = "HOOK"
    "#;

    fn environment(name: &str) -> Option<String> {
        match name {
            "TICKET_KEY" => Some("0123456789abcdef0123456789abcdef".to_owned()),
            "TOKEN" | "HOOK" => Some("a-secret-of-the-owner".to_owned()),
            _ => None,
        }
    }

    fn parse(text: &str) -> Result<Config, String> {
        Config::parse(text, Path::new("."), &environment)
    }

    #[test]
    fn a_short_file_is_enough() {
        let config = parse(GOOD).expect("it is good");
        assert_eq!(config.accounts["support"].gateway.kind(), "waapi");
        assert_eq!(config.limits, Limits::default());
    }

    #[test]
    fn the_example_is_good_and_its_secrets_are_those_that_are_listed() {
        let asked = std::cell::RefCell::new(std::collections::BTreeSet::new());
        let environment = |name: &str| {
            // The relay's own variable is no secret, and is left as the file has it.
            let secret = !name.starts_with("WA_PRESENCE_RELAY_");
            secret.then(|| {
                asked.borrow_mut().insert(name.to_owned());
                "0123456789abcdef0123456789abcdef".to_owned()
            })
        };
        let text = include_str!("../../../examples/relay/relay.toml");
        let config = Config::parse(text, Path::new("."), &environment).expect("it is good");
        assert_eq!(config.accounts.len(), 1);
        let listed = include_str!("../../../examples/relay/relay.env.example").lines();
        let listed = listed.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let listed: std::collections::BTreeSet<_> =
            listed.map(|line| line.strip_suffix('=').expect("a name, and no value").to_owned()).collect();
        assert_eq!(listed, asked.into_inner());
    }

    #[test]
    fn an_origin_is_a_pages_or_an_extensions_and_has_no_path() {
        let with = |origin: &str| parse(&GOOD.replace("https://crm.example", origin));
        for origin in ["*", "http://127.0.0.1:8080", "chrome-extension://abcdefghijklmnop"] {
            assert_eq!(with(origin).expect("it is good").origins, [origin]);
        }
        for origin in ["https://crm.example/", "crm.example", "https://", "://crm.example", "null"] {
            assert!(with(origin).is_err(), "{origin}");
        }
    }

    #[test]
    fn an_account_without_a_secret_has_to_say_so() {
        let without = GOOD.replace("webhook_secret_env = \"HOOK\"", "");
        let why = parse(&without).expect_err("no secret");
        assert!(why.contains("unsigned = true"), "{why}");
        assert!(parse(&without.replace("gateway =", "unsigned = true\ngateway =")).is_ok());
        let both = GOOD.replace("gateway =", "unsigned = true\ngateway =");
        assert!(parse(&both).is_err(), "a secret and none");
    }

    #[test]
    fn unknown_words_and_missing_secrets_are_named_and_values_are_not() {
        let typo = GOOD.replace("origins", "origin");
        assert!(parse(&typo).expect_err("a typo").contains("unknown field"));
        let why = parse(&GOOD.replace("TOKEN", "NOWHERE")).expect_err("no such variable");
        assert!(why.starts_with("accounts.support.token"), "{why}");
        let misplaced = GOOD.replace("token_env", "token = \"tok-4711-secret\"\ntoken_env");
        assert!(!parse(&misplaced).expect_err("secrets do not stand in the file").contains("4711"));
    }

    #[test]
    fn a_feed_is_wahas_alone_and_needs_no_webhook() {
        let why = parse(&GOOD.replace("gateway =", "feed = true\ngateway =")).expect_err("no feed there");
        assert!(why.contains("feed"), "{why}");
        let waha = r#"
            [tickets]
            key_env = "TICKET_KEY"
            [accounts.shop]
            gateway = "waha"
            base_url = "http://127.0.0.1:3000"
            token_env = "TOKEN"
            feed = true
        "#;
        let config = parse(waha).expect("it is good");
        assert!(config.accounts["shop"].feed && config.accounts["shop"].hook == Hook::Closed);
    }

    #[test]
    fn a_name_that_could_be_a_phone_number_is_refused() {
        assert!(parse(&GOOD.replace("accounts.support", "accounts.15550001111")).is_err());
        assert!(parse(&GOOD.replace("accounts.support", "accounts.line-2")).is_ok());
    }
}
