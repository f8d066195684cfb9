//! The words of the console in the user's language: English stands in the source, other languages in a catalogue keyed by it.
//!
//! A gettext of three functions: the wasm carries English only, and a catalogue (`public/locales/<language>.json`) is fetched
//! when its language is wanted (`crate::locale`). It deliberately has no plural rules beyond "one" and "other", which English
//! and Swedish share, and does not format figures: `format` does. Why so small: docs/adr/0003-language.md.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt::Display;

/// A language that the console can speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// As in the source.
    English,
    /// By its catalogue.
    Swedish,
}

impl Language {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 2] = [Self::English, Self::Swedish];

    /// Its BCP 47 tag: in `<html lang>`, in what the browser keeps, in the catalogue's name.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Swedish => "sv",
        }
    }

    /// What it calls itself. Never translated: whoever looks for it reads it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Swedish => "Svenska",
        }
    }

    /// The language of a tag such as `sv` or `sv-FI`.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }
}

/// English to the user's language.
pub type Catalogue = BTreeMap<String, String>;

struct Speech {
    language: Language,
    words: Catalogue,
}

thread_local! {
    /// Set once, before anything is drawn, and then for good: words are `&'static str` and need no signal.
    static SPEECH: OnceCell<&'static Speech> = const { OnceCell::new() };
}

/// Speaks a language from now on. Says whether it was the first; a second one is ignored, as words on the page would not
/// change.
pub fn speak(language: Language, words: Catalogue) -> bool {
    SPEECH.with(|cell| cell.set(Box::leak(Box::new(Speech { language, words }))).is_ok())
}

/// The language spoken.
pub fn spoken() -> Language {
    SPEECH.with(|cell| cell.get().map_or(Language::English, |speech| speech.language))
}

/// These words in the user's language; as they are where the catalogue has none.
pub fn tr(english: &'static str) -> &'static str {
    SPEECH
        .with(|cell| cell.get().and_then(|speech| speech.words.get(english)))
        .map_or(english, String::as_str)
}

/// These words with each `{name}` replaced by its value: `tr_with("{count} of {total}", &[("count", &3), ("total", &5)])`.
pub fn tr_with(english: &'static str, values: &[(&str, &dyn Display)]) -> String {
    let mut rest = tr(english);
    let mut text = String::with_capacity(rest.len());
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        match after.split_once('}') {
            Some((name, after)) => {
                match values.iter().find(|(known, _)| *known == name) {
                    Some((_, value)) => text.extend(value.to_string().chars().map(seen)),
                    None => text.extend(["{", name, "}"]),
                }
                rest = after;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

/// A character as it may stand in a sentence: those that turn the direction of what follows them would turn our words too
/// ("Delete {name}?"), and are shown as unknown ones.
fn seen(letter: char) -> char {
    if turns(letter) { '\u{fffd}' } else { letter }
}

/// Embeddings, overrides and isolates of the bidirectional algorithm (UAX #9). The plain marks of Hebrew and Arabic are not
/// among them: they turn nothing but themselves.
pub const fn turns(letter: char) -> bool {
    matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_neither_turns_the_sentence_nor_is_one() {
        assert_eq!(tr_with("Delete {a}?", &[("a", &"a\u{202e}gpj")]), "Delete a\u{fffd}gpj?");
        assert_eq!(tr_with("{a} {b}", &[("a", &"{b}"), ("b", &"<b>")]), "{b} <b>");
        assert_eq!(tr_with("{a}", &[("a", &"שלום\u{200f}!")]), "שלום\u{200f}!");
    }

    #[test]
    fn values_are_put_in_by_name_in_the_language_spoken() {
        assert_eq!(tr_with("{a} of {b}", &[("a", &3), ("b", &"five")]), "3 of five");
        assert_eq!(tr_with("a {b} {c", &[]), "a {b} {c");
        assert_eq!(spoken(), Language::English);
        let words = Catalogue::from([("{a} of {b}".to_owned(), "av {b}, {a}".to_owned())]);
        assert!(speak(Language::Swedish, words));
        assert_eq!(spoken(), Language::Swedish);
        assert_eq!(tr_with("{a} of {b}", &[("a", &3), ("b", &5)]), "av 5, 3");
        assert_eq!(tr("not in it"), "not in it");
        assert!(!speak(Language::English, Catalogue::new()));
    }

    #[test]
    fn a_language_is_known_by_its_tag() {
        let check =
            |tag: &str, expected: Option<Language>| assert_eq!(Language::of_tag(tag), expected);
        check("sv", Some(Language::Swedish));
        check("sv-FI", Some(Language::Swedish));
        check("EN-gb", Some(Language::English));
        check("svx", None);
        check("", None);
    }
}

#[cfg(test)]
#[path = "catalogue_tests.rs"]
mod catalogue_tests;
