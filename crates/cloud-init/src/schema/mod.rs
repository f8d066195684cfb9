//! Keys and types, held against cloud-init's own schema (`cloud-config.json`, see README.md).
//!
//! Of JSON Schema's draft 4 what that schema uses, as cloud-init's validator takes it: what is deprecated is told, not
//! refused; words beside a `$ref` count; formats other than `date` are not looked at. The schema is read by the same reader
//! as the texts, JSON being YAML.

mod choices;
mod keys;
mod values;

use std::rc::Rc;

use crate::finding::{Finding, Place, Severity};
use crate::problem::{Kind, Problem};
use crate::yaml::{self, Node, Value};

const SCHEMA: &str = include_str!("cloud-config.json");

thread_local! {
    static LOADED: Option<Rc<Node>> = yaml::load(SCHEMA).root;
}

/// Aliases of aliases can make a small text endless; nothing that is meant takes this many looks.
const MOST_LOOKS: usize = 400_000;

/// Holds a tree against the schema. `certain`: what is not there will not come.
pub(crate) fn validate(root: &Rc<Node>, certain: bool) -> Vec<Finding> {
    LOADED.with(|schema| {
        let Some(schema) = schema else { return Vec::new() };
        let mut looking = Looking { schema, root, looks: 0, path: Vec::new(), certain };
        let mut findings = looking.look(schema, root);
        if looking.looks > MOST_LOOKS {
            findings.push(Finding::note(Place::default(), Problem::NotAllChecked));
        }
        findings
    })
}

/// Whether cloud-init knows a key of this name at the left margin.
pub(crate) fn is_top_key(name: &str) -> bool {
    LOADED.with(|schema| {
        schema
            .as_ref()
            .and_then(|schema| schema.get("properties"))
            .is_some_and(|all| all.key(name).is_some())
    })
}

/// One walk through a tree.
struct Looking<'a> {
    schema: &'a Rc<Node>,
    root: &'a Rc<Node>,
    looks: usize,
    path: Vec<String>,
    certain: bool,
}

impl Looking<'_> {
    /// Everything that a schema says about a value.
    fn look(&mut self, schema: &Rc<Node>, node: &Rc<Node>) -> Vec<Finding> {
        self.looks += 1;
        if self.looks > MOST_LOOKS || node.kind().is_none() {
            return Vec::new();
        }
        let mut findings = Vec::new();
        for (keyword, rule) in schema.pairs() {
            match keyword.written.as_str() {
                "$ref" => {
                    if let Some(referred) = self.referred(&rule.written) {
                        findings.extend(self.look(&referred, node));
                    }
                }
                "type" => findings.extend(self.kind(rule, node)),
                "enum" => findings.extend(self.one_of_these(rule, node)),
                "properties" => findings.extend(self.properties(rule, node)),
                "patternProperties" => findings.extend(self.pattern_properties(rule, node)),
                "additionalProperties" => findings.extend(self.additional(schema, rule, node)),
                "required" => findings.extend(self.required(rule, node)),
                "items" => findings.extend(self.items(schema, rule, node)),
                "minItems" | "maxItems" | "minProperties" | "minimum" => {
                    findings.extend(self.limit(&keyword.written, rule, node));
                }
                "uniqueItems" => findings.extend(self.unique(node)),
                "pattern" => findings.extend(self.pattern(&rule.written, node)),
                "format" if rule.written == "date" => findings.extend(self.date(node)),
                "allOf" => {
                    for part in rule.list() {
                        findings.extend(self.look(part, node));
                    }
                }
                "anyOf" => findings.extend(self.choice(rule, node, false)),
                "oneOf" => findings.extend(self.choice(rule, node, true)),
                "not" => findings.extend(self.not(rule, node)),
                "deprecated" if matches!(rule.value, Value::Bool(true)) => {
                    let (since, words) = told(schema, "deprecated");
                    let new_name = new_name(self.path.last(), &words);
                    let problem = Problem::Deprecated(since, words);
                    let finding = self.at_key(Severity::Warning, node, problem);
                    let place = finding.place;
                    findings.push(match new_name {
                        Some(name) => finding.with_fix(place, name),
                        None => finding,
                    });
                }
                "changed" if matches!(rule.value, Value::Bool(true)) => {
                    let (since, words) = told(schema, "changed");
                    findings.push(self.at_key(
                        Severity::Note,
                        node,
                        Problem::Changed(since, words),
                    ));
                }
                _ => {}
            }
        }
        findings
    }

    fn referred(&self, reference: &str) -> Option<Rc<Node>> {
        self.schema.get("$defs")?.get(reference.strip_prefix("#/$defs/")?).cloned()
    }

    fn error(&self, place: Place, problem: Problem) -> Finding {
        Finding::error(place, problem).at_path(self.path.join("."))
    }

    /// At the key whose value this is: that is what is deprecated.
    fn at_key(&self, severity: Severity, node: &Rc<Node>, problem: Problem) -> Finding {
        let mut parent: Option<&Rc<Node>> = Some(self.root);
        let mut place = node.place;
        for step in &self.path {
            let Some(here) = parent else { break };
            parent = match &here.value {
                Value::Map(_) => {
                    if let Some(key) = here.key(step) {
                        place = key.place;
                    }
                    here.get(step)
                }
                Value::List(nodes) => {
                    let node = step.parse::<usize>().ok().and_then(|at| nodes.get(at));
                    if let Some(node) = node {
                        place = node.place;
                    }
                    node
                }
                _ => None,
            };
        }
        Finding::new(severity, place, problem).at_path(self.path.join("."))
    }

    fn below(&mut self, step: &str, schema: &Rc<Node>, node: &Rc<Node>) -> Vec<Finding> {
        self.path.push(step.to_owned());
        let findings = self.look(schema, node);
        self.path.pop();
        findings
    }
}

/// Since when, and cloud-init's own words.
fn told(schema: &Node, what: &str) -> (String, String) {
    let text = |key: String| schema.get(&key).map(|node| node.written.clone()).unwrap_or_default();
    (text(format!("{what}_version")), text(format!("{what}_description")).trim().to_owned())
}

/// The name that a key has now, when nothing else about it has changed: `lock-passwd` is `lock_passwd`, `apt_update` is
/// `package_update`.
fn new_name(key: Option<&String>, words: &str) -> Option<String> {
    let name = words.strip_prefix("Use **")?.strip_suffix("** instead.")?;
    let renamed = key.is_some_and(|key| key.replace('-', "_") == name);
    (renamed || name.starts_with("package_")).then(|| name.to_owned())
}

/// What JSON Schema calls a kind of value.
fn kinds(names: &Node) -> Vec<Kind> {
    let one = |name: &str| match name {
        "string" => Some(Kind::Text),
        "integer" => Some(Kind::Integer),
        "number" => Some(Kind::Number),
        "boolean" => Some(Kind::Boolean),
        "array" => Some(Kind::List),
        "object" => Some(Kind::Mapping),
        "null" => Some(Kind::Nothing),
        _ => None,
    };
    match &names.value {
        Value::List(names) => names.iter().filter_map(|name| one(&name.written)).collect(),
        _ => one(&names.written).into_iter().collect(),
    }
}

/// Refused, as opposed to told.
fn is_error(finding: &Finding) -> bool {
    finding.severity == Severity::Error
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
