//! The shell over real sockets on the loopback interface. No test here waits for longer than the server itself does.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use futures_util::StreamExt;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use wa_presence_simulator::face::waha::Engine;
use wa_presence_simulator::http;
use wa_presence_simulator::simulator::{Config, NewSession, Simulator};
use wa_presence_simulator::time::Instant;
use wa_presence_simulator::traffic::webhook::{Retries, sign};
use wa_presence_simulator::world::population::Population;

struct Server {
    host: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Server {
    async fn start() -> Self {
        let config = Config {
            seed: 7,
            epoch: http::epoch(),
            api_key: "admin".to_owned(),
            query_key: false,
            retries: Retries::default(),
        };
        let mut simulator = Simulator::new(config);
        let new = NewSession {
            name: "default".to_owned(),
            engine: Engine::Noweb,
            population: Population::Demo,
            ..NewSession::default()
        };
        simulator.create_session(&new, Instant::ZERO).expect("the name is good");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let host = listener.local_addr().expect("it is bound").to_string();
        tokio::spawn(http::serve(simulator, listener, std::future::pending()));
        Self { host, client: Client::builder(TokioExecutor::new()).build_http() }
    }

    async fn call(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut request = Request::builder().method(method).uri(format!("http://{}{path}", self.host));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body.as_bytes()))).expect("a good request");
        let (parts, body) = self.client.request(request).await.expect("the server answers").into_parts();
        let body = body.collect().await.expect("the body comes whole").to_bytes();
        let body = String::from_utf8(body.to_vec()).expect("it is text");
        Reply { status: parts.status, headers: parts.headers, body }
    }

    async fn post(&self, path: &str, body: &str) -> Reply {
        self.call(Method::POST, path, &[("x-api-key", "admin"), ("content-type", "application/json")], body).await
    }
}

#[tokio::test]
async fn a_preflight_is_204_and_reflects_and_every_answer_may_be_read() {
    let server = Server::start().await;
    let asked = [("origin", "http://page.example"), ("access-control-request-headers", "x-api-key,content-type")];
    let reply = server.call(Method::OPTIONS, "/api/default/presence", &asked, "").await;
    assert_eq!(reply.status, 204);
    assert_eq!(reply.headers["access-control-allow-origin"], "*");
    assert_eq!(reply.headers["access-control-allow-headers"], "x-api-key,content-type");
    assert_eq!(reply.headers["access-control-allow-methods"], "GET,HEAD,PUT,PATCH,POST,DELETE");
    for absent in ["access-control-max-age", "access-control-allow-credentials", "access-control-expose-headers"] {
        assert!(!reply.headers.contains_key(absent), "{absent}");
    }
    let reply = server.call(Method::GET, "/api/default/presence", &[], "").await;
    assert_eq!((reply.status.as_u16(), &reply.headers["access-control-allow-origin"]), (401, &"*".parse().expect("*")));
}

#[tokio::test]
async fn an_empty_answer_has_length_0_and_no_type() {
    let server = Server::start().await;
    let reply = server.post("/api/default/presence/15550100002%40c.us/subscribe", "").await;
    assert_eq!((reply.status.as_u16(), reply.body.as_str()), (201, ""));
    assert_eq!(reply.headers["content-length"], "0");
    assert!(!reply.headers.contains_key("content-type"));
}

/// The id and the token of the session at a hosted gateway.
async fn instance(server: &Server, face: &str, token: &str) -> (String, String) {
    let reply = server.call(Method::GET, "/_control/sessions", &[], "").await;
    let sessions: Value = serde_json::from_str(&reply.body).expect("it is JSON");
    let instance = &sessions["sessions"][0][face];
    let id = &instance["instanceId"];
    let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    (id, instance[token].as_str().expect("it has a token").to_owned())
}

