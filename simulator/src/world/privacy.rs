//! What the account itself shows to others. Who hides something is not told it of others either.

/// Who may see something of the account, such as when it was last online.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    #[default]
    All,
    /// Its contacts.
    Contacts,
    /// Its contacts, with exceptions.
    ContactsExcept,
    /// Nobody.
    None,
}

/// Who may see whether the account is online.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnlineAudience {
    /// Everybody.
    #[default]
    All,
    /// Whoever may see when it was last online.
    MatchLastSeen,
}

/// Who is told what the account has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Receipts {
    /// Everybody who wrote it.
    #[default]
    All,
    /// Nobody.
    None,
}

/// The account's own settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Privacy {
    /// Who may see when it was last online.
    pub last_seen: Audience,
    /// Who may see whether it is online.
    pub online: OnlineAudience,
    /// Who may see its picture.
    pub profile_picture: Audience,
    /// Who is told what it has read.
    pub read_receipts: Receipts,
}

impl Privacy {
    /// Whether it hides from everybody when it was last online, and so is not told when others were.
    #[must_use]
    pub fn hides_last_seen(self) -> bool {
        self.last_seen == Audience::None
    }

    /// Whether it hides from everybody that it is online, and so is not told whether others are.
    #[must_use]
    pub fn hides_online(self) -> bool {
        self.hides_last_seen() && self.online == OnlineAudience::MatchLastSeen
    }
}
