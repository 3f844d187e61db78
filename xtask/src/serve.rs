//! The dashboard over a simulated gateway, and `serve`, hidden: the same for a test that is driven from outside.
//!
//! `serve` prints `{"page": URL, "relay": PROGRAM, "simulator": {…}}` on one line and runs until its stdin closes, which happens by
//! itself when the test that started it ends. It does not build the package: the caller has.

use std::io::Read;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::{
    relay::{ACCOUNTS, Account, Relay},
    simulator::{Card, Simulator},
    statics::{Place, Site},
    tree,
};

/// What the simulator lets in a minute. It counts the calls on all its faces together, where each gateway would count its own: three
/// accounts of a relay and a page that polls, each at home with 50.
const SUBSCRIBES_PER_MINUTE: u32 = 200;
/// How often a page that polls reads each chat on its screen, in ms: a few seconds late, and far from any limit.
const POLL_MS: u32 = 3_000;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The only way it speaks; named so that another can be added
    #[arg(long, required = true)]
    json: bool,
    /// Port of the page; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Flags of the simulated gateway, after `--`
    #[arg(last = true, value_name = "FLAGS")]
    flags: Vec<String>,
}

pub(crate) fn main(args: &Args) -> Result<()> {
    if !tree::dist().exists() {
        bail!("the package is not built: run `cargo xtask build`");
    }
    Simulator::build()?;
    Relay::build()?;
    let simulator = Simulator::start_with(&args.flags)?;
    let served = simulated(&simulator, args.port)?;
    // Tests start relays of their own, to be killed.
    let relay = Relay::program()?;
    println!("{}", json!({ "page": served.page, "relay": relay.to_string_lossy(), "simulator": simulator.line() }));
    std::io::stdin().lock().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// The dashboard, being served.
pub(crate) struct Served {
    /// Its address.
    pub(crate) page: String,
    /// The relay between it and the hosted gateways, which ends with this handle.
    pub(crate) relay: Relay,
}

/// Serves the dashboard over a simulated gateway, with a relay in between that has its webhooks from then on.
pub(crate) fn simulated(simulator: &Simulator, port: u16) -> Result<Served> {
    simulator.control("limit", &json!({ "subscribesPerMinute": SUBSCRIBES_PER_MINUTE }))?;
    let place = Place::take(port)?;
    let relay = Relay::start(simulator, &place.origins())?;
    let config = config(&simulator.card, &relay.url);
    let page = Site { config, tickets: Some(relay.tickets.clone()), bench: false }.serve(place);
    Ok(Served { page, relay })
}

/// What the page is told of a simulated gateway. Of WAHA it gets the scoped key, as every page should; of the hosted ones no more than
/// the way to the relay. The one that is polled is for pages without any back end: its token belongs on a server, and is in a page
/// only because it opens nothing but a simulator on this machine.
fn config(card: &Card, relay: &str) -> Value {
    let Card { url, waapi, .. } = card;
    let relayed = |Account { name, label, vendor, .. }: Account| {
        let gateway = json!({ "kind": "relay", "url": relay, "account": name });
        json!({ "name": name, "label": label, "gateway": gateway, "ticketUrl": format!("/ticket/{name}"), "vendor": vendor })
    };
    let polled = json!({
        "kind": "waapi",
        "baseUrl": format!("{url}/api/v1"),
        "instanceId": waapi.instance_id.to_string(),
        "token": waapi.token,
        "dangerouslyAllowVendorToken": true,
    });
    let mut gateways = vec![waha(url, &card.session, &card.scoped_key)];
    gateways.extend(ACCOUNTS.map(relayed));
    gateways.push(json!({ "name": "waapi-polled", "label": "WaAPI, polled", "gateway": polled, "pollMs": POLL_MS }));
    page_config(gateways, Some(&card.people_url()))
}

/// The answer of `/config.json`: the gateways to choose from, and where the names of people are. Each gateway has the options of
/// `connect`; those of a relay, where its tickets are had and who is behind it; one that brings no news by itself, how often to ask.
/// `gateway` is the first one's options alone, for whoever wants no choice.
pub(crate) fn page_config(gateways: Vec<Value>, people: Option<&str>) -> Value {
    json!({ "gateway": gateways[0]["gateway"], "gateways": gateways, "peopleUrl": people })
}

/// A WAHA to choose.
pub(crate) fn waha(base: &str, session: &str, key: &str) -> Value {
    let gateway = json!({ "kind": "waha", "baseUrl": base, "session": session, "apiKey": key });
    json!({ "name": "waha", "label": "WAHA", "gateway": gateway })
}
