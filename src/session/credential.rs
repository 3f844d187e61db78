//! The credential: asked for at the start, once more when it is refused, never in a loop.

use crate::gateway::http::Secret;

/// In bytes.
#[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
const SHORTEST_MASKED: usize = 6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Good until somebody refuses it.
    Usable,
    /// To be asked for at the next poll.
    Wanted,
    /// Not to be asked for yet.
    Held,
    /// The application is fetching it.
    Asked,
    /// Refused, and the application has no other.
    Refused,
}

/// What a newly given credential is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    /// Worth trying.
    New,
    /// The one that was refused.
    Same,
}

/// The state of one session's credential.
#[derive(Debug)]
pub(crate) struct Credential {
    state: State,
    secret: Option<Secret>,
    /// Counts the secrets given, so that a late refusal of an old one is not held against its successor.
    epoch: u32,
    /// Whether there is nothing left to ask for: it was refused before, or the application gives none.
    refused: bool,
    /// Another is to be asked for although this one is good.
    renewed: bool,
}

impl Credential {
    /// `provided` says whether the application gives one at all.
    pub(crate) const fn new(provided: bool) -> Self {
        let state = if provided { State::Wanted } else { State::Usable };
        Self { state, secret: None, epoch: 0, refused: !provided, renewed: false }
    }

    /// One that is asked for once it is wanted.
    pub(crate) const fn held() -> Self {
        Self { state: State::Held, secret: None, epoch: 0, refused: false, renewed: false }
    }

    /// Not to be asked for until it is wanted again.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    pub(crate) const fn hold(&mut self) {
        self.state = State::Held;
    }

    /// To be asked for from here on.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    pub(crate) fn want(&mut self) {
        if self.state == State::Held {
            self.state = State::Wanted;
        }
    }

    /// Another is wanted before this one ends.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    pub(crate) fn renew(&mut self) {
        self.renewed = self.state == State::Usable;
    }

    pub(crate) const fn is_usable(&self) -> bool {
        matches!(self.state, State::Usable)
    }

    pub(crate) const fn is_refused(&self) -> bool {
        matches!(self.state, State::Refused)
    }

    pub(crate) const fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }

    /// A body without the secret that it repeats: nothing need stand beside it by which it would be known as one. Nothing where
    /// the body does not repeat it; a very short one would be found in words that have nothing to do with it.
    #[cfg(any(feature = "hosted", not(target_arch = "wasm32")))]
    pub(crate) fn masked(&self, body: &[u8]) -> Option<Vec<u8>> {
        let secret = self.secret.as_ref().map(|secret| secret.reveal().as_bytes())?;
        if secret.len() < SHORTEST_MASKED {
            return None;
        }
        let mut masked = Vec::new();
        let mut rest = body;
        while let Some(at) = rest.windows(secret.len()).position(|window| window == secret) {
            let (before, found) = rest.split_at_checked(at)?;
            masked.extend_from_slice(before);
            masked.extend_from_slice(b"***");
            rest = found.get(secret.len()..)?;
        }
        if rest.len() == body.len() {
            return None;
        }
        masked.extend_from_slice(rest);
        Some(masked)
    }

    pub(crate) const fn epoch(&self) -> u32 {
        self.epoch
    }

    /// True once for every time the application is to be asked.
    pub(crate) fn poll(&mut self) -> bool {
        let wanted = self.state == State::Wanted;
        if wanted {
            self.state = State::Asked;
        }
        // Whatever comes of the question serves for both.
        let relays = cfg!(any(feature = "hosted", not(target_arch = "wasm32")));
        relays && std::mem::take(&mut self.renewed) || wanted
    }

    /// The gateway refused the secret of `epoch`. True when that is news.
    pub(crate) fn refuse(&mut self, epoch: u32) -> bool {
        if self.state != State::Usable || epoch != self.epoch {
            return false;
        }
        self.state = if self.refused { State::Refused } else { State::Wanted };
        self.refused = true;
        true
    }

    /// The application gave one, or `None` for none.
    pub(crate) fn give(&mut self, secret: Option<Secret>) -> Given {
        if self.refused && self.secret == secret {
            self.state = State::Refused;
            return Given::Same;
        }
        self.secret = secret;
        self.epoch += 1;
        self.state = State::Usable;
        Given::New
    }

    /// The application could not give one.
    pub(crate) fn withhold(&mut self) {
        self.state = State::Refused;
    }

    /// The gateway took it: the next refusal may ask again.
    pub(crate) fn accept(&mut self, epoch: u32) {
        if epoch == self.epoch && self.secret.is_some() {
            self.refused = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Option<Secret> {
        Some(Secret::new(text.to_owned()))
    }

    #[test]
    fn it_is_asked_for_once_and_once_more_when_refused() {
        let mut credential = Credential::new(true);
        assert!(credential.poll() && !credential.poll());
        credential.give(secret("a"));
        assert!(credential.refuse(credential.epoch()));
        assert!(credential.poll());
        assert_eq!(credential.give(secret("a")), Given::Same);
        assert!(credential.is_refused() && !credential.poll());
    }

    #[test]
    fn a_new_one_that_is_refused_too_ends_it_unless_it_once_worked() {
        let mut credential = Credential::new(true);
        credential.poll();
        credential.give(secret("a"));
        credential.refuse(credential.epoch());
        credential.poll();
        assert_eq!(credential.give(secret("b")), Given::New);
        assert!(credential.refuse(credential.epoch()));
        assert!(credential.is_refused());

        let mut credential = Credential::new(true);
        credential.poll();
        for text in ["a", "b", "c"] {
            credential.give(secret(text));
            credential.accept(credential.epoch());
            assert!(credential.refuse(credential.epoch()));
            assert!(credential.poll(), "a credential that worked for a while may be refreshed");
        }
    }

    #[test]
    fn where_the_application_gives_none_a_refusal_is_final() {
        let mut credential = Credential::new(false);
        assert!(credential.is_usable());
        credential.accept(0);
        assert!(credential.refuse(0));
        assert!(credential.is_refused() && !credential.poll());
    }

    #[test]
    fn a_late_refusal_of_an_old_one_is_not_held_against_its_successor() {
        let mut credential = Credential::new(true);
        credential.poll();
        credential.give(secret("a"));
        let old = credential.epoch();
        credential.refuse(old);
        credential.poll();
        credential.give(secret("b"));
        assert!(!credential.refuse(old));
        assert!(credential.is_usable());
    }
}
