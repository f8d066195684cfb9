//! Tokens: giving out, looking at, revoking. Only the hash of a token is kept.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use super::error::{Caller, KeystoneError, answer};
use super::secrets::{new_token, token_hash};
use super::store::{self, DOMAIN_NAME};
use super::{CredentialUse, Identity, Named, Token, catalog};
use crate::db::DbError;
use crate::seed::well_known;
use crate::service::json_response;

/// Header that a token travels in: given out, and looked at or revoked.
pub(super) const SUBJECT: &str = "x-subject-token";

/// `GET` and `HEAD /v3/auth/tokens`: what a token stands for.
pub(super) async fn show(
    State(identity): State<Identity>,
    caller: Caller,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
) -> Response<Body> {
    let outcome = async {
        let (id, token) = subject(&identity, &caller, &headers).await?;
        let with_catalog = !has_flag(query.as_deref(), "nocatalog");
        let body =
            render(&identity, &token, with_catalog.then_some(caller.endpoint.origin.as_str()));
        let mut response = json_response(StatusCode::OK, &body);
        if method == Method::HEAD {
            *response.body_mut() = Body::empty();
        }
        put_subject(&mut response, &id);
        Ok::<_, KeystoneError>(response)
    };
    answer(&caller.endpoint, outcome.await)
}

/// `DELETE /v3/auth/tokens`: revokes one.
pub(super) async fn revoke(
    State(identity): State<Identity>,
    caller: Caller,
    headers: HeaderMap,
) -> Response<Body> {
    let outcome = async {
        let (id, _) = subject(&identity, &caller, &headers).await?;
        let hash = token_hash(&id);
        identity
            .db()
            .write(move |tx| {
                tx.execute("DELETE FROM tokens WHERE hash = ?1", [hash]).map_err(DbError::from)
            })
            .await?;
        Ok::<_, KeystoneError>(StatusCode::NO_CONTENT)
    };
    answer(&caller.endpoint, outcome.await)
}

/// The token that a request is about. Its owner and the operator may look; to anybody else it is a
/// policy matter.
async fn subject(
    identity: &Identity,
    caller: &Caller,
    headers: &HeaderMap,
) -> Result<(String, Token), KeystoneError> {
    let id = headers.get(SUBJECT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let found = match id {
        "" => None,
        id => validate(identity, id).await?,
    };
    let Some(token) = found else {
        return Err(KeystoneError::Missing {
            what: "token",
            id: String::from("The requested token is not known"),
        });
    };
    let operator = caller.token.roles.iter().any(|role| role.name == "admin");
    if token.user.id != caller.token.user.id && !operator {
        return Err(KeystoneError::policy("identity:validate_token"));
    }
    Ok((id.to_owned(), token))
}

/// See [`Identity::validate`].
pub(super) async fn validate(identity: &Identity, id: &str) -> Result<Option<Token>, DbError> {
    let hash = token_hash(id);
    let now = identity.now().as_second();
    identity.db().read(move |db| find(db, &hash, now)).await
}

/// Ends the life of every token and receipt.
pub(super) async fn forget_all(identity: &Identity) -> Result<(), DbError> {
    identity
        .db()
        .write(|tx| Ok(tx.execute_batch("DELETE FROM tokens; DELETE FROM receipts;")?))
        .await
}

/// Keeps a new token and returns its id. The ids of tokens long over are swept out on the way.
pub(super) fn issue(tx: &Connection, token: &Token) -> rusqlite::Result<String> {
    let id = new_token();
    tx.execute("DELETE FROM tokens WHERE expires_at < ?1", [token.issued_at.as_second()])?;
    tx.execute("DELETE FROM receipts WHERE expires_at < ?1", [token.issued_at.as_second()])?;
    tx.execute(
        "INSERT INTO tokens (hash, user_id, project_id, methods, audit_ids, issued_at, expires_at, credential_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            token_hash(&id),
            token.user.id,
            token.project.as_ref().map(|project| &project.id),
            token.methods.join(" "),
            token.audit_ids.join(" "),
            token.issued_at.as_second(),
            token.expires_at.as_second(),
            token.application_credential.as_ref().map(|credential| &credential.id),
        ],
    )?;
    Ok(id)
}

struct Row {
    user_id: String,
    project_id: Option<String>,
    methods: String,
    audit_ids: String,
    issued_at: i64,
    expires_at: i64,
    credential_id: Option<String>,
}

