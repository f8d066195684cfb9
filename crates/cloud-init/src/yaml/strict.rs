//! What PyYAML refuses and the parser underneath lets pass: characters that must not be in YAML 1.1 at all, and tabs
//! anywhere but in quotes, in blocks and in comments.

use crate::finding::Place;
use crate::problem::YamlProblem;

/// Where a scalar stands: line from 1, column from 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scalar {
    pub(super) start: (usize, usize),
    pub(super) end: (usize, usize),
    pub(super) plain: bool,
}

/// The first character that must not be there (PyYAML `reader.py`, `NON_PRINTABLE`).
pub(super) fn character(text: &str) -> Option<(Place, YamlProblem)> {
    for (line, content) in text.split('\n').enumerate() {
        let odd = |letter: char| !matches!(letter, '\t' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        if let Some((column, letter)) = content.chars().enumerate().find(|(_, letter)| odd(*letter))
        {
            let place = Place::new(line + 1, column + 1, 1);
            return Some((place, YamlProblem::Character(u32::from(letter))));
        }
    }
    None
}

/// The first tab where only spaces may be; not beyond the line at which the parser gave up.
pub(super) fn tab(text: &str, scalars: &[Scalar], until: Option<usize>) -> Option<Place> {
    if !text.contains('\t') {
        return None;
    }
    let mut next = 0;
    for (line, content) in (1..).zip(text.split('\n')) {
        if until.is_some_and(|until| line > until) {
            return None;
        }
        let mut before = None;
        for (column, letter) in content.chars().enumerate() {
            let here = (line, column);
            while scalars.get(next).is_some_and(|scalar| scalar.end <= here) {
                next += 1;
            }
            let inside = scalars.get(next).filter(|scalar| scalar.start <= here);
            match letter {
                '#' if inside.is_none() && before.is_none_or(char::is_whitespace) => break,
                '\t' if inside.is_none_or(|scalar| scalar.plain) && !content.trim().is_empty() => {
                    return Some(Place::new(line, column + 1, 1));
                }
                _ => {}
            }
            before = Some(letter);
        }
    }
    None
}
