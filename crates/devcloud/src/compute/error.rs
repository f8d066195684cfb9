//! What Nova answers when it refuses: `{"badRequest": {code, message}}` and the like (`nova/api/openstack/wsgi.py`).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::db::DbError;
use crate::image::made::NotMade;
use crate::network::NetworkError;
use crate::volume::VolumeError;

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComputeError {
    /// The HTTP status.
    pub status: StatusCode,
    /// Nova's words.
    pub message: String,
}

impl ComputeError {
    /// A refusal with this status.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// 400.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// 403.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    /// 403 for a rule of the policy; `rule` without its `os_compute_api:`.
    pub fn policy(rule: &str) -> Self {
        Self::forbidden(format!("Policy doesn't allow os_compute_api:{rule} to be performed."))
    }

    /// 404.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 404 for a server.
    pub fn no_server(id: &str) -> Self {
        Self::not_found(format!("Instance {id} could not be found."))
    }

    /// 409.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    /// An exception that nobody caught: `class` with its module, and its own status if it has one.
    pub fn unexpected(status: StatusCode, class: &str) -> Self {
        Self::new(
            status,
            format!(
                "Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova API log if \
                 possible.\n<class '{class}'>"
            ),
        )
    }

    /// 409 because of a server's state: `attribute` is `vm_state` or `task_state`.
    pub fn wrong_state(action: &str, id: &str, attribute: &str, state: &str) -> Self {
        Self::conflict(format!(
            "Cannot '{action}' instance {id} while it is in {attribute} {state}"
        ))
    }
}

impl IntoResponse for ComputeError {
    fn into_response(self) -> Response {
        let name = crate::service::fault_name(self.status);
        let body = json!({name: {"code": self.status.as_u16(), "message": self.message}});
        let kind = HeaderValue::from_static("application/json; charset=UTF-8");
        (self.status, [(header::CONTENT_TYPE, kind)], body.to_string()).into_response()
    }
}

impl From<DbError> for ComputeError {
    fn from(error: DbError) -> Self {
        tracing::error!(%error, "compute database");
        Self::unexpected(StatusCode::INTERNAL_SERVER_ERROR, "oslo_db.exception.DBError")
    }
}

impl From<rusqlite::Error> for ComputeError {
    fn from(error: rusqlite::Error) -> Self {
        Self::from(DbError::from(error))
    }
}

impl From<NotMade> for ComputeError {
    fn from(refused: NotMade) -> Self {
        Self::new(refused.status, refused.message)
    }
}

/// What Nova makes of a refusal of Neutron's when it was not expected.
impl From<NetworkError> for ComputeError {
    fn from(error: NetworkError) -> Self {
        Self::new(error.status, error.message)
    }
}

/// The same for Cinder's.
impl From<VolumeError> for ComputeError {
    fn from(error: VolumeError) -> Self {
        Self::new(error.status, error.message)
    }
}
