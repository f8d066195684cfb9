//! Holds an answer of devcloud against a sample of a real cloud's: status, headers, keys and JSON
//! types; values only where they are words of the protocol.
//!
//! Samples stand in `tests/contract/{service}/{name}.json` at the root of the workspace: `{note,
//! request, response: {status, headers, body}}`, made from recordings by `tools/contract-samples`.
//! Use: `Sample::load("keystone", "password-project-scope").check(&answer)`. What may differ must
//! be said: `.nullable("/token/x")` (either side may be null there),
//! `.optional("/image/owner_specified.x")` (a key that may be missing on either side),
//! `.may_be_empty("/images")` (a list that may be empty though the sample's is not). In these paths
//! `*` stands for any one key or list position.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Answer;

/// A sample with what is tolerated.
pub struct Sample {
    name: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: Value,
    nullable: Vec<&'static str>,
    optional: Vec<&'static str>,
    may_be_empty: Vec<&'static str>,
}

/// Headers of which the value is part of the contract. Of all others in a sample only the presence
/// is.
const EXACT: &[&str] = &["content-type", "vary"];

/// Headers of which the value says what the data are, not how the service behaves.
const OF_DATA: &[&str] = &["etag", "content-md5", "x-account-bytes-used", "x-container-bytes-used"];

/// A path from the repository's root.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

impl Sample {
    /// Reads `tests/contract/{service}/{name}.json`.
    #[track_caller]
    pub fn load(service: &str, name: &str) -> Self {
        Self::read(&repository("tests/contract"), service, name)
    }

    /// Reads `{service}/{name}.json` below a folder.
    #[track_caller]
    pub fn read(folder: &Path, service: &str, name: &str) -> Self {
        let path = folder.join(format!("{service}/{name}.json"));
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let whole: Value = serde_json::from_str(&text).unwrap();
        let response = &whole["response"];
        let headers = response["headers"].as_object().unwrap();
        let headers = headers
            .iter()
            .map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap().to_owned()));
        let status = u16::try_from(response["status"].as_u64().unwrap()).unwrap();
        Self::new(&format!("{service}/{name}"), status, headers.collect(), response["body"].clone())
    }

    /// A sample made by hand; header names in small letters.
    pub fn new(name: &str, status: u16, headers: Vec<(String, String)>, body: Value) -> Self {
        let name = name.to_owned();
        Self {
            name,
            status,
            headers,
            body,
            nullable: Vec::new(),
            optional: Vec::new(),
            may_be_empty: Vec::new(),
        }
    }

    /// The answer that the sample recorded, for tests that compare values as well.
    pub fn body(&self) -> &Value {
        &self.body
    }

    /// Null on one side and a value on the other is fine here.
    #[must_use]
    pub fn nullable(mut self, path: &'static str) -> Self {
        self.nullable.push(path);
        self
    }

    /// This key may be missing on one side.
    #[must_use]
    pub fn optional(mut self, path: &'static str) -> Self {
        self.optional.push(path);
        self
    }

    /// This list may be empty on one side.
    #[must_use]
    pub fn may_be_empty(mut self, path: &'static str) -> Self {
        self.may_be_empty.push(path);
        self
    }

    /// Fails with every difference there is.
    #[track_caller]
    pub fn check(&self, answer: &Answer) {
        let differences = self.differences(answer);
        assert!(
            differences.is_empty(),
            "{} differs from a real cloud:\n  {}\n{:#?}",
            self.name,
            differences.join("\n  "),
            answer
        );
    }

    /// Every difference between two recordings of the same request, in words and without list
    /// positions: what `differences` finds, headers that are too many, the values of all headers that
    /// are not the data's own, and the words of refusals.
    pub fn differences_to_recording(&self, ours: &Self) -> BTreeSet<String> {
        let answer = ours.as_answer();
        let mut found: BTreeSet<String> =
            self.differences(&answer).iter().map(|words| without_positions(words)).collect();
        let (theirs, ours_by_name) = (self.values_by_name(), ours.values_by_name());
        for (name, values) in &ours_by_name {
            match theirs.get(name) {
                None => {
                    found.insert(format!("header {name} should not be there"));
                }
                Some(_) if [EXACT, OF_DATA].concat().contains(&name.as_str()) => {}
                Some(theirs) if theirs == values => {}
                Some(theirs) => {
                    found.insert(format!("header {name} is {values:?}, should be {theirs:?}"));
                }
            }
        }
        if self.status >= 400 {
            words_differ(&mut Pointer(Vec::new()), &self.body, &ours.body, &mut found);
        }
        found
    }

    /// What each header says, without ids; one may stand there more than once.
    fn values_by_name(&self) -> BTreeMap<String, String> {
        let mut found = BTreeMap::<String, BTreeSet<String>>::new();
        for (name, value) in &self.headers {
            found.entry(name.clone()).or_default().insert(without_ids(value));
        }
        let joined =
            |values: BTreeSet<String>| values.into_iter().collect::<Vec<_>>().join(" and ");
        found.into_iter().map(|(name, values)| (name, joined(values))).collect()
    }

    /// The recorded answer as if it had just come.
    fn as_answer(&self) -> Answer {
        let headers = self.headers.iter().map(|(name, value)| {
            (name.parse::<reqwest::header::HeaderName>().unwrap(), value.parse().unwrap())
        });
        let empty = self.body == Value::String(String::new());
        let body = if empty { Value::Null } else { self.body.clone() };
        Answer { status: self.status, headers: headers.collect(), body }
    }

    /// Every difference, in words.
    pub fn differences(&self, answer: &Answer) -> Vec<String> {
        let mut found = Vec::new();
        if answer.status != self.status {
            found.push(format!("status is {}, should be {}", answer.status, self.status));
        }
        for (name, value) in &self.headers {
            match answer.headers.get(name) {
                None => found.push(format!("header {name} is missing")),
                Some(ours) if EXACT.contains(&name.as_str()) && ours.to_str().unwrap() != value => {
                    found.push(format!("header {name} is {ours:?}, should be {value:?}"));
                }
                Some(_) => {}
            }
        }
        // A recording has an empty text where there is no body.
        let sample =
            if self.body == Value::String(String::new()) { &Value::Null } else { &self.body };
        self.compare(&mut Pointer(Vec::new()), sample, &answer.body, &mut found);
        found
    }

    fn compare(&self, at: &mut Pointer, sample: &Value, ours: &Value, found: &mut Vec<String>) {
        match (sample, ours) {
            (Value::Null, Value::Null) => {}
            (Value::Null, _) | (_, Value::Null) if at.is_in(&self.nullable) => {}
            (Value::Object(sample), Value::Object(ours)) => {
                for key in sample.keys().chain(ours.keys().filter(|key| !sample.contains_key(*key)))
                {
                    at.0.push(key.clone());
                    match (sample.get(key), ours.get(key)) {
                        (Some(sample), Some(ours)) => self.compare(at, sample, ours, found),
                        _ if at.is_in(&self.optional) => {}
                        (Some(_), None) => found.push(format!("{at} is missing")),
                        _ => found.push(format!("{at} should not be there")),
                    }
                    at.0.pop();
                }
            }
            (Value::Array(sample), Value::Array(ours)) => {
                if sample.is_empty() != ours.is_empty() && !at.is_in(&self.may_be_empty) {
                    found.push(format!(
                        "{at} has {} elements, the sample {}",
                        ours.len(),
                        sample.len()
                    ));
                }
                self.compare_elements(at, sample, ours, found);
            }
            _ if kind(sample) == kind(ours) => {}
            _ => found.push(format!("{at} is {}, should be {}", kind(ours), kind(sample))),
        }
    }

    /// Each of our elements must look like one of the sample's; when it looks like none, the
    /// differences to the nearest are told.
    fn compare_elements(
        &self,
        at: &mut Pointer,
        sample: &[Value],
        ours: &[Value],
        found: &mut Vec<String>,
    ) {
        for (index, ours) in ours.iter().enumerate() {
            at.0.push(index.to_string());
            let nearest = sample
                .iter()
                .map(|sample| {
                    let mut found = Vec::new();
                    self.compare(at, sample, ours, &mut found);
                    found
                })
                .min_by_key(Vec::len);
            found.extend(nearest.unwrap_or_default());
            at.0.pop();
        }
    }
}

