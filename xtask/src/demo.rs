//! `demo`: the dashboard over a simulated gateway, or over the user's own WAHA; `--smoke` proves it without a person looking.

use std::{thread, time::Duration};

use anyhow::{Context, Result, bail};

use crate::{
    browsers, build,
    checklist::Reported,
    doctor::Consent,
    job::Job,
    relay::Relay,
    serve::{self, Served},
    simulator::Simulator,
    statics::{Place, Site},
    tree,
};

const SMOKE: &str = "tests/e2e/smoke.mjs";
/// The smoke waits for someone to type, and then 15 s for it to vanish.
const SMOKE_LIMIT: Duration = Duration::from_secs(180);
/// Holds the key of a real WAHA; the command line would show it to everyone on the machine.
pub(crate) const KEY: &str = "WAHA_API_KEY";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Drive the page in headless Chromium, print PASS or FAIL, and stop
    #[arg(long, conflicts_with = "waha")]
    smoke: bool,
    /// Port of the page; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Use a real WAHA at this URL; its key comes from WAHA_API_KEY or a prompt
    #[arg(long, value_name = "URL", requires = "session")]
    waha: Option<String>,
    /// The session of that WAHA
    #[arg(long, value_name = "NAME", requires = "waha")]
    session: Option<String>,
}

pub(crate) fn main(args: Args, consent: Consent) -> Result<()> {
    match args {
        Args { smoke: true, port, .. } => smoke(port, consent),
        Args { waha: Some(url), session: Some(session), port, .. } => real(&url, &session, port),
        Args { port, .. } => simulated(port),
    }
}

fn simulated(port: u16) -> Result<()> {
    build::release()?;
    Simulator::build()?;
    Relay::build()?;
    let simulator = Simulator::start()?;
    let Served { page, relay } = serve::simulated(&simulator, port)?;
    println!(
        "
The dashboard: {page}
The simulated gateway: {}
The relay before Wawp and WaAPI: {}

What to look at:
  - the switch at the top: the same people by way of WAHA, Wawp v1, Wawp v2 and WaAPI, on one page. The hosted three have no stream
    for pages: the relay takes their webhooks and holds their tokens, and lets this page in by tickets of a few minutes
  - the same page in a second window: the relay follows each chat once, however many look, and \"Calls\" counts for all of them
  - \"WaAPI, polled\" is what is left without any back end: late, dear, and with a token in the page, for this demo only
  - contacts come online and go; the dot and the last-seen words follow
  - \"typing…\" and \"recording…\" appear, and end within 15 s even for those who forget to stop
  - in the group, each participant types on their own
  - write in an open chat: the line below says what they see of you; nothing is sent. Switch the bot on, and it waits its turn
  - the badge of a chat says where a hand-off would go; the pill at the top is your own presence, with its hours and its price
  - stop this command: the page says that it lost the gateway, and nobody is shown as online

Stop with ctrl-c.",
        simulator.card.url, relay.url
    );
    run_until_interrupted()
}

fn real(url: &str, session: &str, port: u16) -> Result<()> {
    let base = base_url(url)?;
    let key = key()?;
    build::release()?;
    let config = serve::page_config(vec![serve::waha(base, session, &key)], None);
    let page = Site { config, tickets: None, bench: false }.serve(Place::take(port)?);
    println!(
        "
The dashboard: {page}
Your gateway: {base}, session {session}

What to look at:
  - the connection state comes first: it names a wrong key, a session that is not WORKING, or a gateway out of reach
  - watching marks your account online for 25 s at a time and silences its phone meanwhile; nobody is sent a message
  - the page holds your key as long as it is open; a scoped key (key_…) that can only read is enough

Stop with ctrl-c."
    );
    run_until_interrupted()
}

/// Catches what would otherwise be a puzzling error in the page.
fn base_url(url: &str) -> Result<&str> {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    if host.is_empty() || host.contains(['@', '?', '#']) {
        bail!("--waha wants the address of a gateway and nothing more, like https://waha.example");
    }
    Ok(url.trim_end_matches('/'))
}

fn key() -> Result<String> {
    let key = match std::env::var(KEY) {
        Ok(key) => key,
        Err(_) => rpassword::prompt_password("API key of that WAHA (not shown): ")
            .with_context(|| format!("no key: set {KEY}, or run in a terminal to be asked"))?,
    };
    if key.trim().is_empty() {
        bail!("the API key is empty");
    }
    Ok(key.trim().to_owned())
}

/// Ctrl-c ends the process, and with it, through its warden, what it started.
fn run_until_interrupted() -> Result<()> {
    loop {
        thread::park();
    }
}

fn smoke(port: u16, consent: Consent) -> Result<()> {
    let screenshot = tree::scratch()?.join("smoke.png");
    let outcome = smoked(port, consent, &screenshot);
    match &outcome {
        Ok(said) => println!("{said}"),
        Err(error) => println!("{error:#}"),
    }
    if screenshot.exists() {
        println!("screenshot: {}", tree::shown(&screenshot));
    }
    println!("{}", if outcome.is_ok() { "PASS" } else { "FAIL" });
    outcome.map(drop).map_err(|_| Reported.into())
}

fn smoked(port: u16, consent: Consent, screenshot: &std::path::Path) -> Result<String> {
    if screenshot.exists() {
        // An old picture must not pass for that of this run.
        std::fs::remove_file(screenshot)?;
    }
    if !tree::root().join(SMOKE).exists() {
        bail!("{SMOKE} is missing");
    }
    let chromium = browsers::chromium(consent)?;
    build::release()?;
    Simulator::build()?;
    Relay::build()?;
    let simulator = Simulator::start()?;
    let served = serve::simulated(&simulator, port)?;
    Job::new("driving the dashboard in headless Chromium", "node")
        .args([SMOKE])
        .env("PAGE_URL", &served.page)
        .envs(simulator.environment())
        .env("CHROMIUM", chromium)
        .env("SCREENSHOT", screenshot)
        .within(SMOKE_LIMIT)
        .run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gateway_address_has_a_scheme_and_no_secrets() {
        assert_eq!(base_url("https://waha.example/").expect("an address"), "https://waha.example");
        for url in ["waha.example", "https://", "https://user:word@waha.example", "https://waha.example/?x-api-key=1"] {
            assert!(base_url(url).is_err(), "{url}");
        }
    }
}
