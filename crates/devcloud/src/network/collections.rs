//! What can be done with every kind of resource: list, show, make, change, delete, each under Neutron's policy.

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::error::NetworkError;
use super::store::{self, Kind, Object, flag, text};
use super::{attributes, change, complete, create, listing, security, visible};
use crate::auth::Scope;
use crate::incoming::Incoming;
use crate::state::Region;

/// `GET /{collection}`.
pub async fn list(
    region: &Region,
    scope: Scope,
    kind: Kind,
    incoming: &Incoming,
) -> Result<Response, NetworkError> {
    let now = region.clock.now();
    ensure_group(region, &scope, kind, now).await?;
    let (viewer, admin) = (scope.project_id.clone(), scope.is_admin());
    let release = region.options.release;
    let items = region
        .db
        .read(move |conn| {
            let mut items = Vec::new();
            for mut object in store::all(conn, kind)? {
                if admin || visible(conn, &viewer, kind, &object)? {
                    complete(conn, kind, &mut object)?;
                    object.retain(|name, _| release.network_has(name));
                    items.push(object);
                }
            }
            Ok(items)
        })
        .await?;
    let url = format!("{}/{}", incoming.endpoint.root, incoming.path.join("/"));
    let page = listing::page(kind, items, &incoming.query, &url)?;
    let mut body = Map::new();
    body.insert(kind.plural().to_owned(), json!(page.items));
    if let Some(links) = page.links {
        body.insert(format!("{}_links", kind.plural()), json!(links));
    }
    Ok(axum::Json(Value::Object(body)).into_response())
}

/// The default group of a project comes into being when somebody looks.
async fn ensure_group(
    region: &Region,
    scope: &Scope,
    kind: Kind,
    now: Timestamp,
) -> Result<(), NetworkError> {
    if !matches!(kind, Kind::SecurityGroup | Kind::SecurityGroupRule) {
        return Ok(());
    }
    let project = scope.project_id.clone();
    let there = region
        .db
        .read(move |conn| Ok(!store::of_project(conn, Kind::SecurityGroup, &project)?.is_empty()))
        .await?;
    if there {
        return Ok(());
    }
    let project = scope.project_id.clone();
    region
        .db
        .write(move |tx| -> Result<(), NetworkError> {
            security::ensure_default_group(tx, now, &project)?;
            Ok(())
        })
        .await
}

/// `GET /{collection}/{id}`.
pub async fn show(
    region: &Region,
    scope: Scope,
    kind: Kind,
    id: String,
    incoming: &Incoming,
) -> Result<Response, NetworkError> {
    let admin = scope.is_admin();
    let wanted = id.clone();
    let found = region
        .db
        .read(move |conn| {
            let Some(mut object) = store::get(conn, kind, &wanted)? else { return Ok(None) };
            let may = admin || visible(conn, &scope.project_id, kind, &object)?;
            complete(conn, kind, &mut object)?;
            Ok(may.then_some(object))
        })
        .await?;
    let mut object = found.ok_or_else(|| missing(kind, &id))?;
    let fields: Vec<&str> = incoming
        .query
        .iter()
        .filter(|(name, _)| name == "fields")
        .map(|(_, value)| value.as_str())
        .collect();
    if !fields.is_empty() {
        object.retain(|name, _| fields.contains(&name.as_str()));
    }
    Ok(axum::Json(single(region, kind, object)).into_response())
}

/// `POST /{collection}`.
pub async fn post(
    region: &Region,
    scope: Scope,
    kind: Kind,
    body: &Bytes,
) -> Result<Response, NetworkError> {
    let object = read_body(kind, body)?;
    let action = format!("create_{}", kind.singular());
    if kind == Kind::Router {
        return Err(NetworkError::no_such_method());
    }
    check_project(&scope, &object)?;
    // What only an operator may set takes part in the check, as `_build_match_rule` does it.
    let privileged = [
        "shared",
        "router:external",
        "is_default",
        "binding:host_id",
        "binding:profile",
        "mac_address",
        "floating_ip_address",
        "provider:network_type",
        "provider:physical_network",
        "provider:segmentation_id",
    ];
    let extra: Vec<String> = privileged
        .iter()
        .filter(|name| object.get(**name).is_some_and(|value| value != &json!(false)))
        .map(|name| format!(" and rule:{action}:{name}"))
        .collect();
    if !extra.is_empty() {
        return Err(NetworkError::policy(format!("(rule:{action}{})", extra.concat())));
    }
    if !scope.can_write() {
        return Err(NetworkError::policy(format!("rule:{action}")));
    }
    let now = region.clock.now();
    let made = region
        .db
        .write(move |tx| -> Result<Object, NetworkError> {
            let mut made = create::create(tx, now, &scope.project_id, kind, &object)?;
            complete(tx, kind, &mut made)?;
            Ok(made)
        })
        .await?;
    Ok((StatusCode::CREATED, axum::Json(single(region, kind, made))).into_response())
}

