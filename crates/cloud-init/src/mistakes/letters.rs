//! Characters that look like others: spaces that are none, quotation marks of a word processor.

use crate::finding::{Finding, Place};
use crate::problem::Problem;

/// The first odd space and the first odd quote; only those that YAML could take for something else. `refused`: it is no
/// YAML as it is, so any of them may be why.
pub(crate) fn in_text(text: &str, refused: bool) -> Vec<Finding> {
    let mut space = None;
    let mut quote = None;
    for (number, line) in (1..).zip(text.split('\n')) {
        // Within words they may be meant; between keys and values hardly.
        let mut before = None;
        let comment = line.trim_start().starts_with('#');
        for (column, letter) in line.chars().enumerate() {
            let place = Place::new(number, column + 1, 1);
            let edge = before.is_none_or(|before: char| {
                before.is_whitespace() || matches!(before, '-' | ':' | '[' | ',')
            });
            match letter {
                '\u{a0}'
                | '\u{2000}'..='\u{200d}'
                | '\u{202f}'
                | '\u{2060}'
                | '\u{3000}'
                | '\u{feff}'
                    if !comment && space.is_none() && (edge || refused) =>
                {
                    let finding = Finding::warning(place, Problem::OddSpace(u32::from(letter)));
                    let instead = if letter.is_whitespace() { " " } else { "" };
                    space = Some(finding.with_fix(place, instead));
                }
                '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' | '\u{201e}'
                    if !comment && quote.is_none() && edge =>
                {
                    let straight =
                        if matches!(letter, '\u{2018}' | '\u{2019}') { "'" } else { "\"" };
                    quote = Some(
                        Finding::warning(place, Problem::OddQuote(letter))
                            .with_fix(place, straight),
                    );
                }
                _ => {}
            }
            before = Some(letter);
        }
    }
    space.into_iter().chain(quote).collect()
}
