//! `POST /v2/images/{id}/import`: what is asked for and whether it may be; the work itself is in [`super::import_task`].
//!
//! Mirrors `ImagesController.import_image` (glance/api/v2/images.py), in its order of checks.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rusqlite::params;
use serde_json::{Value, json};

use super::body::read_json;
use super::fault::{Answer, Fault};
use super::images::empty;
use super::import_task;
use super::info::STORES;
use super::policy::{self, Caller};
use super::quota;
use super::record::ImageRecord;
use super::web;
use crate::auth::Scope;
use crate::state::{Endpoint, Region};

/// The property that locks an image while an import is under way.
pub(super) const LOCK: &str = "os_glance_import_task";

/// `POST /v2/images/{id}/import`.
pub(super) async fn import(
    State(region): State<Region>,
    Path(id): Path<String>,
    endpoint: Endpoint,
    scope: Scope,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    let body: Value = read_json(&headers, body).await?;
    let method = method_name(&body, &region.options.import_methods)?.to_owned();
    let caller = Caller::from(&scope);
    let named_store =
        headers.get("x-image-meta-store").map(|v| v.to_str().unwrap_or_default().to_owned());
    let (wanted, request) = (id.clone(), body.clone());
    // Everything but the URL, which may need a name resolved.
    let check = move |conn: &rusqlite::Connection| {
        quota::size(conn, &caller, None)?;
        let image = policy::visible(conn, &caller, &wanted)?;
        allowed(&image, &caller, &method, &request)?;
        let stores = stores(&request, named_store.as_deref())?;
        if method == "copy-image" {
            return copy_targets(&image, &request, stores);
        }
        Ok(stores)
    };
    let first = check.clone();
    let stores = region.db.read(move |conn| Ok(first(conn))).await??;
    if stores.is_empty() {
        // `all_stores` of an image that is in all stores already.
        return Ok(empty(StatusCode::ACCEPTED));
    }
    if let Some("web-download") = body.pointer("/method/name").and_then(Value::as_str) {
        let uri = body.pointer("/method/uri").and_then(Value::as_str);
        let passes = match uri {
            Some(uri) => web::passes(&region, uri).await,
            None => false,
        };
        if !passes {
            let words =
                format!("URI for web-download does not pass filtering: {}", uri.unwrap_or("None"));
            return Err(Fault::bad_request(words));
        }
    }
    let now = region.clock.now().as_second();
    let task = uuid::Uuid::new_v4().to_string();
    let row = task.clone();
    region
        .db
        .write(move |tx| {
            // Once more, and now nothing can come in between.
            let stores = check(tx)?;
            let Some(mut image) = ImageRecord::find(tx, &id)? else { return Err(Fault::no_image(&id)) };
            image.properties.set(LOCK, row.as_str());
            image.updated_at = now;
            image.save(tx)?;
            let input = json!({"image_id": id, "import_req": body, "backend": stores});
            tx.prepare_cached(
                "INSERT INTO image_task (id, image_id, status, owner, user_id, request_id, input, message, created_at, \
                 updated_at) VALUES (?1, ?2, 'pending', ?3, ?4, ?5, ?6, '', ?7, ?7)",
            )?
            .execute(params![
                row,
                id,
                scope.project_id,
                scope.user_id,
                endpoint.request_id,
                input.to_string(),
                now
            ])?;
            Ok(())
        })
        .await?;
    region.tasks.spawn(import_task::run(region.clone(), task));
    Ok(empty(StatusCode::ACCEPTED))
}

