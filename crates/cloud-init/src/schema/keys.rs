//! Keys: which there are, which must be, which are none.

use std::rc::Rc;

use super::Looking;
use super::values::matches;
use crate::finding::Finding;
use crate::nearest::nearest;
use crate::problem::{Nearby, Problem};
use crate::yaml::{Node, Value};

impl Looking<'_> {
    pub(super) fn properties(&mut self, rules: &Rc<Node>, node: &Rc<Node>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (key, rule) in rules.pairs() {
            if let Some(value) = node.get(&key.written) {
                findings.extend(self.below(&key.written, rule, value));
            }
        }
        findings
    }

    pub(super) fn pattern_properties(&mut self, rules: &Rc<Node>, node: &Rc<Node>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (pattern, rule) in rules.pairs() {
            for (key, value) in node.pairs() {
                if matches(&pattern.written, &key.written) {
                    findings.extend(self.below(&key.written, rule, value));
                }
            }
        }
        findings
    }

    pub(super) fn additional(
        &mut self,
        schema: &Rc<Node>,
        rule: &Rc<Node>,
        node: &Rc<Node>,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (key, value) in node.pairs() {
            let named = schema.get("properties").is_some_and(|all| all.key(&key.written).is_some());
            let patterned = schema.get("patternProperties").is_some_and(|all| {
                all.pairs().iter().any(|(pattern, _)| matches(&pattern.written, &key.written))
            });
            if named || patterned || matches!(key.value, Value::Unknown) {
                continue;
            }
            match rule.value {
                Value::Bool(false) => findings.push(self.unknown_key(schema, key)),
                Value::Map(_) => findings.extend(self.below(&key.written, rule, value)),
                _ => {}
            }
        }
        findings
    }

    fn unknown_key(&self, schema: &Rc<Node>, key: &Rc<Node>) -> Finding {
        let known = || {
            schema.get("properties").into_iter().flat_map(|all| all.pairs()).filter(|(_, rule)| {
                // Not to be led to what is deprecated.
                rule.get("deprecated").is_none()
            })
        };
        let at_top = self.path.is_empty();
        let near = nearest(&key.written, known().map(|(key, _)| key.written.as_str()));
        let nearby = match near {
            Some(near) => Nearby::Like(near.to_owned()),
            None if at_top => match self.home(&key.written) {
                Some(home) => Nearby::Below(home),
                None => Nearby::Nowhere,
            },
            None if super::is_top_key(&key.written) => Nearby::Top,
            None => Nearby::Nowhere,
        };
        let mut finding =
            self.error(key.place, Problem::UnknownKey(key.written.clone(), nearby.clone()));
        // As cloud-init's own tool says it: at the top by the key, elsewhere by what the key stands in.
        if at_top {
            finding.path = key.written.clone();
        }
        match nearby {
            Nearby::Like(near) if key.place.length == key.written.chars().count() => {
                finding.with_fix(key.place, near)
            }
            _ => finding,
        }
    }

    /// The key of the left margin below which a key of this name is known, one or two steps down.
    fn home(&self, name: &str) -> Option<String> {
        // What was written last before it is what it was probably meant for.
        let written = self
            .root
            .pairs()
            .iter()
            .map(|(key, _)| key.written.as_str())
            .filter(|key| super::is_top_key(key));
        let usual = [
            "write_files",
            "users",
            "apt",
            "ssh",
            "power_state",
            "ntp",
            "chpasswd",
            "growpart",
            "swap",
        ];
        written
            .chain(usual)
            .find(|top| self.top(top).is_some_and(|rule| self.has_key(&rule, name, 6)))
            .map(str::to_owned)
    }

    fn top(&self, key: &str) -> Option<Rc<Node>> {
        self.schema
            .get("$defs")?
            .pairs()
            .iter()
            .filter(|(name, _)| name.written.starts_with("cc_"))
            .find_map(|(_, rule)| rule.get("properties")?.get(key).cloned())
    }

    fn has_key(&self, rule: &Rc<Node>, name: &str, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else { return false };
        if rule.get("properties").is_some_and(|all| all.key(name).is_some()) {
            return true;
        }
        let referred = rule.get("$ref").and_then(|to| self.referred(&to.written));
        let parts = ["oneOf", "anyOf", "allOf"]
            .into_iter()
            .filter_map(|choice| rule.get(choice))
            .flat_map(|all| all.list());
        referred
            .iter()
            .chain(rule.get("items"))
            .chain(parts)
            .any(|part| self.has_key(part, name, depth))
    }

    pub(super) fn required(&self, rule: &Rc<Node>, node: &Rc<Node>) -> Vec<Finding> {
        if !self.certain || !matches!(node.value, Value::Map(_)) {
            return Vec::new();
        }
        rule.list()
            .iter()
            .filter(|key| node.get(&key.written).is_none())
            .map(|key| self.error(node.place, Problem::Missing(key.written.clone())))
            .collect()
    }
}
