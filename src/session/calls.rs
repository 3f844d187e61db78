//! Calls on their way: which request stands for what, and what its outcome means to the machine and to the caller.

use crate::gateway::http::{Outcome, Request};
use crate::gateway::{Answer, Call, Capability, ChatReports, OwnPresence, SessionInfo};
use crate::machine::error::{Error, ErrorCode};
use crate::machine::sorted_map::Key;
use crate::machine::time::{Instant, UnixMs};
use crate::machine::{ChatKey, Intent, SessionState};
use crate::patterns::composer::Seat;

use super::Session;
use super::reply::{Reply, reply};

/// A request's number within one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestId(u64);

impl RequestId {
    /// The one of this number.
    #[must_use]
    pub const fn numbered(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl Key for RequestId {
    fn place_after(&self, first: &Self) -> Option<usize> {
        usize::try_from(self.0.checked_sub(first.0)?).ok()
    }
}

/// Why a call was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The machine wants to hear of a chat.
    Subscribe(ChatKey),
    /// The machine wants a person's other id.
    LookUp,
    /// Events were lost.
    CatchUp,
    /// To learn whether the session works.
    Probe,
    /// To learn why somebody is hidden.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    Privacy,
    /// To act, with nothing to learn from the answer.
    Beside,
    /// To show others that we compose, or stopped.
    Compose(Seat),
    /// To tell everybody that we are online, or offline.
    Own(bool),
    /// The application called `rest`.
    Rest,
}

/// A call that waits for a credential.
#[derive(Debug)]
pub(super) struct Queued {
    pub(super) id: RequestId,
    pub(super) call: Call,
    pub(super) purpose: Purpose,
}

/// A call without an outcome yet.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) call: Call,
    pub(super) purpose: Purpose,
    pub(super) sent_at: Instant,
    epoch: u32,
}

impl Session {
    /// Makes a call for the application. The reply comes out of [`Session::poll_reply`] under the same id.
    pub fn call(&mut self, call: Call) -> RequestId {
        let id = self.next_id();
        if self.closed {
            self.replies.push_back((id, Err(Error::new(ErrorCode::Closed, "the client was closed"))));
        } else if self.credential.is_refused() {
            self.replies.push_back((id, Err(refused_before())));
        } else {
            self.waiting.push_back(Queued { id, call, purpose: Purpose::Rest });
        }
        id
    }

    /// The caller of a `rest` call gave up: its reply is `aborted`, whatever comes.
    pub fn abort(&mut self, id: RequestId) {
        self.waiting.retain(|queued| queued.id != id);
        self.outbox.retain(|(queued, _)| *queued != id);
        self.pending.remove(&id);
    }

    /// The next reply to a `rest` call.
    pub fn poll_reply(&mut self) -> Option<(RequestId, Result<Reply, Error>)> {
        self.replies.pop_front()
    }

    /// The next request to perform. Report its outcome with [`Session::handle_outcome`], once.
    pub fn poll_request(&mut self, now: Instant) -> Option<(RequestId, Request)> {
        self.advance_patterns(now);
        if self.closed || !self.credential.is_usable() {
            return None;
        }
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        if let Some(change) = self.poll_change(now) {
            return Some(change);
        }
        while self.outbox.is_empty() {
            if let Some(queued) = self.next_waiting(now) {
                self.send(queued, now);
            } else if let Some(queued) = self.next_shown(now) {
                self.send(queued, now);
            } else if self.probe_at.is_some_and(|at| at <= now) && !self.follows() {
                self.probe_at = None;
                let id = self.next_id();
                self.send(Queued { id, call: Call::Session, purpose: Purpose::Probe }, now);
            } else {
                let intent = self.machine.poll_intent(now)?;
                self.carry_out(intent, now);
            }
        }
        self.outbox.pop_front()
    }

    /// What became of a request.
    pub fn handle_outcome(&mut self, id: RequestId, outcome: &Outcome, wall: UnixMs, now: Instant) {
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        if self.handle_change(id, outcome, now) {
            return;
        }
        let Some(pending) = self.pending.remove(&id) else { return };
        let answer = outcome.response().and_then(|response| self.read_answer(&pending.call, response));
        match &answer {
            Ok(_) => {
                self.told = None;
                self.credential.accept(pending.epoch);
            }
            Err(error) => self.note_failure(error, pending.epoch, now),
        }
        self.tell_answer(&pending, &answer, wall, now);
        match pending.purpose {
            Purpose::Subscribe(chat) => self.subscribed(chat, pending.sent_at, &answer, wall, now),
            Purpose::LookUp => self.looked_up(&answer, wall, now),
            Purpose::CatchUp => self.caught_up(pending.sent_at, &answer, wall, now),
            Purpose::Probe => self.probed(pending.sent_at, &answer, now),
            Purpose::Beside => {}
            Purpose::Compose(_) | Purpose::Own(_) => self.shown(&pending.purpose, answer.as_ref().err(), now),
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Purpose::Privacy => answer.iter().for_each(|answer| self.privacy_told(answer, now)),
            Purpose::Rest => {
                self.feed_machine(&pending, &answer, wall, now);
                self.replies.push_back((id, answer.and_then(|answer| reply(&pending.call, answer))));
            }
        }
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        self.explain_denials(now);
    }

