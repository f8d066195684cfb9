//! What the cloud says of itself: versions, schemas, import methods, stores, usage, tasks of all, and the empty metadata catalogue.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::body::NoBody;
use super::fault::{Answer, Fault};
use super::policy::Caller;
use super::query::Query;
use super::quota;
use super::schema;
use super::view::TaskRecord;
use crate::auth::Scope;
use crate::state::{Endpoint, Region};

/// Stores that a user can name; the first one is the default.
pub(super) const STORES: [&str; 2] = ["fast", "slow"];

fn versions(region: &Region, endpoint: &Endpoint) -> Json<Value> {
    let release = region.options.release;
    let href = format!("{}/v2/", endpoint.root);
    let version = |id: &&str| {
        let status = if *id == release.image_current() { "CURRENT" } else { "SUPPORTED" };
        json!({"id": id, "status": status, "links": [{"rel": "self", "href": href}]})
    };
    Json(json!({ "versions": release.image_versions().iter().map(version).collect::<Vec<_>>() }))
}

/// `GET /`: which version would you like?
pub(super) async fn choices(State(region): State<Region>, endpoint: Endpoint) -> Response {
    (StatusCode::MULTIPLE_CHOICES, versions(&region, &endpoint)).into_response()
}

/// `GET /versions`.
pub(super) async fn all_versions(State(region): State<Region>, endpoint: Endpoint) -> Json<Value> {
    versions(&region, &endpoint)
}

/// `GET /v2/schemas/{name}`.
pub(super) async fn schema(Path(name): Path<String>, _: Scope) -> Answer<Response> {
    let text = schema::text(&name).ok_or_else(Fault::nothing_here)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// `GET /v2/info/import`.
pub(super) async fn import_methods(State(region): State<Region>, _: Scope) -> Json<Value> {
    Json(json!({"import-methods": {
        "description": "Import methods available.", "type": "array", "value": region.options.import_methods,
    }}))
}

/// `GET /v2/info/stores`.
pub(super) async fn stores(_: Scope) -> Json<Value> {
    Json(json!({"stores": [
        {"id": "fast", "description": "Default store", "default": "true"},
        {"id": "slow", "description": "Second store"},
    ]}))
}

/// `GET /v2/info/stores/detail`: the operator's.
pub(super) async fn stores_detail(scope: Scope) -> Answer<Json<Value>> {
    if !scope.is_admin() {
        return Err(Fault::policy("stores_info_detail"));
    }
    let store = |id: &str, about: &str, default: bool| {
        let mut store =
            json!({"id": id, "type": "file", "description": about, "weight": 0, "properties": {}});
        if let (true, Some(fields)) = (default, store.as_object_mut()) {
            fields.insert("default".to_owned(), json!("true"));
        }
        store
    };
    Ok(Json(json!({"stores": [
        store("fast", "Default store", true),
        store("slow", "Second store", false),
    ]})))
}

/// `GET /v2/info/usage`.
pub(super) async fn usage(State(region): State<Region>, scope: Scope) -> Answer<Json<Value>> {
    let caller = Caller::from(&scope);
    Ok(Json(region.db.read(move |conn| quota::usage(conn, &caller)).await?))
}

/// `GET /v2/tasks`: the operator's.
pub(super) async fn tasks(
    State(region): State<Region>,
    scope: Scope,
    RawQuery(raw): RawQuery,
) -> Answer<Json<Value>> {
    if !scope.is_admin() {
        return Err(Fault::policy("tasks_api_access"));
    }
    // Limit and marker have the same rules as in the list of images.
    let query = Query::parse(raw.as_deref().unwrap_or_default())?;
    let page = region
        .db
        .read(move |conn| {
            let columns = TaskRecord::COLUMNS;
            let sql = format!(
                "SELECT {columns} FROM image_task WHERE ?1 IS NULL OR seq < (SELECT seq FROM image_task WHERE id = ?1) \
                 ORDER BY seq DESC LIMIT ?2"
            );
            let limit = i64::try_from(query.limit).unwrap_or(i64::MAX);
            let mut statement = conn.prepare_cached(&sql)?;
            let rows = statement
                .query_map(rusqlite::params![query.marker, limit], TaskRecord::from_row)?
                .collect::<Result<Vec<_>, _>>()?;
            let link = |q: &str| if q.is_empty() { "/v2/tasks".to_owned() } else { format!("/v2/tasks?{q}") };
            let mut page = json!({
                "tasks": rows.iter().map(|t| t.of_admin(false)).collect::<Vec<_>>(),
                "first": link(&query.carried),
                "schema": "/v2/schemas/tasks",
            });
            if let (Some(last), Some(page)) = (rows.last().filter(|_| rows.len() == query.limit), page.as_object_mut())
            {
                let joint = if query.carried.is_empty() { "" } else { "&" };
                let next = link(&format!("{}{joint}marker={}", query.carried, last.id));
                page.insert("next".to_owned(), json!(next));
            }
            Ok(page)
        })
        .await?;
    Ok(Json(page))
}

/// `GET /v2/tasks/{id}`: the operator's.
pub(super) async fn task(
    State(region): State<Region>,
    Path(id): Path<String>,
    scope: Scope,
) -> Answer<Json<Value>> {
    if !scope.is_admin() {
        return Err(Fault::policy("tasks_api_access"));
    }
    let wanted = id.clone();
    let found = region
        .db
        .read(move |conn| {
            use rusqlite::OptionalExtension as _;
            let sql = format!("SELECT {} FROM image_task WHERE id = ?1", TaskRecord::COLUMNS);
            conn.prepare_cached(&sql)?.query_row([&wanted], TaskRecord::from_row).optional()
        })
        .await?;
    let task = found.ok_or_else(|| Fault::not_found(format!("No task found with ID {id}")))?;
    Ok(Json(task.of_admin(true)))
}

/// `GET /v2/metadefs/namespaces`: none are loaded, as in the recorded cloud.
pub(super) async fn namespaces(_: Scope, RawQuery(raw): RawQuery) -> Answer<Json<Value>> {
    let raw = raw.unwrap_or_default();
    let joint = if raw.is_empty() { "" } else { "?" };
    Ok(Json(json!({
        "namespaces": [],
        "schema": "/v2/schemas/metadefs/namespaces",
        "first": format!("/v2/metadefs/namespaces{joint}{raw}"),
    })))
}

/// `GET /v2/metadefs/namespaces/{name}`.
pub(super) async fn namespace(Path(name): Path<String>, _: Scope, _: NoBody) -> Fault {
    Fault::not_found(format!("Metadata definition namespace={name} was not found."))
}
