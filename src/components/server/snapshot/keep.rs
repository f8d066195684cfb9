//! What was typed into the form for an image of an instance, kept for this tab until it has become one. Pure but for
//! [`read`] and [`write`].

use serde::{Deserialize, Serialize};

use crate::captures::order::Power;
use crate::storage::{self, Keep};

const NAME: &str = "slipway.snapshot";

/// What is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    /// Whose it is.
    pub user: String,
    /// Of which instance.
    pub server: String,
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// To shut it down first; nothing when the user has not chosen.
    pub shut_down: Option<bool>,
    /// To start it again after.
    pub start_again: bool,
}

impl Kept {
    /// What the user had chosen of the instance's power, if anything.
    pub(super) fn power(&self) -> Option<Power> {
        Some(match (self.shut_down?, self.start_again) {
            (false, _) => Power::AsItIs,
            (true, true) => Power::ShutDownAndStart,
            (true, false) => Power::ShutDown,
        })
    }

    fn parse(text: &str, user: &str, server: &str) -> Option<Self> {
        let kept: Self = serde_json::from_str(text).ok()?;
        (kept.user == user && kept.server == server).then_some(kept)
    }
}

/// What this user had typed for this instance.
pub(super) fn read(user: &str, server: &str) -> Option<Kept> {
    Kept::parse(&storage::read(Keep::Tab, NAME)?, user, server)
}

/// Keeps it, or forgets it.
pub(super) fn write(kept: Option<&Kept>) {
    let text = kept.and_then(|kept| serde_json::to_string(kept).ok());
    storage::write(Keep::Tab, NAME, text.as_deref());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_back_for_its_user_and_instance_only() {
        let kept = Kept {
            user: "u".into(),
            server: "s".into(),
            name: "golden".into(),
            shut_down: Some(true),
            ..Kept::default()
        };
        let text = serde_json::to_string(&kept).expect("text");
        assert_eq!(Kept::parse(&text, "u", "s"), Some(kept.clone()));
        assert_eq!(kept.power(), Some(Power::ShutDown));
        assert_eq!(Kept::parse(&text, "u", "t"), None);
        assert_eq!(Kept::parse(&text, "v", "s"), None);
        assert_eq!(Kept::default().power(), None);
    }
}
