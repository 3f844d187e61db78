//! One feed's stream: what comes first, what is published, heartbeats, and its end with the ticket.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, Stream as Frames};
use tokio::sync::{mpsc, watch};
use wa_presence::machine::time::UnixMs;

use super::Desk;
use crate::account::{Command, Handle, Joined};
use crate::clock::Clock;
use crate::exchange::{Event, FeedId};

/// A comment, which readers of events skip: it keeps proxies from ending an idle stream, and shows whether somebody reads.
const HEARTBEAT: Bytes = Bytes::from_static(b":\n\n");

/// A feed's stream. The feed is left when it is dropped, however that comes.
pub(super) struct Stream {
    first: Option<Bytes>,
    frames: mpsc::Receiver<Bytes>,
    expires: watch::Receiver<UnixMs>,
    ending: watch::Receiver<bool>,
    clock: Clock,
    heartbeat: Duration,
    over: bool,
    _leave: Leave,
}

struct Leave {
    handle: Handle,
    feed: FeedId,
}

impl Drop for Leave {
    fn drop(&mut self) {
        // An account that has ended has no feeds to leave.
        let _ = self.handle.send(Command::Leave(self.feed));
    }
}

impl Stream {
    pub(super) fn new(joined: Joined, handle: Handle, desk: &Desk) -> Self {
        Self {
            first: Some(joined.first),
            frames: joined.frames,
            expires: joined.expires,
            ending: desk.ending.subscribe(),
            clock: desk.shared.clock,
            heartbeat: Duration::from_millis(desk.shared.limits.heartbeat_ms),
            over: false,
            _leave: Leave { handle, feed: joined.feed },
        }
    }

    pub(super) fn frames(self) -> impl Frames<Item = Result<Bytes, Infallible>> {
        stream::unfold(self, |mut stream| async {
            let frame = stream.next().await?;
            Some((Ok(frame), stream))
        })
    }

    async fn next(&mut self) -> Option<Bytes> {
        if self.over {
            return None;
        }
        if let Some(first) = self.first.take() {
            return Some(first);
        }
        loop {
            let left = self.expires.borrow_and_update().as_ms().saturating_sub(self.clock.wall().as_ms());
            tokio::select! {
                biased;
                changed = self.expires.changed() => {
                    // A newer ticket; without the account, nothing changes and the frames end.
                    if changed.is_err() {
                        return None;
                    }
                }
                () = tokio::time::sleep(Duration::from_millis(left)) => {
                    // The timer's clock and the calendar are two.
                    if self.expires.borrow().as_ms() <= self.clock.wall().as_ms() {
                        self.over = true;
                        return Some(Event { name: "expired", data: "{}", once: None }.frame(None));
                    }
                }
                _ = self.ending.wait_for(|ending| *ending) => return None,
                // None: its reader was too slow, or the account has ended.
                frame = self.frames.recv() => return frame,
                () = tokio::time::sleep(self.heartbeat) => return Some(HEARTBEAT),
            }
        }
    }
}
