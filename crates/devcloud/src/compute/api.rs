//! Nova over HTTP: paths, microversion, policy, bodies in and out.

use axum::Router;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::call::Call;
use super::error::ComputeError;
use super::model::Server;
use super::versions;
use super::view;
use super::{
    actions, attached, console_api, create, flavors, groups, history, keypairs, labels, list,
    quota, schemas,
};
use crate::auth::Scope;
use crate::incoming::{BodyError, Incoming};
use crate::microversion::{Microversion, Refused};
use crate::records;
use crate::state::Region;

/// `osapi_max_request_body_size`.
const BODY_LIMIT: usize = 114_688;

/// Routes, relative to the service's root.
pub fn router() -> Router<Region> {
    Router::new().fallback(answer)
}

async fn answer(State(region): State<Region>, request: Request) -> Response {
    let (incoming, mut parts) = match Incoming::read(request, BODY_LIMIT).await {
        Ok(read) => read,
        Err(BodyError::TooLarge) => {
            return ComputeError::new(StatusCode::PAYLOAD_TOO_LARGE, "Request is too large.")
                .into_response();
        }
        Err(BodyError::Broken) => return StatusCode::BAD_REQUEST.into_response(),
    };
    let (release, root) = (region.options.release, &incoming.endpoint.root);
    let spoken = versions::supported(release);
    let get = incoming.method == Method::GET;
    match incoming.segments().as_slice() {
        [] if get => return axum::Json(versions::all(root, release)).into_response(),
        ["v2.1"] if get => {
            let body = json!({"version": versions::version_2_1(root, release, true)});
            return with_version(axum::Json(body).into_response(), spoken.least);
        }
        _ => {}
    }
    let scope = match Scope::from_request_parts(&mut parts, &region).await {
        Ok(scope) => scope,
        Err(refused) => return refused,
    };
    match spoken.negotiate(&incoming.headers) {
        Ok(version) => {
            let call = Call { region, scope, version, incoming };
            let response = match route(&call).await {
                Ok(response) => response,
                Err(error) => error.into_response(),
            };
            with_version(response, version)
        }
        Err(Refused::Malformed(text)) => ComputeError::bad_request(format!(
            "API Version String {text} is of invalid format. Must be of format MajorNum.MinorNum."
        ))
        .into_response(),
        Err(Refused::OutOfRange(version)) => {
            let message = format!(
                "Version {version} is not supported by the API. Minimum is {} and maximum is {}.",
                spoken.least, spoken.most
            );
            with_version(
                ComputeError::new(StatusCode::NOT_ACCEPTABLE, message).into_response(),
                version,
            )
        }
    }
}

fn with_version(mut response: Response, version: Microversion) -> Response {
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&format!("compute {version}")) {
        headers.insert("openstack-api-version", value);
    }
    if let Ok(value) = HeaderValue::from_str(&version.to_string()) {
        headers.insert("x-openstack-nova-api-version", value);
    }
    headers.append(header::VARY, HeaderValue::from_static("X-OpenStack-Nova-API-Version"));
    response
}

fn ok(body: Value) -> Response {
    axum::Json(body).into_response()
}

