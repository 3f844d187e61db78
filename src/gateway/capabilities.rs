//! What a gateway can do and what it costs, as data: per gateway, and on WAHA per engine.
//!
//! Which engine runs is known once the session answered. Until then, and for an engine we never heard of, the answer is the
//! cautious one: of the abilities those that every engine has, of the costs those that any has.

use super::Call;

/// One thing that gateways differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// Has a stream that a page can open.
    Feed,
    /// Can list every chat's presence, harmlessly: without subscribing and without marking us online.
    List,
    /// Can tell what it remembers of one chat, without subscribing.
    Snapshot,
    /// Can tell a person's other id.
    LookUp,
    /// Can show "recording…" for us.
    Recording,
    /// Says so where somebody hides their presence. Elsewhere they are merely silent.
    TellsHidden,
    /// Sends no presence events unless its owner sets a switch.
    EventsNeedSetting,
    /// Watching a chat marks our own account online and silences the owner's phone.
    WatchMarksOnline,
    /// Can change our own privacy settings.
    ChangesPrivacy,
}

/// What a gateway can do, and what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The engine that this holds for, as the gateway names it; none where it has none or it is not known.
    pub engine: Option<&'static str>,
    flags: u16,
}

impl Capability {
    const ALL: [Self; 9] = [
        Self::Feed,
        Self::List,
        Self::Snapshot,
        Self::LookUp,
        Self::Recording,
        Self::TellsHidden,
        Self::EventsNeedSetting,
        Self::WatchMarksOnline,
        Self::ChangesPrivacy,
    ];

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let place = Capabilities::NAMES.iter().position(|known| *known == name)?;
        Self::ALL.get(place).copied()
    }
}

impl Capabilities {
    /// The names of all there are, in the order of [`Capability`].
    pub const NAMES: [&'static str; 9] = [
        "feed",
        "list",
        "snapshot",
        "lookUp",
        "recording",
        "tellsHidden",
        "eventsNeedSetting",
        "watchMarksOnline",
        "changesPrivacy",
    ];

    /// These and no others.
    #[must_use]
    pub const fn of(engine: Option<&'static str>, mut capabilities: &[Capability]) -> Self {
        let mut flags = 0;
        while let [first, rest @ ..] = capabilities {
            flags |= 1 << *first as u8;
            capabilities = rest;
        }
        Self { engine, flags }
    }

    /// Whether this is one of them.
    #[must_use]
    pub const fn has(&self, capability: Capability) -> bool {
        self.holds(capability as usize)
    }

    /// As [`Capabilities::has`], by the place of its name.
    #[must_use]
    pub const fn holds(&self, place: usize) -> bool {
        self.flags >> place & 1 != 0
    }

    /// What the engine is known not to have for a call. Where it is not known, only the gateway can tell.
    #[must_use]
    pub fn lack(&self, call: &Call) -> Option<&'static str> {
        let lacks = matches!(call, Call::GetAll) && self.engine.is_some() && !self.has(Capability::List);
        lacks.then_some("this engine has no list of chats: rest.get() reads one chat at a time")
    }
}
