//! Reading request bodies: JSON, and the absence of a body (glance/common/wsgi.py, `JSONRequestDeserializer`).

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use http_body_util::{BodyExt, Limited};
use serde::de::DeserializeOwned;

use super::fault::{Answer, Fault};

/// More JSON than this is no image, patch or member.
const MAX_JSON: usize = 4 << 20;

/// What a deserializer says it expects; the words end in an error that is recognised by them.
pub(super) const LIST_OR_DICT: &str = "list/dict";

/// The body as JSON: an object or a list, or 400.
pub(super) async fn read_json<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Answer<T> {
    if !has_body(headers, &Method::POST) {
        return Err(Fault::bad_request("Body expected in request."));
    }
    let bytes = match Limited::new(body, MAX_JSON).collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            return Err(Fault::too_large(
                "The body of your request was too large for this server.",
            ));
        }
        // The client is gone; nobody reads the answer.
        Err(_) => return Err(Fault::bad_request("Malformed JSON in request body.")),
    };
    match bytes.trim_ascii_start().first() {
        Some(b'{' | b'[') => {}
        _ if serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok() => {
            return Err(Fault::bad_request("Unexpected body type. Expected list/dict."));
        }
        _ => return Err(Fault::bad_request("Malformed JSON in request body.")),
    }
    serde_json::from_slice(&bytes)
        .map_err(|_| Fault::bad_request("Malformed JSON in request body."))
}

fn has_body(headers: &HeaderMap, method: &Method) -> bool {
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    let chunked = headers.contains_key(header::TRANSFER_ENCODING);
    let may = [Method::POST, Method::PUT, Method::PATCH].contains(method);
    length.is_some_and(|n| n > 0) || (chunked && may)
}

/// Extracted by calls that take no body: 400 when there is one.
#[derive(Debug, Clone, Copy)]
pub(super) struct NoBody;

impl<S: Sync> FromRequestParts<S> for NoBody {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        match has_body(&parts.headers, &parts.method) {
            true => Err(Fault::bad_request("A body is not expected with this request.")),
            false => Ok(Self),
        }
    }
}
