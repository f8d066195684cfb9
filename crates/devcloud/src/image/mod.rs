//! Glance v2: images, their bytes, who may see them, and how they come in.
//!
//! Mirrors Glance 33 with two file stores, unified limits and default policies, as recorded in `tests/contract/glance/`; the source
//! files named in the modules are Glance's. What it leaves out: metadata definitions (the catalogue is empty, as recorded), image
//! locations, `glance-download` from another cloud (the task fails), the image cache, and creating tasks by hand.
//!
//! An upload that a restart cuts off goes back to `queued`, as one that the client breaks off does. (A worker of a real Glance that
//! is killed leaves the image `saving` for ever: an image named `fail-saving…` shows that.)

mod body;
mod create;
mod download;
mod facts;
pub mod fail_names;
mod fault;
mod files;
mod images;
mod import;
mod import_task;
mod info;
pub mod inspect;
mod list;
pub mod made;
mod members;
mod patch;
mod policy;
mod query;
mod quota;
mod receive;
mod record;
mod resume;
mod schema;
mod seed;
mod sink;
mod stage;
mod upload;
mod view;
mod web;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{delete, get, post, put};

use crate::auth::Scope;
use crate::state::Region;

pub use facts::{bytes_of, show_for, small_disk};
pub use record::SCHEMA;
pub use resume::resume;
pub use seed::{OPERATOR_PROJECT, seed};

use fault::Fault;

/// Routes, relative to the service's root (`/image` or `/dev-2/image`, see `service.rs`).
pub fn router() -> Router<Region> {
    Router::new()
        .route("/", get(info::choices))
        .route("/versions", get(info::all_versions))
        .route("/v2/schemas/{name}", get(info::schema))
        .route("/v2/info/import", get(info::import_methods))
        .route("/v2/info/stores", get(info::stores))
        .route("/v2/info/stores/detail", get(info::stores_detail))
        .route("/v2/info/usage", get(info::usage))
        .route("/v2/metadefs/namespaces", get(info::namespaces))
        .route("/v2/metadefs/namespaces/{name}", get(info::namespace))
        .route("/v2/tasks", get(info::tasks))
        .route("/v2/tasks/{id}", get(info::task))
        .route("/v2/images", get(list::list).post(create::create))
        .route("/v2/images/{id}", get(images::show).patch(images::update).delete(images::delete))
        .route("/v2/images/{id}/file", get(download::download).put(upload::upload))
        .route("/v2/images/{id}/stage", put(stage::stage))
        .route("/v2/images/{id}/import", post(import::import))
        .route("/v2/images/{id}/tasks", get(images::tasks))
        .route("/v2/images/{id}/actions/deactivate", post(images::deactivate))
        .route("/v2/images/{id}/actions/reactivate", post(images::reactivate))
        .route("/v2/images/{id}/tags/{tag}", put(images::add_tag).delete(images::remove_tag))
        .route("/v2/images/{id}/members", get(members::list).post(members::create))
        .route(
            "/v2/images/{id}/members/{member}",
            get(members::show).put(members::update).delete(members::delete),
        )
        .route("/v2/stores/{store}/{id}", delete(images::delete_from_store))
        .method_not_allowed_fallback(async |_: Scope| Fault::method_not_allowed(None))
        .fallback(async |_: Scope| Fault::nothing_here())
        .layer(from_fn(envelope))
}

/// Puts refusals into words for the client that asked.
async fn envelope(request: Request, next: Next) -> Response {
    let (method, headers) = (request.method().clone(), request.headers().clone());
    let response = next.run(request).await;
    let Some(fault) = response.extensions().get::<Fault>() else { return response };
    let mut worded = fault.render(&method, &headers);
    if let Some(allow) = response.headers().get(axum::http::header::ALLOW) {
        worded.headers_mut().insert(axum::http::header::ALLOW, allow.clone());
    }
    worded
}
