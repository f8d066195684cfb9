//! `POST /v3/auth/tokens`: from proofs and a wished scope to a token; or to a receipt when one
//! proof more is needed.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::extract::rejection::BytesRejection;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{KeystoneError, answer};
use super::methods::{self, CredentialProof, DomainPart, Proof, expected};
use super::secrets::{new_audit_id, new_token, token_hash};
use super::store::{self, DOMAIN_NAME};
use super::tokens::{self, has_flag, put_subject, render, time};
use super::{Identity, Named, Token};
use crate::seed::well_known;
use crate::service::json_response;
use crate::state::Endpoint;

/// Header in which a receipt goes out and comes back.
const RECEIPT: &str = "openstack-auth-receipt";

/// `[receipt] expiration` of Keystone.
const RECEIPT_LIFE_S: i64 = 300;

/// What signing in came to.
enum Outcome {
    Token {
        id: String,
        token: Token,
    },
    /// One proof more is needed.
    Receipt {
        id: String,
        user: Named,
        methods: Vec<String>,
        issued_at: Timestamp,
    },
}

pub(super) async fn authenticate(
    State(identity): State<Identity>,
    endpoint: Endpoint,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let outcome = async {
        let body = body
            .map_err(|_| KeystoneError::BadRequest("The request body could not be read.".into()))?;
        let request = parse(&body)?;
        let subject = request.pointer("/auth/identity/token/id").and_then(Value::as_str);
        let subject = match subject {
            Some(id) => tokens::validate(&identity, id).await?,
            None => None,
        };
        let receipt = headers.get(RECEIPT).and_then(|value| value.to_str().ok()).map(token_hash);
        let clock_now = identity.now();
        let life = identity.inner.token_life;
        let outcome = identity
            .db()
            .write(move |tx| sign_in(tx, &request, subject, receipt.as_deref(), clock_now, life))
            .await?;
        Ok::<_, KeystoneError>(match outcome {
            Outcome::Token { id, token } => {
                let with_catalog = !has_flag(query.as_deref(), "nocatalog");
                let body =
                    render(&identity, &token, with_catalog.then_some(endpoint.origin.as_str()));
                let mut response = json_response(StatusCode::CREATED, &body);
                put_subject(&mut response, &id);
                response
            }
            Outcome::Receipt { id, user, methods, issued_at } => {
                receipt_answer(&id, &user, &methods, issued_at)
            }
        })
    };
    answer(&endpoint, outcome.await)
}

/// Reads the body as far as its shape is concerned. The sentences are those of jsonschema, without
/// the dump of the schema that follows them.
fn parse(body: &[u8]) -> Result<Value, KeystoneError> {
    let request: Value = serde_json::from_slice(body).map_err(|error| {
        KeystoneError::BadRequest(format!("Malformed JSON in request body: {error}"))
    })?;
    let required =
        |name: &str| KeystoneError::BadRequest(format!("'{name}' is a required property"));
    let auth = request.get("auth").ok_or_else(|| required("auth"))?;
    let identity = auth.get("identity").ok_or_else(|| required("identity"))?;
    match identity.get("methods") {
        Some(Value::Array(_)) => Ok(request),
        Some(other) => Err(KeystoneError::BadRequest(format!("{other} is not of type 'array'"))),
        None => Err(required("methods")),
    }
}

fn sign_in(
    tx: &Connection,
    request: &Value,
    mut subject: Option<Token>,
    receipt: Option<&str>,
    now: Timestamp,
    life: std::time::Duration,
) -> Result<Outcome, KeystoneError> {
    let auth = request.get("auth").unwrap_or(&Value::Null);
    let identity = auth.get("identity").unwrap_or(&Value::Null);
    let asked: Vec<&str> = match identity.get("methods").and_then(Value::as_array) {
        Some(methods) => methods.iter().filter_map(Value::as_str).collect(),
        None => Vec::new(),
    };
    let mut proof: Option<Proof> = None;
    let mut used: Vec<String> = Vec::new();
    for method in asked {
        let part = || identity.get(method).ok_or_else(|| expected(method, "identity"));
        let next = match method {
            "password" => methods::password(tx, part()?)?,
            "totp" => methods::totp(tx, part()?, now.as_second())?,
            "token" => methods::token(tx, part()?, subject.take())?,
            "application_credential" => {
                let proof = methods::application_credential(tx, part()?, now.as_second())?;
                if auth.get("scope").is_some() {
                    return Err(KeystoneError::Credential(
                        "Application credentials cannot request a scope.",
                    ));
                }
                proof
            }
            _ => return Err(KeystoneError::Method),
        };
        if proof.as_ref().is_some_and(|earlier| earlier.user.user != next.user.user) {
            return Err(KeystoneError::Unauthorized);
        }
        if let Some(token) = &next.token {
            used.extend(token.methods.iter().cloned());
        }
        used.push(method.to_owned());
        proof = Some(next);
    }
    let Some(proof) = proof else { return Err(KeystoneError::Unauthorized) };
    if let Some(hash) = receipt {
        used.extend(redeem(tx, hash, &proof.user.user.id, now)?);
    }
    let used: Vec<String> = unique(used);
    // The user's rules are [[password, totp], [application_credential]]: a key for programs needs
    // no code, as operators set it up so that such keys work at all (keystone/auth/core.py,
    // UserMFARulesValidator).
    if proof.user.needs_totp
        && proof.credential.is_none()
        && !["password", "totp"].iter().all(|m| used.iter().any(|u| u == m))
    {
        return hand_receipt(tx, proof.user.user, used, now);
    }
    let (project, roles) = scope(tx, auth.get("scope"), &proof)?;
    let expires_at = match &proof.token {
        // A rescoped token never outlives the one it came from.
        Some(token) => token.expires_at,
        None => now
            .checked_add(SignedDuration::try_from(life).unwrap_or(SignedDuration::from_hours(1)))
            .unwrap_or(now),
    };
    let mut audit_ids = vec![new_audit_id()];
    // Only the first of the chain is kept (keystone/models/token_model.py).
    audit_ids.extend(proof.token.as_ref().and_then(|token| token.audit_ids.last().cloned()));
    let token = Token {
        user: proof.user.user,
        project,
        roles,
        methods: used,
        audit_ids,
        issued_at: now,
        expires_at,
        application_credential: proof.credential.map(|credential| credential.used),
    };
    let id = tokens::issue(tx, &token)?;
    Ok(Outcome::Token { id, token })
}

