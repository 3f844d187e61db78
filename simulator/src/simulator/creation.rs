//! Sessions as they come and go.

use super::Simulator;
use crate::chance::Chance;
use crate::face::session::Session;
use crate::face::waha::Engine;
use crate::face::{waapi, wawp};
use crate::time::Instant;
use crate::world::World;
use crate::world::account::Account;
use crate::world::population::{self, Population};
use crate::world::watch::Lease;

/// The properties of a new session.
#[derive(Clone, Debug, Default)]
pub struct NewSession {
    /// Its name; letters, digits, `-` and `_`.
    pub name: String,
    /// Its engine.
    pub engine: Engine,
    /// Who lives in it.
    pub population: Population,
    /// How long its subscriptions live.
    pub lease: Lease,
    /// The instances it is at the hosted gateways.
    pub instances: Instances,
}

/// The instances that a session is at the hosted gateways. What is not said follows from the seed and the session's name.
#[derive(Clone, Debug, Default)]
pub struct Instances {
    /// Its id at Wawp.
    pub wawp_id: Option<String>,
    /// Its token there.
    pub wawp_token: Option<String>,
    /// Its id at `WaAPI`.
    pub waapi_id: Option<u64>,
    /// Its token there.
    pub waapi_token: Option<String>,
}

impl Simulator {
    /// Creates a session, connected. An existing one of that name is replaced.
    ///
    /// # Errors
    ///
    /// Why the name, or the instances, cannot be used.
    pub fn create_session(&mut self, new: &NewSession, now: Instant) -> Result<(), String> {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        if new.name.is_empty() || new.name.len() > 54 || !new.name.chars().all(fits) {
            return Err("expected a name of letters, digits, - and _, at most 54".to_owned());
        }
        if self.sessions.len() >= MOST_SESSIONS && !self.sessions.contains_key(&new.name) {
            return Err(format!("expected at most {MOST_SESSIONS} sessions, delete some"));
        }
        let (wawp, waapi) = self.instances_of(new);
        if wawp.id.is_empty() || wawp.token.is_empty() || waapi.token.is_empty() {
            return Err("expected instances and tokens that are not empty".to_owned());
        }
        let mut others = self.sessions.values().filter(|session| session.name != new.name);
        if others.any(|session| session.wawp.id == wawp.id || session.waapi.id == waapi.id) {
            return Err("expected instances that no other session is".to_owned());
        }
        self.delete_session(&new.name);
        let mut world = World::new(&new.name, self.config.seed, self.config.epoch);
        population::settle(&mut world, new.population, now);
        // NOWEB shows the account online as soon as it connects (`config.noweb.markOnline`).
        let marks_online = new.engine == Engine::Noweb;
        let chance = |part| Chance::new(self.config.seed, &[&new.name, part]);
        let account = Account::new(world, new.lease, marks_online, chance("account"), now);
        let session = Session::new(&new.name, new.engine, account, (wawp, waapi), chance("session"));
        self.sessions.insert(new.name.clone(), session);
        Ok(())
    }

    fn instances_of(&self, new: &NewSession) -> (wawp::Instance, waapi::Instance) {
        let wished = new.instances.clone();
        let wawp = wawp::Instance::derived(self.config.seed, &new.name);
        let waapi = waapi::Instance::derived(self.config.seed, &new.name);
        let wawp = wawp::Instance {
            id: wished.wawp_id.unwrap_or(wawp.id),
            token: wished.wawp_token.unwrap_or(wawp.token),
            manners: wawp.manners,
        };
        let waapi = waapi::Instance {
            id: wished.waapi_id.unwrap_or(waapi.id),
            token: wished.waapi_token.unwrap_or(waapi.token),
            manners: waapi.manners,
        };
        (wawp, waapi)
    }

    /// Deletes a session with its keys and webhooks. Its sockets stay open and silent.
    pub fn delete_session(&mut self, name: &str) -> bool {
        self.keys.revoke(name);
        self.webhooks.handle_session_deleted(name);
        self.sessions.remove(name).is_some()
    }
}

const MOST_SESSIONS: usize = 256;
