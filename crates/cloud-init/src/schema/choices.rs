//! One of several schemas: which one was probably meant, so that what is said is about that one.

use std::rc::Rc;

use super::{Looking, is_error};
use crate::finding::Finding;
use crate::problem::Problem;
use crate::yaml::Node;

impl Looking<'_> {
    /// `oneOf` (`only_one`) and `anyOf`.
    pub(super) fn choice(
        &mut self,
        rule: &Rc<Node>,
        node: &Rc<Node>,
        only_one: bool,
    ) -> Vec<Finding> {
        let mut refused: Vec<Vec<Finding>> = Vec::new();
        let mut taken: Option<Vec<Finding>> = None;
        for part in rule.list() {
            let findings = self.look(part, node);
            if findings.iter().any(is_error) {
                refused.push(findings);
            } else if taken.is_none() {
                taken = Some(findings);
            } else if only_one {
                return vec![self.error(node.place, Problem::Ambiguous)];
            }
            if taken.is_some() && !only_one {
                break;
            }
        }
        taken.unwrap_or_else(|| self.meant(refused, node))
    }

    /// Of the refusals those of the schema that was probably meant.
    fn meant(&self, refused: Vec<Vec<Finding>>, node: &Rc<Node>) -> Vec<Finding> {
        let path = self.path.join(".");
        let other_kind = |findings: &[Finding]| {
            findings.iter().find_map(|finding| match &finding.problem {
                Problem::WrongKind { expected, .. } if finding.path == path => {
                    Some(expected.clone())
                }
                _ => None,
            })
        };
        let (other, right): (Vec<_>, Vec<_>) =
            refused.into_iter().partition(|findings| other_kind(findings).is_some());
        // The one of the right kind with the least to say; among those, the one that got furthest down.
        let best = right.into_iter().min_by_key(|findings| {
            let errors = || findings.iter().filter(|finding| is_error(finding));
            let deepest =
                errors().map(|finding| finding.path.matches('.').count()).max().unwrap_or_default();
            (errors().map(weight).sum::<usize>(), usize::MAX - deepest)
        });
        match best {
            Some(best) => best.into_iter().filter(is_error).collect(),
            None => {
                let mut expected: Vec<_> =
                    other.iter().filter_map(|findings| other_kind(findings)).flatten().collect();
                expected.sort();
                expected.dedup();
                node.kind()
                    .map(|found| self.wrong_kind(expected, node, found))
                    .into_iter()
                    .collect()
            }
        }
    }

    pub(super) fn not(&mut self, rule: &Rc<Node>, node: &Rc<Node>) -> Option<Finding> {
        let fits = !self.look(rule, node).iter().any(is_error);
        let keys = rule
            .get("required")
            .map(|keys| keys.list().iter().map(|key| key.written.clone()).collect());
        // Of what the template may leave out nobody knows.
        (fits && self.certain)
            .then(|| self.error(node.place, Problem::Together(keys.unwrap_or_default())))
    }
}

/// A single value that is not this one (`type: webhook`) says that another schema is meant.
fn weight(finding: &Finding) -> usize {
    match &finding.problem {
        Problem::NotOneOf { values, .. } if values.len() == 1 => 10,
        _ => 1,
    }
}
