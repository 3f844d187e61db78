//! What every gateway has around its own words: calls and answers as data, faults, the log, delivery, webhooks.

pub mod call;
pub mod delivery;
pub mod fault;
pub mod log;
pub mod webhook;
