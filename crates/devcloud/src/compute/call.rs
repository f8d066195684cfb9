//! One call to Nova with what every handler needs of it, and the form of its lists.

use axum::http::{StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::error::ComputeError;
use super::view::Frame;
use crate::auth::Scope;
use crate::body_schema::Schema;
use crate::incoming::Incoming;
use crate::microversion::Microversion;
use crate::records::Micros;
use crate::state::Region;

/// One call with what every handler needs.
pub struct Call {
    /// The region that it came to.
    pub region: Region,
    /// Who asks.
    pub scope: Scope,
    /// In which version.
    pub version: Microversion,
    /// What.
    pub incoming: Incoming,
}

/// The parts of a call that go into a transaction.
pub struct Caller {
    /// The region that it came to.
    pub region: Region,
    /// Who asks.
    pub scope: Scope,
    /// In which version.
    pub version: Microversion,
    /// `req-…`.
    pub request_id: String,
}

/// The parts of a call that views depend on.
pub struct FrameParts {
    root: String,
    version: Microversion,
    admin: bool,
}

impl FrameParts {
    /// As the views take it.
    pub fn frame(&self) -> Frame<'_> {
        Frame { root: &self.root, version: self.version, admin: self.admin }
    }
}

impl Call {
    /// Whether the version is 2.`minor` or newer.
    pub fn since(&self, minor: u32) -> bool {
        self.version.minor >= minor
    }

    /// What a transaction needs of it.
    pub fn clone_for_work(&self) -> Caller {
        Caller {
            region: self.region.clone(),
            scope: self.scope.clone(),
            version: self.version,
            request_id: self.incoming.endpoint.request_id.clone(),
        }
    }

    /// What views need of it.
    pub fn frame_parts(&self) -> FrameParts {
        FrameParts {
            root: self.incoming.endpoint.root.clone(),
            version: self.version,
            admin: self.scope.is_admin(),
        }
    }

    /// The body, checked against its schema.
    pub fn body(&self, schema: &Schema) -> Result<Value, ComputeError> {
        let body = self.any_body()?;
        schema.check(&body).map_err(ComputeError::bad_request)?;
        Ok(body)
    }

    /// The body as it came, if it is JSON.
    pub fn any_body(&self) -> Result<Value, ComputeError> {
        let kind =
            self.incoming.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| {
            !kind.starts_with("application/json") && !kind.starts_with("text/plain")
        }) {
            return Err(ComputeError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Unsupported Content-Type",
            ));
        }
        if self.incoming.body.is_empty() {
            return Err(ComputeError::bad_request(
                "The server could not comply with the request since it is either malformed or otherwise incorrect.",
            ));
        }
        serde_json::from_slice(&self.incoming.body)
            .map_err(|_| ComputeError::bad_request("Malformed request body"))
    }
}

/// `limit` of a list; `None` when it is not given. 0 means no limit to Nova.
pub fn page_limit(call: &Call) -> Result<Option<usize>, ComputeError> {
    let Some(text) = call.incoming.parameter("limit") else { return Ok(None) };
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ComputeError::bad_request(format!(
            "Invalid input for query parameters limit. Value: {text}. '{text}' does not match '^[0-9]*$'"
        )));
    }
    Ok(text.parse::<usize>().ok().filter(|limit| *limit > 0))
}

/// A moment that a list is to begin or end with.
pub fn time_parameter(call: &Call, name: &str) -> Result<Option<Micros>, ComputeError> {
    let Some(text) = call.incoming.parameter(name) else { return Ok(None) };
    // A time without a zone is UTC.
    let parsed = text.parse::<Timestamp>().or_else(|_| format!("{text}Z").parse::<Timestamp>());
    match parsed {
        Ok(time) => Ok(Some(time.as_microsecond())),
        Err(_) => Err(ComputeError::bad_request(format!(
            "Invalid input for query parameters {name}. Value: {text}. '{text}' is not a 'date-time'"
        ))),
    }
}

/// `<collection>_links`: the next page, when this one is full.
pub fn collection_links(
    call: &Call,
    path: &str,
    shown: usize,
    last: Option<String>,
) -> Result<Option<Value>, ComputeError> {
    let limit = page_limit(call)?.unwrap_or(1000).min(1000);
    let Some(last) = last.filter(|_| shown == limit) else { return Ok(None) };
    let mut query: Vec<&(String, String)> =
        call.incoming.query.iter().filter(|(name, _)| name != "marker").collect();
    query.sort();
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    out.extend_pairs(query.iter().map(|(name, value)| (name, value)));
    out.append_pair("marker", &last);
    let href = format!("{}/v2.1/{path}?{}", call.incoming.endpoint.root, out.finish());
    Ok(Some(json!([{"rel": "next", "href": href}])))
}
