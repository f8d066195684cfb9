//! Who is asking: the extractor that every handler behind a token names in its arguments.

use axum::body::Body;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use jiff::Timestamp;

use crate::identity::{Identity, Token};
use crate::state::Endpoint;

/// Header that carries the caller's token.
pub const TOKEN_HEADER: &str = "x-auth-token";

/// A caller with a valid token for a project.
///
/// Its rejection is the answer of the service that was called: 401 in that service's form when the
/// token is missing, unknown, revoked or expired; 403 when it is valid but scoped to no project.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Keystone id of the user.
    pub user_id: String,
    /// Login name of the user.
    pub user_name: String,
    /// Keystone id of the project that the token is for.
    pub project_id: String,
    /// Name of that project.
    pub project_name: String,
    /// Names of the roles that the user has in it, implied ones included.
    pub roles: Vec<String>,
    /// End of the token's life.
    pub expires_at: Timestamp,
}

impl Scope {
    /// Whether the operator is asking.
    pub fn is_admin(&self) -> bool {
        self.has("admin")
    }

    /// Whether the caller may change things. A reader may not: services answer their policy's 403.
    pub fn can_write(&self) -> bool {
        self.has("member") || self.is_admin()
    }

    fn has(&self, role: &str) -> bool {
        self.roles.iter().any(|name| name == role)
    }
}

impl<S> FromRequestParts<S> for Scope
where
    S: Send + Sync,
    Identity: FromRef<S>,
{
    type Rejection = Response<Body>;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let Ok(endpoint) = Endpoint::from_request_parts(parts, state).await;
        let token = caller(parts, &Identity::from_ref(state), &endpoint).await?;
        let Some(project) = token.project else {
            return Err(endpoint.service.error(
                StatusCode::FORBIDDEN,
                "You are not authorized to complete this action.",
                &endpoint.origin,
            ));
        };
        Ok(Self {
            user_id: token.user.id,
            user_name: token.user.name,
            project_id: project.id,
            project_name: project.name,
            roles: token.roles.into_iter().map(|role| role.name).collect(),
            expires_at: token.expires_at,
        })
    }
}

/// The caller's token whatever its scope, or the 401 of the service that was called.
pub(crate) async fn caller(
    parts: &Parts,
    identity: &Identity,
    endpoint: &Endpoint,
) -> Result<Token, Response<Body>> {
    let refused = || endpoint.service.unauthorized(&endpoint.origin);
    let Some(id) = parts.headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok()) else {
        return Err(refused());
    };
    match identity.validate(id).await {
        Ok(Some(token)) => Ok(token),
        Ok(None) => Err(refused()),
        Err(error) => {
            tracing::error!(%error, "validating a token");
            Err(endpoint.service.error(
                StatusCode::INTERNAL_SERVER_ERROR,
                "An unexpected error occurred.",
                &endpoint.origin,
            ))
        }
    }
}
