//! Application credentials: a user's keys for programs, each bound to one project. The secret is
//! shown once, when it is made.

use axum::body::Body;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{Response, StatusCode};
use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Caller, KeystoneError, answer};
use super::records::list as wrapped;
use super::secrets::{new_secret, password_hash};
use super::tokens::{moment, time};
use super::{Identity, Named, store};
use crate::db::DbError;
use crate::service::json_response;
use crate::state::Endpoint;

struct Credential {
    id: String,
    user_id: String,
    project_id: String,
    name: String,
    description: Option<String>,
    roles: Vec<Named>,
    expires_at: Option<Timestamp>,
    unrestricted: Option<bool>,
}

#[derive(Deserialize)]
struct CreateBody {
    application_credential: Create,
}

#[derive(Deserialize)]
struct Create {
    name: String,
    description: Option<String>,
    secret: Option<String>,
    expires_at: Option<String>,
    roles: Option<Vec<RolePart>>,
    unrestricted: Option<bool>,
}

#[derive(Deserialize)]
struct RolePart {
    id: Option<String>,
    name: Option<String>,
}

const COLUMNS: &str = "id, user_id, project_id, name, description, roles, expires_at, unrestricted";

/// `GET /v3/users/{user}/application_credentials`.
pub(super) async fn list(
    State(identity): State<Identity>,
    Path(user_id): Path<String>,
    RawQuery(query): RawQuery,
    caller: Caller,
) -> Response<Body> {
    let outcome = async {
        only_self(&caller, &user_id, "identity:list_application_credentials")?;
        let wanted = query.as_deref().and_then(|query| {
            url::form_urlencoded::parse(query.as_bytes())
                .find(|(key, _)| key == "name")
                .map(|(_, name)| name.into_owned())
        });
        let path = format!("users/{user_id}/application_credentials");
        let found = identity
            .db()
            .read(move |db| {
                db.prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM application_credentials WHERE user_id = ?1 AND (?2 IS NULL OR name = ?2) ORDER BY rowid"
                ))?
                .query_map(params![user_id, wanted], read)?
                .collect::<Result<Vec<_>, _>>()
            })
            .await?;
        let records = found.iter().map(|credential| record(credential, &caller.endpoint)).collect();
        Ok::<_, KeystoneError>(wrapped(&caller.endpoint, "application_credentials", records, &path))
    };
    answer(&caller.endpoint, outcome.await)
}

/// `GET /v3/users/{user}/application_credentials/{id}`.
pub(super) async fn show(
    State(identity): State<Identity>,
    Path((user_id, id)): Path<(String, String)>,
    caller: Caller,
) -> Response<Body> {
    let outcome = async {
        only_self(&caller, &user_id, "identity:get_application_credential")?;
        let wanted = id.clone();
        let found = identity.db().read(move |db| find(db, &user_id, &wanted)).await?;
        let credential =
            found.ok_or(KeystoneError::Missing { what: "Application Credential", id })?;
        Ok::<_, KeystoneError>(axum::Json(
            json!({"application_credential": record(&credential, &caller.endpoint)}),
        ))
    };
    answer(&caller.endpoint, outcome.await)
}

/// `DELETE /v3/users/{user}/application_credentials/{id}`: its tokens end with it.
pub(super) async fn delete(
    State(identity): State<Identity>,
    Path((user_id, id)): Path<(String, String)>,
    caller: Caller,
) -> Response<Body> {
    let outcome = async {
        only_self(&caller, &user_id, "identity:delete_application_credential")?;
        may_manage(&caller)?;
        let wanted = id.clone();
        let gone = identity
            .db()
            .write(move |tx| {
                tx.execute(
                    "DELETE FROM application_credentials WHERE user_id = ?1 AND id = ?2",
                    [user_id, wanted],
                )
                .map_err(DbError::from)
            })
            .await?;
        match gone {
            0 => Err(KeystoneError::Missing { what: "Application Credential", id }),
            _ => Ok(StatusCode::NO_CONTENT),
        }
    };
    answer(&caller.endpoint, outcome.await)
}

/// `POST /v3/users/{user}/application_credentials`.
pub(super) async fn create(
    State(identity): State<Identity>,
    Path(user_id): Path<String>,
    caller: Caller,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let outcome = async {
        only_self(&caller, &user_id, "identity:create_application_credential")?;
        may_manage(&caller)?;
        let body = body
            .map_err(|_| KeystoneError::BadRequest("The request body could not be read.".into()))?;
        let asked: CreateBody = serde_json::from_slice(&body)
            .map_err(|error| KeystoneError::BadRequest(error.to_string()))?;
        let asked = asked.application_credential;
        let Some(project) = &caller.token.project else {
            return Err(KeystoneError::BadRequest("Could not find project: None.".into()));
        };
        if asked.name.is_empty() || asked.name.chars().count() > 255 {
            return Err(KeystoneError::BadRequest(format!(
                "'{}' is too long or too short for a name",
                asked.name
            )));
        }
        let roles = roles(asked.roles, &caller.token.roles)?;
        let expires_at =
            asked.expires_at.as_deref().map(|text| expiry(text, identity.now())).transpose()?;
        let secret = asked.secret.unwrap_or_else(new_secret);
        let credential = Credential {
            id: uuid::Uuid::new_v4().simple().to_string(),
            user_id,
            project_id: project.id.clone(),
            name: asked.name,
            description: asked.description,
            roles,
            expires_at,
            unrestricted: asked.unrestricted,
        };
        let mut body = record(&credential, &caller.endpoint);
        let kept = password_hash(&secret);
        identity.db().write(move |tx| insert(tx, &credential, &kept)).await?;
        if let Some(fields) = body.as_object_mut() {
            fields.insert("secret".into(), Value::String(secret));
        }
        Ok(json_response(StatusCode::CREATED, &json!({"application_credential": body})))
    };
    answer(&caller.endpoint, outcome.await)
}

