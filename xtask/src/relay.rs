//! The relay as a running process, with the simulated hosted gateways for its accounts.
//!
//! Its configuration is a file without a secret; tokens, and the secrets that are drawn for each run, are in its environment alone.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    job::Job,
    server::Server,
    simulator::{Card, Simulator},
    tickets::{KEY, Tickets},
    tree,
};

const PACKAGE: &str = "wa-presence-relay";
/// The variable with the secret of the webhooks.
const HOOK_SECRET: &str = "HOOK_SECRET";
/// Only the user of this machine may read what its configuration says.
const PRIVATE: u32 = 0o600;

/// One of its accounts.
pub(crate) struct Account {
    pub(crate) name: &'static str,
    /// What the page calls it.
    pub(crate) label: &'static str,
    /// Its gateway, also as the simulator calls the face that posts to it.
    pub(crate) vendor: &'static str,
    /// Where that is at the simulator.
    path: &'static str,
    /// The variable with the token.
    token: &'static str,
    /// What its configuration says besides.
    more: &'static str,
}

/// Wawp's versions are two accounts over one instance, which posts the same to both. In version 1 the flat `session.status` has no id,
/// hence its option.
pub(crate) const ACCOUNTS: [Account; 3] = [
    Account {
        name: "wawp-v1",
        label: "Wawp v1",
        vendor: "wawp",
        path: "/wp-json/awp/v1",
        token: "WAWP_TOKEN",
        more: "version = \"v1\"\naccept_undated = true\n",
    },
    Account {
        name: "wawp-v2",
        label: "Wawp v2",
        vendor: "wawp",
        path: "/v2",
        token: "WAWP_TOKEN",
        more: "version = \"v2\"\n",
    },
    Account { name: "waapi", label: "WaAPI", vendor: "waapi", path: "/api/v1", token: "WAAPI_TOKEN", more: "" },
];

/// Ends with this handle.
pub(crate) struct Relay {
    pub(crate) url: String,
    /// Who signs tickets for it.
    pub(crate) tickets: Tickets,
    _server: Server,
}

impl Relay {
    /// Compiles it where needed.
    pub(crate) fn build() -> Result<()> {
        Job::cargo("compiling the relay", ["build", "--package", PACKAGE]).run()?;
        Ok(())
    }

    /// Where it is once it is built.
    pub(crate) fn program() -> Result<PathBuf> {
        Ok(tree::target()?.join("debug").join(PACKAGE))
    }

    /// Starts it on a free port, open to these pages, and has the simulator post its webhooks there.
    pub(crate) fn start(simulator: &Simulator, origins: &[String]) -> Result<Self> {
        let (key, secret) = (draw_secret()?, draw_secret()?);
        let file = tree::scratch()?.join("relay.toml");
        write_private(&file, &configuration(&simulator.card, origins))?;
        let program = Self::program()?;
        let mut command = Command::new(&program);
        command
            .arg("--config")
            .arg(&file)
            // Whatever the caller's environment says of another relay.
            .env("WA_PRESENCE_RELAY_LISTEN", "127.0.0.1:0")
            .env_remove("WA_PRESENCE_RELAY_LOG")
            .env(KEY, &key)
            .env(HOOK_SECRET, &secret)
            .env("WAWP_TOKEN", &simulator.card.wawp.access_token)
            .env("WAAPI_TOKEN", &simulator.card.waapi.token);
        let server = Server::start("the relay", &mut command, "relay.log")?;
        let url = server.line["url"].as_str().context("the relay did not say where it is")?.to_owned();
        for Account { name, vendor, .. } in ACCOUNTS {
            let hook = json!({ "url": format!("{url}/hooks/{name}"), "secret": secret, "face": vendor });
            simulator.control("webhooks", &hook)?;
        }
        let tickets = Tickets {
            program,
            key,
            accounts: ACCOUNTS.map(|account| account.name).to_vec(),
            aliases: aliases(simulator)?,
        };
        Ok(Self { url, tickets, _server: server })
    }
}

