//! The relay as a program. One line of JSON on standard output says where it listens; the log goes to standard error.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tokio::signal;
use tracing_subscriber::EnvFilter;
use wa_presence_relay::Relay;
use wa_presence_relay::clock::Clock;
use wa_presence_relay::config::Config;
use wa_presence_relay::nats::Settings;
use wa_presence_relay::ticket::{Algorithm, Chats, Claims, Scope, mint};

/// Webhooks of WhatsApp gateways in, live presence for browsers out; the gateways' keys stay here.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Flags {
    #[command(subcommand)]
    other: Option<Other>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Debug, Args)]
struct Serve {
    /// The configuration.
    #[arg(long, env = "WA_PRESENCE_RELAY_CONFIG", default_value = "relay.toml")]
    config: PathBuf,
    /// Only say whether the configuration is good.
    #[arg(long)]
    check: bool,
    /// What is logged.
    #[arg(long, env = "WA_PRESENCE_RELAY_LOG", value_enum, default_value_t = Level::Info)]
    log: Level,
    /// Log lines as JSON.
    #[arg(long)]
    log_json: bool,
    #[command(flatten)]
    shared: Shared,
}

/// What many relays share, where there are many.
#[derive(Args)]
struct Shared {
    /// Share accounts with other relays: where NATS is, such as nats://127.0.0.1:4222 or tls://nats.example.
    #[arg(long, env = "WA_PRESENCE_RELAY_NATS", hide_env_values = true, value_name = "URL")]
    nats: Option<String>,
    /// The file with our credentials there, as nsc writes it.
    #[arg(long, env = "WA_PRESENCE_RELAY_NATS_CREDENTIALS", value_name = "FILE", requires = "nats")]
    nats_credentials: Option<PathBuf>,
    /// On how many servers of a cluster what is shared stands.
    #[arg(long, env = "WA_PRESENCE_RELAY_NATS_REPLICAS", default_value_t = 1, value_name = "COUNT")]
    nats_replicas: usize,
}

impl std::fmt::Debug for Shared {
    /// Addresses hold passwords.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Shared {
    fn settings(&self) -> Result<Option<Settings>, String> {
        let Some(url) = &self.nats else { return Ok(None) };
        let mut settings = Settings::new(url)?.with_replicas(self.nats_replicas);
        if let Some(file) = &self.nats_credentials {
            settings = settings.with_credentials(file)?;
        }
        let secret = |name: &str| std::env::var(format!("WA_PRESENCE_RELAY_NATS_{name}")).ok();
        if let Some(token) = secret("TOKEN") {
            settings = settings.with_token(token);
        } else if let (Some(user), Some(password)) = (secret("USER"), secret("PASSWORD")) {
            settings = settings.with_user(user, password);
        }
        Ok(Some(settings))
    }
}

#[derive(Debug, Subcommand)]
enum Other {
    /// Signs a ticket, for a try-out: a backend signs those of its users.
    Ticket(Ticket),
}

