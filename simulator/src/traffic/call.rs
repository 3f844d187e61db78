//! One HTTP call and its answer, as data.

use serde::Serialize;

/// What a client sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// In upper case.
    pub method: String,
    /// The path as sent, still encoded, without the query.
    pub path: String,
    /// The query as sent, without the question mark.
    pub query: String,
    /// The value of `X-Api-Key`.
    pub api_key: Option<String>,
    /// The body is declared to be JSON.
    pub json: bool,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A call without key and body.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self { method: method.to_owned(), path: path.to_owned(), query: query.to_owned(), ..Self::default() }
    }

    /// The same call with this key.
    #[must_use]
    pub fn with_key(self, key: &str) -> Self {
        Self { api_key: Some(key.to_owned()), ..self }
    }

    /// The same call with this JSON text as its body.
    #[must_use]
    pub fn with_json(self, body: &str) -> Self {
        Self { json: true, body: body.as_bytes().to_vec(), ..self }
    }

    /// The same call with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// The same call with this form as its body.
    #[must_use]
    pub fn with_form(self, body: &str) -> Self {
        let request = Self { body: body.as_bytes().to_vec(), ..self };
        request.with_header("content-type", "application/x-www-form-urlencoded")
    }

    /// The first value of a header; its name is given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The token of `Authorization: Bearer …`.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// The body is declared to be a form.
    #[must_use]
    pub fn is_form(&self) -> bool {
        self.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
    }

    /// Path and query as sent.
    #[must_use]
    pub fn target(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// The first value of a query parameter, whatever the case of its name.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.into_owned())
    }

    /// The decoded segments of the path. A trailing slash adds none.
    #[must_use]
    pub fn segments(&self) -> Vec<String> {
        let decode = |segment: &str| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned();
        let path = self.path.strip_prefix('/').unwrap_or(&self.path);
        let path = path.strip_suffix('/').unwrap_or(path);
        path.split('/').map(decode).collect()
    }
}

/// What a client gets back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body; JSON unless empty or a header says otherwise.
    pub body: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// Pages of other origins may read it. Only faults say no.
    pub cors: bool,
}

impl Answer {
    /// A status and nothing else.
    #[must_use]
    pub const fn empty(status: u16) -> Self {
        Self { status, body: String::new(), headers: Vec::new(), cors: true }
    }

    /// A status and a JSON body.
    #[must_use]
    pub fn json(status: u16, body: &impl Serialize) -> Self {
        // Only a map with keys that are no strings could fail, and no body has one.
        let body = serde_json::to_string(body).unwrap_or_default();
        Self { body, ..Self::empty(status) }
    }

    /// A status and a body that is no JSON.
    #[must_use]
    pub fn text(status: u16, kind: &str, body: &str) -> Self {
        Self { body: body.to_owned(), ..Self::empty(status) }.with_header("content-type", kind)
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}
