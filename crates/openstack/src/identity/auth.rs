//! Keystone at its URL, and what it is asked with.

use serde_json::{Map, Value};

use super::session::{Project, Secret, Session, Token};
use super::wire::{ProjectRow, auth_body, enabled, needs_more, session, session_of};
use crate::decode::{self, Listing};
use crate::endpoint::{Service, versioned};
use crate::error::{ApiError, ErrorKind};
use crate::ids::ProjectId;
use crate::transport::{Method, Request, Response, Transport};

/// A domain, by name (what people know) or id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainRef {
    /// By name: `Default`.
    Name(String),
    /// By id: `default`.
    Id(String),
}

/// A user, by name within a domain or by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserRef {
    /// By name.
    Name {
        /// The name.
        name: String,
        /// The domain it is in.
        domain: DomainRef,
    },
    /// By id.
    Id(String),
}

/// What the user proves to be themselves with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// User and password, and at once the one-time code when the user gave it.
    Password {
        /// Who.
        user: UserRef,
        /// The password.
        password: Secret,
        /// The six digits of the one-time code.
        passcode: Option<Secret>,
    },
    /// The second step: the code alone, with the receipt of the first ([`SignIn::NeedsMore`]).
    Passcode {
        /// Who.
        user: UserRef,
        /// The six digits.
        passcode: Secret,
        /// Proof of the first step, valid for some minutes.
        receipt: Receipt,
    },
    /// An application credential by its id. It is bound to a project: Keystone refuses a scope with it.
    ApplicationCredential {
        /// Its id.
        id: String,
        /// Its secret.
        secret: Secret,
    },
    /// An application credential by its name and its user.
    NamedApplicationCredential {
        /// Its name.
        name: String,
        /// Whose it is.
        user: UserRef,
        /// Its secret.
        secret: Secret,
    },
    /// A token, to be exchanged for one of another scope.
    Token(Token),
}

/// Which project the token shall be for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The user's default project, or none.
    Default,
    /// None: then [`Keystone::projects`] and [`Keystone::rescope`].
    Unscoped,
    /// By id.
    ProjectId(ProjectId),
    /// By name.
    Project {
        /// The name.
        name: String,
        /// The domain it is in.
        domain: DomainRef,
    },
}

/// Keystone's proof that a part of the credentials was right (`Openstack-Auth-Receipt`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt(pub(super) Secret);

/// The answer to a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// Signed in.
    Done(Box<Session>),
    /// What was given is right but not enough; ask for the one-time code.
    NeedsMore {
        /// For [`Credentials::Passcode`].
        receipt: Receipt,
        /// The sets of methods of which one must be complete, e.g. `[["password", "totp"]]`.
        required: Vec<Vec<String>>,
    },
}

impl SignIn {
    /// Whether a one-time code would complete it: the only further method that the console can ask for.
    pub fn wants_passcode(&self) -> bool {
        match self {
            Self::Done(_) => false,
            Self::NeedsMore { required, .. } => {
                required.iter().flatten().any(|method| method == "totp")
            }
        }
    }
}

/// Keystone at its `auth_url`.
#[derive(Clone, Debug)]
pub struct Keystone<T> {
    transport: T,
    base: String,
}

impl<T: Transport> Keystone<T> {
    /// For an `auth_url` with or without `/v3`.
    pub fn new(transport: T, auth_url: &str) -> Self {
        Self { transport, base: versioned(Service::Identity, auth_url) }
    }

