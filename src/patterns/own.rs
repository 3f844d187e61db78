//! What our own account says of itself to everybody: online while somebody claims it, offline when nobody does any more.
//!
//! A claim is one client's. Those of other clients of the account are known by when they run out, and nobody sets the account
//! offline while one of them stands. A ghost outweighs all claims: it keeps the account offline, as far as the gateway lets it.

pub use super::others::Others;
use super::policy::Policy;
use crate::machine::error::{Error, Outlook};
use crate::machine::jitter::Jitter;
use crate::machine::time::Instant;

/// How long a claim stands unless it is made again, in ms: what a crashed page leaves behind. Hidden pages wake once a minute.
pub const CLAIM_MS: u64 = 90_000;
/// How often a claim is made again, in ms.
const CLAIM_AGAIN_MS: u64 = 30_000;
/// WAHA sets an account offline so long after the last call that marked it online, in ms, whatever was claimed; and a little.
const MARKED_MS: u64 = 26_000;
/// Where the gateway does that, other clients' calls do it too: a claim is repeated so often, in ms.
const REPEAT_MS: u64 = 60_000;
/// After a call that marked us online we are set offline again after so long, in ms: more calls may follow.
const HIDE_AGAIN_MS: u64 = 2_000;
/// How long a pulse shows us online, in ms.
pub const PULSE_MS: u64 = 10_000;
/// First and longest wait before a failed call is repeated, in ms.
const RETRY_MS: (u64, u64) = (2_000, 60_000);
/// Pause after a 429 without a readable Retry-After, in ms.
const REFUSED_PAUSE_MS: u64 = 60_000;

/// What our account says of itself, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnState {
    /// What the gateway took last from here, if we know that it still holds.
    pub online: Option<bool>,
    /// This client claims to be online.
    pub claimed: bool,
    /// Another client of this browser does.
    pub claimed_elsewhere: bool,
    /// Somebody here wants the account to stay unseen.
    pub ghost: bool,
    /// Another client of this browser does.
    pub ghost_elsewhere: bool,
    /// Whether the policy runs here and not in another tab, whether support is open, whether we are well; if there is one.
    pub policy: Option<(bool, Option<bool>, Option<bool>)>,
}

/// Our own presence.
#[derive(Debug)]
pub struct Own {
    /// Whether anybody here ever wanted anything of it. Most never do, and every event asks.
    used: bool,
    claimed: bool,
    /// Somebody here wanted it offline, or online and not any more.
    withdrawn: bool,
    ghosts: u32,
    others: Others,
    policy: Option<Policy>,
    told: Option<bool>,
    /// What everybody sees of us, whoever said so, where somebody tells us that.
    heard: Option<bool>,
    /// When that call left: calls that mark us online may have left right after it.
    told_at: Instant,
    in_flight: Option<(bool, Instant)>,
    not_before: Instant,
    failures: u32,
    /// The gateway will not have it.
    refused: bool,
    /// The last call that marked us online, whatever it was for.
    marked_at: Option<Instant>,
    claim_due: Option<Instant>,
    pulse_at: Option<Instant>,
    pulse_until: Option<Instant>,
    /// The page is hidden away, and may not come back.
    away: bool,
    jitter: Jitter,
}

