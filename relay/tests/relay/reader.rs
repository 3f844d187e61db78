//! A reader of feeds: what a page does with fetch streaming.

use serde_json::Value;

use super::stage::PATIENCE;

/// One event of a feed.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    pub(crate) data: Value,
}

pub(crate) struct Reader {
    response: reqwest::Response,
    buffer: String,
    /// Everything heard so far.
    pub(crate) heard: Vec<Event>,
    /// What `Last-Event-ID` would be.
    pub(crate) last_id: Option<String>,
    pub(crate) comments: usize,
}

impl Reader {
    pub(crate) fn new(response: reqwest::Response) -> Self {
        Self { response, buffer: String::new(), heard: Vec::new(), last_id: None, comments: 0 }
    }

    /// The next event; nothing at the end of the stream.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.buffer.find("\n\n") {
                let block: String = self.buffer.drain(..end + 2).collect();
                if let Some(event) = self.take(&block) {
                    return Some(event);
                }
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("something comes");
            self.buffer.push_str(str::from_utf8(&chunk.ok()??).expect("UTF-8"));
        }
    }

    fn take(&mut self, block: &str) -> Option<Event> {
        let (mut name, mut data) = (None, None);
        let mut id = None;
        for line in block.lines() {
            match line.split_once(": ") {
                Some(("event", value)) => name = Some(value.to_owned()),
                Some(("data", value)) => data = serde_json::from_str(value).ok(),
                Some(("id", value)) => id = Some(value.to_owned()),
                _ => self.comments += usize::from(line == ":"),
            }
        }
        self.last_id = id.clone().or(self.last_id.take());
        let event = Event { name: name?, id, data: data.expect("JSON") };
        self.heard.push(event.clone());
        Some(event)
    }

    /// Reads until an event of this name fits.
    pub(crate) async fn until(&mut self, name: &str, fits: impl Fn(&Value) -> bool) -> Event {
        let found = tokio::time::timeout(PATIENCE, async {
            loop {
                let event = self.next().await?;
                if event.name == name && fits(&event.data) {
                    return Some(event);
                }
            }
        });
        match found.await {
            Ok(Some(event)) => event,
            Ok(None) => panic!("it ended without {name}: {:?}", self.heard),
            Err(_) => panic!("no {name} that fits: {:?}", self.heard),
        }
    }

    /// Reads until somebody is seen doing this.
    pub(crate) async fn until_word(&mut self, chat: &str, word: &str) -> Event {
        let is_so = |data: &Value| {
            let presences = data["presences"].as_array();
            data["chat"] == chat && presences.is_some_and(|all| all.iter().any(|one| one["word"] == word))
        };
        self.until("observation", is_so).await
    }

    /// Reads until the gateway was asked for these chats and granted it.
    pub(crate) async fn until_leased(&mut self, chats: &[&str]) {
        for chat in chats {
            let leased = |event: &Event| match event.name.as_str() {
                "knowledge" => event.data["chat"] == *chat && event.data["lease"].is_object(),
                "snapshot" => event.data["chat"] == *chat && event.data["knowledge"]["lease"].is_object(),
                _ => false,
            };
            if !self.heard.iter().any(leased) {
                self.until("knowledge", |data| data["chat"] == *chat && data["lease"].is_object()).await;
            }
        }
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.heard.iter().map(|event| event.name.as_str()).collect()
    }
}
