#![doc = include_str!("../README.md")]

#[cfg(feature = "browser")]
mod browser;
pub mod gateway;
#[cfg(feature = "browser")]
#[doc(hidden)]
pub mod js;
pub mod machine;
pub mod patterns;
#[cfg(all(feature = "webhook", not(feature = "browser")))]
#[doc(hidden)]
pub mod receiver;
pub mod session;
mod text;
