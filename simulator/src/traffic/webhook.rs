//! Webhooks: events posted to servers, signed, and posted again when they fail.
//!
//! Nothing here opens a connection. A [`Post`] is data; whoever sends it reports one outcome, and learns when to send it again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::chance::Chance;
use crate::time::{Instant, UnixMs};
use crate::traffic::dialect::Dialect;
use crate::traffic::signature;
pub use crate::traffic::signature::{sign, sign_sha256};

/// A server that wants events.
#[derive(Clone, Debug)]
pub struct Hook {
    /// Where it listens; [`KEPT`], and perhaps more, for whoever comes and asks instead.
    pub url: String,
    /// The key of its signatures.
    pub secret: Option<String>,
    /// The only session it wants to hear of.
    pub session: Option<String>,
    /// The events it wants, as its gateway calls them; empty means all.
    pub events: Vec<String>,
    /// In whose words it hears them.
    pub dialect: Dialect,
}

/// One event on its way to one server.
#[derive(Clone, Debug)]
pub struct Post {
    /// Names it until its last outcome.
    pub number: u64,
    /// Where it goes.
    pub url: String,
    /// The headers it carries, the same at each attempt.
    pub headers: Vec<(&'static str, String)>,
    /// The body, the very bytes that were signed.
    pub body: Arc<str>,
    attempts: u32,
}

/// How a post ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it.
    Taken,
    /// It did not, and perhaps said how long to wait.
    Failed(Option<Duration>),
}

/// How failed posts are repeated.
#[derive(Clone, Copy, Debug)]
pub struct Retries {
    /// The time between two attempts.
    pub delay: Duration,
    /// How often a post is sent at most.
    pub attempts: u32,
}

impl Default for Retries {
    /// WAHA's own defaults: 15 attempts, 2 s apart.
    fn default() -> Self {
        Self { delay: Duration::from_secs(2), attempts: 15 }
    }
}

/// The servers, and the posts on their way.
#[derive(Debug, Default)]
pub struct Webhooks {
    hooks: Vec<Hook>,
    posts: BTreeMap<u64, Post>,
    /// By session.
    kept: BTreeMap<String, VecDeque<Post>>,
    made: u64,
    retries: Retries,
}

impl Webhooks {
    /// No servers yet.
    #[must_use]
    pub fn new(retries: Retries) -> Self {
        Self { retries, ..Self::default() }
    }

    /// Adds a server. False when there are too many.
    pub fn add(&mut self, hook: Hook) -> bool {
        let fits = self.hooks.len() < MOST_HOOKS;
        if fits {
            self.hooks.push(hook);
        }
        fits
    }

    /// The servers that want this session's events are forgotten.
    pub fn handle_session_deleted(&mut self, session: &str) {
        self.hooks.retain(|hook| hook.session.as_deref() != Some(session));
        self.kept.remove(session);
    }

    /// What is kept of a session's posts and newer than the post with this number, oldest first.
    pub fn kept(&self, session: &str, after: u64) -> impl Iterator<Item = &Post> {
        self.kept.get(session).into_iter().flatten().filter(move |post| post.number > after)
    }

    /// Makes the posts that an event needs. While too many are on their way, further ones are lost; of those that are kept, the
    /// oldest.
    pub fn announce(&mut self, parcel: &Parcel, agent: &str, chance: &mut Chance) -> Vec<Post> {
        let mut made = Vec::new();
        for hook in self.hooks.iter().filter(|hook| hook.is_about(&parcel.session)) {
            for telling in parcel.tellings.iter().filter(|telling| hook.wants(telling)) {
                let is_kept = hook.url.starts_with(KEPT);
                if !is_kept && self.posts.len() >= MOST_POSTS {
                    continue;
                }
                self.made += 1;
                let post = hook.post(self.made, parcel, telling, agent, chance);
                if is_kept {
                    let kept = self.kept.entry(parcel.session.clone()).or_default();
                    kept.push_back(post);
                    if kept.len() > MOST_KEPT {
                        kept.pop_front();
                    }
                } else {
                    self.posts.insert(self.made, post.clone());
                    made.push(post);
                }
            }
        }
        made
    }

    /// In whose words events of this session must be told, besides those of the sockets.
    #[must_use]
    pub fn dialects(&self, session: &str) -> BTreeSet<Dialect> {
        self.hooks.iter().filter(|hook| hook.is_about(session)).map(|hook| hook.dialect).collect()
    }

    /// Takes the outcome of a post: when it is to be sent again, if it is.
    pub fn handle_outcome(&mut self, number: u64, outcome: Outcome, now: Instant) -> Option<Instant> {
        let post = self.posts.get_mut(&number)?;
        post.attempts += 1;
        match outcome {
            Outcome::Failed(wait) if post.attempts < self.retries.attempts => {
                Some(now + wait.map_or(self.retries.delay, |wait| wait.min(LONGEST_WAIT)))
            }
            Outcome::Failed(_) | Outcome::Taken => {
                self.posts.remove(&number);
                None
            }
        }
    }

    /// The post with this number, to send it again.
    #[must_use]
    pub fn post(&self, number: u64) -> Option<&Post> {
        self.posts.get(&number)
    }

    /// How many posts are on their way.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.posts.len()
    }
}

/// One event, ready to travel.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// The session it belongs to.
    pub session: String,
    /// Its event name on sockets; none for injected text that names none, which goes to every listener.
    pub event: Option<String>,
    /// When the gateway says it made it.
    pub timestamp: UnixMs,
    /// The envelope, as sockets get it.
    pub text: Arc<str>,
    /// What webhooks get.
    pub tellings: Vec<Telling>,
}

/// An event in the words of one gateway, for webhooks.
#[derive(Clone, Debug)]
pub struct Telling {
    /// Whose words these are.
    pub dialect: Dialect,
    /// The event's name there; none for injected text that names none.
    pub event: Option<String>,
    /// The body.
    pub text: Arc<str>,
    /// The instance that a header names.
    pub instance: Option<String>,
}

impl Hook {
    fn is_about(&self, session: &str) -> bool {
        self.session.as_ref().is_none_or(|wanted| wanted == session)
    }

    fn wants(&self, telling: &Telling) -> bool {
        let wants_event = |event: &String| self.events.is_empty() || self.events.contains(event);
        self.dialect == telling.dialect && telling.event.as_ref().is_none_or(wants_event)
    }

    fn post(&self, number: u64, parcel: &Parcel, telling: &Telling, agent: &str, chance: &mut Chance) -> Post {
        let agent = match self.dialect {
            Dialect::Waha => agent,
            Dialect::Wawp | Dialect::WawpPage => "Wawp",
            Dialect::Waapi => "WaAPI",
        };
        let mut headers = vec![("content-type", "application/json".to_owned()), ("user-agent", agent.to_owned())];
        let secret = self.secret.as_deref();
        headers.extend(signature::headers(self.dialect, secret, &telling.text, parcel.timestamp, chance));
        headers.extend(telling.instance.clone().map(|instance| ("x-waapi-instance-id", instance)));
        Post { number, url: self.url.clone(), headers, body: Arc::clone(&telling.text), attempts: 0 }
    }
}

/// How the url of a hook begins whose posts are not sent but kept: a page cannot be posted to, and must come for them.
pub const KEPT: &str = "kept:";

const MOST_HOOKS: usize = 256;
const MOST_POSTS: usize = 1_024;
/// Of one session.
const MOST_KEPT: usize = 512;
const LONGEST_WAIT: Duration = Duration::from_secs(600);
