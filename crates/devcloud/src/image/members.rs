//! Sharing: who else may use a `shared` image, and what they said to it.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::{Value, json};

use super::body::{NoBody, read_json};
use super::fault::{Answer, Fault};
use super::policy::{self, Caller};
use super::record::ImageRecord;
use super::view;
use crate::auth::Scope;
use crate::body_schema::repr;
use crate::state::Region;

/// Glance's `image_member_quota`.
const MAX_MEMBERS: i64 = 128;

#[derive(Debug, Clone)]
struct Member {
    id: String,
    status: String,
    created_at: i64,
    updated_at: i64,
}

impl Member {
    fn view(&self, image: &ImageRecord) -> Value {
        view::member(&image.id, &self.id, &self.status, self.created_at, self.updated_at)
    }
}

fn find(conn: &Connection, image: &ImageRecord, member: &str) -> rusqlite::Result<Option<Member>> {
    let sql = "SELECT member, status, created_at, updated_at FROM image_member WHERE image = ?1 AND member = ?2";
    conn.prepare_cached(sql)?
        .query_row(params![image.seq, member], |row| {
            Ok(Member {
                id: row.get(0)?,
                status: row.get(1)?,
                created_at: row.get(2)?,
                updated_at: row.get(3)?,
            })
        })
        .optional()
}

fn lookup(conn: &Connection, caller: &Caller, id: &str) -> Answer<ImageRecord> {
    policy::visible(conn, caller, id).map_err(|fault| match fault.status() {
        StatusCode::NOT_FOUND => Fault::not_found(format!("Image {id} not found.")),
        _ => fault,
    })
}

/// A member's row for those who may see it: everybody else's is not there.
fn lookup_member(
    conn: &Connection,
    caller: &Caller,
    image: &ImageRecord,
    member: &str,
) -> Answer<Member> {
    let missing = || {
        let words = format!("{member} not found in the member list of the image {}.", image.id);
        Fault::not_found(words)
    };
    let owns = caller.is_admin || image.owner.as_deref() == Some(caller.project_id.as_str());
    if !owns && member != caller.project_id {
        return Err(missing());
    }
    find(conn, image, member)?.ok_or_else(missing)
}

/// `GET /v2/images/{id}/members`.
pub(super) async fn list(
    State(region): State<Region>,
    Path(id): Path<String>,
    scope: Scope,
    _: NoBody,
) -> Answer<Json<Value>> {
    let caller = Caller::from(&scope);
    let members = region.db.read(move |conn| Ok(members_of(conn, &caller, &id))).await??;
    Ok(Json(json!({ "members": members, "schema": "/v2/schemas/members" })))
}

