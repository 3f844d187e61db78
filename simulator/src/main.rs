//! The simulated gateway as a program: one line of JSON on standard output says where it is, then it serves.

use std::io::{self, Write};
use std::time::Duration;

use clap::{Parser, ValueEnum};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::signal;
use wa_presence_simulator::face::session::Session;
use wa_presence_simulator::face::waha::{Engine, key::ScopedKey};
use wa_presence_simulator::http;
use wa_presence_simulator::simulator::{Config, Instances, NewSession, Simulator};
use wa_presence_simulator::time::Instant;
use wa_presence_simulator::traffic::dialect::Dialect;
use wa_presence_simulator::traffic::webhook::{Hook, Retries};
use wa_presence_simulator::world::{population::Population, watch::Lease};

/// A simulated WhatsApp gateway with people in it. Listens on 127.0.0.1 only.
#[derive(Debug, Parser)]
#[command(version)]
struct Flags {
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Decides every story.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// The engine of the first session.
    #[arg(long, value_enum, default_value_t = EngineName::Noweb)]
    engine: EngineName,
    /// Let WEBJS tell of presence by itself (`config.webjs.tagsEventsOn`).
    #[arg(long)]
    tags_events_on: bool,
    /// Who lives in the first session.
    #[arg(long, value_enum, default_value_t = PopulationName::Demo)]
    population: PopulationName,
    /// The name of the first session.
    #[arg(long, default_value = "default")]
    session: String,
    /// The admin key.
    #[arg(long, default_value = "admin-key-of-the-simulator")]
    api_key: String,
    /// A key that reaches the first session only, to read and to send.
    #[arg(long, default_value = "key_of_the_default_session")]
    scoped_key: String,
    /// Accept the key in the query of REST calls too, as from WAHA 2026.4.3 on.
    #[arg(long)]
    query_key: bool,
    /// The id of the first session's instance at Wawp; one that follows from the seed unless given, like the next three.
    #[arg(long, value_name = "ID")]
    wawp_instance: Option<String>,
    /// The token of that instance.
    #[arg(long, value_name = "TOKEN")]
    wawp_token: Option<String>,
    /// The id of the first session's instance at `WaAPI`.
    #[arg(long, value_name = "ID")]
    waapi_instance: Option<u64>,
    /// The token of that instance.
    #[arg(long, value_name = "TOKEN")]
    waapi_token: Option<String>,
    /// Post every event to this http:// address; repeatable.
    #[arg(long = "webhook", value_name = "URL")]
    webhooks: Vec<String>,
    /// Sign the webhooks with this key.
    #[arg(long, value_name = "KEY")]
    webhook_secret: Option<String>,
    /// How often a webhook is sent at most.
    #[arg(long, default_value_t = 15)]
    webhook_attempts: u32,
    /// The time between two attempts, in milliseconds.
    #[arg(long, default_value_t = 2_000)]
    webhook_retry_ms: u64,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EngineName {
    Noweb,
    Gows,
    Webjs,
    Wpp,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PopulationName {
    Empty,
    Demo,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Greeting<'a> {
    url: String,
    api_key: &'a str,
    scoped_key: &'a str,
    session: &'a str,
    wawp: WawpAccess,
    waapi: WaapiAccess,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WawpAccess {
    instance_id: String,
    access_token: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WaapiAccess {
    instance_id: u64,
    token: String,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let flags = Flags::parse();
    let simulator = furnish(&flags).map_err(|why| io::Error::new(io::ErrorKind::InvalidInput, why))?;
    let listener = TcpListener::bind(("127.0.0.1", flags.port)).await?;
    if let Some(session) = simulator.session(&flags.session) {
        announce(&flags, session, listener.local_addr()?.port())?;
    }
    http::serve(simulator, listener, stopped()).await
}

fn furnish(flags: &Flags) -> Result<Simulator, String> {
    let retries = Retries { delay: Duration::from_millis(flags.webhook_retry_ms), attempts: flags.webhook_attempts };
    let mut simulator = Simulator::new(Config {
        seed: flags.seed,
        epoch: http::epoch(),
        api_key: flags.api_key.clone(),
        query_key: flags.query_key,
        retries,
    });
    let session = NewSession {
        name: flags.session.clone(),
        engine: match flags.engine {
            EngineName::Noweb => Engine::Noweb,
            EngineName::Gows => Engine::Gows,
            EngineName::Webjs => Engine::Webjs { tags_events_on: flags.tags_events_on },
            EngineName::Wpp => Engine::Wpp,
        },
        population: match flags.population {
            PopulationName::Empty => Population::Empty,
            PopulationName::Demo => Population::Demo,
        },
        lease: Lease::Connection,
        instances: Instances {
            wawp_id: flags.wawp_instance.clone(),
            wawp_token: flags.wawp_token.clone(),
            waapi_id: flags.waapi_instance,
            waapi_token: flags.waapi_token.clone(),
        },
    };
    simulator.create_session(&session, Instant::ZERO)?;
    let scoped = ScopedKey { session: flags.session.clone(), read: true, send: true };
    simulator.add_key(flags.scoped_key.clone(), scoped);
    for url in &flags.webhooks {
        if !url.starts_with("http://") {
            return Err(format!("--webhook: expected http://…, found {url}"));
        }
        let secret = flags.webhook_secret.clone();
        let dialect = Dialect::Waha;
        simulator.add_webhook(Hook { url: url.clone(), secret, session: None, events: Vec::new(), dialect });
    }
    Ok(simulator)
}

fn announce(flags: &Flags, session: &Session, port: u16) -> io::Result<()> {
    let greeting = Greeting {
        url: format!("http://127.0.0.1:{port}"),
        api_key: &flags.api_key,
        scoped_key: &flags.scoped_key,
        session: &flags.session,
        wawp: WawpAccess { instance_id: session.wawp.id.clone(), access_token: session.wawp.token.clone() },
        waapi: WaapiAccess { instance_id: session.waapi.id, token: session.waapi.token.clone() },
    };
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &greeting)?;
    writeln!(out)?;
    out.flush()
}

/// Done when the process is asked to end.
async fn stopped() {
    #[cfg(unix)]
    {
        let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) else {
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = signal::ctrl_c() => {}
        }
    }
    #[cfg(not(unix))]
    drop(signal::ctrl_c().await);
}
