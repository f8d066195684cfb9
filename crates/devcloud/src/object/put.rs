//! `PUT` of an object: checked before its body, written and hashed, checked again, and only then there.

use axum::http::header::{
    CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, ETAG, LAST_MODIFIED,
};
use axum::http::{HeaderMap, StatusCode};

use super::call::{Call, Place};
use super::files::{self, Draft, Lost};
use super::info::{MAX_FILE_SIZE, MAX_OBJECT_NAME};
use super::meta::{self, Meta};
use super::quota;
use super::reply::{Answer, Refusal, empty, set};
use super::stamp::Stamp;
use super::store::{self, Object};
use crate::body_reader::BodyReader;

/// `PUT`.
pub(super) async fn put(call: &Call, body: &mut BodyReader) -> Answer {
    let length = content_length(&call.headers)?;
    // Taken for an ordinary object, it would be a lie.
    for name in ["x-object-manifest", "x-copy-from", "x-symlink-target"] {
        if call.headers.contains_key(name) {
            let words = format!("devcloud's object store does not know {name}.");
            return Err(Refusal::text(StatusCode::NOT_IMPLEMENTED, words));
        }
    }
    check_quota(call, length.unwrap_or(0)).await?;
    let object = described(call)?;
    if length.is_some_and(|length| length > MAX_FILE_SIZE) {
        return Err(Refusal::text(StatusCode::PAYLOAD_TOO_LARGE, "Your request is too large."));
    }
    check_place(call).await?;
    let draft = Draft::new(&call.region);
    let written = match files::write(&draft, body, MAX_FILE_SIZE).await {
        Ok(written) => written,
        // Nobody reads it.
        Err(Lost::Client) => return Err(Refusal::page(client_gone())),
        Err(Lost::TooLarge) => return Err(Refusal::page(StatusCode::PAYLOAD_TOO_LARGE)),
        Err(Lost::Disk(error)) => return Err(error.into()),
    };
    let promised = etag(&call.headers);
    if !promised.is_empty() && promised != written.md5 {
        let mut refusal = Refusal::page(StatusCode::UNPROCESSABLE_ENTITY);
        set(&mut refusal.0, LAST_MODIFIED, &call.now.last_modified());
        return Err(refusal);
    }
    let object = Object {
        file: draft.name(),
        bytes: written.bytes,
        md5: written.md5,
        created: Stamp::now(&call.region.clock),
        ..object
    };
    let (etag, created) = (object.md5.clone(), object.created);
    commit(call, draft, object).await?;
    let mut response = empty(StatusCode::CREATED);
    set(&mut response, ETAG, &etag);
    set(&mut response, LAST_MODIFIED, &created.last_modified());
    Ok(response)
}

/// `Client Disconnect`.
fn client_gone() -> StatusCode {
    StatusCode::from_u16(499).unwrap_or(StatusCode::BAD_REQUEST)
}

/// `None` when the body comes in chunks.
pub(super) fn content_length(headers: &HeaderMap) -> Answer<Option<u64>> {
    match headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok()) {
        Some(length) => Ok(Some(length)),
        None if headers.contains_key("transfer-encoding") => Ok(None),
        None => Err(Refusal::page(StatusCode::LENGTH_REQUIRED)),
    }
}

/// The MD5 that the client promises, without quotes; empty when it does not.
pub(super) fn etag(headers: &HeaderMap) -> String {
    let text = headers.get(ETAG).map(meta::text).unwrap_or_default();
    text.trim_matches('"').to_ascii_lowercase()
}

/// Whether the quotas leave room.
pub(super) async fn check_quota(call: &Call, bytes: u64) -> Answer<()> {
    let (place, most) = (call.place.clone(), call.region.options.object_account_quota);
    call.region.db.read(move |conn| Ok(quota::check(conn, &place, bytes, most))).await?
}

