//! What we may claim to know of a chat's availability, and why not more: five silences that are not "offline".

use super::config::Config;
use super::subscription::Subscription;
use super::time::Instant;

/// How much the availability of a chat is worth right now. It says nothing of activity, which is shown whenever it is
/// fresh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Knowledge {
    /// Nobody watches the chat.
    #[default]
    Unwatched,
    /// Asked, or about to ask; nothing heard yet.
    Waiting(Wait),
    /// The gateway tells us of changes.
    Live {
        /// True while the lease is certain; false from its sure end to its latest possible one.
        vouched: bool,
    },
    /// The gateway may have stopped telling us.
    Lapsed(Lapse),
    /// Their privacy settings hide it.
    Hidden(Hiding),
    /// The gateway, or a guard of ours, will not serve this chat.
    Refused(Refusal),
}

/// How far a question has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Its turn has not come.
    Queued,
    /// The gateway was asked.
    Asked,
    /// Asked a while ago, and silence: hidden by privacy, an unmapped `@lid`, an engine that does not emit presence, or
    /// simply nothing to tell.
    Silent,
}

impl Wait {
    /// The name JavaScript sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Asked => "asked",
            Self::Silent => "silent",
        }
    }
}

/// What ended our knowledge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lapse {
    /// The lease ran out before it could be renewed.
    Lease,
    /// The gateway's session is not connected to WhatsApp.
    Session,
    /// Nothing brings us events.
    Feed,
}

impl Lapse {
    /// The name JavaScript sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lease => "lease",
            Self::Session => "session",
            Self::Feed => "feed",
        }
    }
}

/// Why presence is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hiding {
    /// They do not share it.
    Deny,
    /// We do not share ours.
    Reciprocity,
}

impl Hiding {
    /// The name JavaScript sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Reciprocity => "reciprocity",
        }
    }
}

/// Why a chat is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// More chats are watched than `maxWatchedChats` allows.
    TooMany,
    /// They have not written for 24 h, as far as we know, and the guard is strict.
    OutsideWindow,
    /// The gateway does not know the chat.
    NotFound,
    /// The credential may not ask.
    Forbidden,
    /// The gateway calls the request wrong.
    BadRequest,
    /// The gateway or its engine cannot do it.
    Unsupported,
    /// The engine failed again and again.
    Engine,
}

impl Refusal {
    /// The name JavaScript sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooMany => "too-many",
            Self::OutsideWindow => "outside-24h",
            Self::NotFound => "not-found",
            Self::Forbidden => "forbidden",
            Self::BadRequest => "bad-request",
            Self::Unsupported => "unsupported",
            Self::Engine => "engine",
        }
    }
}

/// The connection's share in what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// False only when the gateway said that its session is not working.
    pub(crate) session_ready: bool,
    /// True once a needed feed has been down for longer than the grace.
    pub(crate) feed_lapsed: bool,
    /// True while nobody is shown that we are online: whoever shares nothing is told nothing.
    pub(crate) own_hidden: bool,
}

/// Derives the knowledge of a chat at `now`.
pub(crate) fn derive(subscription: &Subscription, link: Link, config: &Config, now: Instant) -> Knowledge {
    if !subscription.is_watched() {
        return Knowledge::Unwatched;
    }
    if subscription.turned_away {
        return Knowledge::Refused(Refusal::TooMany);
    }
    if config.is_relayed() {
        return told(subscription, link, now);
    }
    if let Some(refusal) = subscription.refused {
        return Knowledge::Refused(refusal);
    }
    if let Some(lapse) = lapse(subscription, link, now) {
        // A push proves that something still reaches us, for a moment.
        return match subscription.grace_until {
            Some(until) if until > now => Knowledge::Live { vouched: false },
            Some(_) | None => Knowledge::Lapsed(lapse),
        };
    }
    if let Some(hiding) = subscription.hidden {
        return Knowledge::Hidden(hiding);
    }
    if link.own_hidden && believed_until(subscription, config).is_none_or(|until| until <= now) {
        return Knowledge::Hidden(Hiding::Reciprocity);
    }
    match subscription.lease {
        Some(lease) if subscription.heard => Knowledge::Live { vouched: now < lease.sure_until },
        Some(_) | None if subscription.grace_until.is_some_and(|until| until > now) => {
            Knowledge::Live { vouched: false }
        }
        Some(_) | None => waiting(subscription, config, now),
    }
}

/// What a relay told, as far as it holds: its word ends with the lease it told, and while nothing reaches us from there.
fn told(subscription: &Subscription, link: Link, now: Instant) -> Knowledge {
    let lease = subscription.lease;
    let known = match subscription.told {
        _ if link.feed_lapsed => Knowledge::Lapsed(Lapse::Feed),
        _ if !link.session_ready => Knowledge::Lapsed(Lapse::Session),
        None => Knowledge::Waiting(Wait::Queued),
        Some(Knowledge::Live { .. }) if lease.is_some_and(|lease| now >= lease.max_until) => {
            Knowledge::Lapsed(Lapse::Lease)
        }
        Some(Knowledge::Live { vouched }) => {
            Knowledge::Live { vouched: vouched && lease.is_some_and(|lease| now < lease.sure_until) }
        }
        Some(other) => other,
    };
    let graced = subscription.grace_until.is_some_and(|until| until > now);
    // A push comes a moment before the relay's word for what it means.
    let unheard = matches!(known, Knowledge::Lapsed(_) | Knowledge::Waiting(_));
    if graced && unheard { Knowledge::Live { vouched: false } } else { known }
}

fn lapse(subscription: &Subscription, link: Link, now: Instant) -> Option<Lapse> {
    if !link.session_ready {
        Some(Lapse::Session)
    } else if link.feed_lapsed {
        Some(Lapse::Feed)
    } else {
        // What is hidden stays so, whether it is told or not.
        let ended = subscription.lease.is_some_and(|lease| now >= lease.max_until);
        (ended && subscription.hidden.is_none()).then_some(Lapse::Lease)
    }
}

fn waiting(subscription: &Subscription, config: &Config, now: Instant) -> Knowledge {
    Knowledge::Waiting(match subscription.asked_at {
        None => Wait::Queued,
        Some(asked) if now.since(asked) >= config.silent_after_ms => Wait::Silent,
        Some(_) => Wait::Asked,
    })
}

/// Until when what was heard holds although nobody is told of us any more: for one lease, and no longer.
fn believed_until(subscription: &Subscription, config: &Config) -> Option<Instant> {
    subscription.heard_at.map(|at| at + config.lease.max_ms)
}

/// When [`derive`] may next give another answer, all else being equal.
pub(crate) fn changes_at(subscription: &Subscription, link: Link, config: &Config, now: Instant) -> Option<Instant> {
    let unshared = believed_until(subscription, config).filter(|_| link.own_hidden);
    let silent = subscription.asked_at.filter(|_| !subscription.heard).map(|asked| asked + config.silent_after_ms);
    let lease = subscription.lease;
    [lease.map(|l| l.sure_until), lease.map(|l| l.max_until), subscription.grace_until, silent, unshared]
        .into_iter()
        .flatten()
        .filter(|at| *at > now)
        .min()
}
