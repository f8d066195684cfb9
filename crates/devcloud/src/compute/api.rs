//! Nova over HTTP: paths, microversion, policy, bodies in and out.

use axum::Router;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::error::ComputeError;
use super::model::{Disk, Server, VmState};
use super::view::{self, Frame};
use super::{actions, create, flavors, history, keypairs, list, quota, schemas};
use crate::auth::Scope;
use crate::body_schema::Schema;
use crate::incoming::{BodyError, Incoming};
use crate::microversion::{Microversion, Refused, Supported};
use crate::network;
use crate::records;
use crate::state::Region;

const VERSIONS: Supported = Supported {
    service: "compute",
    legacy_header: Some("x-openstack-nova-api-version"),
    least: Microversion { major: 2, minor: 1 },
    most: Microversion { major: 2, minor: 104 },
};

/// `osapi_max_request_body_size`.
const BODY_LIMIT: usize = 114_688;

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

/// The parts of a call that go into a transaction.
pub struct Caller {
    /// The region that it came to.
    pub region: Region,
    /// Who asks.
    pub scope: Scope,
    /// In which version.
    pub version: Microversion,
    /// `req-…`.
    pub request_id: String,
}

/// The parts of a call that views depend on.
pub struct FrameParts {
    root: String,
    version: Microversion,
    admin: bool,
}

impl FrameParts {
    /// As the views take it.
    pub fn frame(&self) -> Frame<'_> {
        Frame { root: &self.root, version: self.version, admin: self.admin }
    }
}

impl Call {
    /// Whether the version is 2.`minor` or newer.
    pub fn since(&self, minor: u32) -> bool {
        self.version.minor >= minor
    }

    /// What a transaction needs of it.
    pub fn clone_for_work(&self) -> Caller {
        Caller {
            region: self.region.clone(),
            scope: self.scope.clone(),
            version: self.version,
            request_id: self.incoming.endpoint.request_id.clone(),
        }
    }

    /// What views need of it.
    pub fn frame_parts(&self) -> FrameParts {
        FrameParts {
            root: self.incoming.endpoint.root.clone(),
            version: self.version,
            admin: self.scope.is_admin(),
        }
    }

    fn body(&self, schema: &Schema) -> Result<Value, ComputeError> {
        let body = self.any_body()?;
        schema.check(&body).map_err(ComputeError::bad_request)?;
        Ok(body)
    }

    fn any_body(&self) -> Result<Value, ComputeError> {
        let kind =
            self.incoming.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if kind.is_some_and(|kind| {
            !kind.starts_with("application/json") && !kind.starts_with("text/plain")
        }) {
            return Err(ComputeError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Unsupported Content-Type",
            ));
        }
        if self.incoming.body.is_empty() {
            return Err(ComputeError::bad_request(
                "The server could not comply with the request since it is either malformed or otherwise incorrect.",
            ));
        }
        serde_json::from_slice(&self.incoming.body)
            .map_err(|_| ComputeError::bad_request("Malformed request body"))
    }
}

/// `limit` of a list; `None` when it is not given. 0 means no limit to Nova.
pub fn page_limit(call: &Call) -> Result<Option<usize>, ComputeError> {
    let Some(text) = call.incoming.parameter("limit") else { return Ok(None) };
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ComputeError::bad_request(format!(
            "Invalid input for query parameters limit. Value: {text}. '{text}' does not match '^[0-9]*$'"
        )));
    }
    Ok(text.parse::<usize>().ok().filter(|limit| *limit > 0))
}

