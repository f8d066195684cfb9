//! Which language this page speaks, and the way to another one. `public/start.js` decides before the first paint (what was
//! chosen here, else the browser's languages), writes it into `<html lang>` and begins to fetch the catalogue.
//!
//! Whoever reads English fetches nothing. A catalogue that cannot be had costs the language, never the console.

use leptos::prelude::*;

use crate::fetch;
use crate::storage::{self, Keep};
use crate::text::language::{self, Catalogue, Language};

const NAME: &str = "slipway.language";

/// The language that the page is to speak.
pub fn wanted() -> Language {
    let tag = document().document_element().and_then(|root| root.get_attribute("lang"));
    tag.and_then(|tag| Language::of_tag(&tag)).unwrap_or(Language::English)
}

/// Fetches the words of a language and speaks it; without them, says why in the browser's log and speaks English.
/// To be awaited before anything is drawn.
pub async fn speak(language: Language) {
    match catalogue(language).await {
        Ok(words) => {
            language::speak(language, words);
        }
        Err(why) => {
            leptos::logging::warn!(
                "English is spoken, as {} cannot be: {why}",
                language.own_name()
            );
            set_lang(Language::English);
        }
    }
}

/// Keeps the choice and loads the page anew in that language: words that are drawn do not change.
pub fn choose(language: Language) {
    storage::write(Keep::Site, NAME, Some(language.tag()));
    if let Err(error) = window().location().reload() {
        leptos::logging::warn!("the page could not be loaded anew: {error:?}");
    }
}

async fn catalogue(language: Language) -> Result<Catalogue, String> {
    let path = document()
        .query_selector(&format!("meta[name='slipway-words-{}']", language.tag()))
        .ok()
        .flatten()
        .and_then(|meta| meta.get_attribute("content"))
        .ok_or("index.html does not name its catalogue")?;
    let answer = fetch::text(&path).await.map_err(|error| format!("{path}: {error:?}"))?;
    if answer.status != 200 {
        return Err(format!("{path} answered {}", answer.status));
    }
    serde_json::from_slice(&answer.body).map_err(|error| format!("{path}: {error}"))
}

fn set_lang(language: Language) {
    if let Some(root) = document().document_element()
        && let Err(error) = root.set_attribute("lang", language.tag())
    {
        leptos::logging::warn!("the page's language could not be set: {error:?}");
    }
}
