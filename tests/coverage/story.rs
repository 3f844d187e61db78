//! One client and one gateway through a scenario, and what came of it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use wa_presence::machine::Priority;
use wa_presence_simulator::chance::Chance;

use super::clients::{Call, Client, Reply};
use super::server::{Server, Verdict};
use super::{Act, MINUTE, Scenario};

/// Whoever is lost again sooner than this after a return was not back, in ms.
const LASTING_MS: u64 = 30_000;

/// A client gives up on an answer after this, in ms.
const TIMEOUT_MS: u64 = 20_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Script(usize),
    Received(u64, Option<usize>),
    Answered(u64, Answered),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Answered {
    Granted(u64),
    TooMany,
    NotReady,
    Status(bool),
    Lost,
}

pub(crate) struct Story<'s> {
    scenario: &'s Scenario,
    server: Server,
    chance: Chance,
    due: BinaryHeap<Reverse<(u64, u64, Event)>>,
    order: u64,
    round_trips: Vec<u64>,
    statuses: Vec<u64>,
    ready_at: Vec<u64>,
}

/// What came of it.
pub(crate) struct Outcome {
    scenario: Scenario,
    server: Server,
    ready_at: Vec<u64>,
    /// When the client asked how the session is.
    pub(crate) statuses: Vec<u64>,
    /// Chats that were told that there is no place for them.
    pub(crate) turned_away: usize,
}

impl<'s> Story<'s> {
    pub(crate) fn new(scenario: &'s Scenario, seed: u64) -> Self {
        Self {
            scenario,
            server: Server::new(scenario, seed),
            chance: Chance::new(seed, &["network"]),
            due: BinaryHeap::new(),
            order: 0,
            round_trips: Vec::new(),
            statuses: Vec::new(),
            ready_at: Vec::new(),
        }
    }

    pub(crate) fn run(mut self, client: &mut dyn Client) -> Outcome {
        for (n, (at, _)) in self.scenario.script.iter().enumerate() {
            self.put(*at, Event::Script(n));
        }
        let mut now = 0;
        loop {
            while let Some((id, call)) = client.poll(now) {
                self.send(id, call, now);
            }
            let event = self.due.peek().map(|Reverse((at, ..))| *at);
            let wake = client.next_at(now).map(|at| at.max(now + 1));
            now = [event, wake].into_iter().flatten().min().unwrap_or(self.scenario.lasts_ms);
            if now >= self.scenario.lasts_ms {
                break;
            }
            client.pass(now);
            while let Some(Reverse((at, ..))) = self.due.peek()
                && *at <= now
                && let Some(Reverse((_, _, event))) = self.due.pop()
            {
                self.happen(event, client, now);
            }
        }
        Outcome {
            scenario: self.scenario.clone(),
            server: self.server,
            ready_at: self.ready_at,
            statuses: self.statuses,
            turned_away: client.turned_away(),
        }
    }

    fn put(&mut self, at: u64, event: Event) {
        self.order += 1;
        self.due.push(Reverse((at, self.order, event)));
    }

    fn send(&mut self, id: u64, call: Call, now: u64) {
        let trip = self.round_trip();
        let at = usize::try_from(id).expect("a small number");
        self.round_trips.resize(self.round_trips.len().max(at + 1), 0);
        self.round_trips[at] = now + trip;
        let chat = match call {
            Call::Subscribe(chat) => Some(chat),
            Call::Status => {
                self.statuses.push(now);
                None
            }
        };
        self.put(now + trip / 2, Event::Received(id, chat));
    }

    /// Lognormal around 140 ms, cut at 50 and 400.
    fn round_trip(&mut self) -> u64 {
        // Twelve even draws make a normal one, nearly.
        let sum: u64 = (0..12).map(|_| self.chance.between(0, 1_000_000)).sum();
        let normal = sum as f64 / 1_000_000.0 - 6.0;
        (140.0 * (normal * 0.45).exp()).clamp(50.0, 400.0) as u64
    }

    fn happen(&mut self, event: Event, client: &mut dyn Client, now: u64) {
        match event {
            Event::Script(n) => match self.scenario.script[n].1 {
                Act::Lose => {
                    self.server.lose(now);
                    client.told(false, now);
                }
                Act::Ready => {
                    self.server.ready = true;
                    self.ready_at.push(now);
                    client.told(true, now);
                }
                Act::Limit(limit) => self.server.allow(limit),
            },
            Event::Received(id, chat) => {
                let answer = match chat.map(|chat| self.server.subscribe(chat, now)) {
                    Some(Verdict::Granted(until)) => Answered::Granted(until),
                    Some(Verdict::TooMany) => Answered::TooMany,
                    Some(Verdict::NotReady) => Answered::NotReady,
                    None => Answered::Status(self.server.ready),
                };
                let arrives = self.round_trips[usize::try_from(id).expect("a small number")];
                if self.chance.percent(self.scenario.lost_percent) {
                    self.put(now + TIMEOUT_MS, Event::Answered(id, Answered::Lost));
                } else {
                    self.put(arrives, Event::Answered(id, answer));
                }
            }
            Event::Answered(id, answer) => client.hear(
                id,
                match answer {
                    Answered::Granted(until) => Reply::Granted { until },
                    Answered::TooMany => Reply::TooMany,
                    Answered::NotReady => Reply::NotReady,
                    Answered::Status(ready) => Reply::Status(ready),
                    Answered::Lost => Reply::Lost,
                },
                now,
            ),
        }
    }
}

