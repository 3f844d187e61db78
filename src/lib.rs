#![doc = include_str!("../README.md")]

#[cfg(feature = "browser")]
mod browser;
pub mod gateway;
#[cfg(feature = "browser")]
mod js;
pub mod machine;
pub mod session;
