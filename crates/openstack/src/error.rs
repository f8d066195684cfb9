//! What can go wrong, kept with everything that is needed to say so: what we were doing, at which service, the status,
//! the cloud's own words and its request id. This file makes no words for people; the console's `text/errors.rs` does.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::endpoint::Service;
use crate::transport::{Response, TransportError};

/// A call that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// What we were doing, as a verb phrase in lower case ("list images").
    pub operation: &'static str,
    /// Whom we asked.
    pub service: Service,
    /// What sort of failure it is; decide by this.
    pub kind: ErrorKind,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// `x-openstack-request-id`: what an operator asks for. Cross-origin it is seen only where the cloud exposes it.
    pub request_id: Option<String>,
    /// The cloud's own machine-readable name of the fault where it has one (`OverQuota`, `badRequest`).
    pub code: Option<String>,
    /// The cloud's own words in one paragraph, without status line and HTML; or the platform's words.
    pub message: String,
    /// How long the cloud asks us to wait.
    pub retry_after: Option<Duration>,
}

/// The sorts of failure that a caller may want to tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// 400 and other 4xx without a name here: we asked for something the cloud does not understand.
    BadRequest,
    /// 401 that a renewed token did not cure, or a refused sign-in.
    Unauthorized,
    /// 403: policy or (Nova) quota.
    Forbidden,
    /// 404.
    NotFound,
    /// 409: a state or a name is in the way.
    Conflict,
    /// 410: it was deleted meanwhile.
    Gone,
    /// 413: quota or size.
    TooLarge,
    /// 415: media type, or for an image upload: the content is not what was declared.
    UnsupportedMedia,
    /// 429, or Swift's own 498.
    RateLimited,
    /// 5xx.
    Server,
    /// No answer: offline, reset, CORS.
    Unreachable,
    /// We ended it ourselves.
    Aborted,
    /// No answer in time.
    Timeout,
    /// The answer was not what the API promises.
    Decode,
    /// The catalog has no such service in this region.
    NoEndpoint,
    /// The session was ended while the call waited for a new token.
    SignedOut,
    /// No version of the API that this cloud and the client both speak has what was asked.
    Unsupported,
}

impl ErrorKind {
    /// The kind that an HTTP status means.
    pub fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            409 => Self::Conflict,
            410 => Self::Gone,
            413 => Self::TooLarge,
            415 => Self::UnsupportedMedia,
            429 | 498 => Self::RateLimited,
            500..=599 => Self::Server,
            _ => Self::BadRequest,
        }
    }
}

impl ApiError {
    /// From an answer whose status is not the one hoped for.
    pub fn from_response(operation: &'static str, service: Service, response: &Response) -> Self {
        let (code, message) = parse_body(response);
        Self {
            operation,
            service,
            kind: ErrorKind::of_status(response.status),
            status: Some(response.status),
            request_id: request_id(response),
            code,
            message,
            retry_after: retry_after(response),
        }
    }

    /// From a call that got no answer.
    pub fn from_transport(
        operation: &'static str,
        service: Service,
        error: TransportError,
    ) -> Self {
        let (kind, message) = match error {
            TransportError::Unreachable(words) => (ErrorKind::Unreachable, words),
            TransportError::Aborted => (ErrorKind::Aborted, String::new()),
            TransportError::Timeout => (ErrorKind::Timeout, String::new()),
        };
        Self::local(operation, service, kind, message)
    }

    /// A failure that no answer reports.
    pub fn local(
        operation: &'static str,
        service: Service,
        kind: ErrorKind,
        message: impl Into<String>,
    ) -> Self {
        Self {
            operation,
            service,
            kind,
            status: None,
            request_id: None,
            code: None,
            message: message.into(),
            retry_after: None,
        }
    }

    /// An answer with the right status whose body is not what the API promises.
    pub fn decode(
        operation: &'static str,
        service: Service,
        response: &Response,
        why: impl fmt::Display,
    ) -> Self {
        Self {
            kind: ErrorKind::Decode,
            status: Some(response.status),
            request_id: request_id(response),
            ..Self::local(operation, service, ErrorKind::Decode, why.to_string())
        }
    }

    /// Whether a quota is exhausted. Glance and Cinder say 413, Nova 403 with words
    /// (nova/exception.py `TooManyInstances`; `PortLimitExceeded` and its like do not name the quota), Neutron 409 `OverQuota`.
    pub fn is_quota(&self) -> bool {
        match self.kind {
            ErrorKind::TooLarge => true,
            ErrorKind::Forbidden => {
                let words = self.message.to_ascii_lowercase();
                words.contains("quota exceeded")
                    || (words.starts_with("maximum number of") && words.contains("exceed"))
            }
            ErrorKind::Conflict => self.code.as_deref() == Some("OverQuota"),
            _ => false,
        }
    }