fn find(db: &Connection, hash: &str, now: i64) -> rusqlite::Result<Option<Token>> {
    let row = db
        .prepare_cached(
            "SELECT user_id, project_id, methods, audit_ids, issued_at, expires_at, credential_id FROM tokens
             WHERE hash = ?1 AND expires_at > ?2",
        )?
        .query_row(params![hash, now], |row| {
            Ok(Row {
                user_id: row.get(0)?,
                project_id: row.get(1)?,
                methods: row.get(2)?,
                audit_ids: row.get(3)?,
                issued_at: row.get(4)?,
                expires_at: row.get(5)?,
                credential_id: row.get(6)?,
            })
        })
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let Some(user) = store::user_by_id(db, &row.user_id)? else { return Ok(None) };
    let mut token = Token {
        user: user.user,
        project: None,
        roles: Vec::new(),
        methods: words(&row.methods),
        audit_ids: words(&row.audit_ids),
        issued_at: moment(row.issued_at),
        expires_at: moment(row.expires_at),
        application_credential: None,
    };
    if let Some(project_id) = &row.project_id {
        let Some(project) = store::project_by_id(db, project_id)? else { return Ok(None) };
        // Roles are looked up anew, so that a token is worth no more than its user is now.
        token.roles = store::roles_in(db, &row.user_id, project_id)?;
        token.project = Some(project);
    }
    if let Some(id) = &row.credential_id {
        let Some((credential, roles)) = credential(db, id)? else { return Ok(None) };
        token.roles = roles.into_iter().filter(|role| token.roles.contains(role)).collect();
        token.application_credential = Some(credential);
    }
    if token.project.is_some() && token.roles.is_empty() {
        return Ok(None);
    }
    Ok(Some(token))
}

/// An application credential as a token knows it, and the roles it gives.
pub(super) fn credential(
    db: &Connection,
    id: &str,
) -> rusqlite::Result<Option<(CredentialUse, Vec<Named>)>> {
    db.prepare_cached(
        "SELECT id, name, unrestricted, roles FROM application_credentials WHERE id = ?1",
    )?
    .query_row([id], |row| {
        let unrestricted: Option<bool> = row.get(2)?;
        let credential = CredentialUse {
            id: row.get(0)?,
            name: row.get(1)?,
            restricted: !unrestricted.unwrap_or(false),
        };
        let roles: String = row.get(3)?;
        Ok((credential, roles.split(' ').filter_map(store::role).collect()))
    })
    .optional()
}

/// The body that describes a token; with the catalogue when `origin` is given and the token has a
/// project.
pub(super) fn render(identity: &Identity, token: &Token, origin: Option<&str>) -> Value {
    let domain = json!({"id": well_known::DOMAIN, "name": DOMAIN_NAME});
    let mut body = json!({
        "methods": token.methods,
        "user": {"domain": domain, "id": token.user.id, "name": token.user.name, "password_expires_at": null},
        "audit_ids": token.audit_ids,
        "expires_at": time(token.expires_at),
        "issued_at": time(token.issued_at),
    });
    let Some(fields) = body.as_object_mut() else { return body };
    if let Some(project) = &token.project {
        fields.insert(
            "project".into(),
            json!({"domain": domain, "id": project.id, "name": project.name}),
        );
        fields.insert("is_domain".into(), json!(false));
        let roles: Vec<Value> =
            token.roles.iter().map(|role| json!({"id": role.id, "name": role.name})).collect();
        fields.insert("roles".into(), json!(roles));
        if let Some(origin) = origin {
            fields.insert("catalog".into(), catalog::render(identity, origin, &project.id));
        }
    }
    if let Some(credential) = &token.application_credential {
        fields.insert(
            "application_credential".into(),
            json!({"id": credential.id, "name": credential.name, "restricted": credential.restricted}),
        );
    }
    json!({"token": body})
}

/// Keystone's time format; whole seconds, as a Fernet token holds them.
pub(super) fn time(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S.000000Z").to_string()
}

/// A time from the database. What is out of range was not written by us.
pub(super) fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Puts the token into the answer.
pub(super) fn put_subject(response: &mut Response<Body>, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        response.headers_mut().insert(SUBJECT, value);
    }
}

/// Whether a query has this key, with or without a value.
pub(super) fn has_flag(query: Option<&str>, name: &str) -> bool {
    query.unwrap_or_default().split('&').any(|pair| pair.split('=').next() == Some(name))
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