fn members_of(conn: &Connection, caller: &Caller, id: &str) -> Answer<Vec<Value>> {
    let image = lookup(conn, caller, id)?;
    if image.visibility != "shared" {
        let words =
            format!("Not allowed to list members for image {id}: Only shared images have members.");
        return Err(Fault::forbidden(words));
    }
    let mine = find(conn, &image, &caller.project_id)?;
    policy::may_see_members(caller, &image, mine.is_some(), "get_members")?;
    if let Some(mine) = mine.filter(|_| !caller.is_admin) {
        return Ok(vec![mine.view(&image)]);
    }
    let sql = "SELECT member, status, created_at, updated_at FROM image_member WHERE image = ?1 \
               ORDER BY created_at, member";
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map([image.seq], |row| {
        let (member, status): (String, String) = (row.get(0)?, row.get(1)?);
        Ok(view::member(&image.id, &member, &status, row.get(2)?, row.get(3)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// `GET /v2/images/{id}/members/{member}`.
pub(super) async fn show(
    State(region): State<Region>,
    Path((id, member)): Path<(String, String)>,
    scope: Scope,
    _: NoBody,
) -> Answer<Json<Value>> {
    let caller = Caller::from(&scope);
    let view = region
        .db
        .read(move |conn| {
            let found = || {
                let image = lookup(conn, &caller, &id)?;
                if image.visibility != "shared" {
                    return Err(Fault::not_found("Only shared images have members."));
                }
                lookup_member(conn, &caller, &image, &member).map(|m| m.view(&image))
            };
            Ok(found())
        })
        .await??;
    Ok(Json(view))
}

/// `POST /v2/images/{id}/members`.
pub(super) async fn create(
    State(region): State<Region>,
    Path(id): Path<String>,
    scope: Scope,
    headers: HeaderMap,
    body: Body,
) -> Answer<Json<Value>> {
    let body: Value = read_json(&headers, body).await?;
    let form = "Expected a member in the form: {\"member\": \"image_id\"}";
    let member = match (&body, body.get("member")) {
        (Value::Array(_), _) => return Err(Fault::bad_request(form)),
        (_, None) => return Err(Fault::bad_request("Member to be added not specified")),
        (_, Some(Value::String(member))) if member.is_empty() => {
            return Err(Fault::bad_request("Member can't be empty"));
        }
        (_, Some(Value::String(member))) => member.clone(),
        (_, Some(Value::Null)) => return Err(Fault::bad_request("Member can't be empty")),
        (_, Some(_)) => return Err(Fault::bad_request(form)),
    };
    // The column holds 255 characters.
    if member.chars().count() > 255 {
        return Err(Fault::bad_request("Member can't be longer than 255 characters"));
    }
    let caller = Caller::from(&scope);
    let now = region.clock.now().as_second();
    let view = region
        .db
        .write(move |tx| {
            let image = lookup(tx, &caller, &id)?;
            if image.visibility != "shared" {
                let words = format!("Not allowed to create members for image {id}.");
                return Err(Fault::forbidden(words));
            }
            policy::may_share(&caller, &image, "add_member")?;
            let count = "SELECT count(*) FROM image_member WHERE image = ?1";
            let count: i64 = tx.prepare_cached(count)?.query_row([image.seq], |row| row.get(0))?;
            if count >= MAX_MEMBERS {
                let attempted = count + 1;
                return Err(Fault::too_large(format!(
                    "Image member limit exceeded for image {id}: The limit has been exceeded on the number of \
                     allowed image members for this image. Attempted: {attempted}, Maximum: {MAX_MEMBERS}:"
                )));
            }
            if find(tx, &image, &member)?.is_some() {
                let words = format!("Member {member} is duplicated for image {id}");
                return Err(Fault::conflict(words));
            }
            tx.prepare_cached("INSERT INTO image_member VALUES (?1, ?2, 'pending', ?3, ?3)")?
                .execute(params![image.seq, member, now])?;
            Ok(view::member(&image.id, &member, "pending", now, now))
        })
        .await?;
    Ok(Json(view))
}

/// `PUT /v2/images/{id}/members/{member}`: the member's answer.
pub(super) async fn update(
    State(region): State<Region>,
    Path((id, member)): Path<(String, String)>,
    scope: Scope,
    headers: HeaderMap,
    body: Body,
) -> Answer<Json<Value>> {
    let body: Value = read_json(&headers, body).await?;
    let status = match (&body, body.get("status")) {
        (Value::Array(_), _) => {
            let words = "Expected a status in the form: {\"status\": \"status\"}";
            return Err(Fault::bad_request(words));
        }
        (_, None) => return Err(Fault::bad_request("Status not specified")),
        (_, Some(status)) => status.clone(),
    };
    let caller = Caller::from(&scope);
    let now = region.clock.now().as_second();
    let view = region
        .db
        .write(move |tx| {
            let image = lookup(tx, &caller, &id)?;
            if image.visibility != "shared" {
                let words = format!("Not allowed to update members for image {id}.");
                return Err(Fault::forbidden(words));
            }
            let mut found = lookup_member(tx, &caller, &image, &member)?;
            policy::may_answer(&caller, caller.project_id == member)?;
            let known = ["pending", "accepted", "rejected"];
            let Some(status) = status.as_str().filter(|s| known.contains(s)) else {
                tracing::debug!(status = repr(&status), "no such member status");
                let words = "Incorrect request: Status must be \"pending\", \"accepted\" or \"rejected\".";
                return Err(Fault::bad_request(words));
            };
            found.status = status.to_owned();
            found.updated_at = now;
            tx.prepare_cached("UPDATE image_member SET status = ?3, updated_at = ?4 WHERE image = ?1 AND member = ?2")?
                .execute(params![image.seq, member, status, now])?;
            Ok(found.view(&image))
        })
        .await?;
    Ok(Json(view))
}

/// `DELETE /v2/images/{id}/members/{member}`.
pub(super) async fn delete(
    State(region): State<Region>,
    Path((id, member)): Path<(String, String)>,
    scope: Scope,
    _: NoBody,
) -> Answer<Response> {
    let caller = Caller::from(&scope);
    region
        .db
        .write(move |tx| {
            let image = lookup(tx, &caller, &id)?;
            if image.visibility != "shared" {
                let words = format!("Not allowed to delete members for image {id}.");
                return Err(Fault::forbidden(words));
            }
            lookup_member(tx, &caller, &image, &member)?;
            policy::may_share(&caller, &image, "delete_member")?;
            tx.prepare_cached("DELETE FROM image_member WHERE image = ?1 AND member = ?2")?
                .execute(params![image.seq, member])?;
            Ok(())
        })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
