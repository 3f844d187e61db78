//! Prints what one operation of the machine costs with 100, 1 000 and 10 000 watched chats, side by side. In each round every
//! size is measured once; a figure is the median of the rounds, a ratio the median of the rounds' own ratios.
#![cfg_attr(target_arch = "wasm32", allow(unused))]

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    native::main();
}

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::hint::black_box;

    use wa_presence::machine::id::{Address, Id};
    use wa_presence::machine::time::{Instant, UnixMs};
    use wa_presence::machine::{
        Config, Envelope, Intent, LeaseTerms, Machine, Observation, Priority, Report, WatchId, Word,
    };

    const SIZES: [usize; 3] = [100, 1_000, 10_000];
    /// The first few warm up and do not count.
    const WARM: usize = 3;
    const ROUNDS: usize = 21;
    /// Operations in one measurement: as many at every size, all on different chats.
    const BATCH: usize = 64;
    const EPOCH_MS: u64 = 1_785_000_000_000;
    const LINGER_MS: u64 = 5_000;
    const ORDER: [Priority; 3] = [Priority::Visible, Priority::Background, Priority::Focused];

    const NAMES: [&str; 7] = [
        "`watch` of one more chat",
        "`set_priority` while all wait",
        "`unwatch`",
        "the end of its linger",
        "a push of typing, with its notice",
        "`poll_intent`, `handle_subscribed` while all wait",
        "`handle_timeout` of one renewal",
    ];

    type Costs = [f64; NAMES.len()];

    pub(crate) fn main() {
        let rounds: Vec<[Costs; SIZES.len()]> = (0..WARM + ROUNDS).map(|_| SIZES.map(round)).skip(WARM).collect();
        println!("| operation | 100 chats | 1 000 | 10 000 | 1 000 : 100 | 10 000 : 100 |");
        println!("|---|---|---|---|---|---|");
        for (op, name) in NAMES.iter().enumerate() {
            let [few, more, most] = [0, 1, 2].map(|size| median(rounds.iter().map(|costs| costs[size][op])));
            let [to_more, to_most] =
                [1, 2].map(|size| median(rounds.iter().map(|costs| costs[size][op] / costs[0][op])));
            println!("| {name} | {few:.0} ns | {more:.0} ns | {most:.0} ns | {to_more:.2} × | {to_most:.2} × |");
        }
    }

    fn median(values: impl Iterator<Item = f64>) -> f64 {
        let mut all: Vec<_> = values.collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    }

    fn round(chats: usize) -> Costs {
        let mut waiting = Stage::new(chats);
        let set_priority = waiting.set_priorities();
        let subscribe = waiting.subscribe();
        let mut calm = Stage::new(chats);
        calm.grant_all();
        let typing = calm.push();
        let watch = calm.watch();
        let (unwatch, linger) = calm.unwatch();
        let renewal = calm.renew();
        [watch, set_priority, unwatch, linger, typing, subscribe, renewal]
    }

    /// One machine and the time it is there.
    struct Stage {
        machine: Machine,
        watches: Vec<WatchId>,
        now: Instant,
        ids: Vec<Id>,
    }

    impl Stage {
        /// So many chats are watched, and wait.
        fn new(chats: usize) -> Self {
            // Leases outlast the making of ten thousand of them at the pace of one gateway.
            let lease = LeaseTerms { sure_ms: 36_000_000, max_ms: 36_000_000 };
            let config = Config { lease, max_watched: 20_000, looks_up_aliases: false, ..Config::default() };
            let ids: Vec<_> =
                (0..chats + BATCH).map(|n| Id::parse(&format!("1555{n:07}@c.us")).expect("an id")).collect();
            let (mut machine, now) = (Machine::new(config), Instant::from_ms(1_000_000));
            let watches = ids.iter().take(chats).map(|id| machine.watch(id, Priority::Visible, now)).collect();
            let mut stage = Self { machine, watches, now, ids };
            stage.hear();
            stage
        }

        /// The places of so many chats, far apart.
        fn sample(&self) -> impl Iterator<Item = usize> + use<> {
            let chats = self.watches.len();
            (0..BATCH).map(move |n| n * chats / BATCH)
        }

        fn hear(&mut self) {
            while let Some(notice) = self.machine.poll_notice() {
                black_box(notice);
            }
        }

        fn wake(&mut self) {
            while let Some((at, _)) = self.machine.poll_timeout(self.now).filter(|(at, _)| *at <= self.now) {
                black_box(at);
                self.machine.handle_timeout(self.now);
                self.hear();
            }
        }

        /// Goes to when the next call may leave.
        fn until_open(&mut self) {
            self.now = self.machine.poll_timeout(self.now).map_or(self.now, |(at, _)| at.max(self.now));
            self.machine.handle_timeout(self.now);
        }

        fn grant_next(&mut self) -> bool {
            let Some(Intent::Subscribe { chat, .. }) = self.machine.poll_intent(self.now) else { return false };
            self.machine.handle_subscribed(chat, self.now, self.now);
            true
        }

        fn grant_all(&mut self) {
            while self.machine.calls().0 > 0 {
                if !self.grant_next() {
                    self.until_open();
                }
                self.hear();
            }
            // Whatever asking brought about is over: silence was noticed everywhere.
            let end = self.now + 60_000;
            while let Some((at, _)) = self.machine.poll_timeout(self.now).filter(|(at, _)| *at <= end) {
                self.now = at;
                self.wake();
            }
            self.now = end;
            self.wake();
        }

        fn watch(&mut self) -> f64 {
            let more: Vec<_> = self.ids.iter().skip(self.watches.len()).cloned().collect();
            let mut watches = Vec::with_capacity(more.len());
            let cost = timed(|| {
                for id in &more {
                    watches.push(self.machine.watch(id, Priority::Visible, self.now));
                }
            });
            self.hear();
            for watch in watches {
                self.machine.unwatch(watch, self.now);
            }
            self.now = self.now + LINGER_MS;
            self.wake();
            cost
        }

        fn set_priorities(&mut self) -> f64 {
            let watches: Vec<_> = self.sample().map(|at| self.watches[at]).zip(ORDER.into_iter().cycle()).collect();
            timed(|| {
                for (watch, priority) in watches {
                    self.machine.set_priority(watch, priority, self.now);
                }
            })
        }

        /// What it costs to end a watch, and to forget it when its linger is over.
        fn unwatch(&mut self) -> (f64, f64) {
            let places: Vec<_> = self.sample().collect();
            let watches: Vec<_> = places.iter().map(|at| self.watches[*at]).collect();
            let cost = timed(|| {
                for watch in watches {
                    self.machine.unwatch(watch, self.now);
                }
            });
            self.now = self.now + LINGER_MS;
            let linger = timed(|| self.machine.handle_timeout(self.now));
            self.hear();
            (cost, linger)
        }

        fn push(&mut self) -> f64 {
            let texts: Vec<_> =
                self.sample().map(|at| (self.ids[at].as_str().to_owned(), format!("evt_{at}"))).collect();
            let wall = UnixMs::from_ms(EPOCH_MS + self.now.as_ms());
            let envelopes: Vec<_> = texts
                .iter()
                .map(|(chat, event)| {
                    let address = || Address::parse(chat).expect("an id");
                    let report = Report { participant: address(), word: Word::Typing, last_seen: None, began: None };
                    let reports = vec![report].into();
                    let observation = Observation::Presence { chat: address(), reports, complete: false };
                    Envelope { id: Some(event), stamp: Some(wall), own: [None, None], aliases: vec![], observation }
                })
                .collect();
            let cost = timed(|| {
                for envelope in &envelopes {
                    self.machine.handle_envelope(envelope, wall, self.now);
                    self.hear();
                }
            });
            // What was typed is over, so that nothing but renewals is left to come due.
            self.now = self.now + 120_000;
            self.wake();
            cost
        }

        /// The gate alone decides when; what it costs to pass it and to note the grant is measured, one by one.
        fn subscribe(&mut self) -> f64 {
            let costs = (0..BATCH).map(|_| {
                while self.machine.poll_timeout(self.now).is_some_and(|(at, _)| at > self.now) {
                    self.until_open();
                    self.hear();
                }
                let mut granted = false;
                let cost = timed(|| granted = self.grant_next());
                assert!(granted, "work that was not done does not count as fast");
                self.hear();
                cost
            });
            costs.sum()
        }

        /// With calls halted renewals come due and wait, so nothing but them is measured.
        fn renew(&mut self) -> f64 {
            self.machine.halt_calls();
            let mut costs = 0.0;
            let mut renewed = 0;
            while renewed < BATCH / 2 {
                let before = self.machine.calls().0;
                let Some((at, _)) = self.machine.poll_timeout(self.now) else { break };
                self.now = at;
                let cost = timed(|| self.machine.handle_timeout(at));
                self.hear();
                if self.machine.calls().0 > before {
                    costs += cost;
                    renewed += 1;
                }
            }
            assert!(renewed > 0, "no renewal came due");
            costs * BATCH as f64 / renewed as f64
        }
    }

    /// ns for each operation of a batch.
    #[expect(clippy::disallowed_methods, reason = "a benchmark: it measures real time")]
    fn timed<T>(work: impl FnOnce() -> T) -> f64 {
        let begin = std::time::Instant::now();
        black_box(work());
        begin.elapsed().as_nanos() as f64 / BATCH as f64
    }
}