    pub(super) fn next_id(&mut self) -> RequestId {
        self.next_request += 1;
        RequestId(self.next_request)
    }

    fn send(&mut self, queued: Queued, now: Instant) {
        let request = match self.capabilities.lack(&queued.call) {
            Some(lack) => Err(Error::new(ErrorCode::Unsupported, lack)),
            None => self.gateway.request(&queued.call, self.credential.secret()),
        };
        match request {
            Ok(request) => {
                let Queued { id, call, purpose } = queued;
                if purpose == Purpose::Rest {
                    if self.spends_budget(&call) {
                        self.machine.handle_side_call(now);
                    } else {
                        self.count_beside(now);
                    }
                }
                self.tell_asked(&call, &purpose, now);
                self.pending.insert(id, Pending { call, purpose, sent_at: now, epoch: self.credential.epoch() });
                self.outbox.push_back((id, request));
            }
            Err(error) => self.fail_unsent(&queued, error, now),
        }
    }

    /// A call that never left.
    pub(super) fn fail_unsent(&mut self, queued: &Queued, error: Error, now: Instant) {
        match queued.purpose {
            Purpose::Rest => self.replies.push_back((queued.id, Err(error))),
            Purpose::Subscribe(chat) => self.machine.handle_subscribe_failed(chat, &error, now),
            Purpose::LookUp => self.machine.handle_looked_up(now),
            Purpose::Compose(_) | Purpose::Own(_) => self.shown(&queued.purpose, Some(&error), now),
            Purpose::CatchUp | Purpose::Probe | Purpose::Beside => {}
            #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
            Purpose::Privacy => {}
        }
    }

    fn carry_out(&mut self, intent: Intent, now: Instant) {
        let id = self.next_id();
        let queued = match intent {
            Intent::Subscribe { chat, id: chat_id } => {
                self.patterns.own.handle_marked(now);
                let call = if self.subscribes_by_reading { Call::Get(chat_id) } else { Call::Subscribe(chat_id) };
                Queued { id, call, purpose: Purpose::Subscribe(chat) }
            }
            Intent::LookUp { id: person } if self.capabilities.has(Capability::LookUp) => {
                Queued { id, call: Call::LookUp(person), purpose: Purpose::LookUp }
            }
            Intent::CatchUp if self.capabilities.has(Capability::List) => {
                Queued { id, call: Call::GetAll, purpose: Purpose::CatchUp }
            }
            Intent::GoOffline if !self.capabilities.has(Capability::WatchMarksOnline) => return,
            Intent::GoOffline => Queued { id, call: Call::Set(OwnPresence::Offline), purpose: Purpose::Beside },
            Intent::LookUp { .. } => return self.machine.handle_looked_up(now),
            Intent::CatchUp => return,
        };
        self.send(queued, now);
    }

    /// What any failure says about the credential and the session, whoever asked.
    fn note_failure(&mut self, error: &Error, epoch: u32, now: Instant) {
        match error.code {
            // Through a relay, the owner's credential may be refused as well, and is no concern of ours.
            ErrorCode::Unauthorized if self.machine.config().is_relayed() && error.status != Some(401) => {}
            ErrorCode::Unauthorized => self.refuse_credential(epoch, now),
            ErrorCode::NotReady => {
                if self.machine.session_ready() {
                    self.machine.handle_session(SessionState::Starting, false, now);
                }
                if self.connection.session == SessionState::Working || self.connection.session == SessionState::Unknown
                {
                    self.note_session(SessionState::Starting, now);
                    // The refusal says that it is not working, not what it is doing: ask.
                    self.probe_at = Some(now);
                }
            }
            ErrorCode::InvalidOption
            | ErrorCode::InvalidChat
            | ErrorCode::Malformed
            | ErrorCode::TooLarge
            | ErrorCode::Forbidden
            | ErrorCode::NotFound
            | ErrorCode::BadRequest
            | ErrorCode::Unsupported
            | ErrorCode::RateLimited
            | ErrorCode::Engine
            | ErrorCode::Network
            | ErrorCode::Timeout
            | ErrorCode::Aborted
            | ErrorCode::Closed
            | ErrorCode::Crashed => {}
        }
    }

