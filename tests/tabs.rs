//! Many tabs of one browser over one feed, in virtual time: who leads, what the others see, what it costs, how one takes over.
#![cfg(not(target_arch = "wasm32"))]

#[path = "tabs/background.rs"]
mod background;
#[path = "tabs/browser.rs"]
mod browser;
#[path = "tabs/retold.rs"]
mod retold;
#[path = "tabs/silence.rs"]
mod silence;
#[path = "tabs/stories.rs"]
mod stories;
