//! The budget is the account's, not the client's: what each client spent, written down for the others.
//!
//! Every client writes one line of its own and reads those of all. A line holds times and a count, no id and no number: the
//! day, the calls of that day, and when those within the window left, in Unix ms.

use super::Session;
use crate::gateway::Gateway;
use crate::machine::digest_table::{IdSpace, digest};
use crate::machine::time::{Instant, UnixMs};
use crate::text::{push_hex, push_u64};

const DAY_MS: u64 = 86_400_000;

/// What is kept of the day.
#[derive(Debug, Default)]
pub(super) struct Today {
    day: u64,
    /// Our own calls of that day.
    own: u64,
    /// All our calls up to when we last looked.
    counted: u64,
    /// Those of other clients.
    others: u64,
}

impl Session {
    /// The name of the account's ledger: of gateway and account, whatever the credential, and readable by nobody.
    #[must_use]
    pub fn ledger_name(&self) -> String {
        let mut account = self.gateway.kind().to_owned();
        let (base_url, name) = match &self.gateway {
            Gateway::Waha(waha) => (waha.base_url.as_str(), waha.session.as_str()),
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Gateway::Waapi(waapi) => (waapi.base_url.as_str(), waapi.instance_id.as_str()),
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Gateway::Wawp(wawp) => (wawp.base_url.as_str(), wawp.instance_id.as_str()),
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Gateway::Relay(relay) => (relay.url.as_str(), relay.account.as_str()),
            Gateway::Ingest => ("", ""),
        };
        for part in [base_url, name] {
            account.push(' ');
            account.push_str(part);
        }
        let mut hex = String::new();
        for byte in digest(0, IdSpace::Chat, &account).to_be_bytes() {
            push_hex(byte, &mut hex);
        }
        hex
    }

    /// Our own line.
    pub fn ledger(&mut self, wall: UnixMs, now: Instant) -> String {
        self.count_today(wall);
        let mut line = String::new();
        push_u64(self.today.day, &mut line);
        line.push(' ');
        push_u64(self.today.own, &mut line);
        for at in self.machine.own_calls() {
            line.push(' ');
            push_u64(wall.as_ms().saturating_sub(now.since(at)), &mut line);
        }
        line
    }

    /// The lines of all other clients. What cannot be read counts for nothing.
    pub fn learn_ledgers<'l>(&mut self, lines: impl Iterator<Item = &'l str>, wall: UnixMs, now: Instant) {
        self.count_today(wall);
        let window_ms = self.machine.config().window_ms;
        let mut times = Vec::new();
        self.today.others = 0;
        for line in lines {
            let numbers = numbers_of(line);
            let [day, calls, sent @ ..] = numbers.as_slice() else { continue };
            if *day == self.today.day {
                self.today.others = self.today.others.saturating_add(*calls);
            }
            for at in sent.iter().take(MOST_TIMES) {
                // Nobody else's clock is ours: what lies ahead was sent now.
                let age = wall.as_ms().saturating_sub(*at);
                if age < window_ms {
                    times.push(now - age);
                }
            }
        }
        self.machine.learn_calls(&times);
    }

    /// The line of a client that is no more: its calls of the day go into ours.
    pub fn adopt_ledger(&mut self, line: &str, wall: UnixMs) {
        self.count_today(wall);
        if let [day, calls, ..] = numbers_of(line).as_slice()
            && *day == self.today.day
        {
            self.today.own = self.today.own.saturating_add(*calls);
        }
    }

    /// Calls that subscribe since midnight UTC, by all clients of the account we know of.
    pub fn calls_today(&mut self, wall: UnixMs) -> u64 {
        self.count_today(wall);
        self.today.own.saturating_add(self.today.others)
    }

    fn count_today(&mut self, wall: UnixMs) {
        let calls = self.machine.counters().subscribe_calls;
        let today = &mut self.today;
        let day = wall.as_ms() / DAY_MS;
        if std::mem::replace(&mut today.day, day) != day {
            (today.own, today.others) = (0, 0);
        }
        today.own += calls - std::mem::replace(&mut today.counted, calls);
    }
}

/// The numbers of a line, up to the first word that is none.
#[inline(never)]
fn numbers_of(line: &str) -> Vec<u64> {
    let mut numbers = Vec::new();
    let mut number = None;
    for byte in line.bytes().chain([b' ']) {
        match (byte, number) {
            (b'0'..=b'9', _) => {
                let digit = u64::from(byte - b'0');
                number = Some(number.unwrap_or(0_u64).saturating_mul(10).saturating_add(digit));
            }
            (b' ', Some(whole)) => {
                numbers.push(whole);
                number = None;
            }
            _ => return numbers,
        }
    }
    numbers
}

/// When the last call of a line left.
#[must_use]
pub fn last_of(line: &str) -> Option<UnixMs> {
    numbers_of(line).get(2..)?.last().copied().map(UnixMs::from_ms)
}

/// More than any client can have sent within the window.
const MOST_TIMES: usize = 256;
