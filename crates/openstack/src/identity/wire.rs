//! What is sent to Keystone and what it answers, as JSON.

use crate::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::auth::{Credentials, DomainRef, Receipt, Scope, SignIn, UserRef};
use super::session::{Project, Secret, Session, Token, User};
use crate::catalog::Catalog;
use crate::decode::{self, Listing, null_as_default};
use crate::endpoint::Service;
use crate::error::ApiError;
use crate::ids::{ProjectId, UserId};
use crate::transport::Response;

/// The body of `POST /v3/auth/tokens`.
pub(super) fn auth_body(credentials: &Credentials, scope: &Scope) -> Value {
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

pub(super) fn needs_more(response: &Response) -> Option<SignIn> {
    let receipt = response.header("openstack-auth-receipt")?;
    let body: Value = serde_json::from_slice(&response.body).ok()?;
    let required = serde_json::from_value(body.get("required_auth_methods")?.clone()).ok()?;
    Some(SignIn::NeedsMore { receipt: Receipt(Secret::new(receipt)), required })
}

pub(super) fn session(operation: &'static str, response: &Response) -> Result<Session, ApiError> {
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

pub(super) fn session_of(
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
pub(super) fn enabled(rows: Listing<ProjectRow>) -> Listing<ProjectRow> {
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
pub(super) struct ProjectRow {
    id: ProjectId,
    name: String,
    #[serde(default)]
    domain_id: Option<String>,
    #[serde(default)]
    enabled: Option<bool>,
}

impl ProjectRow {
    pub(super) fn into_project(self) -> Project {
        Project { id: self.id, name: self.name, domain: self.domain_id }
    }
}
