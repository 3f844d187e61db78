//! How each gateway signs what it posts.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha512};

use crate::chance::Chance;
use crate::time::UnixMs;
use crate::traffic::dialect::Dialect;

/// The headers of a post that say who sent it, when, and that nobody changed it.
#[must_use]
pub fn headers(
    dialect: Dialect,
    secret: Option<&str>,
    body: &str,
    at: UnixMs,
    chance: &mut Chance,
) -> Vec<(&'static str, String)> {
    let request_id = chance.text("0123456789abcdefghijklmnopqrstuvwxyz", 17);
    let mut headers = match dialect {
        // Wawp documents no headers; its engine's are the likeliest to be seen through it.
        Dialect::Waha | Dialect::Wawp | Dialect::WawpPage => {
            vec![("x-webhook-request-id", request_id), ("x-webhook-timestamp", at.as_ms().to_string())]
        }
        Dialect::Waapi => vec![("x-waapi-request-id", request_id)],
    };
    let Some(secret) = secret else {
        return headers;
    };
    match dialect {
        Dialect::Waha => {
            headers.extend(sign(secret, body).map(|signature| ("x-webhook-hmac", signature)));
            headers.push(("x-webhook-hmac-algorithm", "sha512".to_owned()));
        }
        Dialect::Wawp | Dialect::WawpPage => {
            headers.extend(sign_sha256(secret, body).map(|signature| ("x-webhook-hmac", signature)));
        }
        Dialect::Waapi => {
            headers.extend(sign_sha256(secret, body).map(|signature| ("x-waapi-hmac", signature)));
        }
    }
    headers
}

/// The hex HMAC-SHA512 of a body.
#[must_use]
pub fn sign(secret: &str, body: &str) -> Option<String> {
    digest::<Hmac<Sha512>>(secret, body)
}

/// The hex HMAC-SHA256 of a body.
#[must_use]
pub fn sign_sha256(secret: &str, body: &str) -> Option<String> {
    digest::<Hmac<Sha256>>(secret, body)
}

fn digest<M: Mac + KeyInit>(secret: &str, body: &str) -> Option<String> {
    let mac = <M as KeyInit>::new_from_slice(secret.as_bytes()).ok()?;
    let digest = mac.chain_update(body.as_bytes()).finalize().into_bytes();
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}
