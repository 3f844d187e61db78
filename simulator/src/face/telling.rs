//! Events on their way: in WAHA's envelope for sockets, and in everybody's for webhooks.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::face::session::{Event, Session};
use crate::face::waha::envelope::{Envelope, event_id};
use crate::face::wawp;
use crate::time::Instant;
use crate::traffic::dialect::Dialect;
use crate::traffic::webhook::{Parcel, Telling};

impl Session {
    /// Puts an event into its envelopes: the one that sockets get, and those of `dialects` for webhooks.
    pub fn wrap(&mut self, event: &Event, dialects: &BTreeSet<Dialect>, now: Instant) -> Parcel {
        let timestamp = self.wall(now);
        let envelope = Envelope {
            id: event_id(timestamp, &mut self.chance),
            timestamp: timestamp.as_ms(),
            event: &event.name,
            session: &self.name,
            metadata: Some(&self.metadata),
            me: self.me(),
            payload: &event.payload,
            engine: self.engine.name(),
            environment: self.engine.environment(),
        };
        let text: Arc<str> = envelope.to_text().into();
        let in_words = |dialect: &Dialect| match dialect {
            Dialect::Waha => vec![self.telling(*dialect, Some(event.name.to_string()), Arc::clone(&text))],
            Dialect::Wawp | Dialect::WawpPage => {
                let text = wawp::envelope::to_text(&envelope, *dialect == Dialect::WawpPage);
                vec![self.telling(*dialect, Some(event.name.to_string()), text.into())]
            }
            Dialect::Waapi => {
                let telling = |event: &crate::face::waapi::event::Event| {
                    self.telling(*dialect, Some(event.name().to_owned()), event.to_text(self.waapi.id).into())
                };
                event.waapi.iter().map(telling).collect()
            }
        };
        let tellings = dialects.iter().flat_map(in_words).collect();
        let event = Some(event.name.to_string());
        Parcel { session: self.name.clone(), event, timestamp, text: Arc::clone(&text), tellings }
    }

    /// A parcel of a text that is sent as it is, whoever listens.
    #[must_use]
    pub fn verbatim(&self, text: &str, event: Option<&str>, dialects: &BTreeSet<Dialect>, now: Instant) -> Parcel {
        let text: Arc<str> = text.into();
        let event = event.map(str::to_owned);
        let telling = |dialect: &Dialect| self.telling(*dialect, event.clone(), Arc::clone(&text));
        let tellings = dialects.iter().map(telling).collect();
        Parcel {
            session: self.name.clone(),
            event: event.clone(),
            timestamp: self.wall(now),
            text: Arc::clone(&text),
            tellings,
        }
    }

    fn telling(&self, dialect: Dialect, event: Option<String>, text: Arc<str>) -> Telling {
        let instance = (dialect == Dialect::Waapi).then(|| self.waapi.id.to_string());
        Telling { dialect, event, text, instance }
    }
}