/// Both ids of whoever has two.
fn aliases(simulator: &Simulator) -> Result<Vec<String>> {
    let people = simulator.ask("GET", "people", "")?;
    let people = people.as_array().context("the simulated gateway did not say who is there")?;
    let pair = |person: &Value| Some(format!("{}={}", person["lid"].as_str()?, person["id"].as_str()?));
    Ok(people.iter().filter_map(pair).collect())
}

/// The text of the file. What TOML calls a basic string, JSON calls a string.
fn configuration(card: &Card, origins: &[String]) -> String {
    let mut text = format!("origins = {}\n\n[tickets]\nkey_env = \"{KEY}\"\n", json!(origins));
    for Account { name, vendor, path, token, more, .. } in ACCOUNTS {
        let instance = match vendor {
            "waapi" => Value::from(card.waapi.instance_id.to_string()),
            _ => Value::from(card.wawp.instance_id.as_str()),
        };
        let base = Value::from(format!("{}{path}", card.url));
        text.push_str(&format!(
            "\n[accounts.{name}]\ngateway = \"{vendor}\"\n{more}base_url = {base}\ninstance_id = {instance}\n\
             token_env = \"{token}\"\nwebhook_secret_env = \"{HOOK_SECRET}\"\n"
        ));
    }
    text
}

/// A file that nobody else may read, also where it was there before.
fn write_private(path: &Path, text: &str) -> Result<()> {
    let unwritable = || format!("{} cannot be written", path.display());
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(PRIVATE).open(path);
    let mut file = file.with_context(unwritable)?;
    fs::set_permissions(path, Permissions::from_mode(PRIVATE)).with_context(unwritable)?;
    file.write_all(text.as_bytes()).with_context(unwritable)
}

/// A secret that only this run knows.
fn draw_secret() -> Result<String> {
    let mut bytes = [0; 32];
    let drawn = File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes));
    drawn.context("no randomness for the secrets of the relay")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::{WaapiCard, WawpCard};

    fn card() -> Card {
        Card {
            url: "http://127.0.0.1:3000".to_owned(),
            api_key: "admin-key".to_owned(),
            scoped_key: "key_scoped".to_owned(),
            session: "default".to_owned(),
            wawp: WawpCard { instance_id: "ABCDEF123456".to_owned(), access_token: "wawp-token".to_owned() },
            waapi: WaapiCard { instance_id: 417, token: "waapi-token".to_owned() },
        }
    }

    #[test]
    fn the_configuration_names_every_account_and_holds_no_secret() {
        let text = configuration(&card(), &["http://127.0.0.1:8000".to_owned()]);
        assert!(text.starts_with("origins = [\"http://127.0.0.1:8000\"]\n"), "{text}");
        for part in ["[accounts.wawp-v1]", "[accounts.wawp-v2]", "[accounts.waapi]", "/wp-json/awp/v1\"", "\"417\""] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
        for secret in ["wawp-token", "waapi-token", "admin-key", "key_scoped"] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }

    #[test]
    fn two_secrets_differ() {
        let draw = || draw_secret().expect("a secret");
        assert_eq!(draw().len(), 64);
        assert_ne!(draw(), draw());
    }

    #[test]
    fn a_private_file_is_private_even_if_it_was_not() {
        let path = tree::scratch().expect("a folder").join("private-test.toml");
        fs::write(&path, "for all to read, and longer").expect("it is written");
        fs::set_permissions(&path, Permissions::from_mode(0o644)).expect("it is ours");
        write_private(&path, "for us").expect("it is written");
        assert_eq!(fs::read_to_string(&path).expect("it is read"), "for us");
        assert_eq!(fs::metadata(&path).expect("it is there").permissions().mode() & 0o777, PRIVATE);
    }
}
