//! What feeds are told, as JSON. Names are those of the SDK's declarations; there is no field for a body, a name or a credential.

use serde::Serialize;
use wa_presence::gateway::Capabilities;
use wa_presence::machine::knowledge::{Knowledge, Wait};
use wa_presence::machine::snapshot::{Participant, Snapshot};
use wa_presence::machine::time::{Instant, UnixMs};
use wa_presence::machine::{Budget, Lease, Observed};
use wa_presence::patterns::own::OwnState;
use wa_presence::session::{ChatState, Connection, ConnectionReason, ConnectionState};

/// Both clocks at one moment, to write the one's instants as the other's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) wall: UnixMs,
    pub(crate) now: Instant,
}

impl Moment {
    pub(crate) fn of(self, at: Instant) -> u64 {
        self.wall.at(at, self.now).as_ms()
    }
}

/// JSON on one line. What is written here always can be.
pub(crate) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Hello<'a> {
    pub(crate) feed: String,
    pub(crate) account: &'a str,
    pub(crate) gateway: &'static str,
    pub(crate) now_ms: u64,
    pub(crate) expires_at_ms: u64,
    pub(crate) resumed: bool,
    pub(crate) typing_ttl_ms: u64,
    pub(crate) session: SessionJson,
    pub(crate) own: OwnJson,
    pub(crate) budget: BudgetJson,
}

fn capabilities(of: &Capabilities) -> Vec<&'static str> {
    Capabilities::NAMES.iter().enumerate().filter(|(place, _)| of.holds(*place)).map(|(_, name)| *name).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionJson {
    pub(crate) connection: &'static str,
    reason: Option<&'static str>,
    pub(crate) session: &'static str,
    since_at_ms: u64,
    engine: Option<&'static str>,
    capabilities: Vec<&'static str>,
}

pub(crate) fn session(connection: Connection, able: &Capabilities, moment: Moment) -> SessionJson {
    SessionJson {
        connection: match connection.state {
            ConnectionState::Connecting => "connecting",
            ConnectionState::Open => "open",
            ConnectionState::Reconnecting => "reconnecting",
            ConnectionState::Unauthorized => "unauthorized",
            ConnectionState::Closed => "closed",
        },
        reason: connection.reason.map(|reason| match reason {
            ConnectionReason::Unreachable => "unreachable",
            ConnectionReason::Dropped => "dropped",
            ConnectionReason::Refused => "refused",
            ConnectionReason::Hidden => "hidden",
        }),
        session: connection.session.as_str(),
        since_at_ms: moment.of(connection.since),
        engine: able.engine,
        capabilities: capabilities(able),
    }
}

/// What our account says of itself.
#[derive(Serialize)]
pub(crate) struct OwnJson {
    online: Option<bool>,
    claimed: bool,
}

