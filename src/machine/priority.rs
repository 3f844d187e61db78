//! How much a watch matters when calls are scarce.

/// How much a watch matters. Higher comes first whenever calls are scarce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Somebody is working in this chat.
    Focused,
    /// On the screen.
    Visible,
    /// Anywhere else.
    Background,
}

impl Priority {
    /// The name JavaScript sees.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Focused => "focused",
            Self::Visible => "visible",
            Self::Background => "background",
        }
    }
}
