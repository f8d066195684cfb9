//! The fault plan: rules that make chosen requests fail in chosen ways, so that anyone can see in
//! dev what a bad day looks like.
//!
//! A rule looks at service, region, method and path, counts the requests that fit, and acts on the
//! nth, a number of times, or on every so many. `docs/devcloud.md` has examples. Faults happen on
//! the wire, outside the services: no service knows of them.

mod apply;
mod connection;
mod control;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::Method;
use serde::{Deserialize, Serialize};

pub(crate) use apply::apply;
pub(crate) use connection::Connection;
pub(crate) use control::router as control;

use crate::service::Service;

/// Which requests, and what happens to them. What is left out fits everything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The service that is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// The region that is called, for example `dev-2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The method, for example `PUT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path below the service's root, for example `/v2/images/*/file`: `*` is any one segment
    /// or part of one, `**` anything at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The first fitting request that is hit; 1 is the next one.
    #[serde(default = "one")]
    pub nth: u64,
    /// How many are hit; without it there is no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// From `nth` on, only every so many is hit: 1 is each, 3 is one and then two that pass.
    #[serde(default = "one")]
    pub every: u64,
    /// What happens.
    pub action: Action,
}

fn one() -> u64 {
    1
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// The body is taken and thrown away, then this status is answered in the service's own error
    /// form. The service sees nothing.
    Status {
        /// HTTP status, 400 to 599.
        status: u16,
        /// The sentence in the body.
        #[serde(default = "injected")]
        message: String,
        /// Headers besides, for example `Retry-After`.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        headers: BTreeMap<String, String>,
    },
    /// The service gets the body up to this many bytes; then nothing moves any more, neither body nor answer, and after
    /// `ms` the connection is reset.
    StallBody {
        /// Bytes that get through.
        #[serde(default)]
        bytes: u64,
        /// Milliseconds.
        #[serde(default = "long")]
        ms: u64,
    },
    /// The answer's body gets through up to this many bytes; then nothing moves any more, and after `ms` the connection is
    /// reset.
    StallAnswer {
        /// Bytes that get through.
        #[serde(default)]
        bytes: u64,
        /// Milliseconds.
        #[serde(default = "long")]
        ms: u64,
    },
    /// The answer's body gets through up to this many bytes, then the connection is reset. A shorter one passes unharmed.
    ResetMidAnswer {
        /// Bytes that get through.
        bytes: u64,
    },
    /// The request waits before anything else happens to it.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// The connection is reset (RST) before a byte of the body was read.
    ResetBeforeBody,
    /// The service gets the body up to this many bytes, then the connection is reset. A shorter
    /// body passes unharmed.
    ResetMidBody {
        /// Bytes that get through.
        bytes: u64,
    },
    /// The body is taken to its end and thrown away, then the connection is reset. The service sees
    /// nothing.
    ResetAfterBody,
    /// The bodies of the request and of the answer move at this speed.
    SlowBody {
        /// Bytes per second, at least 1.
        bytes_per_second: u64,
    },
    /// The service does its work; its answer is thrown away and the connection is closed.
    DropReply,
}

/// Ten minutes: longer than anybody waits.
fn long() -> u64 {
    600_000
}

fn injected() -> String {
    String::from("Injected by devcloud's fault plan.")
}

impl Rule {
    /// A rule for one service, method and path (a glob, see [`Rule::path`]) that acts on every
    /// fitting request.
    pub fn new(service: Service, method: &str, path: &str, action: Action) -> Self {
        Self {
            service: Some(service),
            region: None,
            method: Some(method.to_owned()),
            path: Some(path.to_owned()),
            nth: 1,
            count: None,
            every: 1,
            action,
        }
    }

    /// Only the next fitting request.
    #[must_use]
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Only so many.
    #[must_use]
    pub fn times(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    /// Not before the nth fitting request; 1 is the next one.
    #[must_use]
    pub fn from_nth(mut self, nth: u64) -> Self {
        self.nth = nth;
        self
    }

    fn fits(&self, service: Service, region: &str, method: &Method, path: &str) -> bool {
        self.service.is_none_or(|wanted| wanted == service)
            && self.region.as_deref().is_none_or(|wanted| wanted == region)
            && self
                .method
                .as_deref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method.as_str()))
            && self.path.as_deref().is_none_or(|glob| glob_fits(glob.as_bytes(), path.as_bytes()))
    }

    /// Whether the request that is the `seen`th to fit is hit.
    fn hits(&self, seen: u64) -> bool {
        match seen.checked_sub(self.nth.max(1)) {
            Some(after) => {
                let every = self.every.max(1);
                after.is_multiple_of(every) && self.count.is_none_or(|count| after / every < count)
            }
            None => false,
        }
    }
}

/// Reads a plan: a JSON list of rules.
///
/// # Errors
/// A sentence that says where it is wrong.
pub fn parse(text: &str) -> Result<Vec<Rule>, String> {
    let rules: Vec<Rule> = serde_json::from_str(text)
        .map_err(|error| format!("not a list of fault rules: {error}"))?;
    rules.into_iter().map(checked).collect()
}

fn checked(rule: Rule) -> Result<Rule, String> {
    match &rule.action {
        Action::Status { status, .. } if !(400..600).contains(status) => {
            Err(format!("status {status} is not between 400 and 599"))
        }
        Action::SlowBody { bytes_per_second: 0 } => {
            Err(String::from("bytes_per_second must be at least 1"))
        }
        _ => Ok(rule),
    }
}

/// The plan. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    planned: Arc<Mutex<Vec<Planned>>>,
}

