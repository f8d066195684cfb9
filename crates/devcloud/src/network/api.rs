//! Neutron over HTTP: paths, policy, bodies in and out.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use super::error::NetworkError;
use super::store::{self, Kind, Object, flag, text};
use super::{complete, create, listing, quota, security, visible};
use crate::auth::Scope;
use crate::incoming::{BodyError, Incoming};
use crate::state::Region;

/// More than any request needs; the real one stops at oslo.middleware's 114,688 bytes, too.
const BODY_LIMIT: usize = 114_688;

/// The extensions that the recorded cloud has and whose attributes are served here.
const EXTENSIONS: &str = include_str!("extensions.json");

/// Routes, relative to the service's root.
pub fn router() -> Router<Region> {
    Router::new().fallback(answer)
}

async fn answer(State(region): State<Region>, request: Request) -> Response {
    let (incoming, mut parts) = match Incoming::read(request, BODY_LIMIT).await {
        Ok(read) => read,
        Err(BodyError::TooLarge) => {
            let message = "Request is too large.";
            let kind = "HTTPRequestEntityTooLarge";
            return NetworkError::new(StatusCode::PAYLOAD_TOO_LARGE, kind, message).into_response();
        }
        Err(BodyError::Broken) => return StatusCode::BAD_REQUEST.into_response(),
    };
    if incoming.path.is_empty() && incoming.method == Method::GET {
        return versions(&incoming).into_response();
    }
    let scope = match Scope::from_request_parts(&mut parts, &region).await {
        Ok(scope) => scope,
        Err(refused) => return refused,
    };
    match route(&region, scope, incoming).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

fn versions(incoming: &Incoming) -> impl IntoResponse {
    let href = format!("{}/v2.0/", incoming.endpoint.root);
    let version =
        json!({"id": "v2.0", "status": "CURRENT", "links": [{"rel": "self", "href": href}]});
    axum::Json(json!({"versions": [version]}))
}

async fn route(
    region: &Region,
    scope: Scope,
    incoming: Incoming,
) -> Result<Response, NetworkError> {
    // Neutron takes every path with `.json` at its end, too; some clients still write it.
    let path: Vec<&str> = incoming
        .path
        .iter()
        .map(|segment| segment.strip_suffix(".json").unwrap_or(segment))
        .collect();
    let get = incoming.method == Method::GET;
    match path.as_slice() {
        ["v2.0"] if get => Ok(resources(&incoming)),
        ["v2.0", "extensions"] if get => extensions(None),
        ["v2.0", "extensions", alias] if get => extensions(Some(alias)),
        ["v2.0", "quotas", project, rest @ ..] => {
            let details = match rest {
                [] => false,
                ["details"] => true,
                ["default"] => false,
                _ => return Err(NetworkError::no_such_path()),
            };
            quotas(region, &scope, &incoming.method, project, details).await
        }
        ["v2.0", "availability_zones"] if get => Ok(zones(region)),
        ["v2.0", "network-ip-availabilities"] if get => {
            Ok(ok(json!({"network_ip_availabilities": []})))
        }
        ["v2.0", "service-providers"] if get => Ok(ok(json!({"service_providers": []}))),
        ["v2.0", "auto-allocated-topology", _] if get => {
            Err(NetworkError::new(StatusCode::FORBIDDEN, "NotAuthorized", "Not authorized."))
        }
        ["v2.0", collection] => {
            let kind = Kind::from_path(collection).ok_or_else(NetworkError::no_such_path)?;
            match incoming.method {
                Method::GET => list(region, scope, kind, &incoming).await,
                Method::POST => post(region, scope, kind, &incoming.body).await,
                _ => Err(NetworkError::no_such_method()),
            }
        }
        ["v2.0", collection, id] => {
            let kind = Kind::from_path(collection).ok_or_else(NetworkError::no_such_path)?;
            let id = (*id).to_owned();
            match incoming.method {
                Method::GET => show(region, scope, kind, id, &incoming).await,
                Method::PUT => put(region, scope, kind, id, &incoming.body).await,
                Method::DELETE => delete(region, scope, kind, id).await,
                _ => Err(NetworkError::no_such_method()),
            }
        }
        _ => Err(NetworkError::no_such_path()),
    }
}

fn ok(body: Value) -> Response {
    axum::Json(body).into_response()
}

fn resources(incoming: &Incoming) -> Response {
    let root = &incoming.endpoint.root;
    let resource = |name: &str, collection: &str| {
        let href = format!("{root}/v2.0/{collection}");
        json!({"name": name, "collection": collection, "links": [{"rel": "self", "href": href}]})
    };
    ok(json!({"resources": [
        resource("network", "networks"), resource("subnet", "subnets"),
        resource("subnetpool", "subnetpools"), resource("port", "ports"),
    ]}))
}

fn extensions(alias: Option<&str>) -> Result<Response, NetworkError> {
    let all: Value = serde_json::from_str(EXTENSIONS)
        .map_err(|error| NetworkError::bad_request(format!("extensions: {error}")))?;
    let Some(alias) = alias else { return Ok(ok(all)) };
    let listed = all.get("extensions").and_then(Value::as_array).into_iter().flatten();
    match listed.filter(|one| one.get("alias").and_then(Value::as_str) == Some(alias)).next() {
        Some(extension) => Ok(ok(json!({"extension": extension}))),
        None => Err(NetworkError::new(
            StatusCode::NOT_FOUND,
            "HTTPNotFound",
            format!("Extension with alias {alias} does not exist"),
        )),
    }
}

async fn quotas(
    region: &Region,
    scope: &Scope,
    method: &Method,
    project: &str,
    details: bool,
) -> Result<Response, NetworkError> {
    if method != Method::GET {
        return Err(NetworkError::policy("rule:update_quota"));
    }
    if project != scope.project_id && !scope.is_admin() {
        return Err(NetworkError::policy("rule:get_quota"));
    }
    if !details {
        return Ok(ok(quota::limits()));
    }
    let project = project.to_owned();
    Ok(ok(region.db.read(move |conn| quota::details(conn, &project)).await?))
}

fn zones(region: &Region) -> Response {
    let zone = |name: &str, resource: &str| json!({"name": name, "resource": resource, "state": "available"});
    let zones: Vec<Value> = region
        .zones
        .iter()
        .flat_map(|name| [zone(name, "network"), zone(name, "router")])
        .collect();
    ok(json!({"availability_zones": zones}))
}

async fn list(
    region: &Region,
    scope: Scope,
    kind: Kind,
    incoming: &Incoming,
) -> Result<Response, NetworkError> {
    let now = region.clock.now();
    ensure_group(region, &scope, kind, now).await?;
    let (viewer, admin) = (scope.project_id.clone(), scope.is_admin());
    let items = region
        .db
        .read(move |conn| {
            let mut items = Vec::new();
            for mut object in store::all(conn, kind)? {
                if admin || visible(conn, &viewer, kind, &object)? {
                    complete(conn, kind, &mut object)?;
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
    Ok(ok(Value::Object(body)))
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

async fn show(
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
    Ok(ok(single(kind, object)))
}

async fn post(
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
    Ok((StatusCode::CREATED, axum::Json(single(kind, made))).into_response())
}

async fn put(
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
            let mut changed = create::update(tx, now, &scope.project_id, kind, found, &object)?;
            complete(tx, kind, &mut changed)?;
            Ok(changed)
        })
        .await?;
    Ok(ok(single(kind, changed)))
}

async fn delete(
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
            create::delete(tx, now, kind, &found)
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

fn single(kind: Kind, object: Object) -> Value {
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
    let known = create::known(kind);
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
