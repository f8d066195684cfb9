//! Reports of many things done at once (swift/common/middleware/bulk.py, `get_response_body`): the status of the answer
//! says nothing, the body does.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Map, Value, json};

use super::reply::hide;

/// What could not be done, and why: a path and a status or a sentence.
pub(super) type Problems = Vec<(String, String)>;

pub(super) fn kind(json: bool) -> &'static str {
    if json { "application/json" } else { "text/plain" }
}

/// The lines and the problems.
pub(super) fn render(lines: &[(&str, Value)], problems: &Problems, json: bool) -> String {
    if json {
        let mut report: Map<String, Value> =
            lines.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        report.insert(String::from("Errors"), json!(problems));
        return Value::Object(report).to_string();
    }
    let mut lines: Vec<String> = lines
        .iter()
        .map(|(name, value)| match value {
            Value::String(text) => format!("{name}: {text}\n"),
            other => format!("{name}: {other}\n"),
        })
        .collect();
    lines.sort();
    let problems = problems.iter().map(|(path, status)| format!("{path}, {status}\n"));
    lines.into_iter().chain([String::from("Errors:\n")]).chain(problems).collect()
}

/// 200, in chunks, and not for pages of another origin.
pub(super) fn chunked(text: String, json: bool) -> Response<Body> {
    let pieces = [Ok::<_, std::convert::Infallible>(Bytes::from(text))];
    let mut response = Response::new(Body::from_stream(stream::iter(pieces)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind(json)));
    hide(&mut response);
    response
}

/// What deleting many came to.
#[derive(Default)]
pub(super) struct Deleted {
    pub(super) deleted: u64,
    pub(super) not_found: u64,
    pub(super) problems: Problems,
    /// Status and body, when they are not 200 and empty.
    pub(super) outcome: Option<(String, String)>,
}

impl Deleted {
    /// One of them.
    pub(super) fn count(&mut self, path: &str, status: u16) {
        match status {
            200..300 => self.deleted += 1,
            404 => self.not_found += 1,
            401 => self.problems.push((path.to_owned(), String::from("401 Unauthorized"))),
            403 => self.problems.push((path.to_owned(), String::from("403 Forbidden"))),
            409 => self.problems.push((path.to_owned(), String::from("409 Conflict"))),
            _ => self.problems.push((path.to_owned(), String::from("400 Bad Request"))),
        }
    }

    pub(super) fn report(self, json: bool) -> Response<Body> {
        let (status, body) = self.outcome.unwrap_or_else(|| {
            match (self.problems.is_empty(), self.deleted + self.not_found) {
                (true, 0) => {
                    (String::from("400 Bad Request"), String::from("Invalid bulk delete."))
                }
                (true, _) => (String::from("200 OK"), String::new()),
                (false, _) => (String::from("400 Bad Request"), String::new()),
            }
        });
        let lines = [
            ("Response Status", json!(status)),
            ("Response Body", json!(body)),
            ("Number Deleted", json!(self.deleted)),
            ("Number Not Found", json!(self.not_found)),
        ];
        chunked(render(&lines, &self.problems, json), json)
    }
}
