//! Neutron over HTTP: paths, policy, bodies in and out.

use axum::Router;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::error::NetworkError;
use super::store::Kind;
use super::{collections, quota};
use crate::Release;
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
        ["v2.0", "extensions"] if get => extensions(region.options.release, None),
        ["v2.0", "extensions", alias] if get => extensions(region.options.release, Some(alias)),
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
                Method::GET => collections::list(region, scope, kind, &incoming).await,
                Method::POST => collections::post(region, scope, kind, &incoming.body).await,
                _ => Err(NetworkError::no_such_method()),
            }
        }
        ["v2.0", collection, id] => {
            let kind = Kind::from_path(collection).ok_or_else(NetworkError::no_such_path)?;
            let id = (*id).to_owned();
            match incoming.method {
                Method::GET => collections::show(region, scope, kind, id, &incoming).await,
                Method::PUT => collections::put(region, scope, kind, id, &incoming.body).await,
                Method::DELETE => collections::delete(region, scope, kind, id).await,
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

fn extensions(release: Release, alias: Option<&str>) -> Result<Response, NetworkError> {
    let mut all: Value = serde_json::from_str(EXTENSIONS)
        .map_err(|error| NetworkError::bad_request(format!("extensions: {error}")))?;
    if let Some(listed) = all.get_mut("extensions").and_then(Value::as_array_mut) {
        let named = |one: &Value| one.get("alias").and_then(Value::as_str).map(str::to_owned);
        listed.retain(|one| named(one).is_none_or(|alias| release.network_has(&alias)));
    }
    let Some(alias) = alias else { return Ok(ok(all)) };
    let mut listed = all.get("extensions").and_then(Value::as_array).into_iter().flatten();
    match listed.find(|one| one.get("alias").and_then(Value::as_str) == Some(alias)) {
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
    let release = region.options.release;
    if !details {
        return Ok(ok(quota::limits(project, release)));
    }
    let project = project.to_owned();
    Ok(ok(region.db.read(move |conn| quota::details(conn, &project, release)).await?))
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
