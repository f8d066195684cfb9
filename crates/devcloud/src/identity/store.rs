//! Keystone's tables, what stands in them at the start, and the look-ups that several calls share.

use rusqlite::{Connection, OptionalExtension, params};

use super::secrets::password_hash;
use super::{Identity, Named};
use crate::db::DbError;
use crate::seed::{TOTP_SECRET, well_known};

/// Tables of the identity database. Times are whole seconds since 1970, as in a Fernet token.
pub const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL, default_project_id TEXT,
    totp_secret TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS projects (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS grants (
    user_id TEXT NOT NULL REFERENCES users (id), project_id TEXT NOT NULL REFERENCES projects (id), role TEXT NOT NULL,
    PRIMARY KEY (user_id, project_id, role)
) STRICT;
CREATE TABLE IF NOT EXISTS application_credentials (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users (id), project_id TEXT NOT NULL REFERENCES projects (id),
    name TEXT NOT NULL, description TEXT, secret_hash TEXT NOT NULL, roles TEXT NOT NULL, expires_at INTEGER,
    unrestricted INTEGER, UNIQUE (user_id, name)
) STRICT;
CREATE TABLE IF NOT EXISTS tokens (
    hash TEXT PRIMARY KEY, user_id TEXT NOT NULL, project_id TEXT, methods TEXT NOT NULL, audit_ids TEXT NOT NULL,
    issued_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    credential_id TEXT REFERENCES application_credentials (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX IF NOT EXISTS tokens_by_end ON tokens (expires_at);
CREATE TABLE IF NOT EXISTS receipts (
    hash TEXT PRIMARY KEY, user_id TEXT NOT NULL, methods TEXT NOT NULL, expires_at INTEGER NOT NULL
) STRICT;
";

/// The one domain.
pub(super) const DOMAIN_NAME: &str = "Default";

/// The roles, lowest first; each implies those before it (`keystone-manage bootstrap` sets it up
/// so).
const ROLES: [(&str, &str); 3] = [
    ("reader", "d3320000000040008000000000000001"),
    ("member", "d3320000000040008000000000000002"),
    ("admin", "d3320000000040008000000000000003"),
];

/// A user's row, without secrets.
pub(super) struct UserRow {
    pub(super) user: Named,
    pub(super) default_project_id: Option<String>,
    pub(super) needs_totp: bool,
}

/// Puts the users, projects and roles into a new cloud.
///
/// # Errors
/// When the database fails.
pub async fn seed(identity: &Identity) -> Result<(), DbError> {
    use well_known::{
        PROJECT_DEMO, PROJECT_OTHER, USER_ADMIN, USER_DEMO, USER_OTHER, USER_TOTP, USER_VIEWER,
    };
    identity
        .db()
        .write(|tx| {
            for (id, name) in [(PROJECT_DEMO, "demo"), (PROJECT_OTHER, "other")] {
                tx.execute("INSERT INTO projects (id, name, description) VALUES (?1, ?2, '')", [id, name])?;
            }
            let mut user = tx.prepare(
                "INSERT INTO users (id, name, password_hash, default_project_id, totp_secret) VALUES (?1, ?2, ?3, NULL, ?4)",
            )?;
            for (id, name, password, totp) in [
                (USER_DEMO, "demo", "demo-secret", None),
                (USER_OTHER, "other", "demo-secret", None),
                (USER_VIEWER, "viewer", "demo-secret", None),
                (USER_TOTP, "totp", "demo-secret", Some(TOTP_SECRET)),
                (USER_ADMIN, "admin", "admin-secret", None),
            ] {
                user.execute(params![id, name, password_hash(password), totp])?;
            }
            let mut grant = tx.prepare("INSERT INTO grants (user_id, project_id, role) VALUES (?1, ?2, ?3)")?;
            for (user_id, project_id, role) in [
                (USER_DEMO, PROJECT_DEMO, "member"),
                (USER_DEMO, PROJECT_OTHER, "member"),
                (USER_OTHER, PROJECT_OTHER, "member"),
                (USER_VIEWER, PROJECT_DEMO, "reader"),
                (USER_TOTP, PROJECT_DEMO, "member"),
                (USER_ADMIN, PROJECT_DEMO, "admin"),
            ] {
                grant.execute([user_id, project_id, role])?;
            }
            Ok(())
        })
        .await
}

/// The role of this name with all that it implies, lowest first.
pub(super) fn with_implied(name: &str) -> Vec<Named> {
    match ROLES.iter().position(|(role, _)| *role == name) {
        Some(at) => ROLES
            .iter()
            .take(at + 1)
            .map(|(name, id)| Named { id: (*id).into(), name: (*name).into() })
            .collect(),
        None => Vec::new(),
    }
}

/// The role that goes by this id or name.
pub(super) fn role(id_or_name: &str) -> Option<Named> {
    ROLES
        .iter()
        .find(|(name, id)| *name == id_or_name || *id == id_or_name)
        .map(|(name, id)| Named { id: (*id).into(), name: (*name).into() })
}

/// The user's roles in a project, implied ones included; empty when there are none.
pub(super) fn roles_in(
    db: &Connection,
    user_id: &str,
    project_id: &str,
) -> rusqlite::Result<Vec<Named>> {
    let mut find =
        db.prepare_cached("SELECT role FROM grants WHERE user_id = ?1 AND project_id = ?2")?;
    let granted: Vec<String> =
        find.query_map([user_id, project_id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    // Implication is a ladder here, so the highest role has them all.
    let mut all: Vec<Named> = Vec::new();
    for name in granted {
        let roles = with_implied(&name);
        if roles.len() > all.len() {
            all = roles;
        }
    }
    Ok(all)
}

/// The user with this id.
pub(super) fn user_by_id(db: &Connection, id: &str) -> rusqlite::Result<Option<UserRow>> {
    db.prepare_cached(
        "SELECT id, name, default_project_id, totp_secret IS NOT NULL FROM users WHERE id = ?1",
    )?
    .query_row([id], user_row)
    .optional()
}

/// The user with this name.
pub(super) fn user_by_name(db: &Connection, name: &str) -> rusqlite::Result<Option<UserRow>> {
    db.prepare_cached(
        "SELECT id, name, default_project_id, totp_secret IS NOT NULL FROM users WHERE name = ?1",
    )?
    .query_row([name], user_row)
    .optional()
}

fn user_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<UserRow> {
    Ok(UserRow {
        user: Named { id: row.get(0)?, name: row.get(1)? },
        default_project_id: row.get(2)?,
        needs_totp: row.get(3)?,
    })
}

/// The project with this id.
pub(super) fn project_by_id(db: &Connection, id: &str) -> rusqlite::Result<Option<Named>> {
    db.prepare_cached("SELECT id, name FROM projects WHERE id = ?1")?
        .query_row([id], named)
        .optional()
}

/// The project with this name.
pub(super) fn project_by_name(db: &Connection, name: &str) -> rusqlite::Result<Option<Named>> {
    db.prepare_cached("SELECT id, name FROM projects WHERE name = ?1")?
        .query_row([name], named)
        .optional()
}

/// The projects that a user has a role in, by name.
pub(super) fn projects_of(db: &Connection, user_id: &str) -> rusqlite::Result<Vec<Named>> {
    db.prepare_cached(
        "SELECT DISTINCT p.id, p.name FROM projects p JOIN grants g ON g.project_id = p.id WHERE g.user_id = ?1 ORDER BY p.name",
    )?
    .query_map([user_id], named)?
    .collect()
}

pub(super) fn named(row: &rusqlite::Row<'_>) -> rusqlite::Result<Named> {
    Ok(Named { id: row.get(0)?, name: row.get(1)? })
}
