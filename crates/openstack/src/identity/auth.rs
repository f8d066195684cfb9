//! Requests of the sign-in and what Keystone answers.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::session::{Project, Secret, Session, Token, User};
use crate::catalog::Catalog;
use crate::decode::{self, Listing, null_as_default};
use crate::endpoint::{Service, versioned};
use crate::error::{ApiError, ErrorKind};
use crate::ids::{ProjectId, UserId};
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
pub struct Receipt(Secret);

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

/// The body of `POST /v3/auth/tokens`.
fn auth_body(credentials: &Credentials, scope: &Scope) -> Value {
    let identity = match credentials {
        Credentials::Password { user, password, passcode: None } => {
            json!({"methods": ["password"], "password": {"user": user_json(user, "password", password)}})
        }
        Credentials::Password { user, password, passcode: Some(passcode) } => json!({
            "methods": ["password", "totp"],
            "password": {"user": user_json(user, "password", password)},
            "totp": {"user": user_json(user, "passcode", passcode)},
        }),
        Credentials::Passcode { user, passcode, .. } => {
            json!({"methods": ["totp"], "totp": {"user": user_json(user, "passcode", passcode)}})
        }
        Credentials::ApplicationCredential { id, secret } => json!({
            "methods": ["application_credential"],
            "application_credential": {"id": id, "secret": secret.reveal()},
        }),
        Credentials::NamedApplicationCredential { name, user, secret } => json!({
            "methods": ["application_credential"],
            "application_credential": {"name": name, "secret": secret.reveal(), "user": plain_user(user)},
        }),
        Credentials::Token(token) => json!({"methods": ["token"], "token": {"id": token.reveal()}}),
    };
    let bound = matches!(
        credentials,
        Credentials::ApplicationCredential { .. } | Credentials::NamedApplicationCredential { .. }
    );
    let scope = match scope {
        // Keystone answers 401 to an application credential with a scope.
        _ if bound => None,
        Scope::Default => None,
        Scope::Unscoped => Some(json!("unscoped")),
        Scope::ProjectId(id) => Some(json!({"project": {"id": id}})),
        Scope::Project { name, domain } => {
            Some(json!({"project": {"name": name, "domain": domain_json(domain)}}))
        }
    };
    match scope {
        Some(scope) => json!({"auth": {"identity": identity, "scope": scope}}),
        None => json!({"auth": {"identity": identity}}),
    }
}

fn plain_user(user: &UserRef) -> Value {
    match user {
        UserRef::Name { name, domain } => json!({"name": name, "domain": domain_json(domain)}),
        UserRef::Id(id) => json!({"id": id}),
    }
}

fn user_json(user: &UserRef, secret_key: &str, secret: &Secret) -> Value {
    let mut value = plain_user(user);
    if let Some(object) = value.as_object_mut() {
        object.insert(secret_key.to_owned(), json!(secret.reveal()));
    }
    value
}

fn domain_json(domain: &DomainRef) -> Value {
    match domain {
        DomainRef::Name(name) => json!({"name": name}),
        DomainRef::Id(id) => json!({"id": id}),
    }
}

fn needs_more(response: &Response) -> Option<SignIn> {
    let receipt = response.header("openstack-auth-receipt")?;
    let body: Value = serde_json::from_slice(&response.body).ok()?;
    let required = serde_json::from_value(body.get("required_auth_methods")?.clone()).ok()?;
    Some(SignIn::NeedsMore { receipt: Receipt(Secret::new(receipt)), required })
}

fn session(operation: &'static str, response: &Response) -> Result<Session, ApiError> {
    match response.header("x-subject-token") {
        Some(token) => session_of(operation, response, Token::new(token)),
        // The likely cause on a cloud of another origin: the header is not exposed.
        None => Err(ApiError::decode(
            operation,
            Service::Identity,
            response,
            "no X-Subject-Token header",
        )),
    }
}

fn session_of(
    operation: &'static str,
    response: &Response,
    token: Token,
) -> Result<Session, ApiError> {
    let decode_error =
        |why: serde_json::Error| ApiError::decode(operation, Service::Identity, response, why);
    let answer: TokenAnswer = serde_json::from_slice(&response.body).map_err(decode_error)?;
    let body = answer.token;
    Ok(Session {
        token,
        expires_at: body.expires_at,
        issued_at: body.issued_at,
        user: User {
            id: body.user.id,
            name: body.user.name,
            domain_name: body.user.domain.and_then(|domain| domain.name),
        },
        project: body.project.map(|project| Project {
            id: project.id,
            name: project.name,
            domain: project.domain.and_then(|domain| domain.name.or(domain.id)),
        }),
        roles: body.roles.into_iter().map(|role| role.name).collect(),
        methods: body.methods,
        catalog: body.catalog,
    })
}

/// Keystone lists disabled projects as well in some releases; no token can be had for them.
fn enabled(rows: Listing<ProjectRow>) -> Listing<ProjectRow> {
    let items = rows.items.into_iter().filter(|row| row.enabled != Some(false)).collect();
    Listing { items, skipped: rows.skipped }
}

#[derive(Deserialize)]
struct TokenAnswer {
    token: TokenBody,
}

#[derive(Deserialize)]
struct TokenBody {
    expires_at: Timestamp,
    #[serde(default, deserialize_with = "decode::time")]
    issued_at: Option<Timestamp>,
    user: UserBody,
    #[serde(default)]
    project: Option<ProjectBody>,
    #[serde(default, deserialize_with = "null_as_default")]
    roles: Vec<RoleBody>,
    #[serde(default, deserialize_with = "null_as_default")]
    methods: Vec<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    catalog: Catalog,
}

#[derive(Deserialize)]
struct UserBody {
    id: UserId,
    name: String,
    #[serde(default)]
    domain: Option<DomainBody>,
}

#[derive(Deserialize)]
struct ProjectBody {
    id: ProjectId,
    name: String,
    #[serde(default)]
    domain: Option<DomainBody>,
}

#[derive(Deserialize)]
struct DomainBody {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

#[derive(Deserialize)]
struct RoleBody {
    name: String,
}

#[derive(Deserialize)]
struct ProjectRow {
    id: ProjectId,
    name: String,
    #[serde(default)]
    domain_id: Option<String>,
    #[serde(default)]
    enabled: Option<bool>,
}

impl ProjectRow {
    fn into_project(self) -> Project {
        Project { id: self.id, name: self.name, domain: self.domain_id }
    }
}