    /// Whether the same call may work in a moment without anything being changed.
    pub fn is_transient(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Unreachable
                | ErrorKind::Timeout
                | ErrorKind::RateLimited
                | ErrorKind::Server
        )
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {:?}", self.operation, self.service.name(), self.kind)?;
        if let Some(status) = self.status {
            write!(f, ", status {status}")?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        match &self.request_id {
            Some(id) => write!(f, " [{id}]"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ApiError {}

fn request_id(response: &Response) -> Option<String> {
    ["x-openstack-request-id", "x-compute-request-id", "x-trans-id"]
        .iter()
        .find_map(|name| response.header(name))
        .map(str::to_owned)
}

/// Only the form in seconds: an HTTP date would need a clock, and no OpenStack service sends one.
fn retry_after(response: &Response) -> Option<Duration> {
    response.header("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}

/// The message out of every body form the services use: JSON of Keystone, Nova, Cinder, Neutron; plain text of Glance;
/// HTML of proxies and of older Glance.
fn parse_body(response: &Response) -> (Option<String>, String) {
    let text = String::from_utf8_lossy(&response.body);
    match serde_json::from_str::<Value>(&text) {
        // JSON without any message we know: then there are no words to show.
        Ok(value) => json_message(&value).unwrap_or_default(),
        Err(_) => (None, text_message(&text, response.status)),
    }
}

/// `{"error":{"message"}}`, `{"badRequest":{"message"}}`, `{"NeutronError":{"type","message"}}` (or a bare string),
/// and `{"message"}` of gateways and of Glance.
fn json_message(value: &Value) -> Option<(Option<String>, String)> {
    let object = value.as_object()?;
    if let Some(message) = object.get("message").and_then(Value::as_str) {
        // Glance asked for JSON puts WebOb's template into it, line breaks and all.
        return Some((None, one_paragraph(&message.replace("<br />", " "))));
    }
    if let Some(faults) = object.get("Errors").and_then(Value::as_array) {
        return Some((None, manifest_faults(faults)));
    }
    for (name, fault) in object {
        if let Some(message) = fault.get("message").and_then(Value::as_str) {
            let named = fault.get("type").and_then(Value::as_str);
            let code = match named {
                Some(name) => Some(name.to_owned()),
                None if name == "error" => None,
                None => Some(name.clone()),
            };
            return Some((code, one_paragraph(message)));
        }
        if let Some(message) = fault.as_str().filter(|_| name.ends_with("Error") || name == "error")
        {
            return Some((None, one_paragraph(message)));
        }
    }
    None
}

/// Swift's `{"Errors": [["/container/segment", "Etag Mismatch"]]}` of a manifest (swift/common/middleware/slo.py): the
/// first few, as there may be hundreds.
fn manifest_faults(faults: &[Value]) -> String {
    let line = |fault: &Value| {
        let words = fault.as_array()?.iter().filter_map(Value::as_str).collect::<Vec<_>>();
        Some(words.join(": "))
    };
    let mut lines: Vec<String> = faults.iter().filter_map(line).take(3).collect();
    if faults.len() > lines.len() {
        lines.push("…".to_owned());
    }
    lines.join("; ")
}

fn text_message(text: &str, status: u16) -> String {
    let is_html = text.trim_start().starts_with('<') || text.contains("</") || text.contains("<br");
    let plain = if is_html { strip_tags(text) } else { text.to_owned() };
    let status = status.to_string();
    let mut lines = plain.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    // Glance's first line repeats the status and its reason.
    lines.next_if(|line| line.starts_with(&status));
    one_paragraph(&lines.collect::<Vec<_>>().join(" "))
}

/// Cuts tags, and what stands in `<head>`, `<style>` and `<script>`; enough for the error pages of WebOb, Apache, nginx and HAProxy.
fn strip_tags(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let (tag, after_tag) = after.split_once('>').unwrap_or((after, ""));
        let name =
            tag.split(|c: char| c.is_whitespace()).next().unwrap_or_default().to_ascii_lowercase();
        rest = match name.as_str() {
            "head" | "style" | "script" => {
                let closing = format!("</{name}>");
                match after_tag.to_ascii_lowercase().find(&closing) {
                    Some(at) => after_tag.get(at + closing.len()..).unwrap_or_default(),
                    None => after_tag,
                }
            }
            _ => after_tag,
        };
        out.push('\n');
    }
    out.push_str(rest);
    out.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&amp;", "&")
}

fn one_paragraph(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