#[tokio::test]
async fn wawp_answers_pages_in_its_own_words() {
    let server = Server::start().await;
    let (id, token) = instance(&server, "wawp", "accessToken").await;
    let target = "/v2/presence/15550100001%40c.us";
    let wanted = "authorization,x-instance-id,content-type";
    let asked = [("origin", "http://page.example"), ("access-control-request-headers", wanted)];
    let preflight = server.call(Method::OPTIONS, target, &asked, "").await;
    assert_eq!(
        (preflight.status.as_u16(), &preflight.headers["access-control-allow-headers"]),
        (204, &wanted.parse().expect("a value"))
    );
    let bearer = format!("Bearer {token}");
    let reply = server.call(Method::GET, target, &[("authorization", &bearer), ("x-instance-id", &id)], "").await;
    assert_eq!((reply.status.as_u16(), &reply.headers["access-control-allow-origin"]), (200, &"*".parse().expect("*")));
    let chat: Value = serde_json::from_str(&reply.body).expect("it is JSON");
    assert_eq!(chat["presences"][0]["lastKnownPresence"], "online");
    server.post("/_control/sessions/default/wawp", r#"{"missing":"xml"}"#).await;
    let body = format!(r#"{{"instance_id":"{id}","access_token":"{token}"}}"#);
    let refusal = server.post("/v2/send/start-typing", &body).await;
    assert_eq!(
        (refusal.status.as_u16(), &refusal.headers["content-type"]),
        (400, &"application/xml; charset=utf-8".parse().expect("a value"))
    );
}

#[tokio::test]
async fn waapi_holds_a_call_until_it_knows() {
    let server = Server::start().await;
    let (id, token) = instance(&server, "waapi", "token").await;
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let target = format!("/api/v1/instances/{id}/client/action/get-chat-presence");
    let reply =
        server.call(Method::POST, &target, &headers, r#"{"chatId":"15550100001@c.us","timeoutMs":30000}"#).await;
    assert_eq!((reply.status.as_u16(), &reply.headers["access-control-allow-origin"]), (200, &"*".parse().expect("*")));
    let answer: Value = serde_json::from_str(&reply.body).expect("it is JSON");
    let presence = &answer["data"]["data"]["presence"];
    assert_eq!((&presence["hasData"], &presence["isOnline"]), (&Value::Bool(true), &Value::Bool(true)));
}

#[tokio::test]
async fn a_socket_hears_what_a_subscription_brings() {
    let server = Server::start().await;
    let url = format!("ws://{}/ws?x-api-key=admin&session=default&events=presence.update", server.host);
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.expect("it opens");
    // Fiona is always online, and says so to whoever subscribes.
    server.post("/api/default/presence/15550100001@c.us/subscribe", "").await;
    let message = socket.next().await.expect("something comes").expect("it is a frame");
    let envelope: Value = serde_json::from_str(message.to_text().expect("it is text")).expect("it is JSON");
    assert_eq!(envelope["payload"]["presences"][0]["lastKnownPresence"], "online");
}

#[tokio::test]
async fn a_bad_key_opens_and_is_then_closed_with_1008() {
    let server = Server::start().await;
    let url = format!("ws://{}/ws?x-api-key=wrong", server.host);
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.expect("it opens first");
    let Some(Ok(Message::Close(Some(frame)))) = socket.next().await else {
        panic!("expected a close frame");
    };
    assert_eq!((u16::from(frame.code), frame.reason.as_str()), (1008, "Unauthorized"));
}

#[tokio::test]
async fn sockets_can_be_cut_and_refused() {
    let server = Server::start().await;
    let url = format!("ws://{}/ws?x-api-key=admin&session=default", server.host);
    let (mut socket, _) = tokio_tungstenite::connect_async(&url).await.expect("it opens");
    let reply = server.post("/_control/sessions/default/disconnect", r#"{"refuseForMs":60000}"#).await;
    assert_eq!(reply.body, r#"{"disconnected":1}"#);
    assert!(socket.next().await.is_none_or(|message| message.is_err()), "cut without a farewell");
    assert!(tokio_tungstenite::connect_async(&url).await.is_err());
}

#[tokio::test]
async fn a_webhook_arrives_signed() {
    let (sender, mut received) = mpsc::unbounded_channel();
    let hook = axum::Router::new().fallback(move |headers: HeaderMap, body: String| {
        let sent = sender.send((headers, body));
        async move { if sent.is_ok() { StatusCode::OK } else { StatusCode::GONE } }
    });
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
    let url = format!("http://{}/hook", listener.local_addr().expect("it is bound"));
    tokio::spawn(async move { axum::serve(listener, hook).await });
    let server = Server::start().await;
    let body = format!(r#"{{"url":"{url}","secret":"s3cret","events":["presence.update"]}}"#);
    assert_eq!(server.post("/_control/sessions/default/webhooks", &body).await.status, 200);
    server.post("/api/default/presence/15550100001@c.us/subscribe", "").await;
    let (headers, body) = received.recv().await.expect("it comes");
    assert_eq!(headers["x-webhook-hmac"].to_str().ok(), sign("s3cret", &body).as_deref());
    assert!(body.contains("presence.update"));
}
