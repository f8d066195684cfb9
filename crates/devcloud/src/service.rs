//! The services of the cloud: where each stands, what the catalogue calls it, and the form in which
//! it words an error.
//!
//! The error forms are those recorded from the real services: Keystone, Nova and Cinder answer JSON
//! of their own shape each, Neutron another, Glance plain text, Swift a small page.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// One of the cloud's services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Keystone.
    Identity,
    /// Glance.
    Image,
    /// Nova.
    Compute,
    /// Neutron.
    Network,
    /// Cinder.
    Volume,
    /// Swift.
    Object,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Identity, Self::Image, Self::Compute, Self::Network, Self::Volume, Self::Object];

    /// First segment of its paths, as DevStack has it.
    pub fn segment(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Image => "image",
            Self::Compute => "compute",
            Self::Network => "networking",
            Self::Volume => "volume",
            Self::Object => "object-store",
        }
    }

    /// An error in this service's own body form. `origin` (scheme and host) is named in a 401's
    /// challenge.
    pub fn error(self, status: StatusCode, message: &str, origin: &str) -> Response<Body> {
        let title = status.canonical_reason().unwrap_or("Error");
        let code = status.as_u16();
        let mut response = match self {
            Self::Identity => json_response(
                status,
                &json!({"error": {"code": code, "message": message, "title": title}}),
            ),
            // A page in words of its own; `message` has no place in it.
            Self::Object => crate::object::error_page(status),
            // webob's plain form; the message stands on a line of its own.
            Self::Image => {
                let mut response =
                    Response::new(Body::from(format!("{code} {title}\n\n{message}\n\n   ")));
                *response.status_mut() = status;
                response
                    .headers_mut()
                    .insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=UTF-8"));
                response
            }
            Self::Compute | Self::Volume if status == StatusCode::UNAUTHORIZED => json_response(
                status,
                &json!({"error": {"code": code, "title": title, "message": message}}),
            ),
            Self::Compute | Self::Volume => json_response(
                status,
                &json!({fault_name(status): {"code": code, "message": message}}),
            ),
            Self::Network if status == StatusCode::UNAUTHORIZED => json_response(
                status,
                &json!({"error": {"code": code, "title": title, "message": message}}),
            ),
            Self::Network => {
                let kind = title.replace(' ', "");
                json_response(
                    status,
                    &json!({"NeutronError": {"type": kind, "message": message, "detail": ""}}),
                )
            }
        };
        if status == StatusCode::UNAUTHORIZED
            && let Ok(challenge) =
                HeaderValue::from_str(&format!("Keystone uri=\"{origin}/identity/v3\""))
        {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }

    /// The 401 for a token that is missing, unknown, revoked or expired: the same words in each of
    /// the three cases.
    pub fn unauthorized(self, origin: &str) -> Response<Body> {
        let message = match self {
            Self::Image => {
                "This server could not verify that you are authorized to access the document you requested. Either you \
                 supplied the wrong credentials (e.g., bad password), or your browser does not understand how to supply the \
                 credentials required."
            }
            _ => "The request you have made requires authentication.",
        };
        self.error(StatusCode::UNAUTHORIZED, message, origin)
    }
}

/// The key under which Nova and Cinder put an error (nova/api/openstack/wsgi.py,
/// `Fault._fault_names`).
pub(crate) fn fault_name(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "badRequest",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "itemNotFound",
        405 => "badMethod",
        409 => "conflictingRequest",
        413 => "overLimit",
        415 => "badMediaType",
        429 => "overLimit",
        501 => "notImplemented",
        503 => "serviceUnavailable",
        _ => "computeFault",
    }
}

/// A JSON answer.
pub(crate) fn json_response(status: StatusCode, body: &serde_json::Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
