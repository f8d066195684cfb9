//! Single values and lists: kind, choice, length, form.

use std::rc::Rc;

use super::{Looking, kinds};
use crate::finding::Finding;
use crate::nearest::nearest;
use crate::problem::{Kind, Problem};
use crate::yaml::{Node, Style, Value};

impl Looking<'_> {
    pub(super) fn kind(&self, rule: &Rc<Node>, node: &Rc<Node>) -> Option<Finding> {
        let expected = kinds(rule);
        let found = node.kind()?;
        let fits =
            expected.contains(&found) || found == Kind::Integer && expected.contains(&Kind::Number);
        (!fits).then(|| self.wrong_kind(expected, node, found))
    }

    pub(super) fn wrong_kind(&self, expected: Vec<Kind>, node: &Rc<Node>, found: Kind) -> Finding {
        const SHORT: usize = 40;
        let short = !node.written.is_empty() && node.written.chars().count() <= SHORT;
        let unquoted = (node.style == Style::Plain
            && short
            && !matches!(found, Kind::List | Kind::Mapping | Kind::Text))
        .then(|| node.written.clone());
        let quotable = unquoted.clone().filter(|written| {
            expected.contains(&Kind::Text) && node.place.length == written.chars().count()
        });
        let finding = self.error(node.place, Problem::WrongKind { expected, found, unquoted });
        match quotable {
            Some(written) => finding.with_fix(node.place, format!("'{written}'")),
            None => finding,
        }
    }

    pub(super) fn one_of_these(&self, rule: &Rc<Node>, node: &Rc<Node>) -> Option<Finding> {
        if rule.list().iter().any(|value| value.same(node)) {
            return None;
        }
        let values: Vec<String> = rule.list().iter().map(|value| value.written.clone()).collect();
        let like = node
            .text()
            .and_then(|text| nearest(text, values.iter().map(String::as_str)))
            .map(str::to_owned);
        let fix = like.clone().filter(|_| node.style == Style::Plain && node.place.length > 0);
        let finding = self.error(node.place, Problem::NotOneOf { values, like });
        Some(match fix {
            Some(like) => finding.with_fix(node.place, like),
            None => finding,
        })
    }

    pub(super) fn items(
        &mut self,
        schema: &Rc<Node>,
        rule: &Rc<Node>,
        node: &Rc<Node>,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (at, item) in node.list().iter().enumerate() {
            let rule = match &rule.value {
                Value::List(rules) => rules.get(at),
                _ => Some(rule),
            };
            match rule {
                Some(rule) => findings.extend(self.below(&at.to_string(), rule, item)),
                None => {
                    let closed = schema
                        .get("additionalItems")
                        .is_some_and(|more| matches!(more.value, Value::Bool(false)));
                    if closed {
                        findings.push(self.error(item.place, Problem::TooMany(at as u64)));
                    }
                }
            }
        }
        findings
    }

    pub(super) fn limit(&self, what: &str, rule: &Rc<Node>, node: &Rc<Node>) -> Option<Finding> {
        let Value::Int(limit) = rule.value else { return None };
        let count = |length: usize| i64::try_from(length).unwrap_or(i64::MAX);
        let most = u64::try_from(limit).unwrap_or_default();
        let problem = match (what, &node.value) {
            ("minItems", Value::List(nodes)) if self.certain && count(nodes.len()) < limit => {
                Problem::TooFew(most)
            }
            ("maxItems", Value::List(nodes)) if count(nodes.len()) > limit => {
                Problem::TooMany(most)
            }
            ("minProperties", Value::Map(pairs)) if self.certain && count(pairs.len()) < limit => {
                Problem::TooFew(most)
            }
            ("minimum", Value::Int(number)) if *number < limit => Problem::TooSmall(limit),
            _ => return None,
        };
        Some(self.error(node.place, problem))
    }

    pub(super) fn unique(&self, node: &Rc<Node>) -> Option<Finding> {
        let nodes = node.list();
        // No list of a cloud-config is long; one that is would take its square.
        let again = nodes
            .iter()
            .take(500)
            .enumerate()
            .find(|(at, item)| nodes.iter().take(*at).any(|other| other.same(item)));
        again.map(|(_, item)| self.error(item.place, Problem::NotUnique))
    }

    pub(super) fn pattern(&self, pattern: &str, node: &Rc<Node>) -> Option<Finding> {
        let text = node.text()?;
        (!matches(pattern, text))
            .then(|| self.error(node.place, Problem::Pattern(pattern.to_owned())))
    }

    pub(super) fn date(&self, node: &Rc<Node>) -> Option<Finding> {
        let text = node.text()?;
        let mut parts = text.split('-').map(|part| (part.len(), part.parse::<u32>().ok()));
        let fits = matches!(
            (parts.next(), parts.next(), parts.next(), parts.next()),
            (Some((4, Some(1..))), Some((2, Some(1..=12))), Some((2, Some(1..=31))), None)
        );
        (!fits).then(|| self.error(node.place, Problem::NotDate))
    }
}

/// The patterns of the schema, each by hand: a library for them would weigh more than all the rest. `tests.rs` fails when a
/// new schema brings another.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let all = |allowed: fn(char) -> bool| !text.is_empty() && text.chars().all(allowed);
    match pattern {
        "^.*$" => true,
        "^.+$" => !text.is_empty(),
        "^.+:.+$" => {
            text.char_indices().any(|(at, letter)| letter == ':' && at > 0 && at + 1 < text.len())
        }
        "^\\+?[0-9]+$" => {
            let digits = text.strip_prefix('+').unwrap_or(text);
            !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
        }
        "^([0-9]+)?\\.?[0-9]+[BKMGT]$" => {
            let number = text.strip_suffix(['B', 'K', 'M', 'G', 'T']).unwrap_or_default();
            let digits = |part: &str| part.bytes().all(|digit| digit.is_ascii_digit());
            match number.split_once('.') {
                Some((whole, part)) => digits(whole) && !part.is_empty() && digits(part),
                None => !number.is_empty() && digits(number),
            }
        }
        "^[-_0-9a-zA-Z]+(,[-_0-9a-zA-Z]+)*$" => text.split(',').all(|part| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'))
        }),
        "^(ecdsa|ed25519|rsa)_(public|private|certificate)$" => {
            text.split_once('_').is_some_and(|(kind, what)| {
                matches!(kind, "ecdsa" | "ed25519" | "rsa")
                    && matches!(what, "public" | "private" | "certificate")
            })
        }
        // ` -_` is a range there: from the space to the underscore.
        "^[0-9a-zA-Z -_]+$" => all(|letter| matches!(letter, ' '..='_' | 'a'..='z')),
        "^[0-9a-zA-Z_]+$" => all(|letter| letter.is_ascii_alphanumeric() || letter == '_'),
        _ => true,
    }
}

/// Those that `matches` knows.
#[cfg(test)]
pub(super) const PATTERNS: [&str; 9] = [
    "^.*$",
    "^.+$",
    "^.+:.+$",
    "^\\+?[0-9]+$",
    "^([0-9]+)?\\.?[0-9]+[BKMGT]$",
    "^[-_0-9a-zA-Z]+(,[-_0-9a-zA-Z]+)*$",
    "^(ecdsa|ed25519|rsa)_(public|private|certificate)$",
    "^[0-9a-zA-Z -_]+$",
    "^[0-9a-zA-Z_]+$",
];
