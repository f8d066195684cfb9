//! The words of the console in the user's language: English stands in the source, other languages in a catalogue keyed by it.
//!
//! A gettext of three functions: the wasm carries English only, and a catalogue (`public/locales/<language>.json`) is fetched
//! when its language is wanted. It deliberately has no plural rules beyond "one" and "other", which English and Swedish share,
//! and does not format figures: `format` does.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::fmt::Display;

/// English to the user's language.
pub type Catalogue = HashMap<String, String>;

thread_local! {
    /// Set once, before anything is drawn, and then for good: words are `&'static str` and need no signal.
    static CATALOGUE: OnceCell<&'static Catalogue> = const { OnceCell::new() };
}

/// Speaks by this catalogue from now on. Says whether it was the first; a second one is ignored, as words on the page
/// would not change.
pub fn speak_by(catalogue: Catalogue) -> bool {
    CATALOGUE.with(|cell| cell.set(Box::leak(Box::new(catalogue))).is_ok())
}

/// These words in the user's language; as they are where the catalogue has none.
pub fn tr(english: &'static str) -> &'static str {
    CATALOGUE
        .with(|cell| cell.get().and_then(|catalogue| catalogue.get(english)))
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
                    Some((_, value)) => text.push_str(&value.to_string()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_by_name_in_the_language_spoken() {
        assert_eq!(tr_with("{a} of {b}", &[("a", &3), ("b", &"five")]), "3 of five");
        assert_eq!(tr_with("a {b} {c", &[]), "a {b} {c");
        assert!(speak_by(HashMap::from([("{a} of {b}".to_owned(), "av {b}, {a}".to_owned())])));
        assert_eq!(tr_with("{a} of {b}", &[("a", &3), ("b", &5)]), "av 5, 3");
        assert_eq!(tr("not in it"), "not in it");
        assert!(!speak_by(HashMap::new()));
    }
}
