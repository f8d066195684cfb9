//! Reports of many things done at once (swift/common/middleware/bulk.py, `get_response_body`): the status of the answer
//! says nothing, the body does.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Map, Value, json};

use super::reply::{Answer, hide, line, quoted};

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
    /// Status and body, when the whole came to nothing.
    pub(super) outcome: Option<(StatusCode, String)>,
    /// Whether something failed by our fault.
    broken: bool,
}

impl Deleted {
    /// One of them (`_process_delete`).
    pub(super) fn count(&mut self, path: &str, done: Answer<()>) {
        match done.map_err(|refusal| refusal.0.status()) {
            Ok(()) => self.deleted += 1,
            Err(StatusCode::NOT_FOUND) => self.not_found += 1,
            Err(status) => {
                self.broken |= status.is_server_error();
                self.fail(path, line(status));
            }
        }
    }

    /// One that was not tried.
    pub(super) fn fail(&mut self, path: &str, why: String) {
        self.problems.push((quoted(path), why));
    }

    pub(super) fn report(self, json: bool) -> Response<Body> {
        let (status, body) = self.outcome.unwrap_or_else(|| {
            match (self.problems.is_empty(), self.deleted + self.not_found) {
                (true, 0) => (StatusCode::BAD_REQUEST, String::from("Invalid bulk delete.")),
                (true, _) => (StatusCode::OK, String::new()),
                (false, _) if self.broken => (StatusCode::BAD_GATEWAY, String::new()),
                (false, _) => (StatusCode::BAD_REQUEST, String::new()),
            }
        });
        let lines = [
            ("Response Status", json!(line(status))),
            ("Response Body", json!(body)),
            ("Number Deleted", json!(self.deleted)),
            ("Number Not Found", json!(self.not_found)),
        ];
        chunked(render(&lines, &self.problems, json), json)
    }
}
