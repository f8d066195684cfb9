//! Cinder over HTTP: paths, microversion, policy, bodies in and out.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::error::VolumeError;
use super::life::{self, NewVolume};
use super::model::{Status, Volume};
use super::view::{self, Moment};
use super::{quota, schemas, types};
use crate::auth::Scope;
use crate::body_schema::Schema;
use crate::image_facts::ImageFacts;
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

/// `osapi_max_limit`.
const PAGE_LIMIT: usize = 1000;

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
struct Call {
    region: Region,
    scope: Scope,
    version: Microversion,
    incoming: Incoming,
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
        ["volumes"] if get => list(call, false).await,
        ["volumes", "detail"] if get => list(call, true).await,
        ["volumes", "summary"] if get && call.version.minor >= 12 => summary(call).await,
        ["volumes"] if call.incoming.method == Method::POST => create(call).await,
        ["volumes", id] => {
            let id = (*id).to_owned();
            match call.incoming.method {
                Method::GET => show(call, &id).await,
                Method::PUT => update(call, &id).await,
                Method::DELETE => delete(call, &id).await,
                _ => Err(VolumeError::no_such_path()),
            }
        }
        ["volumes", id, "action"] if call.incoming.method == Method::POST => action(call, id).await,
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
        ["snapshots" | "snapshots-detail"] | ["snapshots", "detail"] if get => {
            Ok(ok(json!({"snapshots": []})))
        }
        ["snapshots", id] if get => Err(VolumeError::missing("Snapshot", id)),
        ["backups"] | ["backups", "detail"] if get => Ok(ok(json!({"backups": []}))),
        _ => Err(VolumeError::no_such_path()),
    }
}

fn ok(body: Value) -> Response {
    axum::Json(body).into_response()
}

