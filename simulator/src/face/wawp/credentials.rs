//! Who calls: an instance and its token, in any of the places where clients put them, and the other parameters beside them.

use serde_json::Value;

use crate::traffic::call::Request;

/// The parameters of a call.
#[derive(Clone, Debug)]
pub struct Params<'a> {
    request: &'a Request,
    body: Option<&'a Value>,
}

impl<'a> Params<'a> {
    /// Those of this call. Only JSON is read from a body: a form is as good as none, which is what Wawp makes of it.
    #[must_use]
    pub const fn new(request: &'a Request, body: Option<&'a Value>) -> Self {
        Self { request, body }
    }

    /// A parameter of the body, or else of the query. Empty ones count as missing.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        let of_body = self.body.and_then(|body| match body.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        });
        of_body.or_else(|| self.request.query_value(name)).filter(|text| !text.is_empty())
    }

    /// The instance it is about.
    #[must_use]
    pub fn instance(&self) -> Option<String> {
        self.get("instance_id").or_else(|| self.request.header("x-instance-id").map(str::to_owned))
    }

    /// The token it carries.
    #[must_use]
    pub fn token(&self) -> Option<String> {
        let of_header = || self.request.bearer().or_else(|| self.request.header("access-token")).map(str::to_owned);
        self.get("access_token").or_else(of_header)
    }
}
