//! One image: show, patch, delete, tags, deactivate, reactivate, and what else hangs on its id.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::body::{NoBody, read_json};
use super::create::tag_quota;
use super::fail_names::Failure;
use super::fault::{Answer, Fault};
use super::files::Files;
use super::patch::{self, Dialect};
use super::policy::{self, Caller};
use super::record::ImageRecord;
use super::schema;
use super::view::{self, TaskRecord};
use crate::auth::Scope;
use crate::state::Region;

/// What Glance sends with an empty 204 or 202.
pub(super) fn empty(status: StatusCode) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=UTF-8")]).into_response()
}

fn shown(image: &ImageRecord) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], view::image(image)).into_response()
}

/// `GET /v2/images/{id}`.
pub(super) async fn show(
    State(region): State<Region>,
    Path(id): Path<String>,
    scope: Scope,
    _: NoBody,
) -> Answer<Response> {
    let caller = Caller::from(&scope);
    let image = region.db.read(move |conn| Ok(policy::visible(conn, &caller, &id))).await??;
    Ok(shown(&image))
}

/// `PATCH /v2/images/{id}`.
pub(super) async fn update(
    State(region): State<Region>,
    Path(id): Path<String>,
    scope: Scope,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let dialect =
        Dialect::of(content_type).map_err(|fault| fault.for_release(region.options.release))?;
    let body: Value = read_json(&headers, body).await?;
    let changes = patch::parse(&body, dialect)?;
    let now = region.clock.now().as_second();
    let caller = Caller::from(&scope);
    let image = region
        .db
        .write(move |tx| {
            let mut image = policy::visible(tx, &caller, &id)?;
            for change in &changes {
                patch::apply(&mut image, change, &caller)?;
            }
            if !changes.is_empty() {
                image.updated_at = now;
                image.save(tx)?;
            }
            Ok::<_, Fault>(image)
        })
        .await?;
    Ok(shown(&image))
}

