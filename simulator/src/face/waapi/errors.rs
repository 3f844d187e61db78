//! `WaAPI`'s refusals: its own, its instances', and those of the framework it is built on.

use serde_json::json;

use crate::face::waapi::{Instance, NotReady};
use crate::traffic::call::Answer;
use crate::traffic::limit::Exceeded;

/// 401: no token, or one of nobody.
#[must_use]
pub fn unauthenticated() -> Answer {
    Answer::json(401, &json!({ "message": "Unauthenticated." }))
}

/// 404: no such instance, or somebody else's.
#[must_use]
pub fn no_instance(id: &str) -> Answer {
    Answer::json(404, &json!({ "message": format!("No query results for model [App\\Models\\Instance] {id}") }))
}

/// 404: no such call.
#[must_use]
pub fn no_route(path: &str) -> Answer {
    let path = path.trim_start_matches('/');
    Answer::json(404, &json!({ "message": format!("The route {path} could not be found.") }))
}

/// 400: no such action.
#[must_use]
pub fn failed_action() -> Answer {
    Answer::json(400, &json!({ "status": "error", "message": "Failed to execute action" }))
}

/// The instance is not ready, said as it is told to say it.
#[must_use]
pub fn not_ready(instance: &Instance) -> Answer {
    match instance.manners.not_ready {
        NotReady::Outer => Answer::json(200, &json!({ "status": "error", "message": "instance not ready" })),
        NotReady::Inner => of_instance(instance, "instance not ready", None),
        NotReady::Conflict => {
            Answer::json(409, &json!({ "status": "error", "message": "Conflict - instance is not ready" }))
        }
    }
}

/// HTTP 200 and outer success: the instance got it and could not do it.
#[must_use]
pub fn of_instance(instance: &Instance, message: &str, explanation: Option<&str>) -> Answer {
    let mut data = json!({ "status": "error", "instanceId": instance.id.to_string(), "message": message });
    if let Some(explanation) = explanation {
        data["explanation"] = explanation.into();
    }
    Answer::json(200, &json!({ "status": "success", "data": data }))
}

/// 422: a parameter is missing or no good.
#[must_use]
pub fn invalid(field: &str, sentence: &str) -> Answer {
    Answer::json(422, &json!({ "message": sentence, "errors": { field: [sentence] } }))
}

/// 429: too many subscriptions.
#[must_use]
pub fn too_many(exceeded: Exceeded) -> Answer {
    let answer = Answer::json(429, &json!({ "message": "Too Many Attempts." }));
    match exceeded.retry_after {
        Some(seconds) => answer.with_header("retry-after", &seconds.to_string()),
        None => answer,
    }
}