#[derive(Debug, Args)]
struct Ticket {
    /// The account's name in the configuration.
    #[arg(long)]
    account: String,
    /// A chat that it covers; repeatable, all unless given.
    #[arg(long = "chat")]
    chats: Vec<String>,
    /// It covers no chat: for whoever follows none yet, and must not get all of them.
    #[arg(long, conflicts_with = "chats")]
    no_chats: bool,
    /// Two ids of one person, as `LID=CONTACT`; repeatable.
    #[arg(long = "alias", value_name = "LID=CONTACT")]
    aliases: Vec<String>,
    /// What it allows; repeatable, `read` unless given.
    #[arg(long = "scope", value_enum)]
    scopes: Vec<ScopeName>,
    /// Whose it is.
    #[arg(long, default_value = "try-out")]
    subject: String,
    /// How long it is good, in minutes.
    #[arg(long, default_value_t = 15)]
    minutes: u64,
    /// For whom it is, where the relay asks for an audience.
    #[arg(long)]
    audience: Option<String>,
    /// `EdDSA` takes a private key in PEM.
    #[arg(long, value_enum, default_value_t = AlgorithmName::Hs256)]
    algorithm: AlgorithmName,
    /// The file with the key.
    #[arg(long, required_unless_present = "key_env")]
    key_file: Option<PathBuf>,
    /// The variable with the key.
    #[arg(long, conflicts_with = "key_file")]
    key_env: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Level {
    Error,
    Warn,
    Info,
    Debug,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ScopeName {
    Read,
    Send,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum AlgorithmName {
    Hs256,
    Eddsa,
}

#[tokio::main]
async fn main() -> ExitCode {
    let flags = Flags::parse();
    let done = match flags.other {
        Some(Other::Ticket(ticket)) => sign(&ticket),
        None => serve(&flags.serve).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // Nowhere to say it is no reason to fail twice.
            let _ = writeln!(io::stderr(), "{why}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(flags: &Serve) -> Result<(), String> {
    let mut config = Config::load(&flags.config, &|name| std::env::var(name).ok())?;
    config.nats = flags.shared.settings()?;
    if flags.check {
        let accounts = config.accounts.len();
        return say(&format!("the configuration is good: {accounts} accounts"));
    }
    log(flags.log, flags.log_json);
    for (account, settings) in &config.accounts {
        if settings.hook == wa_presence_relay::config::Hook::Unsigned {
            tracing::warn!(account, "its webhooks are not signed: whoever knows the address can tell lies");
        }
    }
    let relay = Relay::bind(config).await?;
    let address = relay.address().map_err(|why| why.kind().to_string())?;
    say(&format!(r#"{{"url":"http://{address}"}}"#))?;
    relay.run(stopped()).await;
    Ok(())
}

fn sign(flags: &Ticket) -> Result<(), String> {
    let key = match (&flags.key_file, &flags.key_env) {
        (Some(file), _) => std::fs::read_to_string(file).map_err(|why| format!("--key-file: {}", why.kind()))?,
        (None, Some(name)) => std::env::var(name).map_err(|_| "--key-env: no such variable".to_owned())?,
        (None, None) => return Err("--key-file, --key-env: expected one of them".to_owned()),
    };
    let scopes = flags.scopes.iter().map(|scope| match scope {
        ScopeName::Read => Scope::Read,
        ScopeName::Send => Scope::Send,
    });
    let mut scopes: Vec<_> = scopes.collect();
    if scopes.is_empty() {
        scopes.push(Scope::Read);
    }
    let pairs = flags.aliases.iter().map(|pair| {
        let (lid, contact) = pair.split_once('=').ok_or_else(|| "--alias: expected LID=CONTACT".to_owned())?;
        Ok((lid.to_owned(), contact.to_owned()))
    });
    let aliases = pairs.collect::<Result<_, String>>()?;
    let all = flags.chats.is_empty() && !flags.no_chats;
    let claims = Claims {
        sub: flags.subject.clone(),
        exp: Clock::new().wall().as_ms() / 1_000 + flags.minutes * 60,
        account: flags.account.clone(),
        chats: if all { Chats::Word("*".to_owned()) } else { Chats::List(flags.chats.clone()) },
        scopes,
        aliases,
        aud: flags.audience.clone(),
    };
    let algorithm = match flags.algorithm {
        AlgorithmName::Hs256 => Algorithm::Hs256,
        AlgorithmName::Eddsa => Algorithm::EdDsa,
    };
    say(&mint(algorithm, key.trim_end_matches(['\r', '\n']).as_bytes(), &claims)?)
}

fn say(line: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|why| why.kind().to_string())
}

/// Lines of ours alone: libraries log addresses, and addresses hold ids and keys.
fn log(level: Level, json: bool) {
    let level = match level {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
    };
    let filter = EnvFilter::new(format!("off,wa_presence_relay={level}"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    if json {
        lines.json().init();
    } else {
        lines.with_ansi(false).init();
    }
}

/// Done when the process is asked to end.
async fn stopped() {
    #[cfg(unix)]
    {
        let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) else { return };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = signal::ctrl_c() => {}
        }
    }
    #[cfg(not(unix))]
    drop(signal::ctrl_c().await);
}