    fn subscribed(
        &mut self,
        chat: ChatKey,
        sent_at: Instant,
        answer: &Result<Answer<'_>, Error>,
        wall: UnixMs,
        now: Instant,
    ) {
        match answer {
            Ok(answer) => {
                self.machine.handle_subscribed(chat, sent_at, now);
                self.read(answer, sent_at, wall, now);
            }
            Err(error) if error.code == ErrorCode::Forbidden && !self.subscribes_by_reading => {
                // A key with the scope `read` alone may not subscribe, yet reading a chat subscribes as well.
                self.subscribes_by_reading = true;
                self.machine.handle_subscribe_redirected(chat, now);
            }
            Err(error) => {
                self.ask_no_more(chat, now);
                self.machine.handle_subscribe_failed(chat, error, now);
                if error.code != ErrorCode::NotReady && error.code != ErrorCode::Unauthorized {
                    self.tell(error.clone());
                }
            }
        }
    }

    fn looked_up(&mut self, answer: &Result<Answer<'_>, Error>, wall: UnixMs, now: Instant) {
        self.machine.handle_looked_up(now);
        if let Ok(Answer::Alias { lid: Some(lid), contact: Some(contact) }) = answer {
            self.machine.add_alias(lid, contact, wall, now);
        }
    }

    fn caught_up(&mut self, sent_at: Instant, answer: &Result<Answer<'_>, Error>, wall: UnixMs, now: Instant) {
        match answer {
            Ok(answer) => self.read(answer, sent_at, wall, now),
            Err(error) if error.code == ErrorCode::Unsupported => {
                // Not the engine we know by that name.
                self.capabilities = *self.gateway.capabilities(None);
            }
            Err(_) => {}
        }
    }

    fn probed(&mut self, sent_at: Instant, answer: &Result<Answer<'_>, Error>, now: Instant) {
        match answer {
            Ok(Answer::Session(info)) => self.session_told(info, sent_at, now),
            Ok(_) => {}
            Err(error) if error.code == ErrorCode::Unauthorized => {}
            Err(error) => {
                self.tell(error.clone());
                if self.connection.session != SessionState::Working {
                    self.probe_later(now);
                }
            }
        }
    }

    pub(super) fn session_told(&mut self, info: &SessionInfo<'_>, sent_at: Instant, now: Instant) {
        self.machine.note_own(&info.own);
        self.capabilities = *self.gateway.capabilities(info.engine);
        // The gateway may have said meanwhile, unasked, that it works again.
        if info.state != SessionState::Working && self.machine.works_since(sent_at) {
            return;
        }
        self.machine.handle_session(info.state, false, now);
        self.probe_at = None;
        self.note_session(info.state, now);
    }

    /// An answer to the application is as good as one to us.
    fn feed_machine(&mut self, pending: &Pending, answer: &Result<Answer<'_>, Error>, wall: UnixMs, now: Instant) {
        let Ok(answer) = answer else { return };
        if let Call::Get(id) | Call::Subscribe(id) = &pending.call
            && self.spends_budget(&pending.call)
            && let Some(chat) = self.machine.find(id.as_str())
        {
            self.machine.handle_side_subscription(chat, pending.sent_at, now);
        }
        if let Answer::Alias { lid: Some(lid), contact: Some(contact) } = answer {
            self.machine.add_alias(lid, contact, wall, now);
        }
        if let Answer::Session(info) = answer {
            self.session_told(info, pending.sent_at, now);
        }
        if let Call::Set(presence @ (OwnPresence::Online | OwnPresence::Offline)) = &pending.call {
            self.machine.handle_own(*presence == OwnPresence::Online, now);
        }
        #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
        self.privacy_told(answer, now);
        self.read(answer, pending.sent_at, wall, now);
    }

    pub(super) fn read(&mut self, answer: &Answer<'_>, sent_at: Instant, wall: UnixMs, now: Instant) {
        let chats: &[ChatReports<'_>] = match answer {
            Answer::Chat(chat) => std::slice::from_ref(chat),
            Answer::Chats(chats) => chats,
            Answer::Hidden { chat, hiding } => return self.machine.handle_hidden(chat, *hiding, now),
            Answer::Done
            | Answer::NotSubscribed
            | Answer::Session(_)
            | Answer::Alias { .. }
            | Answer::Privacy { .. } => &[],
        };
        for chat in chats {
            self.machine.handle_read(&chat.chat, &chat.reports, chat.complete, sent_at, wall, now);
        }
    }
}

pub(super) fn refused_before() -> Error {
    Error::new(ErrorCode::Unauthorized, "the gateway refused the credential earlier; connect again with another")
}
