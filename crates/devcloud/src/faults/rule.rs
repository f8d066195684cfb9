//! A rule of the fault plan: which requests it fits, when it acts, and what it does.

use std::collections::BTreeMap;

use axum::http::{HeaderName, HeaderValue, Method};
use serde::{Deserialize, Serialize};

use crate::service::Service;

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) service: Service,
    pub(crate) region: &'a str,
    pub(crate) method: &'a Method,
    /// Below the service's root.
    pub(crate) path: &'a str,
    /// Without the question mark; empty when there is none.
    pub(crate) query: &'a str,
}

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
    /// The query as it is written, a glob too, for example `**multipart-manifest=put**`; the empty one fits requests without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
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
            query: None,
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

    /// Only requests with such a query (a glob, see [`Rule::query`]).
    #[must_use]
    pub fn with_query(mut self, query: &str) -> Self {
        self.query = Some(query.to_owned());
        self
    }

    /// Not before the nth fitting request; 1 is the next one.
    #[must_use]
    pub fn from_nth(mut self, nth: u64) -> Self {
        self.nth = nth;
        self
    }

    pub(super) fn fits(&self, request: &Asked<'_>) -> bool {
        let fits = |glob: &Option<String>, text: &str| {
            glob.as_deref().is_none_or(|glob| glob_fits(glob.as_bytes(), text.as_bytes()))
        };
        let method = self.method.as_deref();
        self.service.is_none_or(|wanted| wanted == request.service)
            && self.region.as_deref().is_none_or(|wanted| wanted == request.region)
            && method.is_none_or(|wanted| wanted.eq_ignore_ascii_case(request.method.as_str()))
            && fits(&self.path, request.path)
            && fits(&self.query, request.query)
    }

    /// Whether the request that is the `seen`th to fit is hit.
    pub(super) fn hits(&self, seen: u64) -> bool {
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

pub(super) fn checked(rule: Rule) -> Result<Rule, String> {
    match &rule.action {
        Action::Status { status, .. } if !(400..600).contains(status) => {
            Err(format!("status {status} is not between 400 and 599"))
        }
        Action::Status { headers, .. } => {
            let wrong = headers.iter().find(|(name, value)| {
                HeaderName::try_from(name.as_str()).is_err()
                    || HeaderValue::try_from(value.as_str()).is_err()
            });
            match wrong {
                Some((name, _)) => Err(format!("{name:?} is no header, or its value is none")),
                None => Ok(rule),
            }
        }
        Action::SlowBody { bytes_per_second: 0 } => {
            Err(String::from("bytes_per_second must be at least 1"))
        }
        _ => Ok(rule),
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
            r#"[{"action":{"kind":"status","status":503,"headers":{"Retry After":"1"}}}]"#,
            r#"[{"action":{"kind":"status","status":503,"headers":{"Retry-After":"1\n"}}}]"#,
            r#"[{"action":{"kind":"slow_body","bytes_per_second":0}}]"#,
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