/// The project that the token shall be for, and the roles there.
fn scope(
    tx: &Connection,
    asked: Option<&Value>,
    proof: &Proof,
) -> Result<(Option<Named>, Vec<Named>), KeystoneError> {
    if let Some(CredentialProof { project, roles, .. }) = &proof.credential {
        // A credential is worth no more than its user still is.
        let now = store::roles_in(tx, &proof.user.user.id, &project.id)?;
        let roles: Vec<Named> = roles.iter().filter(|role| now.contains(role)).cloned().collect();
        return if roles.is_empty() {
            Err(KeystoneError::Unauthorized)
        } else {
            Ok((Some(project.clone()), roles))
        };
    }
    let project = match asked {
        None => match &proof.user.default_project_id {
            Some(id) => store::project_by_id(tx, id)?,
            None => return Ok((None, Vec::new())),
        },
        Some(Value::String(word)) if word == "unscoped" => return Ok((None, Vec::new())),
        Some(Value::Object(scope)) if scope.contains_key("unscoped") => {
            return Ok((None, Vec::new()));
        }
        Some(Value::Object(scope)) => match scope.get("project") {
            Some(project) => wished_project(tx, project)?,
            // Nobody has a role on the domain or the system here.
            None if scope.contains_key("domain") || scope.contains_key("system") => {
                return Err(KeystoneError::Unauthorized);
            }
            None => return Err(expected("project, domain, system or unscoped", "scope")),
        },
        Some(other) => {
            return Err(KeystoneError::BadRequest(format!("{other} is not of type 'object'")));
        }
    };
    let Some(project) = project else { return Err(KeystoneError::Unauthorized) };
    let roles = store::roles_in(tx, &proof.user.user.id, &project.id)?;
    if roles.is_empty() {
        return Err(KeystoneError::Unauthorized);
    }
    Ok((Some(project), roles))
}

#[derive(Deserialize)]
struct ProjectPart<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    #[serde(borrow)]
    domain: Option<DomainPart<'a>>,
}

fn wished_project(tx: &Connection, part: &Value) -> Result<Option<Named>, KeystoneError> {
    let part = ProjectPart::deserialize(part).map_err(|_| expected("id or name", "project"))?;
    match (part.id, part.name, part.domain) {
        (Some(id), ..) => Ok(store::project_by_id(tx, id)?),
        (None, Some(name), Some(domain)) if domain.is_known() => {
            Ok(store::project_by_name(tx, name)?)
        }
        (None, Some(_), Some(_)) => Ok(None),
        (None, Some(_), None) => Err(expected("domain", "project")),
        (None, None, _) => Err(expected("id or name", "project")),
    }
}

/// What was proved with an earlier receipt of the same user.
fn redeem(
    tx: &Connection,
    hash: &str,
    user_id: &str,
    now: Timestamp,
) -> Result<Vec<String>, KeystoneError> {
    let methods: Option<String> = tx
        .query_row(
            "SELECT methods FROM receipts WHERE hash = ?1 AND user_id = ?2 AND expires_at > ?3",
            params![hash, user_id, now.as_second()],
            |row| row.get(0),
        )
        .optional()?;
    match methods {
        Some(methods) => Ok(methods.split(' ').map(str::to_owned).collect()),
        None => Err(KeystoneError::Unauthorized),
    }
}

fn hand_receipt(
    tx: &Connection,
    user: Named,
    methods: Vec<String>,
    now: Timestamp,
) -> Result<Outcome, KeystoneError> {
    let id = new_token();
    tx.execute(
        "INSERT INTO receipts (hash, user_id, methods, expires_at) VALUES (?1, ?2, ?3, ?4)",
        params![token_hash(&id), user.id, methods.join(" "), now.as_second() + RECEIPT_LIFE_S],
    )?;
    Ok(Outcome::Receipt { id, user, methods, issued_at: now })
}

/// 401 with the receipt (keystone/common/render_token.py, `render_receipt_response_from_model`).
fn receipt_answer(
    id: &str,
    user: &Named,
    methods: &[String],
    issued_at: Timestamp,
) -> Response<Body> {
    let expires_at =
        issued_at.checked_add(SignedDuration::from_secs(RECEIPT_LIFE_S)).unwrap_or(issued_at);
    let body = json!({
        "receipt": {
            "methods": methods,
            "user": {"domain": {"id": well_known::DOMAIN, "name": DOMAIN_NAME}, "id": user.id, "name": user.name},
            "expires_at": time(expires_at),
            "issued_at": time(issued_at),
        },
        "required_auth_methods": [["password", "totp"]],
    });
    let mut response = json_response(StatusCode::UNAUTHORIZED, &body);
    if let Ok(value) = HeaderValue::from_str(id) {
        response.headers_mut().insert(RECEIPT, value);
    }
    response
}

fn unique(methods: Vec<String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    methods.into_iter().filter(|method| seen.insert(method.clone())).collect()
}