/// `<collection>_links`: the next page, when this one is full.
pub fn collection_links(
    call: &Call,
    path: &str,
    shown: usize,
    last: Option<String>,
) -> Result<Option<Value>, ComputeError> {
    let limit = page_limit(call)?.unwrap_or(1000).min(1000);
    let Some(last) = last.filter(|_| shown == limit) else { return Ok(None) };
    let mut query: Vec<&(String, String)> =
        call.incoming.query.iter().filter(|(name, _)| name != "marker").collect();
    query.sort();
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    out.extend_pairs(query.iter().map(|(name, value)| (name, value)));
    out.append_pair("marker", &last);
    let href = format!("{}/v2.1/{path}?{}", call.incoming.endpoint.root, out.finish());
    Ok(Some(json!([{"rel": "next", "href": href}])))
}

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
    let get = incoming.method == Method::GET;
    match incoming.segments().as_slice() {
        [] if get => return axum::Json(versions(&incoming.endpoint.root)).into_response(),
        ["v2.1"] if get => {
            let body = json!({"version": version_2_1(&incoming.endpoint.root, true)});
            return with_version(axum::Json(body).into_response(), VERSIONS.least);
        }
        _ => {}
    }
    let scope = match Scope::from_request_parts(&mut parts, &region).await {
        Ok(scope) => scope,
        Err(refused) => return refused,
    };
    match VERSIONS.negotiate(&incoming.headers) {
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
                VERSIONS.least, VERSIONS.most
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

fn versions(root: &str) -> Value {
    let old = json!({
        "id": "v2.0", "status": "DEPRECATED", "version": "", "min_version": "", "updated": "2025-07-04T12:00:00Z",
        "links": [{"rel": "self", "href": format!("{root}/v2/")}],
    });
    json!({"versions": [old, version_2_1(root, false)]})
}

fn version_2_1(root: &str, whole: bool) -> Value {
    let own = json!({"rel": "self", "href": format!("{root}/v2.1/")});
    let mut version = json!({
        "id": "v2.1", "status": "CURRENT", "version": VERSIONS.most.to_string(),
        "min_version": VERSIONS.least.to_string(), "updated": "2013-07-23T11:33:21Z", "links": [own],
    });
    if whole && let Some(version) = version.as_object_mut() {
        let more = json!({"rel": "describedby", "type": "text/html", "href": "http://docs.openstack.org/"});
        version.insert("links".to_owned(), json!([own, more]));
        let kind = "application/vnd.openstack.compute+json;version=2.1";
        version
            .insert("media-types".to_owned(), json!([{"base": "application/json", "type": kind}]));
    }
    version
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
        ("GET", ["os-server-groups"]) => Ok(ok(json!({"server_groups": []}))),
        ("GET" | "DELETE", ["os-server-groups", id]) => {
            Err(ComputeError::not_found(format!("Instance group {id} could not be found.")))
        }
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
            Ok(ok(actions::remote_console(call, &expect(call, id).await?, &body)?))
        }
        ("GET", [id, "os-instance-actions"]) => {
            Ok(ok(history::list(call, &with_history(call, id).await?).await?))
        }
        ("GET", [id, "os-instance-actions", request]) => {
            Ok(ok(history::show(call, &with_history(call, id).await?, request).await?))
        }
        ("GET", [id, "os-interface"]) => interfaces(call, expect(call, id).await?, None).await,
        ("GET", [id, "os-interface", port]) => {
            interfaces(call, expect(call, id).await?, Some(port)).await
        }
        ("GET", [id, "os-security-groups"]) => security_groups(call, expect(call, id).await?).await,
        ("GET", [id, "os-volume_attachments"]) => {
            let server = expect(call, id).await?;
            let views: Vec<Value> =
                server.disks.iter().filter_map(|disk| attachment(call, &server, disk)).collect();
            Ok(ok(json!({"volumeAttachments": views})))
        }
        ("GET", [id, "os-volume_attachments", volume]) => {
            let server = expect(call, id).await?;
            let disk = server.disks.iter().find(|disk| disk.volume_id.as_deref() == Some(*volume));
            let view = disk.and_then(|disk| attachment(call, &server, disk));
            let missing = || {
                ComputeError::not_found(format!("Instance {id} is not attached to volume {volume}"))
            };
            Ok(ok(json!({"volumeAttachment": view.ok_or_else(missing)?})))
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
        ("GET", [id, "metadata"]) => Ok(ok(json!({"metadata": expect(call, id).await?.metadata}))),
        ("GET", [id, "tags"]) if call.since(26) => {
            Ok(ok(json!({"tags": expect(call, id).await?.tags})))
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

async fn interfaces(
    call: &Call,
    server: Server,
    port_id: Option<&str>,
) -> Result<Response, ComputeError> {
    let id = server.id.clone();
    let ports = call.region.db.read(move |conn| view::ports(conn, &server)).await?;
    let tagged = call.since(70);
    let view = |port: &network::Object| {
        let mut view = json!({
            "net_id": network::text(port, "network_id"), "port_id": network::text(port, "id"),
            "mac_addr": network::text(port, "mac_address"), "port_state": network::text(port, "status"),
            "fixed_ips": port.get("fixed_ips"),
        });
        if tagged && let Some(view) = view.as_object_mut() {
            view.insert("tag".to_owned(), Value::Null);
        }
        view
    };
    let Some(port_id) = port_id else {
        return Ok(ok(
            json!({"interfaceAttachments": ports.iter().map(view).collect::<Vec<Value>>()}),
        ));
    };
    match ports.iter().find(|port| network::text(port, "id") == port_id) {
        Some(port) => Ok(ok(json!({"interfaceAttachment": view(port)}))),
        None => Err(ComputeError::not_found(format!(
            "Instance {id} does not have a port with id {port_id}"
        ))),
    }
}

async fn security_groups(call: &Call, server: Server) -> Result<Response, ComputeError> {
    let groups = call
        .region
        .db
        .read(move |conn| {
            let ids = view::group_ids(&view::ports(conn, &server)?);
            let mut groups = network::groups_of_project(conn, &server.project_id)?;
            groups.retain(|group| ids.iter().any(|id| id == network::text(group, "id")));
            Ok(groups)
        })
        .await?;
    // Nova's own form of rules: ingress only, ports named after their ends.
    let rule = |group: &str, rule: &Value| {
        let prefix = rule.get("remote_ip_prefix").filter(|prefix| !prefix.is_null());
        json!({
            "id": rule.get("id"), "parent_group_id": group,
            "ip_protocol": rule.get("protocol"),
            "from_port": rule.get("port_range_min"), "to_port": rule.get("port_range_max"),
            "group": {}, "ip_range": prefix.map_or(json!({}), |cidr| json!({"cidr": cidr})),
        })
    };
    let view = |group: &network::Object| {
        let id = network::text(group, "id");
        let rules =
            group.get("security_group_rules").and_then(Value::as_array).into_iter().flatten();
        let incoming =
            rules.filter(|rule| rule.get("direction").and_then(Value::as_str) == Some("ingress"));
        json!({
            "id": id, "name": network::text(group, "name"), "description": network::text(group, "description"),
            "tenant_id": network::text(group, "project_id"),
            "rules": incoming.map(|one| rule(id, one)).collect::<Vec<Value>>(),
        })
    };
    Ok(ok(json!({"security_groups": groups.iter().map(view).collect::<Vec<Value>>()})))
}

fn attachment(call: &Call, server: &Server, disk: &Disk) -> Option<Value> {
    let volume_id = disk.volume_id.as_ref().filter(|_| server.vm_state != VmState::Deleted)?;
    let mut view = json!({"volumeId": volume_id, "serverId": server.id, "device": disk.device});
    let more = view.as_object_mut()?;
    if !call.since(89) {
        more.insert("id".to_owned(), json!(volume_id));
    }
    if call.since(70) {
        more.insert("tag".to_owned(), json!(disk.tag));
    }
    if call.since(79) {
        more.insert("delete_on_termination".to_owned(), json!(disk.delete_on_termination));
    }
    if call.since(89) {
        more.insert("attachment_id".to_owned(), json!(disk.attachment_id));
        more.insert("bdm_uuid".to_owned(), json!(disk.bdm_id));
    }
    Some(view)
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