fn only_self(caller: &Caller, user_id: &str, policy: &str) -> Result<(), KeystoneError> {
    if caller.token.user.id == user_id { Ok(()) } else { Err(KeystoneError::policy(policy)) }
}

/// A restricted credential manages no others (keystone/api/users.py,
/// `_check_unrestricted_application_credential`).
fn may_manage(caller: &Caller) -> Result<(), KeystoneError> {
    match &caller.token.application_credential {
        Some(credential) if credential.restricted => Err(KeystoneError::Forbidden(
            "Using method 'application_credential' is not allowed for managing additional application credentials.".into(),
        )),
        _ => Ok(()),
    }
}

/// The roles it shall have: those asked for with what they imply, each of which the caller must
/// have; all of the caller's when none are named.
fn roles(asked: Option<Vec<RolePart>>, own: &[Named]) -> Result<Vec<Named>, KeystoneError> {
    let Some(asked) = asked else { return Ok(own.to_vec()) };
    let mut all: Vec<Named> = Vec::new();
    for part in asked {
        let wanted = part.id.or(part.name).unwrap_or_default();
        let role =
            store::role(&wanted).ok_or(KeystoneError::Missing { what: "role", id: wanted })?;
        if !own.contains(&role) {
            return Err(KeystoneError::BadRequest(
                "Invalid application credential: Could not find role assignment".into(),
            ));
        }
        for implied in store::with_implied(&role.name).into_iter().rev() {
            if !all.contains(&implied) {
                all.push(implied);
            }
        }
    }
    Ok(all)
}

/// An end that lies ahead, given as ISO 8601; without an offset it is UTC, as oslo's `timeutils`
/// reads it.
fn expiry(text: &str, now: Timestamp) -> Result<Timestamp, KeystoneError> {
    let end = text
        .parse::<Timestamp>()
        .or_else(|_| format!("{text}Z").parse::<Timestamp>())
        .map_err(|_| {
            KeystoneError::BadRequest(format!(
                "Unable to parse '{text}' as an ISO 8601-formatted timestamp"
            ))
        })?;
    if end <= now {
        let message = "Cannot create application credential with an expiration in the past.";
        return Err(KeystoneError::BadRequest(message.into()));
    }
    Ok(end)
}

fn insert(
    tx: &Connection,
    credential: &Credential,
    secret_hash: &str,
) -> Result<(), KeystoneError> {
    let taken: bool = tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM application_credentials WHERE user_id = ?1 AND name = ?2)",
        [&credential.user_id, &credential.name],
        |row| row.get(0),
    )?;
    if taken {
        return Err(KeystoneError::Conflict(format!(
            "Conflict occurred attempting to store application_credential - Duplicate entry found with name {}.",
            credential.name
        )));
    }
    let roles: Vec<&str> = credential.roles.iter().map(|role| role.name.as_str()).collect();
    tx.execute(
        &format!("INSERT INTO application_credentials ({COLUMNS}, secret_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
        params![
            credential.id,
            credential.user_id,
            credential.project_id,
            credential.name,
            credential.description,
            roles.join(" "),
            credential.expires_at.map(Timestamp::as_second),
            credential.unrestricted,
            secret_hash,
        ],
    )?;
    Ok(())
}

fn find(db: &Connection, user_id: &str, id: &str) -> rusqlite::Result<Option<Credential>> {
    db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM application_credentials WHERE user_id = ?1 AND id = ?2"
    ))?
    .query_row([user_id, id], read)
    .optional()
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Credential> {
    let roles: String = row.get(5)?;
    let expires_at: Option<i64> = row.get(6)?;
    Ok(Credential {
        id: row.get(0)?,
        user_id: row.get(1)?,
        project_id: row.get(2)?,
        name: row.get(3)?,
        description: row.get(4)?,
        roles: roles.split(' ').filter_map(store::role).collect(),
        expires_at: expires_at.map(moment),
        unrestricted: row.get(7)?,
    })
}

fn record(credential: &Credential, endpoint: &Endpoint) -> Value {
    let roles: Vec<Value> = credential
        .roles
        .iter()
        .map(|role| json!({"id": role.id, "name": role.name, "domain_id": null, "description": null, "options": {"immutable": true}}))
        .collect();
    json!({
        "id": credential.id,
        "name": credential.name,
        "description": credential.description,
        "user_id": credential.user_id,
        "project_id": credential.project_id,
        "system": null,
        "expires_at": credential.expires_at.map(time),
        "unrestricted": credential.unrestricted,
        "roles": roles,
        "links": {"self": format!("{}/v3/application_credentials/{}", endpoint.root, credential.id)},
    })
}
