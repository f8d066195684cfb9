//! What was typed for an image of a volume, kept for this tab until it has become one. Pure but for [`read`] and [`write`].

use serde::{Deserialize, Serialize};

use crate::storage::{self, Keep};

const NAME: &str = "slipway.create.volume";

/// What is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    /// Whose it is.
    pub user: String,
    /// The project and region of the volume (`Cloud::key`).
    pub scope: String,
    /// Of which volume.
    pub volume: String,
    /// The name.
    pub name: String,
    /// The format.
    pub disk_format: String,
    /// Who sees it.
    pub visibility: String,
    /// Refuse deletion.
    pub protected: bool,
    /// Also while it is held.
    pub force: bool,
}

fn parse(text: &str, user: &str) -> Option<Kept> {
    let kept: Kept = serde_json::from_str(text).ok()?;
    (kept.user == user).then_some(kept)
}

/// What this user had typed.
pub(super) fn read(user: &str) -> Option<Kept> {
    parse(&storage::read(Keep::Tab, NAME)?, user)
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
    fn it_comes_back_for_its_user_only() {
        let kept = Kept { user: "u".into(), name: "golden".into(), ..Kept::default() };
        let text = serde_json::to_string(&kept).expect("text");
        assert_eq!(parse(&text, "u"), Some(kept));
        assert_eq!(parse(&text, "v"), None);
        assert_eq!(parse("{", "u"), None);
    }
}
