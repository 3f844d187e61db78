//! Sockets: the upgrade, and one task for each that moves frames.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc::Receiver;

use super::driver::{Driver, Order};
use super::rest;

/// Opens a socket, or treats the call as any other when it asks for none.
pub(super) async fn upgrade(
    State(driver): State<Arc<Driver>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    request: Request,
) -> Response {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let Ok(upgrade) = upgrade else {
        return rest::call(State(driver), request).await;
    };
    // The real server cuts the connection. A refused handshake looks the same to a page: close code 1006.
    if !driver.feed(|simulator, now| simulator.accepts_socket(&query, now)) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    upgrade.on_upgrade(move |socket| serve(driver, socket, query))
}

async fn serve(driver: Arc<Driver>, mut socket: WebSocket, query: String) {
    let (id, mut orders) = driver.register_socket();
    driver.feed(|simulator, now| simulator.handle_open(id, &query, now));
    exchange(&driver, &mut socket, id, &mut orders).await;
    driver.forget_socket(id);
}

/// Moves frames until one side ends it.
async fn exchange(driver: &Arc<Driver>, socket: &mut WebSocket, id: u64, orders: &mut Receiver<Order>) {
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(Order::Frame(text)) => {
                    if socket.send(Message::Text(text.as_ref().into())).await.is_err() {
                        return;
                    }
                }
                Some(Order::Ping) => {
                    if socket.send(Message::Ping(Bytes::new())).await.is_err() {
                        return;
                    }
                }
                Some(Order::Close(code, reason)) => {
                    let frame = CloseFrame { code, reason: reason.into() };
                    // Whether the farewell arrives is the client's affair; what matters is to wait for theirs.
                    drop(socket.send(Message::Close(Some(frame))).await);
                    while let Some(Ok(_)) = socket.recv().await {}
                    return;
                }
                Some(Order::Hangup) | None => return,
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Pong(_))) => driver.feed(|simulator, _| simulator.handle_pong(id)),
                // The real server listens to nothing a client says.
                Some(Ok(Message::Text(_) | Message::Binary(_) | Message::Ping(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
        }
    }
}