/// `DELETE /v2/images/{id}`.
pub(super) async fn delete(
    State(region): State<Region>,
    Path(id): Path<String>,
    scope: Scope,
    _: NoBody,
) -> Answer<Response> {
    let caller = Caller::from(&scope);
    let wanted = id.clone();
    region
        .db
        .write(move |tx| {
            let gone = |fault: Fault| match fault.status() {
                StatusCode::NOT_FOUND => {
                    Fault::not_found(format!("Failed to find image {wanted} to delete"))
                }
                _ => fault,
            };
            let image = policy::visible(tx, &caller, &wanted).map_err(gone)?;
            policy::may_delete(&caller, &image)?;
            if image.protected {
                return Err(Fault::forbidden(format!(
                    "Image {wanted} is protected and cannot be deleted."
                )));
            }
            if Failure::of(image.name.as_deref()) == Some(Failure::Delete) {
                return Err(Fault::conflict(format!(
                    "Image {wanted} could not be deleted because it is in use: The image cannot be deleted because \
                     it is in use through the backend store outside of Glance."
                )));
            }
            image.delete(tx)?;
            Ok(())
        })
        .await?;
    // The row is gone first: should the process die here, the start-up sweep finds bytes that belong to nobody.
    Files::of(&region).remove(&id).await;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// `PUT /v2/images/{id}/tags/{tag}`.
pub(super) async fn add_tag(
    State(region): State<Region>,
    Path((id, tag)): Path<(String, String)>,
    scope: Scope,
    _: NoBody,
) -> Answer<Response> {
    schema::check("tags", &json!([tag]))?;
    change_tags(&region, id, &scope, move |tags| {
        if !tags.contains(&tag) {
            tag_quota(tags.len() + 1)?;
            tags.push(tag);
        }
        Ok(())
    })
    .await
}

/// `DELETE /v2/images/{id}/tags/{tag}`.
pub(super) async fn remove_tag(
    State(region): State<Region>,
    Path((id, tag)): Path<(String, String)>,
    scope: Scope,
    _: NoBody,
) -> Answer<Response> {
    change_tags(&region, id, &scope, move |tags| {
        let before = tags.len();
        tags.retain(|t| *t != tag);
        if tags.len() < before { Ok(()) } else { Err(Fault::nothing_here()) }
    })
    .await
}

async fn change_tags(
    region: &Region,
    id: String,
    scope: &Scope,
    change: impl FnOnce(&mut Vec<String>) -> Answer<()> + Send + 'static,
) -> Answer<Response> {
    let caller = Caller::from(scope);
    let now = region.clock.now().as_second();
    region
        .db
        .write(move |tx| {
            let image = policy::visible(tx, &caller, &id);
            let mut image = image.map_err(|fault| match fault.status() {
                StatusCode::NOT_FOUND => Fault::not_found(format!("Image {id} not found.")),
                _ => fault,
            })?;
            policy::may_modify(&caller, &image)?;
            change(&mut image.tags)?;
            image.updated_at = now;
            image.save(tx)?;
            Ok::<_, Fault>(())
        })
        .await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// `POST /v2/images/{id}/actions/deactivate`.
pub(super) async fn deactivate(
    State(region): State<Region>,
    Path(id): Path<String>,
    scope: Scope,
    _: NoBody,
) -> Answer<Response> {
    switch(&region, id, &scope, "deactivate", "active", "deactivated").await
}

/// `POST /v2/images/{id}/actions/reactivate`.
pub(super) async fn reactivate(
    State(region): State<Region>,
    Path(id): Path<String>,
    scope: Scope,
    _: NoBody,
) -> Answer<Response> {
    switch(&region, id, &scope, "reactivate", "deactivated", "active").await
}

async fn switch(
    region: &Region,
    id: String,
    scope: &Scope,
    action: &'static str,
    from: &'static str,
    to: &'static str,
) -> Answer<Response> {
    let caller = Caller::from(scope);
    let now = region.clock.now().as_second();
    region
        .db
        .write(move |tx| {
            let mut image = policy::visible(tx, &caller, &id)?;
            policy::may_switch(&caller, &image, action)?;
            match image.status.as_str() {
                // Doing it twice is no mistake.
                status if status == to => {}
                status if status == from => {
                    image.status = to.to_owned();
                    image.updated_at = now;
                    image.save(tx)?;
                }
                status => {
                    return Err(Fault::forbidden(format!(
                        "Not allowed to {action} image in status '{status}'"
                    )));
                }
            }
            Ok(())
        })
        .await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

/// `GET /v2/images/{id}/tasks`.
pub(super) async fn tasks(
    State(region): State<Region>,
    Path(id): Path<String>,
    scope: Scope,
    _: NoBody,
) -> Answer<Json<Value>> {
    let caller = Caller::from(&scope);
    let tasks = region
        .db
        .read(move |conn| {
            if policy::visible(conn, &caller, &id).is_err() {
                return Ok(Err(Fault::nothing_here()));
            }
            let columns = TaskRecord::COLUMNS;
            // A member or a stranger to a public image gets none: a task names its owner's URL (tasks_get_by_image).
            let sql = format!(
                "SELECT {columns} FROM image_task WHERE image_id = ?1 AND (owner = ?2 OR ?3) ORDER BY seq DESC"
            );
            let mut statement = conn.prepare_cached(&sql)?;
            let parameters = rusqlite::params![id, caller.project_id, caller.is_admin];
            let rows = statement.query_map(parameters, TaskRecord::from_row)?;
            rows.map(|row| row.map(|task| task.of_image())).collect::<Result<Vec<_>, _>>().map(Ok)
        })
        .await??;
    Ok(Json(json!({ "tasks": tasks })))
}

/// `DELETE /v2/stores/{store}/{id}`: the operator's, and only while another store holds a copy.
pub(super) async fn delete_from_store(
    State(region): State<Region>,
    Path((store, id)): Path<(String, String)>,
    scope: Scope,
    _: NoBody,
) -> Answer<Response> {
    if !super::info::STORES.contains(&store.as_str()) {
        let words = format!("The selected store {store} is not available on this node.");
        return Err(Fault::conflict(words));
    }
    let caller = Caller::from(&scope);
    region
        .db
        .write(move |tx| {
            let image = policy::visible(tx, &caller, &id);
            let mut image =
                image.map_err(|_| Fault::not_found(format!("Failed to find image {id}")))?;
            if !caller.is_admin {
                return Err(Fault::policy("delete_image_location"));
            }
            if image.status != "active" {
                let words =
                    "It's not allowed to remove image data from store if image status is not 'active'";
                return Err(Fault::conflict(words));
            }
            if image.stores.len() == 1 {
                let words = "Cannot delete image data from the only store containing it. Consider deleting \
                             the image instead.";
                return Err(Fault::forbidden(words));
            }
            let before = image.stores.len();
            image.stores.retain(|s| *s != store);
            if image.stores.len() == before {
                let words = format!("Image {id} is not stored in store {store}.");
                return Err(Fault::not_found(words));
            }
            image.save(tx)?;
            Ok(())
        })
        .await?;
    Ok(empty(StatusCode::NO_CONTENT))
}
