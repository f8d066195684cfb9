//! The catalogue: every service of every region, with URLs on the origin that the caller used, so
//! that a browser stays on one origin.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::Identity;
use super::error::{Caller, KeystoneError, answer};
use crate::service::Service;

/// Type, name and path below the origin of each entry. `{project}` stands for the caller's project.
/// Cinder stands in twice: `volumev3` is what clients have asked for since 2016, `block-storage` is
/// its name in the service types authority.
const ENTRIES: [(&str, &str, Service, &str); 7] = [
    ("identity", "keystone", Service::Identity, "/v3/"),
    ("image", "glance", Service::Image, ""),
    ("compute", "nova", Service::Compute, "/v2.1"),
    ("network", "neutron", Service::Network, ""),
    ("volumev3", "cinderv3", Service::Volume, "/v3/{project}"),
    ("block-storage", "cinder", Service::Volume, "/v3/{project}"),
    ("object-store", "swift", Service::Object, "/v1/AUTH_{project}"),
];

/// The catalogue for a project, as it stands in a token.
pub(super) fn render(identity: &Identity, origin: &str, project_id: &str) -> Value {
    let has = |service| service != Service::Object || identity.inner.object_store;
    let entries = ENTRIES.iter().enumerate().filter(|(_, (_, _, service, _))| has(*service));
    let services = entries.map(|(index, (kind, name, service, below))| {
        let mut endpoints = Vec::new();
        for (at, region) in identity.inner.regions.iter().enumerate() {
            // Identity is one for all regions; the others of the second region stand under its
            // name.
            let prefix = if at == 0 || *service == Service::Identity { String::new() } else { format!("/{region}") };
            let url = format!("{origin}{prefix}/{}{}", service.segment(), below.replace("{project}", project_id));
            let interfaces: &[&str] =
                if *service == Service::Identity { &["public", "internal", "admin"] } else { &["public", "internal"] };
            for (which, interface) in interfaces.iter().enumerate() {
                endpoints.push(json!({
                    "id": format!("d334{index:04x}{at:04x}{which:04x}8000000000000001"), "interface": interface,
                    "region_id": region, "url": url, "region": region,
                }));
            }
        }
        json!({"endpoints": endpoints, "id": format!("d333{index:04x}00004000800000000000000001"), "type": kind, "name": name})
    });
    Value::Array(services.collect())
}

/// `GET /v3/auth/catalog`.
pub(super) async fn show(State(identity): State<Identity>, caller: Caller) -> Response<Body> {
    let origin = &caller.endpoint.origin;
    let outcome = match &caller.token.project {
        Some(project) => Ok(axum::Json(json!({
            "catalog": render(&identity, origin, &project.id),
            "links": {"self": format!("{origin}/identity/v3/auth/catalog")},
        }))),
        // keystone/api/auth.py: without a project or domain there is no catalogue to show.
        None => Err(KeystoneError::Forbidden("Unscoped tokens do not have a catalog".into())),
    };
    answer(&caller.endpoint, outcome)
}

/// `GET /v3/regions`: readable with any token.
pub(super) async fn regions(State(identity): State<Identity>, caller: Caller) -> Response<Body> {
    let origin = &caller.endpoint.origin;
    let regions: Vec<Value> =
        identity.inner.regions.iter().map(|id| region_record(id, origin)).collect();
    axum::Json(json!({
        "regions": regions,
        "links": {"next": null, "self": format!("{origin}/identity/v3/regions"), "previous": null},
    }))
    .into_response()
}

/// `GET /v3/regions/{id}`.
pub(super) async fn region(
    State(identity): State<Identity>,
    Path(id): Path<String>,
    caller: Caller,
) -> Response<Body> {
    let outcome = match identity.inner.regions.iter().find(|name| **name == id) {
        Some(name) => {
            Ok(axum::Json(json!({"region": region_record(name, &caller.endpoint.origin)})))
        }
        None => Err(KeystoneError::Missing { what: "region", id }),
    };
    answer(&caller.endpoint, outcome)
}

fn region_record(id: &str, origin: &str) -> Value {
    json!({"id": id, "description": "", "parent_region_id": null, "links": {"self": format!("{origin}/identity/v3/regions/{id}")}})
}

/// `GET /v3/services`: the policy wants an operator with system scope, who does not exist here.
pub(super) async fn services(caller: Caller) -> Response<Body> {
    KeystoneError::policy("identity:list_services").answer(&caller.endpoint)
}

/// `GET /v3/endpoints`: as for services.
pub(super) async fn endpoints(caller: Caller) -> Response<Body> {
    KeystoneError::policy("identity:list_endpoints").answer(&caller.endpoint)
}
