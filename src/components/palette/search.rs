//! What fits to what was typed, and in which order. Pure.

use std::cmp::Reverse;

/// How well `text` (or `id`) fits to every word of `query`; the smaller the better, `None` when a word is in neither.
pub(super) fn fit(text: &str, id: &str, query: &str) -> Option<u32> {
    let text = text.to_lowercase();
    query
        .to_lowercase()
        .split_whitespace()
        .map(|word| {
            if let Some(best) = text.match_indices(word).map(|(at, _)| place(&text, at)).min() {
                return Some(best);
            }
            // Ids are pasted or read out from their start; a letter or two of one says nothing.
            (word.len() >= 4 && id.contains(word)).then_some(3)
        })
        .sum()
}

/// A word that begins the text is a better find than one that begins another word of it, and that than the middle of one.
fn place(text: &str, at: usize) -> u32 {
    match text.get(..at).and_then(|before| before.chars().next_back()) {
        None => 0,
        Some(before) if !before.is_alphanumeric() => 1,
        Some(_) => 2,
    }
}

/// The best `most` of them, best first, and how many fit in all. Equals stay in the order they come in.
pub(super) fn best<'a, T>(
    things: impl Iterator<Item = &'a T>,
    query: &str,
    most: usize,
    names: impl Fn(&T) -> (&str, &str),
) -> (Vec<&'a T>, usize) {
    let mut fitting: Vec<(u32, &T)> = things
        .filter_map(|thing| {
            let (text, id) = names(thing);
            fit(text, id, query).map(|fit| (fit, thing))
        })
        .collect();
    let all = fitting.len();
    // A stable sort.
    fitting.sort_by_key(|(fit, _)| *fit);
    fitting.truncate(most);
    (fitting.into_iter().map(|(_, thing)| thing).collect(), all)
}

/// `text` cut into pieces, and whether each is something that was typed.
pub(super) fn pieces(text: &str, query: &str) -> Vec<(bool, String)> {
    // ASCII case only: then places in the folded text are places in the text.
    let folded = text.to_ascii_lowercase();
    let mut spans: Vec<(usize, usize)> = query
        .to_ascii_lowercase()
        .split_whitespace()
        .filter_map(|word| folded.find(word).map(|at| (at, at + word.len())))
        .collect();
    spans.sort_by_key(|(from, to)| (*from, Reverse(*to)));
    let mut pieces = Vec::new();
    let mut done = 0;
    let mut push = |hit: bool, from: usize, to: usize| {
        if let Some(piece) = text.get(from..to).filter(|piece| !piece.is_empty()) {
            pieces.push((hit, piece.to_owned()));
        }
    };
    for (from, to) in spans {
        if to <= done {
            continue;
        }
        push(false, done, from.max(done));
        push(true, from.max(done), to);
        done = to;
    }
    push(false, done, text.len());
    pieces
}

#[cfg(test)]
mod tests {
    use super::{best, fit, pieces};

    #[test]
    fn every_word_has_to_be_found() {
        let check = |text: &str, query: &str, expected: Option<u32>| {
            assert_eq!(fit(text, "0b1c-77aa", query), expected, "{query} in {text}");
        };
        check("erp-golden-2026", "", Some(0));
        check("erp-golden-2026", "ERP", Some(0));
        check("erp-golden-2026", "golden", Some(1));
        check("erp-golden-2026", "olden", Some(2));
        check("erp-golden-2026", "erp gold", Some(1));
        check("erp-golden-2026", "erp silver", None);
        check("erp-golden-2026", "0b1c", Some(3));
        check("erp-golden-2026", "0b1", None);
        check("Räksmörgås", "RÄK", Some(0));
    }

    #[test]
    fn the_best_come_first_and_are_counted() {
        let names = ["my-web", "web-1", "web-2", "cobweb", "db"];
        let (found, all) = best(names.iter(), "web", 3, |name| (name, ""));
        assert_eq!((found, all), (vec![&"web-1", &"web-2", &"my-web"], 4));
    }

    #[test]
    fn what_was_typed_is_marked() {
        let check = |text: &str, query: &str, expected: &[(bool, &str)]| {
            let found = pieces(text, query);
            let found: Vec<(bool, &str)> =
                found.iter().map(|(hit, piece)| (*hit, piece.as_str())).collect();
            assert_eq!(found, expected, "{query} in {text}");
        };
        check(
            "erp-golden",
            "gold ERP",
            &[(true, "erp"), (false, "-"), (true, "gold"), (false, "en")],
        );
        check("abc", "abc b", &[(true, "abc")]);
        check("abcd", "abc bcd", &[(true, "abc"), (true, "d")]);
        check("åäö", "ä", &[(false, "å"), (true, "ä"), (false, "ö")]);
        check("plain", "", &[(false, "plain")]);
    }
}
