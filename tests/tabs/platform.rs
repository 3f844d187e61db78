//! What a browser does for its tabs: it hands the lock on, carries what they say, opens their sockets and makes their calls.

use serde_json::json;
use wa_presence::gateway::http::{Outcome, Response};
use wa_presence::machine::Notice;
use wa_presence::session::{FeedCommand, LockStep};

use super::{ANSWER_MS, Browser, Coming, HOP_MS, NOBODY, OPEN_MS, SLEEPLESS, TabId};

impl Browser {
    pub(super) fn wait_for_lock(&mut self, tab: TabId) {
        self.waiting.push_back(tab);
        self.grant();
    }

    pub(super) fn release(&mut self, tab: TabId) {
        self.waiting.retain(|waiting| *waiting != tab);
        if self.holder == Some(tab) {
            self.holder = None;
        }
        self.grant();
    }

    fn grant(&mut self) {
        if self.holder.is_none()
            && let Some(to) = self.waiting.pop_front()
        {
            self.holder = Some(to);
            self.coming.push_back((self.now + HOP_MS, Coming::Lock { to }));
        }
    }

    pub(super) fn comes(&mut self, coming: Coming) {
        let (now, wall) = (self.now, self.wall());
        if let Some(unheard) = self.tabs.get_mut(&coming.tab()).and_then(|tab| tab.unheard.as_mut()) {
            return unheard.push(coming);
        }
        match coming {
            Coming::Said { to, text } => {
                // A frozen tab still hears its channel.
                let Some(tab) = self.tabs.get_mut(&to) else { return };
                tab.session.handle_tab(&text, wall, now);
                self.drain(to);
            }
            Coming::Lock { to } => {
                let Some(tab) = self.tabs.get_mut(&to) else { return self.release(to) };
                if self.holder == Some(to) {
                    tab.session.handle_lead(wall, now);
                }
                self.drain(to);
            }
            Coming::Open { tab, socket } => {
                let Some(opened) = self.tabs.get_mut(&tab).filter(|tab| tab.socket == Some(socket)) else { return };
                if !self.reachable {
                    opened.socket = None;
                    opened.session.handle_socket_closed(1006, now);
                    return self.drain(tab);
                }
                opened.session.handle_socket_open(now);
                self.sockets.insert(socket, tab);
                self.most_sockets = self.most_sockets.max(self.sockets.len());
                self.drain(tab);
            }
            Coming::Ended { tab, code } => {
                if let Some(tab) = self.tabs.get_mut(&tab) {
                    tab.session.handle_older_closed(code, now);
                }
                self.drain(tab);
            }
            Coming::Answer { tab, id, status, body } => {
                let Some(asked) = self.tabs.get_mut(&tab) else { return };
                let response = Response { status, retry_after_ms: None, body: body.into_bytes() };
                asked.session.handle_outcome(id, &Outcome::Response(response), wall, now);
                self.drain(tab);
            }
        }
    }

    pub(super) fn drain(&mut self, id: TabId) {
        let (now, wall, ms) = (self.now, self.wall(), self.ms());
        for _ in 0..SLEEPLESS {
            let Some(tab) = self.tabs.get_mut(&id).filter(|tab| !tab.frozen) else { return };
            let mut busy = false;
            while let Some(command) = tab.session.poll_feed(now) {
                busy = true;
                if command == FeedCommand::EndOlder {
                    let older = tab.older.take().expect("one is kept");
                    self.sockets.remove(&older);
                    // The other side of a dead one never answers.
                    let after = if self.dead.contains(&older) { 60_000 } else { ANSWER_MS };
                    let code = if self.dead.contains(&older) { 1006 } else { 1000 };
                    self.coming.push_back((now + after, Coming::Ended { tab: id, code }));
                    continue;
                }
                let before = tab.socket.take();
                let kept = before.filter(|_| matches!(command, FeedCommand::Beside(_)));
                for gone in [std::mem::replace(&mut tab.older, kept), before.filter(|_| kept.is_none())] {
                    gone.map(|gone| self.sockets.remove(&gone));
                }
                if matches!(command, FeedCommand::Open(_) | FeedCommand::Beside(_)) {
                    self.next_socket += 1;
                    let socket = self.next_socket;
                    tab.socket = Some(socket);
                    if self.hangs {
                        continue;
                    }
                    self.coming.push_back((now + OPEN_MS, Coming::Open { tab: id, socket }));
                }
            }
            while let Some((request_id, request)) = tab.session.poll_request(now) {
                busy = true;
                let body = if request.url.ends_with("/subscribe") {
                    let chat = request.url.split('/').rev().nth(1).expect("a chat").replace("%40", "@");
                    self.subscribes.push((ms, chat));
                    json!({})
                } else if request.url.contains("/api/sessions/") {
                    json!({ "name": "default", "status": "WORKING", "engine": { "engine": "NOWEB" } })
                } else {
                    self.others += 1;
                    json!([])
                };
                let status = if request.url.contains(NOBODY) { 404 } else { 200 };
                let answer = Coming::Answer { tab: id, id: request_id, status, body: body.to_string() };
                self.coming.push_back((now + ANSWER_MS, answer));
            }
            while let Some(Notice { chat, .. }) = tab.session.poll_notice() {
                busy = true;
                tab.heard.extend(tab.session.machine().snapshot(chat).map(|snapshot| (ms, snapshot)));
            }
            while tab.session.poll_told(now).is_some() {
                busy = true;
            }
            while let Some(connection) = tab.session.poll_connection() {
                busy = true;
                tab.connections.push((ms, connection));
            }
            while tab.session.poll_claim(now).is_some() || tab.session.poll_error().is_some() {
                busy = true;
            }
            if let Some(step) = tab.session.poll_lock() {
                busy = true;
                self.release(id);
                match step {
                    LockStep::GiveUp => {}
                    LockStep::Wait => self.wait_for_lock(id),
                    LockStep::Take => {
                        self.waiting.retain(|waiting| *waiting != id);
                        self.holder = Some(id);
                        self.coming.push_back((now + HOP_MS, Coming::Lock { to: id }));
                    }
                }
            }
            let Some(tab) = self.tabs.get_mut(&id) else { return };
            let mut said = Vec::new();
            while let Some(text) = tab.session.poll_tab(wall, now) {
                busy = true;
                said.push(text);
            }
            for text in said {
                for to in self.tabs.keys().copied().filter(|to| *to != id) {
                    self.coming.push_back((now + HOP_MS, Coming::Said { to, text: text.clone() }));
                }
            }
            if !busy {
                return;
            }
        }
        panic!("tab {id} never wants nothing at {ms} ms");
    }
}
