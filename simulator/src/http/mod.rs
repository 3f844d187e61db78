//! The shell: the only part with a clock and sockets. It moves bytes and decides nothing.

mod clock;
mod cors;
mod driver;
mod poster;
mod rest;
mod socket;

use std::io;
use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use tokio::net::TcpListener;

use crate::simulator::Simulator;
use driver::Driver;

/// The calendar time at which a simulator that starts at this moment begins.
#[must_use]
pub fn epoch() -> crate::time::Epoch {
    crate::time::Epoch(clock::wall())
}

/// Serves a simulator until `stop` is done. Time passes for it from this moment on.
///
/// # Errors
///
/// The listener broke.
pub async fn serve(
    simulator: Simulator,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let driver = Arc::new(Driver::new(simulator));
    let alarm = tokio::spawn(driver::run(Arc::clone(&driver)));
    let router = Router::new().route("/ws", any(socket::upgrade)).fallback(rest::call).with_state(driver);
    let served = tokio::select! {
        served = async { axum::serve(listener, router).await } => served,
        // Open sockets and hanging calls must not keep the process alive.
        () = stop => Ok(()),
    };
    alarm.abort();
    served
}
