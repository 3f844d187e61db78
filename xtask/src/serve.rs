//! The dashboard over a simulated gateway, and `serve`, hidden: the same for a test that is driven from outside.
//!
//! `serve` prints `{"page": URL, "hooks": […], "simulator": {…}}` on one line and runs until its stdin closes, which happens by
//! itself when the test that started it ends. It does not build the package: the caller has.

use std::io::Read;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::{
    hooks::{self, Hooks},
    simulator::{Card, Simulator},
    statics::Site,
    tree,
};

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
    let simulator = Simulator::start_with(&args.flags)?;
    let Served { page, hooks } = simulated(&simulator, args.port)?;
    println!("{}", json!({ "page": page, "hooks": hooks, "simulator": simulator.line }));
    std::io::stdin().lock().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// The dashboard, being served.
pub(crate) struct Served {
    /// Its address.
    pub(crate) page: String,
    /// What a session of the simulator is told for its webhooks to come here.
    pub(crate) hooks: Vec<Value>,
}

/// Serves the dashboard over a simulated gateway, whose webhooks come here from then on.
pub(crate) fn simulated(simulator: &Simulator, port: u16) -> Result<Served> {
    let secret = hooks::draw_secret()?;
    let site = Site { config: config(&simulator.card), port, hooks: Some(Hooks::new(&secret)), bench: false };
    let page = site.serve()?;
    let hook = |(face, _)| json!({ "url": format!("{page}hooks/{face}"), "secret": secret, "face": face });
    let hooks = hooks::FACES.map(hook).to_vec();
    for hook in &hooks {
        simulator.control("webhooks", hook)?;
    }
    Ok(Served { page, hooks })
}

/// What the page is told of a simulated gateway. Of WAHA it gets the scoped key, as every page should. The tokens of the hosted ones
/// belong on a server, and are in a page only because these open nothing but a simulator on this machine.
fn config(card: &Card) -> Value {
    let Card { url, wawp, waapi, .. } = card;
    let wawp = |name: &str, label: &str, version: &str, path: &str| {
        let gateway = json!({
            "kind": "wawp",
            "version": version,
            "baseUrl": format!("{url}{path}"),
            "instanceId": wawp.instance_id,
            "token": wawp.access_token,
            "dangerouslyAllowVendorToken": true,
        });
        json!({ "name": name, "label": label, "gateway": gateway, "events": "/events/wawp" })
    };
    let waapi = json!({
        "kind": "waapi",
        "baseUrl": format!("{url}/api/v1"),
        "instanceId": waapi.instance_id.to_string(),
        "token": waapi.token,
        "dangerouslyAllowVendorToken": true,
    });
    let gateways = vec![
        waha(url, &card.session, &card.scoped_key),
        wawp("wawp-v1", "Wawp v1", "v1", "/wp-json/awp/v1"),
        wawp("wawp-v2", "Wawp v2", "v2", "/v2"),
        json!({ "name": "waapi", "label": "WaAPI", "gateway": waapi, "events": "/events/waapi" }),
        json!({ "name": "waapi-polled", "label": "WaAPI, polled", "gateway": waapi, "pollMs": POLL_MS }),
    ];
    page_config(gateways, Some(&card.people_url()))
}

/// The answer of `/config.json`: the gateways to choose from, and where the names of people are. Each gateway has the options of
/// `connect` and, where those bring no stream, how its news come: `events` or `pollMs`. `gateway` is the first one's options alone,
/// for whoever wants no choice.
pub(crate) fn page_config(gateways: Vec<Value>, people: Option<&str>) -> Value {
    json!({ "gateway": gateways[0]["gateway"], "gateways": gateways, "peopleUrl": people })
}

/// A WAHA to choose.
pub(crate) fn waha(base: &str, session: &str, key: &str) -> Value {
    let gateway = json!({ "kind": "waha", "baseUrl": base, "session": session, "apiKey": key });
    json!({ "name": "waha", "label": "WAHA", "gateway": gateway })
}