#[derive(Debug)]
struct Planned {
    rule: Rule,
    seen: u64,
    hit: u64,
}

/// A rule with what it has come to so far.
#[derive(Debug, Clone, Serialize)]
pub struct Account {
    /// The rule.
    #[serde(flatten)]
    pub rule: Rule,
    /// How many requests fitted.
    pub seen: u64,
    /// How many of them were hit.
    pub hit: u64,
}

impl Faults {
    /// Puts a rule at the end of the plan.
    pub fn add(&self, rule: Rule) {
        self.lock().push(Planned { rule, seen: 0, hit: 0 });
    }

    /// Empties the plan.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// Takes a rule out of the plan again; the others and their counts stay.
    pub fn end(&self, rule: &Rule) {
        self.lock().retain(|planned| planned.rule != *rule);
    }

    /// How many requests fitted a rule of the plan so far; 0 when it is not in the plan.
    pub fn seen(&self, rule: &Rule) -> u64 {
        self.lock().iter().find(|planned| planned.rule == *rule).map_or(0, |planned| planned.seen)
    }

    /// The plan and what it has come to.
    pub fn accounts(&self) -> Vec<Account> {
        self.lock()
            .iter()
            .map(|p| Account { rule: p.rule.clone(), seen: p.seen, hit: p.hit })
            .collect()
    }

    /// Counts a request and tells what shall happen to it, in the order of the plan.
    pub(crate) fn matching(
        &self,
        service: Service,
        region: &str,
        method: &Method,
        path: &str,
    ) -> Vec<Action> {
        let mut actions = Vec::new();
        for planned in self.lock().iter_mut() {
            if planned.rule.fits(service, region, method, path) {
                planned.seen += 1;
                if planned.rule.hits(planned.seen) {
                    planned.hit += 1;
                    actions.push(planned.rule.action.clone());
                }
            }
        }
        actions
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Planned>> {
        // The list is whole after any panic: each change to it is one step.
        self.planned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `*` stands for any text without a slash, `**` for any text.
fn glob_fits(glob: &[u8], path: &[u8]) -> bool {
    match glob {
        [] => path.is_empty(),
        [b'*', b'*', rest @ ..] => {
            (0..=path.len()).any(|at| path.get(at..).is_some_and(|path| glob_fits(rest, path)))
        }
        [b'*', rest @ ..] => {
            let end = path.iter().position(|byte| *byte == b'/').unwrap_or(path.len());
            (0..=end).any(|at| path.get(at..).is_some_and(|path| glob_fits(rest, path)))
        }
        [first, rest @ ..] => {
            path.split_first().is_some_and(|(byte, path)| byte == first && glob_fits(rest, path))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_fits_what_it_says() {
        for (glob, path, expected) in [
            ("/v2/images", "/v2/images", true),
            ("/v2/images", "/v2/images/x", false),
            ("/v2/images/*", "/v2/images/x", true),
            ("/v2/images/*", "/v2/images/x/file", false),
            ("/v2/images/*/file", "/v2/images/x/file", true),
            ("/v2/images/**", "/v2/images/x/file", true),
            ("**", "/v2/anything/at/all", true),
            ("**/action", "/v2.1/servers/x/action", true),
            ("/v3/*/volumes", "/v3/p/volumes", true),
            ("", "/v2", false),
        ] {
            assert_eq!(glob_fits(glob.as_bytes(), path.as_bytes()), expected, "{glob} on {path}");
        }
    }

    #[test]
    fn nth_count_and_every_choose_the_requests() {
        let pattern = |nth, count, every| {
            let rule = Rule {
                nth,
                count,
                every,
                ..Rule::new(Service::Image, "GET", "**", Action::DropReply)
            };
            (1..=8).map(|seen| if rule.hits(seen) { 'x' } else { '.' }).collect::<String>()
        };
        for (nth, count, every, expected) in [
            (1, None, 1, "xxxxxxxx"),
            (1, Some(1), 1, "x......."),
            (3, Some(2), 1, "..xx...."),
            (2, None, 3, ".x..x..x"),
            (2, Some(2), 3, ".x..x..."),
            (0, Some(1), 0, "x......."),
        ] {
            assert_eq!(
                pattern(nth, count, every),
                expected,
                "nth {nth} count {count:?} every {every}"
            );
        }
    }

    #[test]
    fn one_rule_ends_and_the_counts_of_the_others_stay() {
        let plan = Faults::default();
        let rule = |path| Rule::new(Service::Image, "GET", path, Action::Delay { ms: 0 });
        plan.add(rule("/v2/images"));
        plan.add(rule("**"));
        for _ in 0..3 {
            plan.matching(Service::Image, "dev-1", &Method::GET, "/v2/images");
        }
        plan.end(&rule("/v2/images"));
        assert_eq!((plan.seen(&rule("/v2/images")), plan.seen(&rule("**"))), (0, 3));
    }

    #[test]
    fn a_plan_is_read_strictly() {
        let good = r#"[{"service":"image","method":"PUT","path":"/v2/images/*/file","nth":2,"count":1,
            "action":{"kind":"status","status":503,"headers":{"Retry-After":"1"}}},
            {"action":{"kind":"delay","ms":200}}]"#;
        assert_eq!(parse(good).unwrap().len(), 2);
        for bad in [
            "{}",
            r#"[{"action":{"kind":"explode"}}]"#,
            r#"[{"servce":"image","action":{"kind":"drop_reply"}}]"#,
            r#"[{"action":{"kind":"status","status":200}}]"#,
            r#"[{"action":{"kind":"slow_body","bytes_per_second":0}}]"#,
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
