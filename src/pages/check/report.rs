//! What was found as plain text, to be sent to whoever runs the cloud. Pure. Nothing secret and nobody's name goes into it.

use super::rules::{Line, State};
use crate::text::{tr, tr_with};

/// What stands above the verdicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The cloud's name, and its region.
    pub cloud: String,
    /// Which console, of which version, when.
    pub console: String,
    /// `https://console.example`.
    pub origin: String,
    /// With a sign-in or without.
    pub signed_in: bool,
}

/// A verdict in a word.
pub(super) fn word(state: State) -> &'static str {
    match state {
        State::Fine => tr("Fine"),
        State::Missing => tr("Missing"),
        State::Wrong => tr("Wrong"),
        State::Unlooked => tr("Not looked at"),
    }
}

/// The report. `private` is what belongs to whoever is signed in, with what stands in its place.
pub(super) fn text(
    head: &Head,
    groups: &[(String, Vec<Line>)],
    private: &[(String, &str)],
) -> String {
    let mut out =
        format!("{}\n{}\n", tr_with("Check of {cloud}", &[("cloud", &head.cloud)]), head.console);
    let from = [("origin", &head.origin as &dyn std::fmt::Display)];
    out.push_str(&match head.signed_in {
        true => tr_with("Seen from {origin}, signed in", &from),
        false => tr_with("Seen from {origin}, without a sign-in", &from),
    });
    out.push('\n');
    for (title, lines) in groups {
        out.push_str(&format!("\n{title}\n"));
        for line in lines {
            out.push_str(&format!("  [{}] {}: {}\n", word(line.state), line.title, line.text));
            for mend in &line.mends {
                out.push_str(&format!("      {}:\n", mend.place));
                for row in mend.lines.lines() {
                    out.push_str(format!("        {row}").trim_end());
                    out.push('\n');
                }
            }
        }
    }
    without(&out, private)
}

/// The text with words replaced where they stand alone: "demo" is not a part of "demonstration".
fn without(text: &str, private: &[(String, &str)]) -> String {
    let mut text = text.to_owned();
    // A name of one or two letters would be found in every sentence.
    for (word, instead) in private.iter().filter(|(word, _)| word.len() > 2) {
        let mut clean = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once(word.as_str()) {
            let joined = |c: char| c.is_alphanumeric() || c == '-';
            let begins = !last(&clean, before).is_some_and(joined);
            let ends = !after.chars().next().is_some_and(joined);
            clean.push_str(before);
            clean.push_str(if begins && ends { instead } else { word });
            rest = after;
        }
        clean.push_str(rest);
        text = clean;
    }
    text
}

fn last(clean: &str, before: &str) -> Option<char> {
    before.chars().next_back().or_else(|| clean.chars().next_back())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::check::mend;

    #[test]
    fn the_report_is_readable_as_text() {
        let line = Line {
            title: "TLS",
            state: State::Wrong,
            text: "Bad.".to_owned(),
            mends: vec![mend::ask_by_hand("https://a.example/v3")],
        };
        let head = Head {
            cloud: "North".to_owned(),
            console: "Slipway 1, 23 Nov 2026".to_owned(),
            origin: "https://c.example".to_owned(),
            signed_in: false,
        };
        assert_eq!(
            text(&head, &[("Keystone".to_owned(), vec![line])], &[]),
            "Check of North\nSlipway 1, 23 Nov 2026\nSeen from https://c.example, without a sign-in\n\
             \nKeystone\n  [Wrong] TLS: Bad.\n      shell:\n        curl -v https://a.example/v3\n"
        );
    }

    #[test]
    fn nobody_is_named() {
        let check = |text: &str, expected: &str| {
            let private = [("demo".to_owned(), "USER"), ("5f2b-1".to_owned(), "PROJECT_ID")];
            assert_eq!(without(text, &private), expected);
        };
        check("demo may not", "USER may not");
        check("a demonstration", "a demonstration");
        check("https://s/v1/AUTH_5f2b-1/c", "https://s/v1/AUTH_PROJECT_ID/c");
        check("AUTH_5f2b-12", "AUTH_5f2b-12");
        check("demo demo, demo", "USER USER, USER");
    }
}
