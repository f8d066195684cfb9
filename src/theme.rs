//! Light, dark, or as the system has it. `public/start.js` applies the choice before the first paint.

use leptos::prelude::*;

use crate::storage::{self, Keep};
use crate::text::tr;

const NAME: &str = "slipway.theme";

/// The choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the system has it.
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word in the menu.
    pub fn word(self) -> &'static str {
        match self {
            Self::System => tr("As the system"),
            Self::Light => tr("Light"),
            Self::Dark => tr("Dark"),
        }
    }

    /// What the browser has kept.
    pub fn kept() -> Self {
        match storage::read(Keep::Site, NAME).as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    /// Applies it to the page and keeps it.
    pub fn choose(self) {
        storage::write(Keep::Site, NAME, self.attribute());
        self.apply();
    }

    /// Applies it to the page.
    pub fn apply(self) {
        let Some(root) = document().document_element() else { return };
        let done = match self.attribute() {
            Some(name) => root.set_attribute("data-theme", name),
            None => root.remove_attribute("data-theme"),
        };
        if let Err(error) = done {
            leptos::logging::warn!("the theme could not be set: {error:?}");
        }
    }

    const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}
