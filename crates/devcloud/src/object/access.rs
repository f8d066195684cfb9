//! Who may do what (swift/common/middleware/keystoneauth.py): members and operators of the project may do everything in
//! its account, readers may read, everybody else gets 403; without a good token it is 401.

use axum::http::header::{HeaderName, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};

use super::call::Call;
use super::reply::{Answer, Refusal};

/// What the caller may do in the account that the path names.
#[derive(Debug, Clone)]
pub(super) struct Access {
    /// Sees keys.
    pub(super) owner: bool,
    pub(super) may_write: bool,
    /// The one container that is reached, for a TempURL signed with a container's key.
    pub(super) only_container: Option<String>,
}

impl Access {
    /// Whether what lies at `/container/object` may be used, as far as its container goes: asked of every segment.
    pub(super) fn reaches(&self, path: &str) -> bool {
        let container = path.trim_start_matches('/').split('/').next();
        self.only_container.as_deref().is_none_or(|only| container == Some(only))
    }
}

/// Access that may write.
pub(super) fn writing(access: Result<Access, Denied>) -> Result<Access, Denied> {
    access.and_then(|access| if access.may_write { Ok(access) } else { Err(Denied::Forbidden) })
}

/// Why there is no access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denied {
    /// No token, or none that is good.
    Unauthorized,
    /// A good token for something else.
    Forbidden,
}

impl Denied {
    /// As a line in a report.
    pub(super) fn status(self) -> &'static str {
        match self {
            Self::Unauthorized => "401 Unauthorized",
            Self::Forbidden => "403 Forbidden",
        }
    }

    /// The proxy server's answer: pages of another origin may see it.
    pub(super) fn refusal(self, call: &Call) -> Refusal {
        match self {
            Self::Forbidden => Refusal::page(StatusCode::FORBIDDEN),
            Self::Unauthorized => {
                let mut refusal = Refusal::page(StatusCode::UNAUTHORIZED);
                let realm = format!("Swift realm=\"{}\"", call.place.account);
                let keystone = format!("Keystone uri=\"{}/identity/v3\"", call.endpoint.origin);
                challenge(&mut refusal, WWW_AUTHENTICATE, &realm);
                challenge(&mut refusal, WWW_AUTHENTICATE, &keystone);
                refusal
            }
        }
    }
}

/// Adds a challenge beside the others.
pub(super) fn challenge(refusal: &mut Refusal, name: HeaderName, words: &str) {
    if let Ok(value) = HeaderValue::from_str(words) {
        refusal.0.headers_mut().append(name, value);
    }
}

/// By the token in the request.
pub(super) async fn of(call: &Call) -> Answer<Result<Access, Denied>> {
    let token = match call.header("x-auth-token") {
        "" => call.header("x-storage-token"),
        token => token,
    };
    if token.is_empty() {
        return Ok(Err(Denied::Unauthorized));
    }
    let Some(token) = call.region.identity.validate(token).await? else {
        return Ok(Err(Denied::Unauthorized));
    };
    let has = |wanted: &[&str]| token.roles.iter().any(|role| wanted.contains(&role.name.as_str()));
    let project = token.project.as_ref().map(|project| project.id.as_str()).unwrap_or_default();
    if project.is_empty() || project != call.place.project() {
        return Ok(Err(Denied::Forbidden));
    }
    let operator = has(&["member", "admin"]);
    if !operator && !has(&["reader"]) {
        return Ok(Err(Denied::Forbidden));
    }
    Ok(Ok(Access { owner: operator, may_write: operator, only_container: None }))
}
