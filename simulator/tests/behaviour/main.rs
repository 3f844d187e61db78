//! The behaviour of the simulator, in virtual time.

mod calls;
mod control;
mod engines;
mod gateway;
mod hosted;
mod hosted_hooks;
mod people;
mod sockets;
mod view;
mod waapi;
mod waapi_privacy;
mod waapi_refusals;
mod wawp;
mod webhooks;
