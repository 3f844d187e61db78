//! What every gateway has around its own words: calls and answers as data, faults, limits, the log, delivery, webhooks.

pub mod call;
pub mod delivery;
pub mod dialect;
pub mod fault;
pub mod limit;
pub mod log;
pub mod signature;
pub mod webhook;