/// Cinder's 202 and 204 bodies are empty and, for no good reason, HTML.
fn accepted() -> Response {
    (StatusCode::ACCEPTED, [(header::CONTENT_TYPE, "text/html; charset=UTF-8")]).into_response()
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

async fn mine(call: &Call) -> Result<Vec<Volume>, VolumeError> {
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

async fn list(call: Call, detailed: bool) -> Result<Response, VolumeError> {
    let mut volumes = mine(&call).await?;
    let query = &call.incoming.query;
    let unknown: Vec<&str> = query
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| !CONTROLS.contains(name) && !FILTERS.contains(name))
        .collect();
    if call.version.minor >= 31 && !unknown.is_empty() {
        let message = format!("Invalid filters {} are found in query options.", unknown.join(","));
        return Err(VolumeError::bad_request(message));
    }
    volumes.retain(|volume| {
        query
            .iter()
            .filter(|(name, _)| FILTERS.contains(&name.as_str()))
            .all(|(name, wanted)| matches(volume, name, wanted))
    });
    sort(&mut volumes, &call)?;
    let total = volumes.len();
    if let Some(marker) = call.incoming.parameter("marker") {
        match volumes.iter().position(|volume| volume.id == marker) {
            Some(at) => drop(volumes.drain(..=at)),
            None => return Err(VolumeError::missing("Volume", marker)),
        }
    }
    let number = |name: &str| match call.incoming.parameter(name) {
        None => Ok(None),
        Some(text) => match text.parse::<i64>() {
            Ok(number) if number >= 0 => Ok(usize::try_from(number).ok()),
            Ok(_) => Err(VolumeError::bad_request(format!("{name} param must be positive"))),
            Err(_) => Err(VolumeError::bad_request(format!("{name} param must be an integer"))),
        },
    };
    if let Some(offset) = number("offset")? {
        volumes.drain(..offset.min(volumes.len()));
    }
    let asked = number("limit")?;
    let limit = asked.unwrap_or(PAGE_LIMIT).min(PAGE_LIMIT);
    volumes.truncate(limit);
    let root = &call.incoming.endpoint.root;
    let views: Vec<Value> = volumes
        .iter()
        .map(|volume| match detailed {
            true => view::detail(volume, &call.region, call.version, root, Moment::Read),
            false => view::summary(volume, root),
        })
        .collect();
    let mut body = Map::new();
    body.insert("volumes".to_owned(), json!(views));
    if let Some(last) = volumes.last().filter(|_| asked.is_some() && volumes.len() == limit) {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        out.extend_pairs(query.iter().filter(|(name, _)| name != "marker" && name != "offset"));
        out.append_pair("marker", &last.id);
        let path = if detailed { "volumes/detail" } else { "volumes" };
        let href = format!("{root}/v3/{}/{path}?{}", call.scope.project_id, out.finish());
        body.insert("volumes_links".to_owned(), json!([{"rel": "next", "href": href}]));
    }
    let counted =
        call.incoming.parameter("with_count").is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
    if counted && call.version.minor >= 45 {
        body.insert("count".to_owned(), json!(total));
    }
    Ok(ok(Value::Object(body)))
}

const CONTROLS: [&str; 8] =
    ["limit", "marker", "offset", "sort", "sort_key", "sort_dir", "all_tenants", "with_count"];

/// `resource_filters.json` for volumes, and what comes with newer versions.
const FILTERS: [&str; 9] = [
    "name",
    "status",
    "metadata",
    "bootable",
    "availability_zone",
    "id",
    "volume_type",
    "size",
    "name~",
];

fn matches(volume: &Volume, name: &str, wanted: &str) -> bool {
    match name {
        "name" => volume.name.as_deref() == Some(wanted),
        "name~" => volume.name.as_deref().is_some_and(|name| name.contains(wanted)),
        "status" => volume.status.word() == wanted,
        "bootable" => wanted.eq_ignore_ascii_case(if volume.bootable { "true" } else { "false" }),
        "availability_zone" => volume.zone == wanted,
        "id" => volume.id == wanted,
        "volume_type" => volume.volume_type == wanted,
        "size" => volume.size_gib.to_string() == wanted,
        // A Python dictionary in the query: `{'key': 'value'}`.
        "metadata" => {
            let pairs =
                wanted.trim_matches(['{', '}']).split(',').filter_map(|pair| pair.split_once(':'));
            let bare = |part: &str| part.trim().trim_matches(['\'', '"']).to_owned();
            pairs
                .into_iter()
                .all(|(key, value)| volume.metadata.get(&bare(key)) == Some(&bare(value)))
        }
        _ => true,
    }
}

fn sort(volumes: &mut [Volume], call: &Call) -> Result<(), VolumeError> {
    let Some(sort) =
        call.incoming.parameter("sort").or_else(|| call.incoming.parameter("sort_key"))
    else {
        return Ok(());
    };
    let direction = call.incoming.parameter("sort_dir").unwrap_or("desc");
    let keys: Vec<(&str, &str)> = sort
        .split(',')
        .map(|key| key.trim().split_once(':').unwrap_or((key.trim(), direction)))
        .collect();
    const SORTABLE: [&str; 8] = [
        "id",
        "name",
        "size",
        "status",
        "availability_zone",
        "bootable",
        "created_at",
        "updated_at",
    ];
    if keys
        .iter()
        .any(|(key, direction)| !SORTABLE.contains(key) || !["asc", "desc"].contains(direction))
    {
        return Err(VolumeError::invalid_input("Sort key supplied is invalid."));
    }
    volumes.sort_by(|a, b| {
        for (key, direction) in &keys {
            let order = match *key {
                "name" => a.name.cmp(&b.name),
                "size" => a.size_gib.cmp(&b.size_gib),
                "status" => a.status.word().cmp(b.status.word()),
                "availability_zone" => a.zone.cmp(&b.zone),
                "bootable" => a.bootable.cmp(&b.bootable),
                "created_at" => a.created.cmp(&b.created),
                "updated_at" => a.updated.cmp(&b.updated),
                _ => a.id.cmp(&b.id),
            };
            let order = if *direction == "desc" { order.reverse() } else { order };
            if order != Ordering::Equal {
                return order;
            }
        }
        Ordering::Equal
    });
    Ok(())
}

async fn show(call: Call, id: &str) -> Result<Response, VolumeError> {
    let volume = expect(&call, id).await?;
    let root = &call.incoming.endpoint.root;
    let view = view::detail(&volume, &call.region, call.version, root, Moment::Read);
    Ok(ok(view::single(view)))
}

async fn expect(call: &Call, id: &str) -> Result<Volume, VolumeError> {
    let (project, wanted) = (call.scope.project_id.clone(), id.to_owned());
    let found = call.region.db.read(move |conn| life::find(conn, &project, &wanted)).await?;
    found.ok_or_else(|| VolumeError::missing("Volume", id))
}

fn read_body(body: &Bytes, schema: &Schema) -> Result<Map<String, Value>, VolumeError> {
    let parsed: Value = serde_json::from_slice(body)
        .map_err(|_| VolumeError::bad_request("Malformed request body"))?;
    schema.check(&parsed).map_err(VolumeError::bad_request)?;
    match parsed.get("volume") {
        Some(Value::Object(volume)) => Ok(volume.clone()),
        _ => Err(VolumeError::bad_request("Malformed request body")),
    }
}

async fn create(call: Call) -> Result<Response, VolumeError> {
    if !call.scope.can_write() {
        return Err(VolumeError::policy("volume:create"));
    }
    let body = read_body(&call.incoming.body, &schemas::create(call.version))?;
    let string = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let name = string("name").or_else(|| string("display_name"));
    let description = string("description").or_else(|| string("display_description"));
    if body.get("multiattach").is_some_and(|flag| flag == true) {
        return Err(VolumeError::bad_request(
            "multiattach parameter has been removed. The default behavior is to use multiattach enabled volume types. \
             Contact your administrator to create a multiattach enabled volume type and use it to create multiattach \
             volumes.",
        ));
    }
    if let Some(id) = string("snapshot_id") {
        return Err(VolumeError::missing("Snapshot", &id));
    }
    let source = match string("source_volid") {
        Some(id) => Some(expect(&call, &id).await?),
        None => None,
    };
    let image = match string("imageRef").or_else(|| string("image_id")).filter(|id| !id.is_empty())
    {
        Some(id) => Some(image(&call, &id).await?),
        None => None,
    };
    let size = match body.get("size") {
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(digits)) => digits.parse().ok(),
        _ => source.as_ref().map(|source| source.size_gib),
    };
    let Some(size_gib) = size else {
        return Err(VolumeError::invalid_input(
            "Volume size 'None' must be an integer and greater than 0",
        ));
    };
    if let Some(source) = &source {
        if size_gib < source.size_gib {
            return Err(VolumeError::invalid_input(format!(
                "Volume size '{size_gib}'GB cannot be smaller than original volume size  {}GB. They must be >= original \
                 volume size.",
                source.size_gib
            )));
        }
        if !matches!(source.status, Status::Available | Status::InUse) {
            let message = "Invalid volume: Originating source volume status must be one of 'available, in-use' values";
            return Err(VolumeError::bad_request(message));
        }
    }
    let wanted = NewVolume {
        project_id: call.scope.project_id.clone(),
        user_id: call.scope.user_id.clone(),
        name,
        description,
        size_gib,
        volume_type: string("volume_type").filter(|kind| !kind.is_empty()),
        zone: string("availability_zone"),
        image,
        source,
        metadata: pairs(body.get("metadata")),
    };
    let (region, now) = (call.region.clone(), call.region.clock.now());
    let volume = call.region.db.write(move |tx| life::create(tx, &region, now, wanted)).await?;
    life::follow(&call.region, volume.id.clone());
    let root = &call.incoming.endpoint.root;
    let view = view::detail(&volume, &call.region, call.version, root, Moment::Created);
    Ok((StatusCode::ACCEPTED, axum::Json(view::single(view))).into_response())
}

