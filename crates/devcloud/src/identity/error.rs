//! Keystone's errors, worded as it words them (keystone/exception.py).

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use serde_json::json;

use crate::db::DbError;
use crate::service::{Service, json_response};
use crate::state::Endpoint;

/// Why a call to Keystone failed.
#[derive(Debug)]
pub(super) enum KeystoneError {
    /// 400 with the sentence.
    BadRequest(String),
    /// The one 401 for everything that is wrong with a sign-in or a token.
    Unauthorized,
    /// A 401 of the application credential plugin, which says what is wrong.
    Credential(&'static str),
    /// 401 `Attempted to authenticate with an unsupported method.`
    Method,
    /// 403; the argument is the policy or the reason.
    Forbidden(String),
    /// 404 `Could not find {what}: {id}.`
    Missing { what: &'static str, id: String },
    /// 409 with the sentence.
    Conflict(String),
    /// 500; the cause goes to the log.
    Database(DbError),
}

impl From<DbError> for KeystoneError {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl From<rusqlite::Error> for KeystoneError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

impl KeystoneError {
    /// 403 of a policy, for example `identity:list_projects`.
    pub(super) fn policy(name: &str) -> Self {
        Self::Forbidden(name.to_owned())
    }

    /// The answer; `endpoint` names the origin in a 401's challenge.
    pub(super) fn answer(self, endpoint: &Endpoint) -> Response<Body> {
        let error =
            |status, message: &str| Service::Identity.error(status, message, &endpoint.origin);
        match self {
            Self::BadRequest(message) => error(StatusCode::BAD_REQUEST, &message),
            Self::Unauthorized => Service::Identity.unauthorized(&endpoint.origin),
            Self::Credential(reason) => {
                let message = format!("Error authenticating with application credential: {reason}");
                let body = json!({"error": {"code": 401, "identity": {}, "message": message, "title": "Unauthorized"}});
                challenged(json_response(StatusCode::UNAUTHORIZED, &body), endpoint)
            }
            Self::Method => {
                let message = "Attempted to authenticate with an unsupported method.";
                let body = json!({"error": {"code": 401, "identity": {"methods": ["password", "token", "totp", "application_credential"]},
                    "message": message, "title": "Unauthorized"}});
                challenged(json_response(StatusCode::UNAUTHORIZED, &body), endpoint)
            }
            Self::Forbidden(reason) => {
                let message =
                    format!("You are not authorized to perform the requested action: {reason}.");
                error(StatusCode::FORBIDDEN, &message)
            }
            Self::Missing { what, id } => {
                error(StatusCode::NOT_FOUND, &format!("Could not find {what}: {id}."))
            }
            Self::Conflict(message) => error(StatusCode::CONFLICT, &message),
            Self::Database(cause) => {
                tracing::error!(%cause, "identity");
                error(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "An unexpected error prevented the server from fulfilling your request.",
                )
            }
        }
    }
}

fn challenged(mut response: Response<Body>, endpoint: &Endpoint) -> Response<Body> {
    let plain = Service::Identity.unauthorized(&endpoint.origin);
    for (name, value) in plain.headers() {
        if name == axum::http::header::WWW_AUTHENTICATE {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

pub(super) async fn not_found(endpoint: Endpoint) -> Response<Body> {
    let message = "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.";
    Service::Identity.error(StatusCode::NOT_FOUND, message, &endpoint.origin)
}

pub(super) async fn method_not_allowed(endpoint: Endpoint) -> Response<Body> {
    Service::Identity.error(
        StatusCode::METHOD_NOT_ALLOWED,
        "The method is not allowed for the requested URL.",
        &endpoint.origin,
    )
}

/// A caller with a valid token, scoped or not; 401 otherwise.
pub(super) struct Caller {
    pub(super) token: super::Token,
    pub(super) endpoint: Endpoint,
}

impl FromRequestParts<super::Identity> for Caller {
    type Rejection = Response<Body>;

    async fn from_request_parts(
        parts: &mut Parts,
        identity: &super::Identity,
    ) -> Result<Self, Self::Rejection> {
        let Ok::<_, Infallible>(endpoint) = Endpoint::from_request_parts(parts, identity).await;
        let token = crate::auth::caller(parts, identity, &endpoint).await?;
        Ok(Self { token, endpoint })
    }
}

/// Wraps a handler's outcome, so that handlers can use `?`.
pub(super) fn answer(
    endpoint: &Endpoint,
    outcome: Result<impl IntoResponse, KeystoneError>,
) -> Response<Body> {
    match outcome {
        Ok(response) => response.into_response(),
        Err(error) => error.answer(endpoint),
    }
}
