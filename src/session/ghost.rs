//! What staying unseen costs, and what it cannot hide, by gateway and engine.

use super::Session;
use crate::gateway::Capability;

/// One item of the price: a word for programs, a sentence for people.
pub type Price = (&'static str, &'static str);

const RECIPROCITY: Price = (
    "reciprocity",
    "Whoever shares nothing is told nothing: others' presence becomes hidden or old while we are offline.",
);
const WATCHING: Price = (
    "watching-marks-online",
    "Watching a chat marks the account online; it is set offline again some seconds later, and may be seen meanwhile.",
);
const TYPING: Price = (
    "typing-marks-online",
    "Showing that we type or record marks the account online; it is set offline again some seconds later.",
);
const GOWS: Price =
    ("engine-goes-online", "The engine GOWS goes online by itself whenever it subscribes, whatever it is told.");
const NOWEB: Price = ("engine-goes-online", "The engine NOWEB goes online by itself whenever it connects.");
const ENGINE: Price = (
    "engine-goes-online",
    "Some engines go online by themselves: GOWS whenever it subscribes, NOWEB whenever it connects.",
);
const PHONE: Price = ("phone", "Whoever uses WhatsApp on the phone of this account is seen online there.");
const RECEIPTS: Price = ("read-receipts", "Messages that are read are told so, unless read receipts are switched off.");

impl Session {
    /// What it costs to keep our account unseen here, as far as the engine is known.
    #[must_use]
    pub fn price_of_hiding(&self) -> Vec<Price> {
        let mut price = vec![RECIPROCITY];
        if self.capabilities.has(Capability::WatchMarksOnline) {
            price.extend([WATCHING, TYPING]);
            price.extend(match self.capabilities.engine {
                None => Some(ENGINE),
                Some("GOWS") => Some(GOWS),
                Some("NOWEB") => Some(NOWEB),
                Some(_) => None,
            });
        }
        price.extend([PHONE, RECEIPTS]);
        price
    }

    /// How read receipts are switched off where there is no call for it; nothing where there is one.
    #[must_use]
    pub fn how_to_hide_reads(&self) -> Option<&'static str> {
        let manual = "They are switched off on the phone of this account: Settings, Privacy, Read receipts.";
        (!self.capabilities.has(Capability::ChangesPrivacy)).then_some(manual)
    }
}
