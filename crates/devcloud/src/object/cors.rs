//! Which answers a page of another origin may read (swift/proxy/controllers/base.py, `cors_validation` and `OPTIONS`).
//!
//! Permission comes from the container's metadata or from the cluster's `cors_allow_origin`; the account has none at all,
//! and a container that does not exist yet has only the cluster's. What a middleware answered is marked hidden
//! (`reply.rs`). `strict_cors_mode` is on, as it is by default.

use axum::body::Body;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ALLOW, CONTENT_LENGTH, ORIGIN, VARY, WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode};

use super::call::Place;
use super::meta::{Meta, text};
use super::reply::{empty, hidden, made_up, page, set};
use super::store;
use crate::options::ObjectCors;
use crate::state::Region;

/// Exposed always. Not `Retry-After`, `Date`, `X-Static-Large-Object` or how full a container is.
const EXPOSED: &str = "cache-control, content-language, content-type, expires, last-modified, pragma, etag, x-timestamp, \
                       x-trans-id, x-openstack-request-id";

const ACCOUNT_METHODS: &str = "GET, OPTIONS, HEAD, POST";
const METHODS: &str = "DELETE, PUT, GET, OPTIONS, HEAD, POST";

/// What a container says of CORS.
struct Permission {
    allowed: bool,
    /// To everybody, by the container's own word.
    anyone: bool,
    meta: Meta,
}

async fn permission(region: &Region, place: &Place, origin: &str) -> Permission {
    let (project, name) = (place.project().to_owned(), place.container.clone());
    let found = region.db.read(move |conn| store::container(conn, &project, &name)).await;
    let meta = match found {
        Ok(container) => container.map(|container| container.meta).unwrap_or_default(),
        Err(error) => {
            tracing::error!(%error, "reading a container's CORS");
            Meta::new()
        }
    };
    let own = meta.get("access-control-allow-origin").map(String::as_str).unwrap_or_default();
    let cluster = match &region.options.object_cors {
        ObjectCors::Nobody => None,
        ObjectCors::LikeTheOthers => region.options.cors_origin.as_deref(),
        ObjectCors::Only(origin) => Some(origin.as_str()),
    };
    let allowed = own.split(' ').chain(cluster).any(|allowed| allowed == "*" || allowed == origin);
    Permission { allowed: allowed && !origin.is_empty(), anyone: own.trim() == "*", meta }
}

/// The answer to `OPTIONS`, whether a browser asked or not; `None` when the request is something else.
pub(crate) async fn preflight(
    region: &Region,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
) -> Option<Response<Body>> {
    if method != Method::OPTIONS {
        return None;
    }
    let origin = headers.get(ORIGIN).map(text);
    let place = Place::of(path).filter(|place| !place.container.is_empty());
    let (Some(origin), Some(place)) = (origin, place.clone()) else {
        let mut response = empty(StatusCode::OK);
        let allow = match (path, &place) {
            ("/info", _) => "HEAD, GET, OPTIONS",
            (_, None) => ACCOUNT_METHODS,
            (_, Some(_)) => METHODS,
        };
        set(&mut response, ALLOW, allow);
        return Some(response);
    };
    let permission = permission(region, &place, &origin).await;
    let method = headers.get(ACCESS_CONTROL_REQUEST_METHOD).map(text).unwrap_or_default();
    if !permission.allowed || !METHODS.split(", ").any(|known| known == method) {
        let mut response = page(StatusCode::UNAUTHORIZED);
        set(&mut response, ALLOW, METHODS);
        let host = headers.get("host").map(text).unwrap_or_default();
        let challenge = format!("Keystone uri=\"http://{host}/identity/v3\"");
        set(&mut response, WWW_AUTHENTICATE, &challenge);
        return Some(response);
    }
    let mut response = Response::new(Body::empty());
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(0));
    set(&mut response, ALLOW, METHODS);
    let mut vary = Vec::new();
    if permission.anyone {
        set(&mut response, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    } else {
        set(&mut response, ACCESS_CONTROL_ALLOW_ORIGIN, &origin);
        vary.push("Origin");
    }
    if let Some(age) = permission.meta.get("access-control-max-age") {
        set(&mut response, ACCESS_CONTROL_MAX_AGE, age);
    }
    set(&mut response, ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    // Whatever is asked for is allowed.
    let asked = headers.get(ACCESS_CONTROL_REQUEST_HEADERS).map(text).unwrap_or_default();
    let asked: Vec<&str> =
        asked.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    if !asked.is_empty() {
        set(&mut response, ACCESS_CONTROL_ALLOW_HEADERS, &asked.join(", "));
        vary.push("Access-Control-Request-Headers");
    }
    if !vary.is_empty() {
        set(&mut response, VARY, &vary.join(", "));
    }
    Some(response)
}

/// Puts the CORS headers on an answer that may have them. `path` is below the service's root. What the fault plan says in
/// place of the manifest's middleware is hidden as its own words are.
pub(crate) async fn expose(
    region: &Region,
    path: &str,
    query: &str,
    origin: Option<&HeaderValue>,
    response: &mut Response<Body>,
) {
    let Some(origin) = origin.map(text) else { return };
    if path == "/info" {
        set(response, ACCESS_CONTROL_ALLOW_ORIGIN, &origin);
        set(response, ACCESS_CONTROL_EXPOSE_HEADERS, "x-trans-id");
        return;
    }
    let Some(place) = Place::of(path).filter(|place| !place.container.is_empty()) else { return };
    let of_manifest = made_up(response)
        && query.contains("multipart-manifest=")
        && matches!(response.status().as_u16(), 400 | 413 | 422);
    if of_manifest || hidden(response) {
        return;
    }
    let permission = permission(region, &place, &origin).await;
    if !permission.allowed {
        return;
    }
    let mut exposed: Vec<String> = EXPOSED.split(", ").map(str::to_owned).collect();
    let metadata =
        response.headers().keys().map(|name| name.as_str()).filter(|name| {
            name.starts_with("x-container-meta-") || name.starts_with("x-object-meta-")
        });
    exposed.extend(metadata.map(str::to_owned));
    let own = permission.meta.get("access-control-expose-headers").cloned().unwrap_or_default();
    exposed.extend(own.split(' ').filter(|name| !name.is_empty()).map(str::to_ascii_lowercase));
    exposed.sort();
    exposed.dedup();
    set(response, ACCESS_CONTROL_EXPOSE_HEADERS, &exposed.join(", "));
    if permission.anyone {
        set(response, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        return;
    }
    set(response, ACCESS_CONTROL_ALLOW_ORIGIN, &origin);
    // Swift writes its own word before that of the listing filter, which stands to its left.
    let vary = match response.headers().get(VARY).map(text) {
        Some(vary) => format!("Origin, {vary}"),
        None => String::from("Origin"),
    };
    set(response, VARY, &vary);
}
