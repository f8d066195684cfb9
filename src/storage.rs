//! What the browser keeps: for this tab (`sessionStorage`) and for this site (`localStorage`).
//!
//! A browser may refuse both; then the app works without memory. Tokens go to the tab's store only
//! (`session.rs`); nothing secret ever goes to the site's.

use leptos::prelude::window;
use web_sys::Storage;

/// How long something is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Until the tab is closed.
    Tab,
    /// Until somebody clears the site's data.
    Site,
}

/// Reads what was kept under a name.
pub fn read(keep: Keep, name: &str) -> Option<String> {
    let text = store(keep)?.get_item(name);
    text.unwrap_or_else(|error| {
        leptos::logging::warn!("{name} could not be read: {error:?}");
        None
    })
}

/// Keeps a text, or forgets it.
pub fn write(keep: Keep, name: &str, text: Option<&str>) {
    let Some(store) = store(keep) else { return };
    let done = match text {
        Some(text) => store.set_item(name, text),
        None => store.remove_item(name),
    };
    if let Err(error) = done {
        leptos::logging::warn!("{name} could not be kept: {error:?}");
    }
}

/// Forgets everything that was kept for this tab.
pub fn forget_tab() {
    if let Some(Err(error)) = store(Keep::Tab).map(|store| store.clear()) {
        leptos::logging::warn!("what was kept for this tab could not be forgotten: {error:?}");
    }
}

fn store(keep: Keep) -> Option<Storage> {
    let store = match keep {
        Keep::Tab => window().session_storage(),
        Keep::Site => window().local_storage(),
    };
    store.unwrap_or_else(|error| {
        leptos::logging::warn!("the browser allows no storage: {error:?}");
        None
    })
}