/// `/images/3/name` becomes `/images/*/name`.
fn without_positions(words: &str) -> String {
    let (place, rest) = words.split_once(' ').unwrap_or((words, ""));
    if !place.starts_with('/') {
        return words.to_owned();
    }
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> =
        place.split('/').map(|part| if number(part) { "*" } else { part }).collect();
    format!("{} {rest}", parts.join("/"))
}

/// Blanks out UUIDs and other ids: every run of 32 or more of their signs.
pub fn without_ids(text: &str) -> String {
    let of_id = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let run = rest.bytes().take_while(|byte| of_id(*byte)).count();
        if run >= 32 {
            out.push_str("ID");
            rest = &rest[run..];
        } else {
            let step = rest.chars().next().map_or(1, char::len_utf8).max(run);
            out.push_str(&rest[..step]);
            rest = &rest[step..];
        }
    }
    out
}

/// The texts that differ where both sides have one.
fn words_differ(at: &mut Pointer, theirs: &Value, ours: &Value, found: &mut BTreeSet<String>) {
    match (theirs, ours) {
        (Value::Object(theirs), Value::Object(ours)) => {
            for (key, theirs) in theirs {
                if let Some(ours) = ours.get(key) {
                    at.0.push(key.clone());
                    words_differ(at, theirs, ours, found);
                    at.0.pop();
                }
            }
        }
        (Value::Array(theirs), Value::Array(ours)) => {
            at.0.push("*".to_owned());
            for (theirs, ours) in theirs.iter().zip(ours) {
                words_differ(at, theirs, ours, found);
            }
            at.0.pop();
        }
        (Value::String(theirs), Value::String(ours)) => {
            let (theirs, ours) = (without_ids(theirs), without_ids(ours));
            if theirs != ours {
                found.insert(format!("{at} says {ours:?}, should say {theirs:?}"));
            }
        }
        _ => {}
    }
}

/// Where in a body we are.
struct Pointer(Vec<String>);

impl Pointer {
    fn is_in(&self, paths: &[&str]) -> bool {
        paths.iter().any(|path| {
            let wanted: Vec<&str> = path.split('/').skip(1).collect();
            wanted.len() == self.0.len()
                && wanted.iter().zip(&self.0).all(|(wanted, here)| *wanted == "*" || wanted == here)
        })
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.0.join("/"))
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a bool",
        Value::Number(number) if number.is_f64() => "a fraction",
        Value::Number(_) => "a whole number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
