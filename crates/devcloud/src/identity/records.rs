//! What Keystone shows of itself and of its users and projects: to each their own, and a 403 of the
//! policy for the rest.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::error::{Caller, KeystoneError, answer};
use super::store;
use super::{Identity, Named};
use crate::seed::well_known;
use crate::service::json_response;
use crate::state::Endpoint;

/// `GET /identity`: 300 with the versions.
pub(super) async fn versions(endpoint: Endpoint) -> Response<Body> {
    let mut response = json_response(
        StatusCode::MULTIPLE_CHOICES,
        &json!({"versions": {"values": [version_record(&endpoint)]}}),
    );
    if let Ok(location) = HeaderValue::from_str(&format!("{}/v3/", endpoint.root)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// `GET /identity/v3`.
pub(super) async fn version(endpoint: Endpoint) -> Response<Body> {
    Json(json!({"version": version_record(&endpoint)})).into_response()
}

fn version_record(endpoint: &Endpoint) -> Value {
    json!({
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": format!("{}/v3/", endpoint.root)}],
        "media-types": [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}],
    })
}

/// `GET /v3/auth/projects`: those that the caller may get a token for.
pub(super) async fn my_projects(
    State(identity): State<Identity>,
    caller: Caller,
) -> Response<Body> {
    let user_id = caller.token.user.id.clone();
    project_list(&identity, &caller, user_id, "auth/projects").await
}

/// `GET /v3/users/{user}/projects`.
pub(super) async fn user_projects(
    State(identity): State<Identity>,
    Path(user_id): Path<String>,
    caller: Caller,
) -> Response<Body> {
    if user_id != caller.token.user.id {
        return KeystoneError::policy("identity:list_user_projects").answer(&caller.endpoint);
    }
    let path = format!("users/{user_id}/projects");
    project_list(&identity, &caller, user_id, &path).await
}

async fn project_list(
    identity: &Identity,
    caller: &Caller,
    user_id: String,
    path: &str,
) -> Response<Body> {
    let found = identity.db().read(move |db| store::projects_of(db, &user_id)).await;
    let outcome = found.map_err(KeystoneError::from).map(|projects| {
        let records: Vec<Value> =
            projects.iter().map(|project| project_record(project, &caller.endpoint)).collect();
        list(&caller.endpoint, "projects", records, path)
    });
    answer(&caller.endpoint, outcome)
}

/// `GET /v3/auth/domains`: nobody has a role on the domain.
pub(super) async fn my_domains(caller: Caller) -> Response<Body> {
    list(&caller.endpoint, "domains", Vec::new(), "auth/domains").into_response()
}

/// `GET /v3/auth/system`: nor on the system.
pub(super) async fn my_system(caller: Caller) -> Response<Body> {
    Json(json!({"system": [], "links": {"self": format!("{}/v3/auth/system", caller.endpoint.root)}})).into_response()
}

/// `GET /v3/users/{id}`: oneself.
pub(super) async fn user(Path(id): Path<String>, caller: Caller) -> Response<Body> {
    let outcome = if id == caller.token.user.id {
        Ok(Json(json!({"user": {
            "id": id, "name": caller.token.user.name, "domain_id": well_known::DOMAIN, "enabled": true,
            "password_expires_at": null, "options": {},
            "links": {"self": format!("{}/v3/users/{id}", caller.endpoint.root)},
        }})))
    } else {
        Err(KeystoneError::policy("identity:get_user"))
    };
    answer(&caller.endpoint, outcome)
}

/// `GET /v3/projects/{id}`: the project of the token. Any other one is refused whether it exists or
/// not.
pub(super) async fn project(Path(id): Path<String>, caller: Caller) -> Response<Body> {
    let outcome = match &caller.token.project {
        Some(project) if project.id == id => {
            Ok(Json(json!({"project": project_record(project, &caller.endpoint)})))
        }
        _ => Err(KeystoneError::policy("identity:get_project")),
    };
    answer(&caller.endpoint, outcome)
}

/// `GET /v3/domains/{id}`: readable when the token's project is in it.
pub(super) async fn domain(Path(id): Path<String>, caller: Caller) -> Response<Body> {
    let outcome = if id == well_known::DOMAIN && caller.token.project.is_some() {
        Ok(Json(json!({"domain": {
            "id": id, "name": store::DOMAIN_NAME, "description": "The default domain", "enabled": true, "tags": [],
            "options": {}, "links": {"self": format!("{}/v3/domains/{id}", caller.endpoint.root)},
        }})))
    } else {
        Err(KeystoneError::policy("identity:get_domain"))
    };
    answer(&caller.endpoint, outcome)
}

/// `GET /v3/projects`.
pub(super) async fn projects(caller: Caller) -> Response<Body> {
    KeystoneError::policy("identity:list_projects").answer(&caller.endpoint)
}

/// `GET /v3/users`.
pub(super) async fn users(caller: Caller) -> Response<Body> {
    KeystoneError::policy("identity:list_users").answer(&caller.endpoint)
}

/// `GET /v3/domains`.
pub(super) async fn domains(caller: Caller) -> Response<Body> {
    KeystoneError::policy("identity:list_domains").answer(&caller.endpoint)
}

/// `GET /v3/roles`.
pub(super) async fn roles(caller: Caller) -> Response<Body> {
    KeystoneError::policy("identity:list_roles").answer(&caller.endpoint)
}

/// `GET /v3/role_assignments`.
pub(super) async fn role_assignments(caller: Caller) -> Response<Body> {
    KeystoneError::policy("identity:list_role_assignments").answer(&caller.endpoint)
}

/// `GET /v3/limits`: none are set per project.
pub(super) async fn limits(caller: Caller) -> Response<Body> {
    list(&caller.endpoint, "limits", Vec::new(), "limits").into_response()
}

/// `GET /v3/registered_limits`: Glance's own `info/usage` is where its limits are read here.
pub(super) async fn registered_limits(caller: Caller) -> Response<Body> {
    list(&caller.endpoint, "registered_limits", Vec::new(), "registered_limits").into_response()
}

fn project_record(project: &Named, endpoint: &Endpoint) -> Value {
    json!({
        "id": project.id, "name": project.name, "domain_id": well_known::DOMAIN, "description": "", "enabled": true,
        "parent_id": well_known::DOMAIN, "is_domain": false, "tags": [], "options": {},
        "links": {"self": format!("{}/v3/projects/{}", endpoint.root, project.id)},
    })
}

/// A list as Keystone wraps it.
pub(super) fn list(
    endpoint: &Endpoint,
    name: &str,
    records: Vec<Value>,
    path: &str,
) -> Json<Value> {
    Json(json!({
        name: records,
        "links": {"next": null, "self": format!("{}/v3/{path}", endpoint.root), "previous": null},
    }))
}
