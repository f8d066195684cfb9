//! What the parser's complaint means, and where people would look.

use crate::finding::Place;
use crate::problem::YamlProblem;

/// The parser's words are matched by what is in them: they are not part of its promises, so anything else is shown as it
/// is. `tests.rs` holds an example of each. `open`: where the innermost list or mapping begins that has not ended.
pub(super) fn problem(
    text: &str,
    info: &str,
    at: Place,
    open: Option<Place>,
) -> (Place, YamlProblem) {
    let has = |words: &str| info.contains(words);
    let bracket = open.filter(|open| matches!(letter_at(text, *open), Some('[' | '{')));
    if has("unknown anchor") {
        (at, YamlProblem::UnknownAlias)
    } else if has("quoted scalar") && (has("end of stream") || has("indentation")) {
        (at, YamlProblem::OpenQuote)
    } else if let Some(bracket) = bracket.filter(|_| {
        has("expected ','") || has("placement of ':'") || has("eof") || has("simple key")
    }) {
        (bracket, YamlProblem::OpenBracket)
    } else if has("mapping values are not allowed") {
        (at, YamlProblem::SecondValue)
    } else if has("simple key") {
        (line_before(text, at), YamlProblem::NoColon)
    } else if has("tab") {
        (at, YamlProblem::Tab)
    } else if let Some(letter @ ('@' | '`' | '%')) =
        letter_at(text, at).filter(|_| has("unexpected character"))
    {
        (at, YamlProblem::Start(letter))
    } else if ["indentation", "expected key", "expected '-'", "block sequence entries"]
        .into_iter()
        .any(has)
    {
        (at, YamlProblem::Indentation)
    } else {
        (at, YamlProblem::Other(info.to_owned()))
    }
}

fn letter_at(text: &str, place: Place) -> Option<char> {
    text.split('\n').nth(place.line.checked_sub(1)?)?.chars().nth(place.column.checked_sub(1)?)
}

/// The parser misses a colon only when the line is over: the line with something in it up to there.
fn line_before(text: &str, at: Place) -> Place {
    let lines = if at.column > 1 { at.line } else { at.line.saturating_sub(1) };
    let last =
        text.split('\n').take(lines).enumerate().filter(|(_, line)| !line.trim().is_empty()).last();
    last.map_or(at, |(number, line)| {
        Place::new(
            number + 1,
            line.len() - line.trim_start().len() + 1,
            line.trim().chars().count(),
        )
    })
}
