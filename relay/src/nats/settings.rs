//! Where NATS is, and who we are there. Nothing of it is ever logged: addresses hold passwords.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::{ConnectOptions, ServerAddr};
use percent_encoding::percent_decode_str;
use wa_presence::gateway::http::Secret;

/// Between two tries to connect: from here, doubled, up to there.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));
/// How long an answer may take before it counts as none.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// Where NATS is, and who we are there.
#[derive(Clone, Debug)]
pub struct Settings {
    url: Secret,
    credentials: Option<Secret>,
    login: Option<Login>,
    replicas: usize,
}

#[derive(Clone, Debug)]
enum Login {
    User(Secret, Secret),
    Token(Secret),
}

impl Settings {
    /// One address or more, with commas between: `nats://host:port`, or `tls://` where the connection is to be private.
    ///
    /// # Errors
    /// It is no such address; it is not repeated.
    pub fn new(url: &str) -> Result<Self, String> {
        let settings = Self { url: Secret::new(url.to_owned()), credentials: None, login: None, replicas: 1 };
        settings.addresses()?;
        Ok(settings)
    }

    /// With a file of credentials, as `nsc` writes them.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn with_credentials(mut self, file: &PathBuf) -> Result<Self, String> {
        let text = std::fs::read_to_string(file).map_err(|why| format!("--nats-credentials: {}", why.kind()))?;
        self.credentials = Some(Secret::new(text));
        Ok(self)
    }

    /// With a user's name and password.
    #[must_use]
    pub fn with_user(mut self, user: String, password: String) -> Self {
        self.login = Some(Login::User(Secret::new(user), Secret::new(password)));
        self
    }

    /// With a token.
    #[must_use]
    pub fn with_token(mut self, token: String) -> Self {
        self.login = Some(Login::Token(Secret::new(token)));
        self
    }

    /// On so many servers of a cluster.
    #[must_use]
    pub const fn with_replicas(mut self, replicas: usize) -> Self {
        self.replicas = replicas;
        self
    }

    pub(super) const fn replicas(&self) -> usize {
        self.replicas
    }

    pub(super) fn addresses(&self) -> Result<Vec<ServerAddr>, String> {
        let wrong = || "--nats: expected an address such as nats://127.0.0.1:4222 or tls://nats.example".to_owned();
        self.url.reveal().split(',').map(|url| url.trim().parse().map_err(|_| wrong())).collect()
    }

    /// Who we are by the address: a user with a password, or a token.
    fn named(&self) -> Option<Login> {
        let address = self.addresses().ok()?.into_iter().next()?;
        let user = unescaped(address.username()?);
        Some(match address.password() {
            Some(password) => Login::User(user, unescaped(password)),
            None => Login::Token(user),
        })
    }

    pub(super) fn options(&self) -> Result<ConnectOptions, String> {
        let mut options = ConnectOptions::new().name("wa-presence-relay");
        if let Some(credentials) = &self.credentials {
            let unfit = |_| "--nats-credentials: expected a file of credentials, as nsc writes them".to_owned();
            options = options.credentials(credentials.reveal()).map_err(unfit)?;
        }
        // The client leaves what stands in the address.
        options = match self.login.clone().or_else(|| self.named()) {
            Some(Login::User(user, password)) => {
                options.user_and_password(user.reveal().to_owned(), password.reveal().to_owned())
            }
            Some(Login::Token(token)) => options.token(token.reveal().to_owned()),
            None => options,
        };
        Ok(options
            .connection_timeout(PATIENCE)
            .request_timeout(Some(PATIENCE))
            // A connection that broke without a word is only known by asking.
            .ping_interval(Duration::from_secs(2))
            .max_reconnects(None)
            .reconnect_delay_callback(backoff))
    }
}

/// A part of an address, with what is escaped in it.
fn unescaped(part: &str) -> Secret {
    Secret::new(percent_decode_str(part).decode_utf8_lossy().into_owned())
}

/// How long to wait after so many tries.
pub(super) fn backoff(tries: usize) -> Duration {
    let doubled = RETRY.0 * 2_u32.pow(u32::try_from(tries.min(8)).unwrap_or(8));
    super::jitter(doubled.min(RETRY.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_we_are_by_the_address_is_read_from_it_and_shown_to_nobody() {
        let settings = Settings::new("nats://relay:a%2Fb%25@nats.example:4222").expect("an address");
        let Some(Login::User(user, password)) = settings.named() else { panic!("a user with a password") };
        assert_eq!((user.reveal(), password.reveal()), ("relay", "a/b%"));
        assert!(!format!("{settings:?}").contains("relay"));
        let why = Settings::new("http://relay:secret@nats.example:x").expect_err("no address");
        assert!(!why.contains("secret"), "{why}");
    }
}
