//! Cinder over HTTP: paths, microversion, policy, bodies in and out.

use axum::Router;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::error::VolumeError;
use super::life;
use super::model::Volume;
use super::view::{self, Moment};
use super::{actions, change, list, messages, metadata, quota, snapshots, types};
use crate::auth::Scope;
use crate::incoming::{BodyError, Incoming};
use crate::microversion::{Microversion, Refused, Supported};
use crate::records;
use crate::state::Region;

const VERSIONS: Supported = Supported {
    service: "volume",
    legacy_header: None,
    least: Microversion { major: 3, minor: 0 },
    most: Microversion { major: 3, minor: 71 },
};

/// `osapi_max_request_body_size`.
const BODY_LIMIT: usize = 114_688;

/// First segments that are not a project.
const COLLECTIONS: [&str; 12] = [
    "volumes",
    "types",
    "snapshots",
    "backups",
    "limits",
    "os-quota-sets",
    "os-availability-zone",
    "attachments",
    "extensions",
    "groups",
    "messages",
    "scheduler-stats",
];

/// One call with what every handler needs.
pub struct Call {
    /// The region that it came to.
    pub region: Region,
    /// Who asks.
    pub scope: Scope,
    /// In which version.
    pub version: Microversion,
    /// What.
    pub incoming: Incoming,
}

/// Routes, relative to the service's root.
pub fn router() -> Router<Region> {
    Router::new().fallback(answer)
}

async fn answer(State(region): State<Region>, request: Request) -> Response {
    let (incoming, mut parts) = match Incoming::read(request, BODY_LIMIT).await {
        Ok(read) => read,
        Err(BodyError::TooLarge) => {
            return VolumeError::over_quota("Request is too large.").into_response();
        }
        Err(BodyError::Broken) => return StatusCode::BAD_REQUEST.into_response(),
    };
    let path = incoming.segments();
    if incoming.method == Method::GET && matches!(path.as_slice(), [] | ["v3"]) {
        let status = if path.is_empty() { StatusCode::MULTIPLE_CHOICES } else { StatusCode::OK };
        let response = (status, axum::Json(versions(&incoming.endpoint.root))).into_response();
        return with_version(response, VERSIONS.least);
    }
    let scope = match Scope::from_request_parts(&mut parts, &region).await {
        Ok(scope) => scope,
        Err(refused) => return refused,
    };
    match VERSIONS.negotiate(&incoming.headers) {
        Ok(version) => {
            let call = Call { region, scope, version, incoming };
            let response = match route(call).await {
                Ok(response) => response,
                Err(error) => error.into_response(),
            };
            with_version(response, version)
        }
        Err(Refused::Malformed(text)) => VolumeError::bad_request(format!(
            "API Version String {text} is of invalid format. Must be of format MajorNum.MinorNum."
        ))
        .into_response(),
        Err(Refused::OutOfRange(version)) => {
            let message = format!(
                "Version {version} is not supported by the API. Minimum is {} and maximum is {}.",
                VERSIONS.least, VERSIONS.most
            );
            let response = VolumeError::new(StatusCode::NOT_ACCEPTABLE, message).into_response();
            with_version(response, version)
        }
    }
}

fn with_version(mut response: Response, version: Microversion) -> Response {
    if let Ok(value) = HeaderValue::from_str(&format!("volume {version}")) {
        response.headers_mut().insert("openstack-api-version", value);
    }
    response.headers_mut().append(header::VARY, HeaderValue::from_static("OpenStack-API-Version"));
    response
}

fn versions(root: &str) -> Value {
    json!({"versions": [{
        "id": "v3.0", "status": "CURRENT", "version": VERSIONS.most.to_string(),
        "min_version": VERSIONS.least.to_string(), "updated": "2023-08-31T00:00:00Z",
        "links": [
            {"rel": "describedby", "type": "text/html", "href": "https://docs.openstack.org/"},
            {"rel": "self", "href": format!("{root}/v3/")},
        ],
        "media-types": [
            {"base": "application/json", "type": "application/vnd.openstack.volume+json;version=3"},
        ],
    }]})
}