pub(crate) const fn own(of: &OwnState) -> OwnJson {
    OwnJson { online: of.online, claimed: of.claimed }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KnowledgeJson<'a> {
    pub(crate) chat: &'a str,
    pub(crate) state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vouched: Option<bool>,
    /// The gateway's words where it refused the chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<&'a str>,
    pub(crate) lease: Option<LeaseJson>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LeaseJson {
    sent_at_ms: u64,
    sure_until_ms: u64,
    max_until_ms: u64,
}

/// `lost` says that the chat was followed before and what was told of it is void, so that waiting is a lapse.
pub(crate) fn knowledge<'a>(
    chat: &'a str,
    known: Knowledge,
    lost: bool,
    detail: Option<&'a str>,
    lease: Option<Lease>,
    moment: Moment,
) -> KnowledgeJson<'a> {
    let (state, reason, vouched) = match known {
        Knowledge::Unwatched => ("unwatched", None, None),
        Knowledge::Waiting(Wait::Queued | Wait::Asked) if lost => ("lapsed", Some("feed"), None),
        Knowledge::Waiting(wait) => ("waiting", Some(wait.as_str()), None),
        Knowledge::Live { vouched } => ("live", None, Some(vouched)),
        Knowledge::Lapsed(lapse) => ("lapsed", Some(lapse.as_str()), None),
        Knowledge::Hidden(hiding) => ("hidden", Some(hiding.as_str()), None),
        Knowledge::Refused(refusal) => ("refused", Some(refusal.as_str()), None),
    };
    let lease = lease.map(|lease| LeaseJson {
        sent_at_ms: moment.of(lease.sent_at),
        sure_until_ms: moment.of(lease.sure_until),
        max_until_ms: moment.of(lease.max_until),
    });
    KnowledgeJson { chat, state, reason, vouched, detail, lease }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SnapshotJson<'a> {
    chat: &'a str,
    kind: &'static str,
    at_ms: u64,
    availability: &'static str,
    basis: &'static str,
    certain: bool,
    last_inbound_at_ms: Option<u64>,
    participants: Vec<ParticipantJson<'a>>,
    knowledge: &'a KnowledgeJson<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ParticipantJson<'a> {
    id: &'a str,
    availability: &'static str,
    basis: &'static str,
    certain: bool,
    activity: &'static str,
    activity_since_at_ms: Option<u64>,
    activity_expires_at_ms: Option<u64>,
    last_activity: Option<LastActivityJson>,
    last_seen: Option<LastSeenJson>,
    last_known: Option<LastKnownJson>,
    lag_ms: u64,
    availability_at_ms: u64,
    observed_at_ms: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LastActivityJson {
    kind: &'static str,
    ended_at_ms: u64,
    ended_by: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LastSeenJson {
    at_ms: u64,
    basis: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LastKnownJson {
    availability: &'static str,
    at_ms: u64,
}

pub(crate) fn snapshot<'a>(
    of: &'a Snapshot,
    knowledge: &'a KnowledgeJson<'a>,
    last_inbound: Option<UnixMs>,
    observed: &dyn Fn(&str) -> Option<Observed>,
    moment: Moment,
) -> SnapshotJson<'a> {
    SnapshotJson {
        chat: of.chat.as_str(),
        kind: if of.group { "group" } else { "contact" },
        at_ms: moment.wall.as_ms(),
        availability: of.availability.as_str(),
        basis: of.basis.as_str(),
        certain: of.certain,
        last_inbound_at_ms: last_inbound.map(UnixMs::as_ms),
        participants: of
            .participants
            .iter()
            .map(|person| participant(person, observed(person.id.as_str()), moment))
            .collect(),
        knowledge,
    }
}

fn participant(person: &Participant, observed: Option<Observed>, moment: Moment) -> ParticipantJson<'_> {
    let view = &person.view;
    ParticipantJson {
        id: person.id.as_str(),
        availability: view.availability.as_str(),
        basis: view.basis.as_str(),
        certain: view.certain,
        activity: view.activity.map_or("none", |activity| activity.kind.as_str()),
        activity_since_at_ms: view.activity.map(|activity| moment.of(activity.since)),
        activity_expires_at_ms: view
            .activity
            .and(observed.map_or(person.expires_at, |observed| observed.ends_at))
            .map(|at| moment.of(at)),
        last_activity: view.last_activity.map(|last| LastActivityJson {
            kind: last.kind.as_str(),
            ended_at_ms: moment.of(last.ended_at),
            ended_by: last.ended_by.as_str(),
        }),
        last_seen: view.last_seen.map(|seen| LastSeenJson { at_ms: seen.at.as_ms(), basis: seen.basis.as_str() }),
        last_known: view
            .last_known
            .map(|known| LastKnownJson { availability: known.availability.as_str(), at_ms: moment.of(known.at) }),
        lag_ms: person.lag_ms,
        availability_at_ms: observed.map_or(0, |observed| moment.of(observed.availability_at)),
        observed_at_ms: observed.and_then(|observed| observed.at).map(|at| moment.of(at)),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BudgetJson {
    spent: usize,
    limit: u64,
    waiting: usize,
    in_flight: usize,
    next_at_ms: Option<u64>,
    calls_today: u64,
    watched: usize,
}

pub(crate) fn budget(of: Budget, calls_today: u64, watched: usize, moment: Moment) -> BudgetJson {
    BudgetJson {
        spent: of.spent,
        limit: of.limit,
        waiting: of.waiting,
        in_flight: of.in_flight,
        next_at_ms: of.next_at.map(|at| moment.of(at)),
        calls_today,
        watched,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChatJson<'a> {
    chat: &'a str,
    presences: Vec<PresenceJson<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PresenceJson<'a> {
    pub(crate) participant: &'a str,
    pub(crate) word: &'static str,
    pub(crate) last_seen_at_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) began_at_ms: Option<u64>,
}

/// What a gateway answered of a chat.
pub(crate) fn chat(of: &ChatState) -> ChatJson<'_> {
    let presences = of.presences.iter().map(|entry| PresenceJson {
        participant: entry.participant.as_str(),
        word: entry.word.as_str(),
        last_seen_at_ms: entry.last_seen.map(UnixMs::as_ms),
        began_at_ms: None,
    });
    ChatJson { chat: of.chat.as_str(), presences: presences.collect() }
}