impl Outcome {
    /// The share of watched time in which the chats of a priority were truly told, in percent.
    pub(crate) fn coverage(&self, priority: Priority) -> Option<f64> {
        self.coverage_within(priority, 0, self.scenario.lasts_ms)
    }

    pub(crate) fn coverage_within(&self, priority: Priority, from: u64, to: u64) -> Option<f64> {
        let chats: Vec<_> =
            (0..self.scenario.chats()).filter(|chat| self.scenario.priority(*chat) == priority).collect();
        let covered: u64 = chats.iter().map(|chat| self.server.told[*chat].covered(from, to)).sum();
        (!chats.is_empty()).then(|| covered as f64 * 100.0 / (chats.len() as u64 * (to - from)) as f64)
    }

    pub(crate) const fn calls(&self) -> usize {
        self.server.received.len()
    }

    /// When which call was received.
    pub(crate) fn trace(&self) -> Vec<(u64, usize)> {
        let of_chat = |(chat, told): (usize, &super::server::Told)| {
            told.granted.iter().map(move |at| (*at, chat)).collect::<Vec<_>>()
        };
        let mut all: Vec<_> = self.server.told.iter().enumerate().flat_map(of_chat).collect();
        all.sort_unstable();
        all
    }

    pub(crate) fn refused(&self) -> &[u64] {
        &self.server.refused
    }

    /// How many of the refusals fell between two instants.
    pub(crate) fn refused_within(&self, from: u64, to: u64) -> usize {
        self.server.refused.iter().filter(|at| (from..to).contains(at)).count()
    }

    /// The most calls the server received in any minute.
    pub(crate) fn largest_window(&self) -> usize {
        let received = &self.server.received;
        (0..received.len())
            .map(|n| received[n..].iter().take_while(|at| **at < received[n] + MINUTE).count())
            .max()
            .unwrap_or(0)
    }

    /// The longest time a chat of a priority went without being served, in ms.
    pub(crate) fn longest_unserved(&self, priority: Priority) -> u64 {
        let chats = (0..self.scenario.chats()).filter(|chat| self.scenario.priority(*chat) == priority);
        let gap = |chat: usize| {
            let granted = &self.server.told[chat].granted;
            let bounds: Vec<_> = [0].iter().chain(granted).chain([&self.scenario.lasts_ms]).copied().collect();
            bounds.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0)
        };
        chats.map(gap).max().unwrap_or(0)
    }

    /// When the session came back for the last time.
    pub(crate) fn last_ready(&self) -> Option<u64> {
        self.ready_at.last().copied()
    }

    /// How long after each return of the session that lasted the chats of a priority were granted again, in ms, sorted.
    pub(crate) fn returns(&self, priority: Priority) -> Vec<u64> {
        let mut waits = Vec::new();
        for (n, ready) in self.ready_at.iter().enumerate() {
            let until = self.ready_at.get(n + 1).copied().unwrap_or(self.scenario.lasts_ms);
            if until - ready < LASTING_MS {
                continue;
            }
            for chat in (0..self.scenario.chats()).filter(|chat| self.scenario.priority(*chat) == priority) {
                let again = self.server.told[chat].granted.iter().find(|at| (*ready..until).contains(at));
                waits.push(again.map_or(until - ready, |at| at - ready));
            }
        }
        waits.sort_unstable();
        waits
    }

    /// When the last chat was granted again after an instant, in ms from it.
    pub(crate) fn all_back_after(&self, from: u64) -> Option<u64> {
        self.back_after(from, &[Priority::Focused, Priority::Visible, Priority::Background])
    }

    /// When the last chat of these priorities was granted again after an instant, in ms from it.
    pub(crate) fn back_after(&self, from: u64, priorities: &[Priority]) -> Option<u64> {
        let chats = (0..self.scenario.chats()).filter(|chat| priorities.contains(&self.scenario.priority(*chat)));
        let again = |chat: usize| self.server.told[chat].granted.iter().find(|at| **at >= from).map(|at| at - from);
        chats.map(again).collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    /// How many chats were ever served.
    pub(crate) fn served(&self) -> usize {
        self.server.told.iter().filter(|told| !told.granted.is_empty()).count()
    }

    /// The order in which chats were first served, by priority.
    pub(crate) fn first_served(&self) -> Vec<(u64, Priority)> {
        let first = |chat: usize| Some((*self.server.told[chat].granted.first()?, self.scenario.priority(chat)));
        let mut all: Vec<_> = (0..self.scenario.chats()).filter_map(first).collect();
        all.sort_unstable();
        all
    }
}