fn method_name<'a>(body: &'a Value, enabled: &[String]) -> Answer<&'a str> {
    let method = body
        .get("method")
        .ok_or_else(|| Fault::bad_request("Import request requires a 'method' field."))?;
    let name = method
        .get("name")
        .ok_or_else(|| Fault::bad_request("Import request requires a 'name' field."))?;
    let known = name.as_str().filter(|name| enabled.iter().any(|known| known == *name));
    let shown = name.as_str().map_or_else(|| name.to_string(), str::to_owned);
    let name = known
        .ok_or_else(|| Fault::bad_request(format!("Unknown import method name '{shown}'.")))?;
    for key in ["all_stores_must_succeed", "all_stores"] {
        if body.get(key).is_some_and(|value| !value.is_boolean()) {
            return Err(Fault::bad_request(format!("'{key}' must be boolean value only")));
        }
    }
    Ok(name)
}

fn allowed(image: &ImageRecord, caller: &Caller, method: &str, body: &Value) -> Answer<()> {
    let status = image.status.as_str();
    match method {
        "copy-image" if status != "active" => {
            let words = "Only images with status active can be targeted for copying";
            return Err(Fault::conflict(words));
        }
        "copy-image" => {}
        _ if status == "active" => {
            let words = "Image with status active cannot be target for import";
            return Err(Fault::conflict(words));
        }
        // A size says that the staged body has arrived whole.
        "glance-direct" if status != "uploading" || image.size.is_none() => {
            let words = "Image needs to be staged before 'glance-direct' method can be used";
            return Err(Fault::conflict(words));
        }
        "web-download" | "glance-download" if status != "queued" => {
            let words = format!("Image needs to be in 'queued' state to use '{method}' method");
            return Err(Fault::conflict(words));
        }
        _ => {}
    }
    for (name, format) in
        [("container_format", &image.container_format), ("disk_format", &image.disk_format)]
    {
        if format.is_none() {
            return Err(Fault::conflict(format!("'{name}' needs to be set before import")));
        }
    }
    if method == "glance-download" {
        for key in ["glance_region", "glance_image_id"] {
            if body.pointer(&format!("/method/{key}")).is_none() {
                let words = format!("'{key}' needs to be set for glance-download import method");
                return Err(Fault::bad_request(words));
            }
        }
    }
    match method {
        "copy-image" if !caller.is_admin => return Err(Fault::policy("copy_image")),
        "copy-image" => {}
        _ => policy::may_modify(caller, image)?,
    }
    if image.properties.get(LOCK).is_some() {
        return Err(Fault::conflict("Image has active task"));
    }
    Ok(())
}

fn stores(body: &Value, header: Option<&str>) -> Answer<Vec<String>> {
    let wanted: Vec<String> = match (body.get("all_stores"), body.get("stores")) {
        (Some(Value::Bool(true)), given) => {
            if given.is_some() || header.is_some() {
                let words = "All_stores parameter can't be used with x-image-meta-store header or stores parameter";
                return Err(Fault::bad_request(words));
            }
            STORES.iter().map(|s| (*s).to_owned()).collect()
        }
        (_, Some(Value::Array(given))) => {
            if header.is_some() {
                let words =
                    "Stores parameter and x-image-meta-store header can't be both specified";
                return Err(Fault::bad_request(words));
            }
            given.iter().map(|s| s.as_str().map_or_else(|| s.to_string(), str::to_owned)).collect()
        }
        (_, Some(_)) => {
            return Err(Fault::bad_request("'stores' must be a list of store identifiers"));
        }
        _ => vec![header.unwrap_or("fast").to_owned()],
    };
    for store in &wanted {
        if !STORES.contains(&store.as_str()) {
            return Err(Fault::conflict(format!("Unknown scheme '{store}' found in URI")));
        }
    }
    Ok(wanted)
}

fn copy_targets(image: &ImageRecord, body: &Value, wanted: Vec<String>) -> Answer<Vec<String>> {
    if body.get("all_stores") == Some(&Value::Bool(true)) {
        return Ok(wanted.into_iter().filter(|s| !image.stores.contains(s)).collect());
    }
    match wanted.iter().find(|s| image.stores.contains(s)) {
        Some(there) => {
            Err(Fault::bad_request(format!("Image is already present at store '{there}'")))
        }
        None => Ok(wanted),
    }
}
