//! Wawp's refusals: a code, a message and the status again, as `WordPress` writes them; and the other two bodies of a 400.

use serde::Serialize;

use crate::face::wawp::Missing;
use crate::traffic::call::Answer;
use crate::traffic::limit::Exceeded;

#[derive(Serialize)]
struct Refusal<'a> {
    code: &'a str,
    message: &'a str,
    data: Data,
}

#[derive(Serialize)]
struct Data {
    status: u16,
}

fn refusal(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(status, &Refusal { code, message, data: Data { status } })
}

/// 401: no token, or one in a form, which nobody reads.
#[must_use]
pub fn missing_token() -> Answer {
    refusal(401, "missing_access_token", "Missing access_token")
}

/// 401: the token of somebody else.
#[must_use]
pub fn wrong_token() -> Answer {
    refusal(401, "invalid_access_token", "Invalid access token")
}

/// 404: the instance is unknown, or not connected.
#[must_use]
pub fn invalid_session() -> Answer {
    refusal(404, "invalid_session", "Session not found or not connected.")
}

/// 404: no such call.
#[must_use]
pub fn no_route() -> Answer {
    refusal(404, "rest_no_route", "No route was found matching the URL and request method.")
}

/// 400: the body is no JSON.
#[must_use]
pub fn invalid_json() -> Answer {
    refusal(400, "rest_invalid_json", "Invalid JSON body passed.")
}

/// 403: not in this plan.
#[must_use]
pub fn subscription_required() -> Answer {
    refusal(403, "subscription_required", "This feature requires an active subscription.")
}

/// 400: a word that nobody knows.
#[must_use]
pub fn invalid_parameter(name: &str) -> Answer {
    refusal(400, "rest_invalid_param", &format!("Invalid parameter(s): {name}"))
}

/// 400: a parameter is missing.
#[must_use]
pub fn missing_parameter(name: &str, missing: Missing) -> Answer {
    let message = format!("Missing required parameter(s): {name}");
    match missing {
        Missing::Json => refusal(400, "missing_parameter", &message),
        Missing::Xml => {
            let body = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<error><code>missing_parameter</code><message>{message}</message></error>"
            );
            Answer::text(400, "application/xml; charset=utf-8", &body)
        }
        Missing::Text => Answer::text(400, "text/plain; charset=utf-8", &message),
    }
}

/// 429: too many subscriptions.
#[must_use]
pub fn too_many(exceeded: Exceeded) -> Answer {
    let answer = refusal(429, "too_many_requests", "Too Many Requests");
    match exceeded.retry_after {
        Some(seconds) => answer.with_header("retry-after", &seconds.to_string()),
        None => answer,
    }
}
