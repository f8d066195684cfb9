//! A server's own pairs and tags, changed after it was made (`nova/api/openstack/compute/server_metadata.py`, `server_tags.py`).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::actions::alive;
use super::call::Call;
use super::error::ComputeError;
use super::model::Server;
use super::states::VmState;
use super::{action_schemas, quota};
use crate::records;

/// Tags that a server may have.
const TAGS: usize = 50;

/// Answers what is asked under `metadata`; `None` for a path that is not there.
pub async fn metadata(
    call: &Call,
    server: Server,
    method: &str,
    key: Option<&str>,
) -> Result<Option<Response>, ComputeError> {
    let missing = || ComputeError::not_found("Metadata item was not found");
    let id = server.id.clone();
    Ok(Some(match (method, key) {
        ("GET", None) => axum::Json(json!({"metadata": server.metadata})).into_response(),
        ("GET", Some(key)) => {
            let value = server.metadata.get(key).ok_or_else(missing)?;
            axum::Json(json!({"meta": {key: value}})).into_response()
        }
        ("POST" | "PUT", None) => {
            let replaces = method == "PUT";
            let rule =
                if replaces { "server-metadata:update_all" } else { "server-metadata:create" };
            may(call, rule)?;
            let given = pairs(&call.body(&action_schemas::metadata_body("metadata"))?, "metadata");
            let changed = change(call, &id, "update metadata", move |server| {
                if replaces {
                    server.metadata.clear();
                }
                server.metadata.extend(given);
                few_enough(server)
            });
            axum::Json(json!({"metadata": changed.await?.metadata})).into_response()
        }
        ("PUT", Some(key)) => {
            may(call, "server-metadata:update")?;
            let given = pairs(&call.body(&action_schemas::metadata_body("meta"))?, "meta");
            let Some(value) = given.get(key).filter(|_| given.len() == 1).cloned() else {
                return Err(ComputeError::bad_request("Request body and URI mismatch"));
            };
            change(call, &id, "update metadata", move |server| {
                server.metadata.extend(given);
                few_enough(server)
            })
            .await?;
            axum::Json(json!({"meta": {key: value}})).into_response()
        }
        ("DELETE", Some(key)) => {
            may(call, "server-metadata:delete")?;
            let key = key.to_owned();
            change(call, &id, "delete metadata", move |server| {
                server.metadata.remove(&key).map(|_| ()).ok_or_else(missing)
            })
            .await?;
            StatusCode::NO_CONTENT.into_response()
        }
        _ => return Ok(None),
    }))
}

/// Answers what is asked under `tags`, from 2.26 on; `None` for a path that is not there.
pub async fn tags(
    call: &Call,
    server: Server,
    method: &str,
    tag: Option<&str>,
) -> Result<Option<Response>, ComputeError> {
    let id = server.id.clone();
    let missing = |tag: &str| ComputeError::not_found(format!("Server {id} has no tag '{tag}'"));
    Ok(Some(match (method, tag) {
        ("GET", None) => axum::Json(json!({"tags": server.tags})).into_response(),
        ("GET", Some(tag)) if server.tags.iter().any(|own| own == tag) => {
            StatusCode::NO_CONTENT.into_response()
        }
        ("GET", Some(tag)) => return Err(missing(tag)),
        ("PUT", None) => {
            may(call, "os-server-tags:update_all")?;
            let body = call.body(&action_schemas::tags_body())?;
            let mut given: Vec<String> = Vec::new();
            for tag in body.get("tags").and_then(Value::as_array).into_iter().flatten() {
                if let Some(tag) = tag.as_str().filter(|tag| given.iter().all(|known| known != tag))
                {
                    given.push(tag.to_owned());
                }
            }
            let changed = change(call, &id, "update tags", move |server| {
                server.tags = given;
                Ok(())
            });
            axum::Json(json!({"tags": changed.await?.tags})).into_response()
        }
        ("PUT", Some(tag)) => {
            may(call, "os-server-tags:update")?;
            action_schemas::tags_body()
                .check(&json!({"tags": [tag]}))
                .map_err(ComputeError::bad_request)?;
            if server.tags.iter().any(|own| own == tag) {
                return Ok(Some(StatusCode::NO_CONTENT.into_response()));
            }
            let added = tag.to_owned();
            change(call, &id, "update tag", move |server| {
                if server.tags.len() >= TAGS {
                    return Err(ComputeError::bad_request(format!(
                        "The number of tags exceeded the per-server limit {TAGS}"
                    )));
                }
                server.tags.push(added);
                Ok(())
            })
            .await?;
            let root = &call.incoming.endpoint.root;
            let location = format!("{root}/v2.1/servers/{id}/tags/{tag}");
            (StatusCode::CREATED, [(header::LOCATION, location)]).into_response()
        }
        ("DELETE", tag) => {
            may(
                call,
                if tag.is_some() { "os-server-tags:delete" } else { "os-server-tags:delete_all" },
            )?;
            if let Some(tag) = tag.filter(|tag| server.tags.iter().all(|own| own != tag)) {
                return Err(missing(tag));
            }
            let gone = tag.map(str::to_owned);
            let action = if gone.is_some() { "delete tag" } else { "delete tags" };
            change(call, &id, action, move |server| {
                server.tags.retain(|own| gone.as_ref().is_some_and(|gone| gone != own));
                Ok(())
            })
            .await?;
            StatusCode::NO_CONTENT.into_response()
        }
        _ => return Ok(None),
    }))
}

fn may(call: &Call, rule: &str) -> Result<(), ComputeError> {
    if call.scope.can_write() { Ok(()) } else { Err(ComputeError::policy(rule)) }
}

fn pairs(body: &Value, name: &str) -> std::collections::BTreeMap<String, String> {
    let map: Option<&Map<String, Value>> = body.get(name).and_then(Value::as_object);
    map.into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect()
}

fn few_enough(server: &Server) -> Result<(), ComputeError> {
    if server.metadata.len() <= quota::METADATA {
        return Ok(());
    }
    Err(ComputeError::forbidden(format!(
        "Maximum number of metadata items exceeds {}",
        quota::METADATA
    )))
}

async fn change(
    call: &Call,
    id: &str,
    action: &'static str,
    how: impl FnOnce(&mut Server) -> Result<(), ComputeError> + Send + 'static,
) -> Result<Server, ComputeError> {
    let (id, now) = (id.to_owned(), call.region.clock.now());
    call.region
        .db
        .write(move |tx| -> Result<Server, ComputeError> {
            let mut server = alive(tx, &id)?;
            if !matches!(server.vm_state, VmState::Active | VmState::Stopped) {
                let state = server.vm_state.word();
                return Err(ComputeError::wrong_state(action, &id, "vm_state", state));
            }
            how(&mut server)?;
            server.updated = now.as_microsecond();
            records::put(tx, &server)?;
            Ok(server)
        })
        .await
}
