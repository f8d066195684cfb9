//! Key pairs. They belong to a user, not to a project. Imported, or made here (`made_key.rs`) as Nova does up to 2.91.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::{Map, Value, json};

use super::call::{Call, collection_links, page_limit};
use super::error::ComputeError;
use super::made_key;
use super::view::micros;
use crate::records::Micros;

/// Key pairs that a user may have.
pub const LIMIT: i64 = 100;

/// A public key by name.
pub struct Keypair {
    seq: i64,
    user_id: String,
    /// Unique for the user.
    pub name: String,
    kind: String,
    /// One line of `authorized_keys`.
    pub public_key: String,
    fingerprint: String,
    created: Micros,
}

/// The user's key pair with this name.
pub fn find(conn: &Connection, user_id: &str, name: &str) -> rusqlite::Result<Option<Keypair>> {
    conn.prepare_cached("SELECT * FROM compute_keypair WHERE user_id = ?1 AND name = ?2")?
        .query_row(params![user_id, name], read)
        .optional()
}

/// Adds a key pair; the name must be free.
pub fn insert(
    conn: &Connection,
    user_id: &str,
    name: &str,
    kind: &str,
    public_key: &str,
    fingerprint: &str,
    created: Micros,
) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT INTO compute_keypair (user_id, name, kind, public_key, fingerprint, created) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![user_id, name, kind, public_key, fingerprint, created])?;
    Ok(())
}

/// MD5 over the key's bytes, as `ssh-keygen -l -E md5` prints it; `None` for what is no public key.
pub fn fingerprint(public_key: &str) -> Option<String> {
    let mut words = public_key.split_ascii_whitespace();
    let (kind, blob) = (words.next()?, words.next()?);
    let bytes = STANDARD.decode(blob).ok()?;
    // The blob begins with its own kind, length first (RFC 4253, 6.6).
    let length = u32::from_be_bytes(bytes.first_chunk::<4>().copied()?);
    let named = bytes.get(4..4 + usize::try_from(length).ok()?)?;
    const KINDS: [&str; 7] = [
        "ssh-rsa",
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "ssh-dss",
        "sk-ssh-ed25519@openssh.com",
    ];
    if named != kind.as_bytes() || !KINDS.contains(&kind) {
        return None;
    }
    if kind == "ssh-ed25519" && bytes.len() != 4 + 11 + 4 + 32 {
        return None;
    }
    let hex: Vec<String> = Md5::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Some(hex.join(":"))
}

/// `GET /os-keypairs`.
pub async fn list(call: &Call) -> Result<Value, ComputeError> {
    let user = call.scope.user_id.clone();
    let mut keypairs = call
        .region
        .db
        .read(move |conn| {
            let sql = "SELECT * FROM compute_keypair WHERE user_id = ?1 ORDER BY name";
            conn.prepare_cached(sql)?.query_map([user], read)?.collect::<rusqlite::Result<Vec<_>>>()
        })
        .await?;
    let mut links = None;
    if call.since(35) {
        if let Some(marker) = call.incoming.parameter("marker") {
            let at = keypairs.iter().position(|keypair| keypair.name == marker);
            let at = at
                .ok_or_else(|| ComputeError::bad_request(format!("marker [{marker}] not found")))?;
            keypairs.drain(..=at);
        }
        keypairs.truncate(page_limit(call)?.unwrap_or(1000));
        let last = keypairs.last().map(|keypair| keypair.name.clone());
        links = collection_links(call, "os-keypairs", keypairs.len(), last)?;
    }
    let views: Vec<Value> =
        keypairs.iter().map(|keypair| json!({"keypair": keypair.summary(call)})).collect();
    let mut body = Map::new();
    body.insert("keypairs".to_owned(), json!(views));
    if let Some(links) = links {
        body.insert("keypairs_links".to_owned(), links);
    }
    Ok(Value::Object(body))
}

/// `GET /os-keypairs/{name}`.
pub async fn show(call: &Call, name: &str) -> Result<Value, ComputeError> {
    let keypair = expect(call, name).await?;
    let mut view = keypair.summary(call);
    let more = [
        ("user_id", json!(keypair.user_id)),
        ("created_at", json!(micros(keypair.created))),
        ("deleted", json!(false)),
        ("deleted_at", Value::Null),
        ("id", json!(keypair.seq)),
        ("updated_at", Value::Null),
    ];
    view.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Ok(json!({"keypair": view}))
}

