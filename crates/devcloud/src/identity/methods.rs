//! The ways to prove who you are: password, one-time code, a token, an application credential. Each
//! looks at its own part of the request.

use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use serde_json::Value;

use super::error::KeystoneError;
use super::secrets::{password_matches, totp_matches};
use super::store::{self, DOMAIN_NAME, UserRow};
use super::tokens;
use super::{CredentialUse, Named, Token};
use crate::seed::well_known;

/// What a proof showed.
pub(super) struct Proof {
    pub(super) user: UserRow,
    /// The token that was the proof, for rescoping.
    pub(super) token: Option<Token>,
    /// The application credential that was the proof, with its project and roles.
    pub(super) credential: Option<CredentialProof>,
}

/// What an application credential gives.
pub(super) struct CredentialProof {
    pub(super) used: CredentialUse,
    pub(super) project: Named,
    pub(super) roles: Vec<Named>,
}

impl Proof {
    fn of(user: UserRow) -> Self {
        Self { user, token: None, credential: None }
    }
}

#[derive(Deserialize)]
struct UserPart<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    domain: Option<DomainPart<'a>>,
    password: Option<&'a str>,
    passcode: Option<&'a str>,
}

#[derive(Deserialize)]
pub(super) struct DomainPart<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) name: Option<&'a str>,
}

#[derive(Deserialize)]
struct CredentialPart<'a> {
    id: Option<&'a str>,
    name: Option<&'a str>,
    secret: Option<&'a str>,
    #[serde(borrow)]
    user: Option<UserPart<'a>>,
}

impl DomainPart<'_> {
    /// Whether this names the one domain that there is.
    pub(super) fn is_known(&self) -> bool {
        match (self.id, self.name) {
            (Some(id), _) => id == well_known::DOMAIN,
            (None, name) => name == Some(DOMAIN_NAME),
        }
    }
}

/// `password`.
pub(super) fn password(db: &Connection, part: &Value) -> Result<Proof, KeystoneError> {
    let asked = user_part(part)?;
    let user = find_user(db, &asked)?;
    let kept: String =
        db.query_row("SELECT password_hash FROM users WHERE id = ?1", [&user.user.id], |row| {
            row.get(0)
        })?;
    match asked.password {
        Some(given) if password_matches(given, &kept) => Ok(Proof::of(user)),
        Some(_) => Err(KeystoneError::Unauthorized),
        None => Err(expected("password", "user")),
    }
}

/// `totp`: a code of the user's authenticator app.
pub(super) fn totp(db: &Connection, part: &Value, now_s: i64) -> Result<Proof, KeystoneError> {
    let asked = user_part(part)?;
    let user = find_user(db, &asked)?;
    let secret: Option<String> =
        db.query_row("SELECT totp_secret FROM users WHERE id = ?1", [&user.user.id], |row| {
            row.get(0)
        })?;
    match (secret, asked.passcode) {
        (Some(secret), Some(code)) if totp_matches(&secret, code, now_s) => Ok(Proof::of(user)),
        (_, None) => Err(expected("passcode", "user")),
        _ => Err(KeystoneError::Unauthorized),
    }
}

/// `token`: one that is still good, to get another scope.
pub(super) fn token(
    db: &Connection,
    part: &Value,
    found: Option<Token>,
) -> Result<Proof, KeystoneError> {
    if part.get("id").and_then(Value::as_str).is_none() {
        return Err(expected("id", "token"));
    }
    let Some(token) = found else { return Err(KeystoneError::Unauthorized) };
    if token.application_credential.is_some() {
        // The second full stop is the real one's.
        return Err(KeystoneError::Forbidden(
            "Using a delegated token to create another token is not allowed.".into(),
        ));
    }
    let user = store::user_by_id(db, &token.user.id)?.ok_or(KeystoneError::Unauthorized)?;
    Ok(Proof { user, token: Some(token), credential: None })
}

/// `application_credential`: by id, or by name and user.
pub(super) fn application_credential(
    db: &Connection,
    part: &Value,
    now_s: i64,
) -> Result<Proof, KeystoneError> {
    let asked =
        CredentialPart::deserialize(part).map_err(|_| KeystoneError::BadRequest(SHAPE.into()))?;
    let id = match (asked.id, asked.name, &asked.user) {
        (Some(id), ..) => id.to_owned(),
        (None, Some(name), Some(user)) => {
            let user = find_user(db, user)?;
            db.query_row(
                "SELECT id FROM application_credentials WHERE user_id = ?1 AND name = ?2",
                [user.user.id.as_str(), name],
                |row| row.get(0),
            )
            .optional()?
            .ok_or(KeystoneError::Unauthorized)?
        }
        _ => return Err(expected("id", "application_credential")),
    };
    let Some(secret) = asked.secret else {
        return Err(expected("secret", "application_credential"));
    };
    let row: Option<(String, String, String)> = db
        .query_row(
            "SELECT user_id, project_id, secret_hash FROM application_credentials
             WHERE id = ?1 AND (expires_at IS NULL OR expires_at > ?2)",
            params![id, now_s],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((user_id, project_id, kept)) = row else { return Err(KeystoneError::Unauthorized) };
    if !password_matches(secret, &kept) {
        return Err(KeystoneError::Unauthorized);
    }
    let user = store::user_by_id(db, &user_id)?.ok_or(KeystoneError::Unauthorized)?;
    let project = store::project_by_id(db, &project_id)?.ok_or(KeystoneError::Unauthorized)?;
    let (used, roles) = tokens::credential(db, &id)?.ok_or(KeystoneError::Unauthorized)?;
    Ok(Proof { user, token: None, credential: Some(CredentialProof { used, project, roles }) })
}

/// Keystone's 400 for a part that is missing.
pub(super) fn expected(attribute: &str, target: &str) -> KeystoneError {
    KeystoneError::BadRequest(format!(
        "Expecting to find {attribute} in {target}. The server could not comply with the request since it is either malformed or \
         otherwise incorrect. The client is assumed to be in error."
    ))
}

const SHAPE: &str = "The server could not comply with the request since it is either malformed or otherwise incorrect. The client \
                     is assumed to be in error.";

fn user_part(part: &Value) -> Result<UserPart<'_>, KeystoneError> {
    let user = part.get("user").ok_or_else(|| expected("user", "password"))?;
    UserPart::deserialize(user).map_err(|_| KeystoneError::BadRequest(SHAPE.into()))
}

/// An unknown user and a wrong password get the same answer.
fn find_user(db: &Connection, asked: &UserPart<'_>) -> Result<UserRow, KeystoneError> {
    let found = match (asked.id, asked.name) {
        (Some(id), _) => store::user_by_id(db, id)?,
        (None, Some(name)) => match &asked.domain {
            Some(domain) if domain.is_known() => store::user_by_name(db, name)?,
            Some(_) => None,
            None => return Err(expected("domain", "user")),
        },
        (None, None) => return Err(expected("id or name", "user")),
    };
    found.ok_or(KeystoneError::Unauthorized)
}
