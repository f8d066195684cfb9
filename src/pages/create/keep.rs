//! What was typed into the create form, kept for this tab: it survives a reload, a wrong click and an expired token.
//!
//! The file itself cannot be kept: browsers hand it out again only when the user picks it. The shape is pure; `form` reads and writes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::draft::{Draft, Source};
use super::entry::Entry;
use super::presets::{Before, Preset};

/// Where it is kept.
pub const NAME: &str = "slipway.create";

/// What is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Whose it is: another user of this tab must not see it.
    pub user: String,
    /// From a URL.
    pub by_url: bool,
    /// The name of the file that had been chosen.
    pub file: Option<String>,
    /// Entry by entry; empty ones are left out.
    pub values: BTreeMap<String, String>,
    /// Refuse deletion.
    pub protected: bool,
    /// The other properties.
    pub others: Vec<(String, String)>,
    /// The preset, by its key.
    pub preset: String,
    /// What the preset had replaced.
    pub before: BTreeMap<String, String>,
    /// What the file said, so that its marks come back with it.
    pub told: BTreeMap<String, String>,
}

fn named(values: &BTreeMap<Entry, String>) -> BTreeMap<String, String> {
    values.iter().map(|(entry, value)| (entry.key().to_owned(), value.clone())).collect()
}

/// Entries by their names; unknown names are of another version and left out.
pub fn entries(values: &BTreeMap<String, String>) -> BTreeMap<Entry, String> {
    Entry::ALL
        .into_iter()
        .filter_map(|entry| Some((entry, values.get(entry.key())?.clone())))
        .collect()
}

impl Kept {
    /// What is to be kept of a form.
    pub fn new(
        user: &str,
        draft: &Draft,
        preset: Preset,
        before: &Before,
        told: &BTreeMap<Entry, String>,
    ) -> Self {
        Self {
            user: user.to_owned(),
            by_url: draft.source == Source::Url,
            file: draft.file.as_ref().map(|file| file.name.clone()),
            values: named(&draft.values),
            protected: draft.protected,
            others: draft
                .others
                .iter()
                .filter(|(key, value)| !key.is_empty() || !value.is_empty())
                .cloned()
                .collect(),
            preset: preset.key().to_owned(),
            before: named(before),
            told: named(told),
        }
    }

    /// Reads what was kept; nothing when it is another user's, or of a shape that this version does not know.
    pub fn read(text: &str, user: &str) -> Option<Self> {
        let kept: Self = serde_json::from_str(text).ok()?;
        (kept.user == user).then_some(kept)
    }

    /// As text.
    pub fn text(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::create::draft::tests::draft;

    #[test]
    fn what_was_typed_comes_back_for_its_user_only() {
        let mut form = draft();
        form.others = vec![("a".into(), "b".into()), (String::new(), String::new())];
        let before = Before::from([(Entry::Firmware, "bios".into())]);
        let kept = Kept::new("u1", &form, Preset::Uefi, &before, &BTreeMap::new());
        let text = kept.text().expect("text");
        let read = Kept::read(&text, "u1").expect("it is there");
        assert_eq!(read, kept);
        assert_eq!(entries(&read.values)[&Entry::Name], "golden");
        assert_eq!(read.others, [("a".to_owned(), "b".to_owned())]);
        assert_eq!(entries(&read.before), before);
        assert_eq!(Kept::read(&text, "u2"), None);
        assert_eq!(Kept::read("{\"user\":\"u1\",\"values\":3}", "u1"), None);
        assert!(Kept::read("{\"user\":\"u1\",\"new\":3}", "u1").is_some());
    }
}
