//! What became known, told to whom it concerns: knowledge with its lease, snapshots after reads, session, budget, errors.

use wa_presence::gateway::Capabilities;
use wa_presence::machine::id::Id;
use wa_presence::machine::knowledge::{Knowledge, Wait};
use wa_presence::machine::snapshot::Cause;
use wa_presence::machine::time::Instant;
use wa_presence::machine::{ChatKey, Notice};

use super::actor::Actor;
use crate::error::Refusal;
use crate::wire::{self, BudgetJson, json};

/// Between two budgets that are told, in ms.
const BUDGET_MS: u64 = 2_000;

/// What was told of the account as a whole.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// What the gateway could do, as told last.
    able: Option<Capabilities>,
    budget: (usize, u64, usize, usize),
    budget_due: Option<Instant>,
    budget_at: Instant,
    /// An answer came: any lease may have changed.
    answered: bool,
}

impl Told {
    pub(super) fn note_answer(&mut self, now: Instant) {
        self.answered = true;
        self.note_call(now);
    }

    pub(super) fn note_call(&mut self, now: Instant) {
        self.budget_due = self.budget_due.or(Some(now.max(self.budget_at + BUDGET_MS)));
    }

    pub(super) const fn poll_timeout(&self) -> Option<Instant> {
        self.budget_due
    }
}

impl Actor {
    /// Takes everything the session has to say, and tells it.
    pub(super) fn tell_news(&mut self) {
        let moment = self.moment();
        let able = self.capabilities();
        let learned = self.told.able.replace(able).is_some_and(|before| before != able);
        let changed = self.session.poll_connection();
        if let Some(connection) = changed.or_else(|| learned.then(|| self.session.connection())) {
            let state = wire::session(connection, &able, moment);
            let (connection, session) = (state.connection, state.session);
            tracing::info!(account = &*self.name, connection, session, "the session changed");
            self.publish(&[], "session", &json(&state));
        }
        while let Some(error) = self.session.poll_error() {
            tracing::warn!(
                account = &*self.name,
                code = error.code.as_str(),
                status = error.status,
                "the gateway refused"
            );
            self.publish(&[], "error", &json(&Refusal::from(error)));
        }
        while let Some((id, reply)) = self.session.poll_reply() {
            self.reply(id, reply);
        }
        if let Some(own) = self.session.poll_own(moment.now) {
            self.publish(&[], "own", &json(&wire::own(&own)));
        }
        // Nobody asks questions here, and no policy of our own presence runs.
        while self.session.poll_told(moment.now).is_some() {}
        while self.session.poll_check(moment.now).is_some() {}
        while let Some(notice) = self.session.poll_notice() {
            self.noticed(notice);
        }
        if std::mem::take(&mut self.told.answered) {
            self.join_ids();
            for key in self.chats.keys() {
                self.tell_knowledge(key);
            }
        }
    }

    fn noticed(&mut self, notice: Notice) {
        if notice.cause == Cause::Alias {
            self.join_ids();
        }
        let Some(chat) = self.chats.get(notice.chat) else { return };
        let ids = chat.ids.clone();
        // Whoever follows makes of observations and of time what is made of them here. Answers to our questions they do not see.
        let unseen = matches!(notice.cause, Cause::Read | Cause::Alias);
        if unseen && let Some(snapshot) = self.snapshot(notice.chat) {
            self.publish(&ids, "snapshot", &snapshot);
        }
        self.tell_knowledge(notice.chat);
    }

    /// Tells what may be claimed of a chat, and until when, where that differs from what was told.
    fn tell_knowledge(&mut self, key: ChatKey) {
        let machine = self.session.machine();
        let (known, lease) = (machine.knowledge(key), machine.lease(key));
        let Some(chat) = self.chats.get_mut(key) else { return };
        chat.lost &= is_pending(known);
        let told = (known, lease, chat.lost);
        if chat.told.replace(told) == Some(told) {
            return;
        }
        let (ids, lost) = (chat.ids.clone(), chat.lost);
        let Some(id) = machine.id_of(key) else { return };
        let refused = matches!(known, Knowledge::Refused(_)).then(|| machine.snapshot(key)).flatten();
        let detail = refused.as_ref().and_then(|snapshot| snapshot.refusal.as_deref());
        let told = json(&wire::knowledge(id.as_str(), known, lost, detail, lease, self.moment()));
        self.publish(&ids, "knowledge", &told);
    }

    /// What is known of a chat now.
    pub(super) fn snapshot(&self, key: ChatKey) -> Option<String> {
        let machine = self.session.machine();
        let (snapshot, moment) = (machine.snapshot(key)?, self.moment());
        let lost = self.chats.get(key).is_some_and(|chat| chat.lost);
        let (known, lease) = (machine.knowledge(key), machine.lease(key));
        let detail = snapshot.refusal.as_deref().filter(|_| matches!(known, Knowledge::Refused(_)));
        let knowledge = wire::knowledge(snapshot.chat.as_str(), known, lost, detail, lease, moment);
        let observed = |participant: &str| machine.observed(key, participant);
        Some(json(&wire::snapshot(&snapshot, &knowledge, machine.last_inbound(key), &observed, moment)))
    }

    /// These were followed before, elsewhere or before a restart: until something is known again, that is lost, not unknown.
    pub(super) fn lose(&mut self, chats: &[Id]) {
        for id in chats {
            let Some(key) = self.followed(id.as_str()) else { continue };
            let waits = is_pending(self.session.machine().knowledge(key));
            if let Some(chat) = self.chats.get_mut(key) {
                chat.lost |= waits;
            }
        }
    }

    /// Tells how the budget stands, at most so often and where that is news.
    pub(super) fn budget_due(&mut self, now: Instant) {
        if self.told.budget_due.is_none_or(|due| due > now) {
            return;
        }
        self.told.budget_due = None;
        self.told.budget_at = now;
        let budget = self.session.machine().budget(now);
        let watched = self.session.machine().watched_chats().count();
        let told = (budget.spent, budget.limit, budget.waiting, watched);
        let metrics = &self.shared.metrics;
        if let Some((readers, cut_off)) = self.exchange.audience() {
            metrics.set(&self.name, "feeds", readers);
            metrics.set(&self.name, "feeds_cut_off", usize::try_from(cut_off).unwrap_or(usize::MAX));
        }
        metrics.set(&self.name, "chats_followed", self.chats.len());
        metrics.set(&self.name, "budget_spent", budget.spent);
        metrics.set(&self.name, "budget_limit", usize::try_from(budget.limit).unwrap_or(usize::MAX));
        metrics.set(&self.name, "chats_waiting", budget.waiting);
        metrics.set(&self.name, "session_ready", usize::from(self.session.connection().session.as_str() == "working"));
        if std::mem::replace(&mut self.told.budget, told) != told {
            let budget = json(&self.budget());
            self.publish(&[], "budget", &budget);
        }
    }

    /// How the budget stands.
    pub(super) fn budget(&mut self) -> BudgetJson {
        let moment = self.moment();
        let budget = self.session.machine().budget(moment.now);
        let watched = self.session.machine().watched_chats().count();
        wire::budget(budget, self.session.calls_today(moment.wall), watched, moment)
    }
}

/// Whether a question has neither been answered nor met with a silence that says something.
const fn is_pending(known: Knowledge) -> bool {
    matches!(known, Knowledge::Waiting(Wait::Queued | Wait::Asked))
}