async fn route(call: &Call) -> Result<Response, ComputeError> {
    let path = call.incoming.segments();
    let method = call.incoming.method.as_str();
    let [version, rest @ ..] = path.as_slice() else { return Ok(no_such_path(call)) };
    if *version != "v2.1" {
        return Ok(no_such_path(call));
    }
    match (method, rest) {
        ("GET", ["flavors"]) => Ok(ok(flavors::list(call, false)?)),
        ("GET", ["flavors", "detail"]) => Ok(ok(flavors::list(call, true)?)),
        ("GET", ["flavors", id]) => Ok(ok(flavors::show(call, id)?)),
        ("GET", ["flavors", id, "os-extra_specs"]) => Ok(ok(flavors::extra_specs(id)?)),
        ("POST" | "PUT" | "DELETE", ["flavors", ..]) => {
            Err(ComputeError::policy("os-flavor-manage:create"))
        }
        ("GET", ["os-keypairs"]) => Ok(ok(keypairs::list(call).await?)),
        ("POST", ["os-keypairs"]) => {
            let body = call.body(&schemas::create_keypair(call.version))?;
            let (status, body) = keypairs::create(call, &body).await?;
            Ok((status, axum::Json(body)).into_response())
        }
        ("GET", ["os-keypairs", name]) => Ok(ok(keypairs::show(call, name).await?)),
        ("DELETE", ["os-keypairs", name]) => {
            Ok(keypairs::delete(call, name).await?.into_response())
        }
        ("GET", ["limits"]) => limits(call).await,
        ("GET", ["os-availability-zone"]) => {
            let zone = |name: &&str| json!({"zoneName": name, "zoneState": {"available": true}, "hosts": null});
            let zones: Vec<Value> = call.region.zones.iter().map(zone).collect();
            Ok(ok(json!({"availabilityZoneInfo": zones})))
        }
        ("GET", ["os-availability-zone", "detail"]) => {
            Err(ComputeError::policy("os-availability-zone:detail"))
        }
        ("GET", ["os-quota-sets", project]) => quota_set(call, project, false).await,
        ("GET", ["os-quota-sets", project, "detail"]) => quota_set(call, project, true).await,
        ("GET", ["os-quota-sets", project, "defaults"]) => quota_set(call, project, false).await,
        ("PUT" | "DELETE", ["os-quota-sets", ..]) => {
            Err(ComputeError::policy("os-quota-sets:update"))
        }
        (_, ["os-server-groups", ..]) => match groups::route(call, method, rest).await? {
            Some(response) => Ok(response),
            None => Ok(no_such_path(call)),
        },
        ("GET", ["os-hypervisors" | "os-services" | "os-aggregates", ..]) => {
            let name = rest.first().copied().unwrap_or("");
            Err(ComputeError::policy(&format!("{name}:list")))
        }
        ("GET", ["extensions"]) => Ok(ok(json!({"extensions": []}))),
        (_, ["servers", ..]) => servers(call, method, rest.get(1..).unwrap_or_default()).await,
        _ => Ok(no_such_path(call)),
    }
}

async fn servers(call: &Call, method: &str, rest: &[&str]) -> Result<Response, ComputeError> {
    match (method, rest) {
        ("GET", []) => Ok(ok(list::list(call, false).await?)),
        ("GET", ["detail"]) => Ok(ok(list::list(call, true).await?)),
        ("POST", []) => {
            let body = call.body(&schemas::create_server(call.version))?;
            created(call, &body, create::create(call, &body).await?)
        }
        ("GET", [id]) => show(call, expect(call, id).await?).await,
        ("PUT", [id]) => {
            expect(call, id).await?;
            let body = call.body(&schemas::update_server(call.version))?;
            show(call, actions::update(call, id, &body).await?).await
        }
        ("DELETE", [id]) => {
            expect(call, id).await?;
            actions::delete(call, id).await
        }
        ("POST", [id, "action"]) => {
            let body = call.any_body()?;
            actions::act(call, expect(call, id).await?, &body).await
        }
        ("POST", [id, "remote-consoles"]) if call.since(6) => {
            let body = call.any_body()?;
            Ok(ok(console_api::remote(call, &expect(call, id).await?, &body)?))
        }
        ("GET", [id, "os-instance-actions"]) => {
            Ok(ok(history::list(call, &with_history(call, id).await?).await?))
        }
        ("GET", [id, "os-instance-actions", request]) => {
            Ok(ok(history::show(call, &with_history(call, id).await?, request).await?))
        }
        ("GET", [id, "os-interface"]) => {
            attached::interfaces(call, expect(call, id).await?, None).await
        }
        ("GET", [id, "os-interface", port]) => {
            attached::interfaces(call, expect(call, id).await?, Some(port)).await
        }
        ("GET", [id, "os-security-groups"]) => {
            attached::security_groups(call, expect(call, id).await?).await
        }
        ("GET", [id, "os-volume_attachments"]) => {
            let server = expect(call, id).await?;
            let views: Vec<Value> = server
                .disks
                .iter()
                .filter_map(|disk| attached::attachment(call, &server, disk))
                .collect();
            Ok(ok(json!({"volumeAttachments": views})))
        }
        ("GET", [id, "os-volume_attachments", volume]) => {
            let server = expect(call, id).await?;
            let disk = server.disks.iter().find(|disk| disk.volume_id.as_deref() == Some(*volume));
            let view = disk.and_then(|disk| attached::attachment(call, &server, disk));
            let missing = || {
                ComputeError::not_found(format!("Instance {id} is not attached to volume {volume}"))
            };
            Ok(ok(json!({"volumeAttachment": view.ok_or_else(missing)?})))
        }
        ("PUT", [id, "os-volume_attachments", volume]) if call.since(85) => {
            expect(call, id).await?;
            attached::set_fate(call, id, volume, &call.any_body()?).await
        }
        ("GET", [id, "ips"]) => {
            let server = expect(call, id).await?;
            let addresses = call
                .region
                .db
                .read(move |conn| view::addresses(conn, &server, &view::ports(conn, &server)?))
                .await?;
            Ok(ok(json!({"addresses": addresses})))
        }
        (_, [id, "metadata", key @ ..]) if key.len() < 2 => {
            let server = expect(call, id).await?;
            let answer = labels::metadata(call, server, method, key.first().copied()).await?;
            Ok(answer.unwrap_or_else(|| no_such_path(call)))
        }
        (_, [id, "tags", tag @ ..]) if call.since(26) && tag.len() < 2 => {
            let server = expect(call, id).await?;
            let answer = labels::tags(call, server, method, tag.first().copied()).await?;
            Ok(answer.unwrap_or_else(|| no_such_path(call)))
        }
        _ => Ok(no_such_path(call)),
    }
}