async fn route(call: Call) -> Result<Response, VolumeError> {
    let path = call.incoming.path.clone();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let rest = match path.as_slice() {
        ["v3", first, ..] if COLLECTIONS.contains(first) => path.get(1..),
        ["v3", project, ..] if *project == call.scope.project_id => path.get(2..),
        ["v3", _, collection, ..] if COLLECTIONS.contains(collection) => {
            return Err(VolumeError::bad_request("Malformed request url"));
        }
        _ => None,
    };
    let rest = rest.ok_or_else(VolumeError::no_such_path)?;
    let get = call.incoming.method == Method::GET;
    match rest {
        ["volumes"] if get => list::list(call, false).await,
        ["volumes", "detail"] if get => list::list(call, true).await,
        ["volumes", "summary"] if get && call.version.minor >= 12 => summary(call).await,
        ["volumes"] if call.incoming.method == Method::POST => change::create(call).await,
        ["volumes", id] => {
            let id = (*id).to_owned();
            match call.incoming.method {
                Method::GET => show(call, &id).await,
                Method::PUT => change::update(call, &id).await,
                Method::DELETE => change::delete(call, &id).await,
                _ => Err(VolumeError::no_such_path()),
            }
        }
        ["volumes", id, "action"] if call.incoming.method == Method::POST => {
            actions::answer(call, id).await
        }
        ["volumes", id, "metadata", key @ ..] => metadata::answer::<Volume>(call, id, key).await,
        ["types"] if get => {
            let kinds: Vec<Value> =
                types::all().iter().map(|kind| kind.view(&call.region, true)).collect();
            Ok(ok(json!({"volume_types": kinds})))
        }
        ["types", "default"] if get => {
            Ok(ok(json!({"volume_type": types::default(&call.region).view(&call.region, false)})))
        }
        ["types", id] if get => match types::all().iter().find(|kind| kind.id(&call.region) == *id)
        {
            Some(kind) => Ok(ok(json!({"volume_type": kind.view(&call.region, true)}))),
            None => Err(VolumeError::missing("Volume type", id)),
        },
        ["limits"] if get => {
            let project = call.scope.project_id;
            Ok(ok(call.region.db.read(move |conn| quota::limits(conn, &project)).await?))
        }
        ["os-quota-sets", project] if get => quota_set(&call, project).await,
        ["os-quota-sets", ..] => Err(VolumeError::policy("volume_extension:quotas:update")),
        ["os-availability-zone"] if get => {
            let zone = |name: &&str| json!({"zoneName": name, "zoneState": {"available": true}});
            let zones: Vec<Value> = call.region.zones.iter().map(zone).collect();
            Ok(ok(json!({"availabilityZoneInfo": zones})))
        }
        ["extensions"] if get => Ok(ok(json!({"extensions": []}))),
        ["snapshots", below @ ..] => snapshots::answer(call, below).await,
        ["messages"] if get && call.version.minor >= 3 => messages::answer(call, None).await,
        ["messages", id] if call.version.minor >= 3 => messages::answer(call, Some(id)).await,
        ["backups"] | ["backups", "detail"] if get => Ok(ok(json!({"backups": []}))),
        _ => Err(VolumeError::no_such_path()),
    }
}

fn ok(body: Value) -> Response {
    axum::Json(body).into_response()
}

async fn quota_set(call: &Call, project: &str) -> Result<Response, VolumeError> {
    if project != call.scope.project_id && !call.scope.is_admin() {
        return Err(VolumeError::policy("volume_extension:quotas:show"));
    }
    let usage =
        call.incoming.parameter("usage").is_some_and(|usage| usage.eq_ignore_ascii_case("true"));
    let project = project.to_owned();
    Ok(ok(call.region.db.read(move |conn| quota::quota_set(conn, &project, usage)).await?))
}

/// The project's volumes, newest first.
pub async fn mine(call: &Call) -> Result<Vec<Volume>, VolumeError> {
    let project = call.scope.project_id.clone();
    let mut volumes =
        call.region.db.read(move |conn| records::of_project::<Volume>(conn, &project)).await?;
    // Newest first, as Cinder does by default.
    volumes.reverse();
    Ok(volumes)
}

async fn summary(call: Call) -> Result<Response, VolumeError> {
    let volumes = mine(&call).await?;
    let size: i64 = volumes.iter().map(|volume| volume.size_gib).sum();
    Ok(ok(json!({"volume-summary": {"total_count": volumes.len(), "total_size": size}})))
}

async fn show(call: Call, id: &str) -> Result<Response, VolumeError> {
    let volume = expect(&call, id).await?;
    let root = &call.incoming.endpoint.root;
    let view = view::detail(&volume, &call.region, call.version, root, Moment::Read);
    Ok(ok(view::single(view)))
}

/// The volume, if the project has it.
pub async fn expect(call: &Call, id: &str) -> Result<Volume, VolumeError> {
    let (project, wanted) = (call.scope.project_id.clone(), id.to_owned());
    let found = call.region.db.read(move |conn| life::find(conn, &project, &wanted)).await?;
    found.ok_or_else(|| VolumeError::missing("Volume", id))
}