/// `POST /os-keypairs`, checked against its schema.
pub async fn create(call: &Call, body: &Value) -> Result<(StatusCode, Value), ComputeError> {
    let keypair = body.get("keypair");
    let string = |name: &str| keypair.and_then(|keypair| keypair.get(name)).and_then(Value::as_str);
    let name = string("name").unwrap_or("").trim().to_owned();
    let kind = string("type").unwrap_or("ssh").to_owned();
    if string("user_id").is_some_and(|user| user != call.scope.user_id) && !call.scope.is_admin() {
        return Err(ComputeError::policy("os-keypairs:create"));
    }
    if kind != "ssh" {
        return Err(ComputeError::bad_request(
            "Keypair data is invalid: failed to generate X509 fingerprint",
        ));
    }
    // From 2.92 on the schema asks for a public key.
    let (public_key, private_key) = match string("public_key") {
        Some(public_key) => (public_key.to_owned(), None),
        None => {
            let made = made_key::make().ok_or_else(|| {
                ComputeError::unexpected(StatusCode::INTERNAL_SERVER_ERROR, "OSError")
            })?;
            (made.public_key, Some(made.private_key))
        }
    };
    let fingerprint = fingerprint(&public_key).ok_or_else(|| {
        ComputeError::bad_request("Keypair data is invalid: failed to generate fingerprint")
    })?;
    let created = call.region.clock.now().as_microsecond();
    let user_id = call.scope.user_id.clone();
    let view = {
        let mut view = Map::new();
        view.insert("name".to_owned(), json!(name));
        view.insert("public_key".to_owned(), json!(public_key));
        view.insert("fingerprint".to_owned(), json!(fingerprint));
        view.insert("user_id".to_owned(), json!(user_id));
        if call.since(2) {
            view.insert("type".to_owned(), json!(kind));
        }
        if let Some(private_key) = private_key {
            view.insert("private_key".to_owned(), json!(private_key));
        }
        view
    };
    call.region
        .db
        .write(move |tx| -> Result<(), ComputeError> {
            if find(tx, &user_id, &name)?.is_some() {
                return Err(ComputeError::conflict(format!("Key pair '{name}' already exists.")));
            }
            let sql = "SELECT count(*) FROM compute_keypair WHERE user_id = ?1";
            let count: i64 = tx.prepare_cached(sql)?.query_row([&user_id], |row| row.get(0))?;
            if count >= LIMIT {
                return Err(ComputeError::forbidden("Quota exceeded, too many key pairs."));
            }
            Ok(insert(tx, &user_id, &name, &kind, &public_key, &fingerprint, created)?)
        })
        .await?;
    let status = if call.since(2) { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, json!({"keypair": view})))
}

/// `DELETE /os-keypairs/{name}`.
pub async fn delete(call: &Call, name: &str) -> Result<StatusCode, ComputeError> {
    let keypair = expect(call, name).await?;
    call.region
        .db
        .write(move |tx| -> Result<(), ComputeError> {
            tx.prepare_cached("DELETE FROM compute_keypair WHERE seq = ?1")?
                .execute([keypair.seq])?;
            Ok(())
        })
        .await?;
    Ok(if call.since(2) { StatusCode::NO_CONTENT } else { StatusCode::ACCEPTED })
}

async fn expect(call: &Call, name: &str) -> Result<Keypair, ComputeError> {
    let (user, wanted) = (call.scope.user_id.clone(), name.to_owned());
    let found = call.region.db.read(move |conn| find(conn, &user, &wanted)).await?;
    found.ok_or_else(|| {
        ComputeError::not_found(format!("Keypair {name} not found for user {}", call.scope.user_id))
    })
}

impl Keypair {
    fn summary(&self, call: &Call) -> Map<String, Value> {
        let mut view = Map::new();
        view.insert("name".to_owned(), json!(self.name));
        view.insert("public_key".to_owned(), json!(self.public_key));
        view.insert("fingerprint".to_owned(), json!(self.fingerprint));
        if call.since(2) {
            view.insert("type".to_owned(), json!(self.kind));
        }
        view
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Keypair> {
    Ok(Keypair {
        seq: row.get("seq")?,
        user_id: row.get("user_id")?,
        name: row.get("name")?,
        kind: row.get("kind")?,
        public_key: row.get("public_key")?,
        fingerprint: row.get("fingerprint")?,
        created: row.get("created")?,
    })
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[track_caller]
    fn check(key: &str, expected: Option<&str>) {
        assert_eq!(fingerprint(key).as_deref(), expected);
    }

    #[test]
    fn fingerprints_as_a_real_cloud_does() {
        // Key and fingerprint as recorded from a real Nova.
        let key =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKQqPsroFA5SyJNrO6LzM8ZRcwSXAF/i6xyxdGubn/Bh demo";
        check(key, Some("ab:0f:00:5c:e2:58:ae:89:30:6f:a0:b3:be:b2:49:0e"));
        check("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIKQqPsroFA5SyJNrO6LzM8ZRcwSXAF/i6xyxdGubn/Bh", None);
        check("ssh-ed25519 nonsense", None);
        check("ssh-ed25519", None);
        check("", None);
    }
}
