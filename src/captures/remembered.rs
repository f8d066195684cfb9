//! Orders that switch an instance off, kept for this site until they are over: when the tab is closed midway, the instance
//! stays off, and whoever comes back has to be told. Pure but for [`read`] and [`write`].
//!
//! Nothing secret is in it: ids, names, and how far it was.

use serde::{Deserialize, Serialize};

use crate::storage::{self, Keep};

/// Where they are kept.
const NAME: &str = "slipway.captures";

/// How far it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// The instance was asked to shut down.
    Stopping,
    /// The image was asked for; no answer was seen.
    Asking,
    /// The cloud makes the image, or has made it.
    Copying,
}

/// One order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// Tells it from others.
    pub id: String,
    /// Whose it is.
    pub user: String,
    /// The project and region (`Cloud::key`).
    pub scope: String,
    /// The instance's id.
    pub server: String,
    /// What it is called.
    pub server_name: String,
    /// What the image is to be called.
    pub image_name: String,
    /// Properties for the image.
    #[serde(default)]
    pub properties: std::collections::BTreeMap<String, String>,
    /// To be started again after.
    pub start_again: bool,
    /// How far it was.
    pub reached: Reached,
    /// The image, once its id is known.
    #[serde(default)]
    pub image: Option<String>,
    /// Images of that name that were there before it was asked for, by their ids: those are not this order's.
    #[serde(default)]
    pub before: Vec<String>,
    /// When it began, in milliseconds since 1970.
    pub begun_ms: i64,
}

impl Remembered {
    /// Whether the cloud was asked for the image; `None` when nobody knows, as no answer was seen.
    pub fn image_was_asked_for(&self) -> Option<bool> {
        match self.reached {
            Reached::Stopping => Some(false),
            Reached::Asking => None,
            Reached::Copying => Some(true),
        }
    }
}

/// All that is kept; what this version cannot read counts as nothing.
fn parse(text: &str) -> Vec<Remembered> {
    let rows: Vec<serde_json::Value> = serde_json::from_str(text).unwrap_or_default();
    rows.into_iter().filter_map(|row| serde_json::from_value(row).ok()).collect()
}

/// With this one as it is now.
fn with(mut all: Vec<Remembered>, one: &Remembered) -> Vec<Remembered> {
    match all.iter_mut().find(|other| other.id == one.id) {
        Some(place) => place.clone_from(one),
        None => all.push(one.clone()),
    }
    all
}

/// Those of this user in this scope.
pub fn read(user: &str, scope: &str) -> Vec<Remembered> {
    let mut all = all();
    all.retain(|one| one.user == user && one.scope == scope);
    all
}

/// Keeps one as it is now.
pub fn write(one: &Remembered) {
    store(&with(all(), one));
}

/// Forgets one.
pub fn forget(id: &str) {
    let mut rest = all();
    rest.retain(|one| one.id != id);
    store(&rest);
}

fn all() -> Vec<Remembered> {
    storage::read(Keep::Site, NAME).map(|text| parse(&text)).unwrap_or_default()
}

fn store(all: &[Remembered]) {
    // Texts and numbers always become JSON.
    let text = serde_json::to_string(all).ok().filter(|_| !all.is_empty());
    storage::write(Keep::Site, NAME, text.as_deref());
}

/// What the site keeps of an order that is being carried out.
pub(super) struct Memory {
    /// Only an order that switches an instance off has to be remembered.
    kept: bool,
    now: std::cell::RefCell<Remembered>,
}

impl Memory {
    pub(super) fn new(kept: bool, now: Remembered) -> Self {
        Self { kept, now: std::cell::RefCell::new(now) }
    }

    /// The order as it is now.
    pub(super) fn now(&self) -> Remembered {
        self.now.borrow().clone()
    }

    /// Keeps it.
    pub(super) fn keep(&self) {
        if self.kept {
            write(&self.now.borrow());
        }
    }

    /// Before the image is asked for: these of its name are there already.
    pub(super) fn asking(&self, before: Vec<String>) {
        self.now.borrow_mut().before = before;
        self.reached(Reached::Asking, None);
    }

    /// It has come so far.
    pub(super) fn reached(&self, reached: Reached, image: Option<&openstack::ImageId>) {
        {
            let mut now = self.now.borrow_mut();
            now.reached = reached;
            now.image = image.map(|id| id.as_str().to_owned());
        }
        self.keep();
    }

    /// It is over.
    pub(super) fn forget(&self) {
        if self.kept {
            forget(&self.now.borrow().id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(id: &str, reached: Reached) -> Remembered {
        Remembered {
            id: id.into(),
            user: "u".into(),
            scope: "c/r/p".into(),
            server: "s".into(),
            server_name: "web-1".into(),
            image_name: "golden".into(),
            properties: Default::default(),
            start_again: true,
            reached,
            image: None,
            before: Vec::new(),
            begun_ms: 7,
        }
    }

    #[test]
    fn an_order_is_kept_once_and_as_it_is_now() {
        let all = with(with(Vec::new(), &one("a", Reached::Stopping)), &one("b", Reached::Asking));
        let now = with(all, &one("a", Reached::Copying));
        assert_eq!(now, [one("a", Reached::Copying), one("b", Reached::Asking)]);
        let text = serde_json::to_string(&now).expect("text");
        assert_eq!(parse(&text), now);
    }

    #[test]
    fn what_cannot_be_read_is_nothing() {
        assert_eq!(parse("nonsense"), []);
        assert_eq!(parse("[{\"id\": 3}]"), []);
    }
}
