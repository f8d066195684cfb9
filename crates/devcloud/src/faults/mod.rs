//! The fault plan: rules that make chosen requests fail in chosen ways, so that anyone can see in
//! dev what a bad day looks like.
//!
//! A rule looks at service, region, method and path, counts the requests that fit, and acts on the
//! nth, a number of times, or on every so many. `docs/devcloud.md` has examples. Faults happen on
//! the wire, outside the services: no service knows of them.

mod apply;
mod connection;
mod control;
mod rule;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

pub(crate) use apply::apply;
pub(crate) use connection::Connection;
pub(crate) use control::router as control;
pub(crate) use rule::Asked;
use rule::checked;
pub use rule::{Action, Rule, parse};

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
    pub(crate) fn matching(&self, request: &Asked<'_>) -> Vec<Action> {
        let mut actions = Vec::new();
        for planned in self.lock().iter_mut() {
            if planned.rule.fits(request) {
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

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;
    use crate::service::Service;

    #[test]
    fn one_rule_ends_and_the_counts_of_the_others_stay() {
        let plan = Faults::default();
        let rule = |path| Rule::new(Service::Image, "GET", path, Action::Delay { ms: 0 });
        plan.add(rule("/v2/images"));
        plan.add(rule("**"));
        for _ in 0..3 {
            plan.matching(&Asked {
                service: Service::Image,
                region: "dev-1",
                method: &Method::GET,
                path: "/v2/images",
                query: "",
            });
        }
        plan.end(&rule("/v2/images"));
        assert_eq!((plan.seen(&rule("/v2/images")), plan.seen(&rule("**"))), (0, 3));
    }
}
