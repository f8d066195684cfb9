//! Answers in Swift's forms (swift/common/swob.py): an empty page, a small HTML page in the words of its status, or a
//! plain sentence.

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, Response, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::db::DbError;

/// What came of a request.
pub(super) type Answer<T = Response<Body>> = Result<T, Refusal>;

/// A refusal, ready to be sent.
#[derive(Debug)]
pub(super) struct Refusal(pub(super) Box<Response<Body>>);

impl Refusal {
    pub(super) fn page(status: StatusCode) -> Self {
        Self(Box::new(page(status)))
    }

    /// A sentence as plain text.
    pub(super) fn text(status: StatusCode, words: impl Into<String>) -> Self {
        Self(Box::new(with_body(status, "text/plain", words.into())))
    }

    /// A sentence in place of the page's.
    pub(super) fn html(status: StatusCode, words: impl Into<String>) -> Self {
        Self(Box::new(with_body(status, HTML, words.into())))
    }

    /// Made by a middleware to the left of the proxy server: a page of another origin does not see it.
    pub(super) fn hidden(mut self) -> Self {
        hide(&mut self.0);
        self
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        DbError::from(error).into()
    }
}

impl From<DbError> for Refusal {
    fn from(error: DbError) -> Self {
        tracing::error!(%error, "object store");
        Self::page(StatusCode::SERVICE_UNAVAILABLE)
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        tracing::error!(%error, "object store");
        match error.kind() {
            // What a storage node with a full disk answers.
            std::io::ErrorKind::StorageFull => Self::page(StatusCode::INSUFFICIENT_STORAGE),
            _ => Self::page(StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}

const HTML: &str = "text/html; charset=UTF-8";

/// Marks an answer that the proxy server did not make.
#[derive(Debug, Clone, Copy)]
struct Hidden;

/// Whether the CORS headers are left out of this answer.
pub(super) fn hidden(response: &Response<Body>) -> bool {
    response.extensions().get::<Hidden>().is_some()
}

/// Marks an answer that the fault plan or the dispatcher made: whose it would have been, the request tells.
#[derive(Debug, Clone, Copy)]
struct MadeUp;

/// Whether no part of Swift made this answer.
pub(super) fn made_up(response: &Response<Body>) -> bool {
    response.extensions().get::<MadeUp>().is_some()
}

/// Leaves the CORS headers out.
pub(super) fn hide(response: &mut Response<Body>) {
    response.extensions_mut().insert(Hidden);
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response<Body> {
    with_body(status, HTML, String::new())
}

/// The page that goes with a status.
pub(super) fn page(status: StatusCode) -> Response<Body> {
    let (title, (_, words)) = (title(status), reason(status.as_u16()));
    if words.is_empty() {
        return with_body(status, HTML, title.to_owned());
    }
    with_body(status, HTML, format!("<html><h1>{title}</h1><p>{words}</p></html>"))
}

/// For the fault plan and the dispatcher. What only a middleware says (quota, rate limit) stays hidden from pages of
/// another origin.
pub(crate) fn error_page(status: StatusCode) -> Response<Body> {
    let mut response = page(status);
    response.extensions_mut().insert(MadeUp);
    if matches!(status.as_u16(), 413 | 429 | 498) {
        hide(&mut response);
    }
    response
}

pub(super) fn with_body(status: StatusCode, kind: &'static str, body: String) -> Response<Body> {
    let length = body.len();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// Sets a header; a value that cannot be one (a name with a line break) is left out.
pub(super) fn set(response: &mut Response<Body>, name: HeaderName, value: &str) {
    match HeaderValue::from_bytes(value.as_bytes()) {
        Ok(value) => {
            response.headers_mut().insert(name, value);
        }
        Err(error) => tracing::debug!(%error, %name, "a header's value"),
    }
}

/// `RESPONSE_REASONS`, as far as it is used.
fn reason(status: u16) -> (&'static str, &'static str) {
    match status {
        202 => ("Accepted", "The request is accepted for processing."),
        400 => (
            "Bad Request",
            "The server could not comply with the request since it is either malformed or otherwise incorrect.",
        ),
        401 => (
            "Unauthorized",
            "This server could not verify that you are authorized to access the document you requested.",
        ),
        403 => ("Forbidden", "Access was denied to this resource."),
        404 => ("Not Found", "The resource could not be found."),
        405 => ("Method Not Allowed", "The method is not allowed for this resource."),
        408 => (
            "Request Timeout",
            "The server has waited too long for the request to be sent by the client.",
        ),
        409 => ("Conflict", "There was a conflict when trying to complete your request."),
        411 => ("Length Required", "Content-Length header required."),
        412 => ("Precondition Failed", "A precondition for this request was not met."),
        413 => {
            ("Request Entity Too Large", "The body of your request was too large for this server.")
        }
        416 => ("Requested Range Not Satisfiable", "The Range requested is not available."),
        422 => ("Unprocessable Entity", "Unable to process the contained instructions"),
        429 => ("Too Many Requests", ""),
        498 => ("Slow down", ""),
        499 => ("Client Disconnect", "The client was disconnected during request."),
        500 => (
            "Internal Error",
            "The server has either erred or is incapable of performing the requested operation.",
        ),
        502 => ("Bad Gateway", "Bad gateway."),
        503 => (
            "Service Unavailable",
            "The server is currently unavailable. Please try again at a later time.",
        ),
        507 => ("Insufficient Storage", "There was not enough space to save the resource."),
        _ => ("", ""),
    }
}

/// A status as a report writes it: `404 Not Found`.
pub(super) fn line(status: StatusCode) -> String {
    format!("{} {}", status.as_u16(), title(status))
}

/// Title and sentence of a status, as a heartbeat's report has them.
pub(super) fn words(status: StatusCode) -> String {
    let (_, words) = reason(status.as_u16());
    format!("{}\n{words}", title(status))
}

/// What Python's `quote` leaves as it is.
pub(super) const QUOTE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~').remove(b'/');

/// As Python's `quote` writes a path.
pub(super) fn quoted(path: &str) -> String {
    utf8_percent_encode(path, QUOTE).to_string()
}

fn title(status: StatusCode) -> &'static str {
    match reason(status.as_u16()) {
        ("", _) => status.canonical_reason().unwrap_or("Error"),
        (title, _) => title,
    }
}
