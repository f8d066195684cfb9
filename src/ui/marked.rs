//! Sentences with code in them: what stands between backticks is set in monospace.

use leptos::prelude::*;

/// A sentence such as "Made with `openstack application credential create`."
pub fn marked(text: &str) -> impl IntoView + use<> {
    parts(text)
        .into_iter()
        .map(|(code, part)| match code {
            true => view! { <code>{part}</code> }.into_any(),
            false => part.into_any(),
        })
        .collect_view()
}

/// The parts of a text, and which of them are code. A lone backtick is one.
fn parts(text: &str) -> Vec<(bool, String)> {
    let pieces: Vec<&str> = text.split('`').collect();
    if pieces.len().is_multiple_of(2) {
        return vec![(false, text.to_owned())];
    }
    pieces
        .into_iter()
        .enumerate()
        .filter(|(_, piece)| !piece.is_empty())
        .map(|(at, piece)| (at % 2 == 1, piece.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn what_stands_between_backticks_is_code() {
        let check = |text: &str, expected: &[(bool, &str)]| {
            let found = parts(text);
            let found: Vec<(bool, &str)> =
                found.iter().map(|(code, part)| (*code, part.as_str())).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("plain", &[(false, "plain")]);
        check("made with `a b`.", &[(false, "made with "), (true, "a b"), (false, ".")]);
        check("a lone ` stays", &[(false, "a lone ` stays")]);
    }
}