async fn image(call: &Call, id: &str) -> Result<ImageFacts, VolumeError> {
    if !crate::body_schema::is_uuid(id) {
        return Err(VolumeError::bad_request("Invalid imageRef provided."));
    }
    match crate::image::show_for(&call.region, &call.scope, id).await? {
        Some(image) => Ok(image),
        None => Err(VolumeError::missing("Image", id)),
    }
}

fn pairs(value: Option<&Value>) -> BTreeMap<String, String> {
    let map = value.and_then(Value::as_object);
    let pair = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    map.into_iter().flatten().filter_map(pair).collect()
}

async fn update(call: Call, id: &str) -> Result<Response, VolumeError> {
    expect(&call, id).await?;
    if !call.scope.can_write() {
        return Err(VolumeError::policy("volume:update"));
    }
    let body = read_body(&call.incoming.body, &schemas::update())?;
    let (project, wanted, now) =
        (call.scope.project_id.clone(), id.to_owned(), call.region.clock.now());
    let volume = call
        .region
        .db
        .write(move |tx| -> Result<Volume, VolumeError> {
            let found = life::find(tx, &project, &wanted)?;
            let mut volume = found.ok_or_else(|| VolumeError::missing("Volume", &wanted))?;
            for (name, value) in &body {
                let text = value.as_str().map(str::to_owned);
                match name.as_str() {
                    "name" | "display_name" => volume.name = text,
                    "description" | "display_description" => volume.description = text,
                    _ => volume.metadata = pairs(Some(value)),
                }
            }
            volume.updated = Some(now.as_microsecond());
            records::put(tx, &volume)?;
            Ok(volume)
        })
        .await?;
    let root = &call.incoming.endpoint.root;
    let view = view::detail(&volume, &call.region, call.version, root, Moment::Read);
    Ok(ok(view::single(view)))
}

async fn delete(call: Call, id: &str) -> Result<Response, VolumeError> {
    expect(&call, id).await?;
    if !call.scope.can_write() {
        return Err(VolumeError::policy("volume:delete"));
    }
    let (project, wanted, now) =
        (call.scope.project_id.clone(), id.to_owned(), call.region.clock.now());
    let region = call.region.clone();
    call.region
        .db
        .write(move |tx| -> Result<(), VolumeError> {
            let found = life::find(tx, &project, &wanted)?;
            let volume = found.ok_or_else(|| VolumeError::missing("Volume", &wanted))?;
            let free = matches!(volume.status, Status::Available | Status::Error | Status::ErrorDeleting);
            if !free || !volume.attachments.is_empty() {
                return Err(VolumeError::bad_request(
                    "Invalid volume: Volume status must be available or error or error_restoring or error_extending or \
                     error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a \
                     transfer, or be disassociated from snapshots after volume transfer.",
                ));
            }
            Ok(life::delete(tx, &region, now, &wanted)?)
        })
        .await?;
    life::follow(&call.region, id.to_owned());
    Ok(accepted())
}

/// No action is served yet; what is asked for is named, as Cinder names an action that it does not know.
async fn action(call: Call, id: &str) -> Result<Response, VolumeError> {
    expect(&call, id).await?;
    let body: Value = serde_json::from_slice(&call.incoming.body)
        .map_err(|_| VolumeError::bad_request("Malformed request body"))?;
    let name = body.as_object().and_then(|map| map.keys().next()).map_or("None", String::as_str);
    Err(VolumeError::bad_request(format!(
        "There is no such action: {name}. Verify the request body and Content-Type header and try again."
    )))
}
