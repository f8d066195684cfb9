//! What Cinder answers when it refuses: `{"badRequest": {code, message}}` and the like (`cinder/api/openstack/wsgi.py`).

use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::db::DbError;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeError {
    /// The HTTP status.
    pub status: StatusCode,
    /// Cinder's words.
    pub message: String,
}

impl VolumeError {
    /// A refusal with this status.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// 400.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 400 `InvalidInput`.
    pub fn invalid_input(reason: impl Into<String>) -> Self {
        Self::bad_request(format!("Invalid input received: {}", reason.into()))
    }

    /// 403 for a rule of the policy.
    pub fn policy(rule: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, format!("Policy doesn't allow {rule} to be performed."))
    }

    /// 404 for something named by `what` and `id`.
    pub fn missing(what: &str, id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("{what} {id} could not be found."))
    }

    /// 404 for a path that is not there.
    pub fn no_such_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "The resource could not be found.")
    }

    /// 413: over quota.
    pub fn over_quota(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    }
}

impl IntoResponse for VolumeError {
    fn into_response(self) -> Response {
        let name = crate::service::fault_name(self.status);
        let code = self.status.as_u16();
        let over = self.status == StatusCode::PAYLOAD_TOO_LARGE;
        let body = if over {
            json!({name: {"code": code, "message": self.message, "retryAfter": "0"}})
        } else {
            json!({name: {"code": code, "message": self.message}})
        };
        let mut response = (self.status, axum::Json(body)).into_response();
        if over {
            response.headers_mut().insert("retry-after", HeaderValue::from_static("0"));
        }
        response
    }
}

impl From<DbError> for VolumeError {
    fn from(error: DbError) -> Self {
        tracing::error!(%error, "volume database");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The server has either erred or is incapable of performing the requested operation.",
        )
    }
}

impl From<rusqlite::Error> for VolumeError {
    fn from(error: rusqlite::Error) -> Self {
        Self::from(DbError::from(error))
    }
}
