//! Prints how much of what is watched is truly told: the package beside a timer for each chat and beside somebody who knows
//! every lease. Virtual time and fixed seeds: the same figures everywhere.
#![cfg_attr(target_arch = "wasm32", allow(unused))]

#[cfg(not(target_arch = "wasm32"))]
#[path = "../tests/coverage/mod.rs"]
mod coverage;

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    native::main();
}

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::coverage::Scenario;
    use super::coverage::story::Outcome;
    use wa_presence::machine::Priority::{self, Background, Focused, Visible};

    const SEED: u64 = 1;
    /// What does not occur in a scenario.
    const NONE: &str = "–";

    const COLUMNS: [&str; 12] = [
        "scenario",
        "client",
        "focused",
        "visible",
        "background",
        "calls",
        "largest 60 s",
        "429",
        "focused back, p95",
        "screen back",
        "all back",
        "background unserved",
    ];

    pub(crate) fn main() {
        println!("| {} |", COLUMNS.join(" | "));
        println!("|{}", "---|".repeat(COLUMNS.len()));
        for scenario in Scenario::all() {
            print(&scenario, scenario.name);
        }
        let mut short = Scenario::support_desk();
        short.lease_ms = (12_000, 40_000);
        print(&short, "leases of 12 to 40 s, defaults unchanged");
    }

    fn print(scenario: &Scenario, name: &str) {
        row(name, "wa-presence", &scenario.ours(SEED));
        row("", "setInterval, 30 s each", &scenario.naive(SEED));
        row("", "told every lease", &scenario.omniscient(SEED));
    }

    fn row(name: &str, client: &str, outcome: &Outcome) {
        let [focused, visible, background] = [Focused, Visible, Background].map(|of| covered(outcome, of));
        let cells = [
            name.to_owned(),
            client.to_owned(),
            focused,
            visible,
            background,
            outcome.calls().to_string(),
            outcome.largest_window().to_string(),
            outcome.refused().len().to_string(),
            focused_back(outcome),
            back(outcome, &[Focused, Visible]),
            back(outcome, &[Focused, Visible, Background]),
            unserved(outcome),
        ];
        println!("| {} |", cells.join(" | "));
    }

    fn covered(outcome: &Outcome, priority: Priority) -> String {
        outcome.coverage(priority).map_or_else(|| NONE.to_owned(), |percent| format!("{percent:.1} %"))
    }

    fn focused_back(outcome: &Outcome) -> String {
        let waits = outcome.returns(Focused);
        let at = (waits.len() * 95).div_ceil(100).saturating_sub(1);
        waits.get(at).map_or_else(|| NONE.to_owned(), |ms| spelled(*ms))
    }

    /// How long after the session returned for the last time all of these were granted again.
    fn back(outcome: &Outcome, priorities: &[Priority]) -> String {
        let Some(from) = outcome.last_ready() else { return NONE.to_owned() };
        outcome.back_after(from, priorities).map_or_else(|| "not by the end".to_owned(), spelled)
    }

    fn unserved(outcome: &Outcome) -> String {
        let longest = outcome.coverage(Background).map(|_| outcome.longest_unserved(Background));
        longest.map_or_else(|| NONE.to_owned(), spelled)
    }

    fn spelled(ms: u64) -> String {
        if ms < 120_000 { format!("{:.1} s", ms as f64 / 1_000.0) } else { format!("{:.1} min", ms as f64 / 60_000.0) }
    }
}
