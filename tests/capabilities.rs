//! The README's table of gateways says what the code says.
#![cfg(not(target_arch = "wasm32"))]

use wa_presence::gateway::waapi::{self, Waapi};
use wa_presence::gateway::waha::Waha;
use wa_presence::gateway::wawp::{PresenceField, Version, Wawp};
use wa_presence::gateway::{Capabilities, Gateway};

type Can = fn(&Capabilities) -> bool;

fn gateways() -> [Gateway; 4] {
    let (base_url, instance_id) = (String::new(), String::new());
    let wawp = Wawp {
        version: Version::V2,
        base_url: base_url.clone(),
        instance_id: instance_id.clone(),
        presence_field: PresenceField::Presence,
        credentials_in_query: false,
    };
    let waapi = Waapi { base_url: base_url.clone(), instance_id, wait_for_data: true, timeout_ms: waapi::TIMEOUT_MS };
    let waha = Waha { base_url, session: String::new(), message_events: true };
    [Gateway::Waha(waha), Gateway::Wawp(wawp), Gateway::Waapi(waapi), Gateway::Ingest]
}

/// The cells of the row that begins with this, but for its name.
fn row(begins: &str) -> Vec<&'static str> {
    let readme = include_str!("../README.md");
    let line = readme.lines().find(|line| line.starts_with(begins)).unwrap_or_else(|| panic!("no row {begins}"));
    line.trim_matches('|').split('|').skip(1).map(str::trim).collect()
}

#[test]
fn the_table_of_the_readme_is_true() {
    let kinds: Vec<String> = gateways().iter().map(|gateway| format!("`{}`", gateway.kind())).collect();
    assert_eq!(row("| | `waha`"), kinds);
    let rows: [(&str, Can); 5] = [
        ("| `capabilities.feed`", |can| can.feed),
        ("| `capabilities.list`", |can| can.list),
        ("| `capabilities.lookUp`", |can| can.look_up),
        ("| `capabilities.recording`", |can| can.recording),
        ("| `capabilities.watchMarksOnline`", |can| can.watch_marks_online),
    ];
    for (name, can) in rows {
        let said: Vec<bool> = row(name).iter().map(|cell| cell.trim_matches('*').starts_with("yes")).collect();
        let done: Vec<bool> = gateways().iter().map(|gateway| can(&gateway.capabilities())).collect();
        assert_eq!(said, done, "{name}");
    }
}