impl Own {
    /// Nobody claims anything yet. The seed is that of all jitter.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self {
            used: false,
            claimed: false,
            withdrawn: false,
            ghosts: 0,
            others: Others::default(),
            policy: None,
            told: None,
            heard: None,
            told_at: Instant::ZERO,
            in_flight: None,
            not_before: Instant::ZERO,
            failures: 0,
            refused: false,
            marked_at: None,
            claim_due: None,
            pulse_at: None,
            pulse_until: None,
            away: false,
            jitter: Jitter::new(seed ^ 0x0717_1fe5),
        }
    }

    /// Whether anybody here ever wanted anything of it.
    #[must_use]
    #[inline]
    pub const fn is_used(&self) -> bool {
        self.used
    }

    /// This client claims to be online, or does not any more.
    pub fn claim(&mut self, online: bool, now: Instant) {
        self.used = true;
        self.claimed = online;
        self.withdrawn = !online;
        self.refused = false;
        self.not_before = self.not_before.min(now);
        // Said again where it was said before: the caller may know that it does not hold.
        self.told = None;
        self.claim_due = Some(now);
    }

    /// Somebody wants the account unseen, or does not any more.
    pub fn haunt(&mut self, begins: bool, now: Instant) {
        self.used = true;
        self.ghosts = if begins { self.ghosts + 1 } else { self.ghosts.saturating_sub(1) };
        self.refused = false;
        self.not_before = self.not_before.min(now);
        self.claim_due = Some(now);
        if begins {
            self.told = None;
        }
    }

    /// Whether somebody wants the account unseen.
    #[must_use]
    pub const fn is_ghost(&self) -> bool {
        self.ghosts > 0
    }

    /// Whether offline was asked for, and nobody here asked for more since.
    #[must_use]
    pub const fn is_withdrawn(&self) -> bool {
        self.withdrawn
    }

    /// When to be online, from here on; nothing for whenever it is claimed.
    pub fn set_policy(&mut self, policy: Option<Policy>, now: Instant) {
        self.used = true;
        self.withdrawn |= self.policy.as_ref().is_some_and(|before| before.decides() == Some(true));
        self.policy = policy;
        self.claim_due = Some(now);
        self.pulse_until = None;
        self.schedule_pulse(now);
    }

    /// The policy runs here from now on.
    pub fn lead_policy(&mut self, now: Instant) {
        if let Some(policy) = &mut self.policy {
            policy.handle_lead(true);
        }
        self.schedule_pulse(now);
    }

    /// Whether the policy wants to know something of the platform.
    #[must_use]
    pub fn wants_check(&self, now: Instant) -> bool {
        self.policy.as_ref().is_some_and(|policy| policy.wants_check(now))
    }

    /// Whether our claim is to be written down anew.
    #[must_use]
    pub fn has_claim_due(&self, now: Instant) -> bool {
        self.claim_due.is_some_and(|due| due <= now)
    }

    /// The policy, to be told what it asks for.
    pub fn policy(&mut self) -> Option<&mut Policy> {
        self.policy.as_mut()
    }

    /// What other clients of the account say of it.
    pub fn learn_others(&mut self, others: Others) {
        self.used |= others != Others::default();
        self.others = others;
    }

    /// A relay told what everybody sees of our account, which others may have said.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    pub fn handle_told(&mut self, online: Option<bool>) {
        self.used |= online.is_some();
        self.heard = online;
    }

    /// A call left that marks us online for a while.
    pub fn handle_marked(&mut self, now: Instant) {
        self.marked_at = Some(now);
    }

    /// The gateway lost WhatsApp: it has forgotten what we said.
    pub fn handle_session_lost(&mut self) {
        self.told = None;
        self.in_flight = None;
    }

    /// Time passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        if let Some(policy) = &mut self.policy {
            policy.handle_timeout(now);
            self.withdrawn |= policy.decides().is_some();
        }
        if self.pulse_until.is_some_and(|until| until <= now) {
            self.pulse_until = None;
            self.withdrawn = true;
        }
        if self.pulse_at.is_some_and(|at| at <= now) {
            self.schedule_pulse(now);
            let leads = self.policy.as_ref().is_some_and(Policy::leads);
            if leads && !self.is_online(now) && self.ghosts == 0 {
                self.pulse_until = Some(now + PULSE_MS);
            }
        }
    }

    /// What to tell the gateway: online or offline. `marks` says whether calls for other things mark us online there.
    pub fn poll(&mut self, marks: bool, now: Instant) -> Option<bool> {
        let (online, at) = self.next(marks, now)?;
        if at > now {
            return None;
        }
        self.in_flight = Some((online, now));
        self.claim_due = Some(now);
        Some(online)
    }

    /// Whether it would say something now: then what others claim must be known.
    #[must_use]
    pub fn is_about_to_speak(&self, marks: bool, now: Instant) -> bool {
        self.next(marks, now).is_some_and(|(_, at)| at <= now)
    }

    /// What became of it. True where a failure is news.
    pub fn handle_outcome(&mut self, online: bool, failure: Option<&Error>, now: Instant) -> bool {
        let Some((_, sent_at)) = self.in_flight.take().filter(|(said, _)| *said == online) else { return false };
        let Some(error) = failure else {
            self.told = Some(online);
            self.told_at = sent_at;
            self.failures = 0;
            return false;
        };
        let wait = match error.code.outlook() {
            Outlook::TooSoon => error.retry_after_ms.unwrap_or(REFUSED_PAUSE_MS),
            Outlook::Unknown | Outlook::NotYet => self.jitter.backoff(self.failures, RETRY_MS.0, RETRY_MS.1),
            Outlook::Never => {
                self.refused = true;
                return true;
            }
        };
        self.failures = self.failures.saturating_add(1);
        self.not_before = now + wait;
        self.failures == 1 && error.code.outlook() != Outlook::NotYet
    }

    /// The page goes, or the client ends: whether the account is to be set offline now. The others' claims are known.
    pub fn leave(&mut self, now: Instant) -> bool {
        // An offline that is still on its way goes with the page.
        let unheard = self.withdrawn && self.told != Some(false);
        let online = self.is_online(now) || self.told == Some(true) || unheard;
        let went_before = std::mem::replace(&mut self.away, true);
        self.told = None;
        self.in_flight = None;
        // Whoever takes over a policy says what it comes to.
        let [claim, ghost, policy] = self.others.standing(now);
        let handed_over = policy && self.policy.is_some() && !self.claimed;
        online && !went_before && self.ghosts == 0 && !claim && !ghost && !handed_over
    }

    /// The page came back after all: what was claimed is claimed again.
    pub fn handle_return(&mut self, now: Instant) {
        if std::mem::take(&mut self.away) {
            self.claim_due = Some(now);
        }
    }

    /// What this client says of the account, for others to read, when that is to be written down anew; nothing within where it says
    /// nothing any more.
    pub fn poll_claim(&mut self, now: Instant) -> Option<Option<Others>> {
        self.claim_due.filter(|due| *due <= now)?;
        let until = |says: bool| (says && !self.away).then_some(now + CLAIM_MS);
        let says = Others {
            claim_until: until(self.is_online(now) && self.ghosts == 0),
            ghost_until: until(self.ghosts > 0),
            policy_until: until(self.policy.is_some()),
        };
        let stands = says != Others::default();
        self.claim_due = stands.then_some(now + CLAIM_AGAIN_MS);
        Some(stands.then_some(says))
    }

    /// When to poll again.
    #[must_use]
    pub fn poll_timeout(&self, marks: bool, ready: bool, now: Instant) -> Option<Instant> {
        let next = self.next(marks, now).filter(|_| ready).map(|(_, at)| at);
        let policy = self.policy.as_ref().and_then(Policy::poll_timeout);
        let others = self.others.ends_next(now).filter(|_| self.withdrawn);
        [next, policy, others, self.pulse_at, self.pulse_until, self.claim_due].into_iter().flatten().min()
    }

    /// How it stands.
    #[must_use]
    pub fn state(&self, now: Instant) -> OwnState {
        let [claim, ghost, _] = self.others.standing(now);
        OwnState {
            online: if cfg!(any(feature = "hosted", not(target_arch = "wasm32"))) {
                self.heard.or(self.told)
            } else {
                self.told
            },
            claimed: self.claimed,
            claimed_elsewhere: claim,
            ghost: self.ghosts > 0,
            ghost_elsewhere: ghost,
            policy: self.policy.as_ref().map(Policy::state),
        }
    }

    /// Whether somebody here claims that we are online.
    fn is_online(&self, now: Instant) -> bool {
        self.claimed
            || self.policy.as_ref().is_some_and(|policy| policy.decides() == Some(true))
            || self.pulse_until.is_some_and(|until| until > now)
    }

    /// What everybody is to be told; nothing where that is somebody else's to say.
    fn wanted(&self, now: Instant) -> Option<bool> {
        let [claim, ghost, _] = self.others.standing(now);
        if self.ghosts > 0 {
            Some(false)
        } else if ghost {
            None
        } else if self.is_online(now) {
            Some(true)
        } else {
            (self.withdrawn && !claim).then_some(false)
        }
    }

    fn next(&self, marks: bool, now: Instant) -> Option<(bool, Instant)> {
        if self.in_flight.is_some() || self.refused || self.away {
            return None;
        }
        let online = self.wanted(now)?;
        if self.told != Some(online) {
            return Some((online, self.not_before));
        }
        if !marks {
            return None;
        }
        let marked_at = self.marked_at.filter(|at| *at >= self.told_at);
        let again = if online {
            let repeated = self.told_at + REPEAT_MS;
            marked_at.map_or(repeated, |at| repeated.min(at + MARKED_MS))
        } else {
            marked_at.filter(|_| self.ghosts > 0)? + HIDE_AGAIN_MS
        };
        Some((online, again.max(self.not_before)))
    }

    fn schedule_pulse(&mut self, now: Instant) {
        let every = self.policy.as_ref().and_then(Policy::pulse_ms);
        // Up to a tenth earlier or later: nobody should be able to set a watch by it.
        self.pulse_at = every.map(|every| now + (every - every / 10) + self.jitter.below(every / 5 + 1));
    }
}
