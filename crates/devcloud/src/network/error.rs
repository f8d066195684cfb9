//! What Neutron answers when it refuses: `{"NeutronError": {type, message, detail}}` (`neutron/api/api_common.py`).

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::db::DbError;

/// A refusal, with the exception's class name and message as Neutron has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkError {
    /// The HTTP status.
    pub status: StatusCode,
    /// The class name of Neutron's exception.
    pub kind: &'static str,
    /// Its message.
    pub message: String,
}

impl NetworkError {
    /// A refusal with this status.
    pub fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self { status, kind, message: message.into() }
    }

    /// 400 `HTTPBadRequest`: the request makes no sense.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "HTTPBadRequest", message)
    }

    /// 400 `InvalidInput`: a value makes no sense.
    pub fn invalid_input(message: impl Into<String>) -> Self {
        let message = format!("Invalid input for operation: {}.", message.into());
        Self::new(StatusCode::BAD_REQUEST, "InvalidInput", message)
    }

    /// 403 for a rule of the policy, written as `oslo_policy` writes the check.
    pub fn policy(rule: impl Into<String>) -> Self {
        let message = format!("{} is disallowed by policy", rule.into());
        Self::new(StatusCode::FORBIDDEN, "PolicyNotAuthorized", message)
    }

    /// 404 for a path that is not there.
    pub fn no_such_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "HTTPNotFound", "The resource could not be found.")
    }

    /// 405 for a method that the path does not know.
    pub fn no_such_method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "HTTPMethodNotAllowed",
            "The method specified is not allowed for this resource.",
        )
    }

    /// 409 `OverQuota` for one kind of resource.
    pub fn over_quota(resource: &str) -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "OverQuota",
            format!("Quota exceeded for resources: ['{resource}']."),
        )
    }
}

impl IntoResponse for NetworkError {
    fn into_response(self) -> Response {
        let body =
            json!({"NeutronError": {"type": self.kind, "message": self.message, "detail": ""}});
        (self.status, axum::Json(body)).into_response()
    }
}

impl From<DbError> for NetworkError {
    fn from(error: DbError) -> Self {
        tracing::error!(%error, "network database");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "HTTPInternalServerError",
            "Request Failed: internal server error while processing your request.",
        )
    }
}

impl From<rusqlite::Error> for NetworkError {
    fn from(error: rusqlite::Error) -> Self {
        Self::from(DbError::from(error))
    }
}
