//! `serve`, hidden: both servers of the dashboard for a test that is driven from outside.
//!
//! It prints `{"page": URL, "simulator": {…}}` on one line and runs until its stdin closes, which happens by itself when the test
//! that started it ends. It does not build the package: the caller has.

use std::io::Read;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::{
    simulator::{Card, Simulator},
    statics::Site,
    tree,
};

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
    let page = Site { config: config(&simulator.card), port: args.port, bench: false }.serve()?;
    println!("{}", json!({ "page": page, "simulator": simulator.line }));
    std::io::stdin().lock().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// What the page is told of a simulated gateway. It gets the scoped key, as every page should.
pub(crate) fn config(card: &Card) -> Value {
    page_config(&card.url, &card.session, &card.scoped_key, Some(&card.people_url()))
}

/// The answer of `/config.json`: the options of `connect`, and where the names of people are.
pub(crate) fn page_config(base: &str, session: &str, key: &str, people: Option<&str>) -> Value {
    json!({
        "gateway": { "kind": "waha", "baseUrl": base, "session": session, "apiKey": key },
        "peopleUrl": people,
    })
}
