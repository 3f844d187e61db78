//! The behaviour of the simulator, in virtual time.

mod calls;
mod control;
mod engines;
mod gateway;
mod people;
mod sockets;
mod webhooks;