    /// Signs in.
    ///
    /// # Errors
    /// [`ErrorKind::Unauthorized`] for anything wrong with user, password, code, or project: Keystone does not say which.
    pub async fn sign_in(
        &self,
        credentials: &Credentials,
        scope: &Scope,
    ) -> Result<SignIn, ApiError> {
        const OPERATION: &str = "sign in";
        let mut headers = vec![];
        if let Credentials::Passcode { receipt, .. } = credentials {
            headers.push(("Openstack-Auth-Receipt", receipt.0.reveal()));
        }
        let body = auth_body(credentials, scope);
        let response =
            self.send(OPERATION, Method::Post, "/auth/tokens", &headers, Some(&body)).await?;
        if response.is_success() {
            return session(OPERATION, &response).map(|session| SignIn::Done(Box::new(session)));
        }
        match needs_more(&response) {
            Some(more) => Ok(more),
            None => Err(ApiError::from_response(OPERATION, Service::Identity, &response)),
        }
    }

    /// Exchanges a token for one of another project.
    ///
    /// # Errors
    /// 403 with a token of an application credential, 401 when the user has no role there or the token ran out.
    pub async fn rescope(&self, token: &Token, project: &ProjectId) -> Result<Session, ApiError> {
        const OPERATION: &str = "switch project";
        let body =
            auth_body(&Credentials::Token(token.clone()), &Scope::ProjectId(project.clone()));
        let response =
            self.expect(OPERATION, Method::Post, "/auth/tokens", &[], Some(&body)).await?;
        session(OPERATION, &response)
    }

    /// The projects that a token may be exchanged for.
    ///
    /// # Errors
    /// As every call.
    pub async fn projects(&self, token: &Token) -> Result<Listing<Project>, ApiError> {
        const OPERATION: &str = "list projects";
        let headers = [("X-Auth-Token", token.reveal())];
        let response =
            self.expect(OPERATION, Method::Get, "/auth/projects", &headers, None).await?;
        let decode_error =
            |why: String| ApiError::decode(OPERATION, Service::Identity, &response, why);
        let mut object: Map<String, Value> =
            serde_json::from_slice(&response.body).map_err(|why| decode_error(why.to_string()))?;
        let rows: Listing<ProjectRow> =
            decode::rows(&mut object, "projects").map_err(decode_error)?;
        Ok(enabled(rows).map(ProjectRow::into_project))
    }

    /// Reads what a token is worth: for a token kept over a reload.
    ///
    /// # Errors
    /// 401 when it has run out or was revoked.
    pub async fn validate(&self, token: &Token) -> Result<Session, ApiError> {
        const OPERATION: &str = "check the token";
        let headers = [("X-Auth-Token", token.reveal()), ("X-Subject-Token", token.reveal())];
        let response = self.expect(OPERATION, Method::Get, "/auth/tokens", &headers, None).await?;
        session_of(OPERATION, &response, token.clone())
    }

    /// Signs out: the token is worth nothing afterwards. (At Keystone itself it may pass for a moment more.)
    ///
    /// # Errors
    /// As every call; 401 and 404 mean that the token was worth nothing already, which is what was wanted.
    pub async fn revoke(&self, token: &Token) -> Result<(), ApiError> {
        let headers = [("X-Auth-Token", token.reveal()), ("X-Subject-Token", token.reveal())];
        match self.expect("sign out", Method::Delete, "/auth/tokens", &headers, None).await {
            Ok(_) => Ok(()),
            Err(error) if matches!(error.kind, ErrorKind::Unauthorized | ErrorKind::NotFound) => {
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    async fn expect(
        &self,
        operation: &'static str,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Response, ApiError> {
        let response = self.send(operation, method, path, headers, body).await?;
        if response.is_success() {
            Ok(response)
        } else {
            Err(ApiError::from_response(operation, Service::Identity, &response))
        }
    }

    async fn send(
        &self,
        operation: &'static str,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Response, ApiError> {
        let mut all = vec![("Accept".to_owned(), "application/json".to_owned())];
        if body.is_some() {
            all.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        all.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let request = Request {
            method,
            url: format!("{}{path}", self.base),
            headers: all,
            body: body.map(|value| value.to_string().into_bytes()),
        };
        let answer = self.transport.send(request).await;
        answer.map_err(|error| ApiError::from_transport(operation, Service::Identity, error))
    }
}
