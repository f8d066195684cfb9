//! Templates: `## template: jinja`. They are filled in on the instance, so what they will say is not known here; what
//! stands in them is checked with their expressions masked, character by character, so that every place stays.

use crate::finding::{Finding, Place};
use crate::problem::Problem;

/// Stands for what is not known yet. A private character: no cloud-config has it.
pub(crate) const MASK: char = '\u{e000}';

/// A template without its expressions.
pub(crate) struct Masked {
    /// As long as the template, line by line.
    pub(crate) text: String,
    /// `{% … %}` stands in it: some of it may be left out or repeated.
    pub(crate) has_blocks: bool,
    /// An expression that does not end.
    pub(crate) open: Option<Finding>,
}

/// Masks the expressions, blanks the comments and the blocks.
pub(crate) fn mask(template: &str) -> Masked {
    let mut masked =
        Masked { text: String::with_capacity(template.len()), has_blocks: false, open: None };
    let (mut line, mut column) = (1, 1);
    let mut rest = template;
    while let Some(letter) = rest.chars().next() {
        let found = [("{{", "}}", MASK), ("{%", "%}", ' '), ("{#", "#}", ' ')]
            .into_iter()
            .find(|(open, _, _)| rest.starts_with(open));
        let Some((open, close, with)) = found else {
            masked.text.push(letter);
            (line, column) = if letter == '\n' { (line + 1, 1) } else { (line, column + 1) };
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
            continue;
        };
        let length = rest.find(close).map(|at| at + close.len());
        if length.is_none() && masked.open.is_none() {
            masked.open = Some(Finding::error(Place::new(line, column, 2), Problem::TemplateOpen));
        }
        masked.has_blocks |= open == "{%";
        let (inside, after) =
            rest.split_at_checked(length.unwrap_or(rest.len())).unwrap_or((rest, ""));
        for letter in inside.chars() {
            masked.text.push(if letter == '\n' { '\n' } else { with });
            (line, column) = if letter == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        rest = after;
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_and_keeps_places() {
        let check = |template: &str, expected: &str| {
            let shown = mask(template).text.replace(MASK, "x");
            assert_eq!(shown, expected);
        };
        check("a: {{ b }}\nc: 1", "a: xxxxxxx\nc: 1");
        check("{% if x %}\na: 1\n{% endif %}", "          \na: 1\n           ");
        check("a: 1 {# no\nmore #} b", "a: 1      \n        b");
        check("a: {{ b", "a: xxxx");
        assert!(mask("a: {{ b").open.is_some() && !mask("a: {{ b").has_blocks);
        assert!(mask("{% if x %}").has_blocks && mask("{% if x %}").open.is_none());
    }
}