/// An object without its bytes yet, as its headers describe it (swift/common/constraints.py, `check_object_creation`).
pub(super) fn described(call: &Call) -> Answer<Object> {
    let length = call.place.object.len();
    if length > MAX_OBJECT_NAME {
        let words = format!("Object name length of {length} longer than {MAX_OBJECT_NAME}");
        return Err(Refusal::text(StatusCode::BAD_REQUEST, words));
    }
    let if_none_match = call.header("if-none-match");
    if !["", "*"].contains(&if_none_match) {
        let words = "If-None-Match only supports *";
        return Err(Refusal::text(StatusCode::BAD_REQUEST, words));
    }
    let kind = match call.header("content-type") {
        "" => "application/octet-stream",
        kind => kind,
    };
    Ok(Object {
        container: 0,
        name: call.place.object.clone(),
        file: String::new(),
        bytes: 0,
        md5: String::new(),
        slo: None,
        content_type: kind.to_owned(),
        created: call.now,
        delete_at: delete_at(call)?,
        headers: kept_headers(&call.headers)?,
    })
}

/// Headers that come back with the object.
pub(super) fn kept_headers(headers: &HeaderMap) -> Answer<Meta> {
    let mut kept: Meta = meta::given(headers, "object")?
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (format!("x-object-meta-{name}"), value))
        .collect();
    for name in [CONTENT_DISPOSITION, CONTENT_ENCODING] {
        if let Some(value) = headers.get(&name) {
            kept.insert(name.as_str().to_owned(), meta::text(value));
        }
    }
    Ok(kept)
}

/// When it is to go, in seconds since 1970.
pub(super) fn delete_at(call: &Call) -> Answer<Option<i64>> {
    let now = call.now.seconds();
    let refused = |words: &str| Refusal::text(StatusCode::BAD_REQUEST, words);
    match (call.header("x-delete-after"), call.header("x-delete-at")) {
        ("", "") => Ok(None),
        ("", at) => {
            let at: i64 = at.parse().map_err(|_| refused("Non-integer X-Delete-At"))?;
            if at < now { Err(refused("X-Delete-At in past")) } else { Ok(Some(at)) }
        }
        (after, _) => {
            let after: i64 = after.parse().map_err(|_| refused("Non-integer X-Delete-After"))?;
            if after < 0 {
                return Err(refused("X-Delete-After in past"));
            }
            Ok(Some(now.saturating_add(after)))
        }
    }
}

/// Whether the container is there, and `If-None-Match: *` holds: before the body is read.
pub(super) async fn check_place(call: &Call) -> Answer<()> {
    let (place, now, new_only) =
        (call.place.clone(), call.now, call.header("if-none-match") == "*");
    call.region.db.read(move |conn| Ok(room(conn, &place, now, new_only))).await??;
    Ok(())
}

/// The id of the container that the object goes to.
fn room(conn: &rusqlite::Connection, place: &Place, now: Stamp, new_only: bool) -> Answer<i64> {
    let found = store::container(conn, place.project(), &place.container)?;
    let container = found.ok_or_else(|| Refusal::page(StatusCode::NOT_FOUND))?;
    if new_only && store::object(conn, container.id, &place.object, now)?.is_some() {
        return Err(Refusal::page(StatusCode::PRECONDITION_FAILED));
    }
    Ok(container.id)
}

/// Puts the object in its place; the one that was there goes.
pub(super) async fn commit(call: &Call, draft: Draft, mut object: Object) -> Answer<()> {
    let (place, now, new_only) =
        (call.place.clone(), call.now, call.header("if-none-match") == "*");
    let replaced = call
        .region
        .db
        .write(move |tx| {
            object.container = room(tx, &place, now, new_only)?;
            let replaced = store::any_object(tx, object.container, &object.name)?;
            store::save_object(tx, &object)?;
            // From here on a row may name the file: better one too many, which the next start sweeps away.
            draft.keep();
            Ok::<_, Refusal>(replaced)
        })
        .await?;
    if let Some(replaced) = replaced {
        files::discard(&files::folder(&call.region).join(replaced.file));
    }
    Ok(())
}