/// `PUT /{collection}/{id}`.
pub async fn put(
    region: &Region,
    scope: Scope,
    kind: Kind,
    id: String,
    body: &Bytes,
) -> Result<Response, NetworkError> {
    let object = read_body(kind, body)?;
    let now = region.clock.now();
    let changed = region
        .db
        .write(move |tx| -> Result<Object, NetworkError> {
            let found = changeable(tx, &scope, kind, &id, "update")?;
            let mut changed = change::update(tx, now, &scope.project_id, kind, found, &object)?;
            complete(tx, kind, &mut changed)?;
            Ok(changed)
        })
        .await?;
    Ok(axum::Json(single(region, kind, changed)).into_response())
}

/// `DELETE /{collection}/{id}`.
pub async fn delete(
    region: &Region,
    scope: Scope,
    kind: Kind,
    id: String,
) -> Result<Response, NetworkError> {
    let now = region.clock.now();
    region
        .db
        .write(move |tx| -> Result<(), NetworkError> {
            let found = changeable(tx, &scope, kind, &id, "delete")?;
            change::delete(tx, now, kind, &found)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The resource, if the caller may change it: 404 for what he may not even see, 403 for the rest.
fn changeable(
    conn: &Connection,
    scope: &Scope,
    kind: Kind,
    id: &str,
    verb: &str,
) -> Result<Object, NetworkError> {
    let object = store::get(conn, kind, id)?.ok_or_else(|| missing(kind, id))?;
    if !scope.is_admin() && !visible(conn, &scope.project_id, kind, &object)? {
        return Err(missing(kind, id));
    }
    let own = text(&object, "project_id") == scope.project_id || scope.is_admin();
    if !own || !scope.can_write() {
        return Err(NetworkError::policy(format!("rule:{verb}_{}", kind.singular())));
    }
    if verb == "delete"
        && kind == Kind::Network
        && flag(&object, "router:external")
        && !scope.is_admin()
    {
        return Err(NetworkError::policy("rule:delete_network"));
    }
    Ok(object)
}

fn missing(kind: Kind, id: &str) -> NetworkError {
    let (class, message) = kind.missing(id);
    NetworkError::new(StatusCode::NOT_FOUND, class, message)
}

/// The body with one resource; without what this release does not know.
fn single(region: &Region, kind: Kind, mut object: Object) -> Value {
    object.retain(|name, _| region.options.release.network_has(name));
    let mut body = Map::new();
    body.insert(kind.singular().to_owned(), Value::Object(object));
    Value::Object(body)
}

/// The object in a body, with known attributes only.
fn read_body(kind: Kind, body: &Bytes) -> Result<Object, NetworkError> {
    let name = kind.singular();
    if body.is_empty() {
        return Err(NetworkError::bad_request("Resource body required"));
    }
    let parsed: Value = serde_json::from_slice(body)
        .map_err(|error| NetworkError::bad_request(format!("The server could not comply with the request since it is either malformed or otherwise incorrect: {error}")))?;
    let object = match parsed.get(name) {
        Some(Value::Object(object)) => object.clone(),
        Some(_) => {
            return Err(NetworkError::bad_request(format!(
                "Object '{name}' contains invalid data"
            )));
        }
        None => {
            return Err(NetworkError::bad_request(format!(
                "Unable to find '{name}' in request body"
            )));
        }
    };
    let known = attributes::known(kind);
    let unknown: Vec<&str> =
        object.keys().map(String::as_str).filter(|name| !known.contains(name)).collect();
    if !unknown.is_empty() {
        let message = format!("Unrecognized attribute(s) '{}'", unknown.join(", "));
        return Err(NetworkError::bad_request(message));
    }
    Ok(object)
}

/// Only an operator makes things for another project.
fn check_project(scope: &Scope, object: &Object) -> Result<(), NetworkError> {
    for name in ["project_id", "tenant_id"] {
        if let Some(Value::String(project)) = object.get(name)
            && *project != scope.project_id
        {
            let message = "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request is \
                           not allowed for the current user.";
            return Err(NetworkError::bad_request(message));
        }
    }
    Ok(())
}