fn created(call: &Call, body: &Value, made: create::Created) -> Result<Response, ComputeError> {
    let wanted = body.get("server");
    let only_reservation = wanted.and_then(|server| server.get("return_reservation_id"));
    if only_reservation
        .is_some_and(|flag| matches!(flag.as_bool(), Some(true)) || flag.as_str() == Some("True"))
    {
        let body = json!({"reservation_id": made.reservation_id});
        return Ok((StatusCode::ACCEPTED, axum::Json(body)).into_response());
    }
    let root = &call.incoming.endpoint.root;
    let id = made.ids.first().cloned().unwrap_or_default();
    let default = json!([{"name": "default"}]);
    let groups = wanted.and_then(|server| server.get("security_groups")).unwrap_or(&default);
    let location = format!("{root}/v2.1/servers/{id}");
    let view = json!({"server": {
        "id": id,
        "links": [
            {"rel": "self", "href": location},
            {"rel": "bookmark", "href": format!("{root}/servers/{id}")},
        ],
        "OS-DCF:diskConfig": if made.auto_disk_config { "AUTO" } else { "MANUAL" },
        "security_groups": groups,
        "adminPass": made.admin_pass,
    }});
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], axum::Json(view)).into_response())
}

/// The server, if the caller's project has it and it is not only history.
async fn expect(call: &Call, id: &str) -> Result<Server, ComputeError> {
    let server = with_history(call, id).await?;
    if server.deleted { Err(ComputeError::no_server(id)) } else { Ok(server) }
}

/// The same, but its history may be read after its end (from 2.21 on).
async fn with_history(call: &Call, id: &str) -> Result<Server, ComputeError> {
    let wanted = id.to_owned();
    let found = call.region.db.read(move |conn| records::get::<Server>(conn, &wanted)).await?;
    let mine =
        |server: &Server| server.project_id == call.scope.project_id || call.scope.is_admin();
    let alive = |server: &Server| !server.deleted || call.since(21);
    found.filter(|server| mine(server) && alive(server)).ok_or_else(|| ComputeError::no_server(id))
}

async fn show(call: &Call, server: Server) -> Result<Response, ComputeError> {
    let frame = call.frame_parts();
    let view =
        call.region.db.read(move |conn| view::detail(conn, &server, &frame.frame(), true)).await?;
    Ok(ok(json!({"server": view})))
}

async fn limits(call: &Call) -> Result<Response, ComputeError> {
    let (project, minor) = (call.scope.project_id.clone(), call.version.minor);
    Ok(ok(call.region.db.read(move |conn| quota::limits(conn, &project, minor)).await?))
}

async fn quota_set(call: &Call, project: &str, detailed: bool) -> Result<Response, ComputeError> {
    if project != call.scope.project_id && !call.scope.is_admin() {
        let rule = if detailed { "os-quota-sets:detail" } else { "os-quota-sets:show" };
        return Err(ComputeError::policy(rule));
    }
    let (project, minor) = (project.to_owned(), call.version.minor);
    Ok(ok(call
        .region
        .db
        .read(move |conn| quota::quota_set(conn, &project, minor, detailed))
        .await?))
}

/// webob's own 404, which no Nova code gets to see: JSON only for those who ask for it.
fn no_such_path(call: &Call) -> Response {
    let accept = call.incoming.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    if accept.is_some_and(|accept| accept.contains("application/json")) {
        let body = json!({
            "message": "The resource could not be found.<br /><br />\n\n\n", "code": "404 Not Found",
            "title": "Not Found",
        });
        return (StatusCode::NOT_FOUND, axum::Json(body)).into_response();
    }
    (StatusCode::NOT_FOUND, "404 Not Found\n\nThe resource could not be found.\n\n   ")
        .into_response()
}
