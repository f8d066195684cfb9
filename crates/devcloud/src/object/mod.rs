//! Swift: accounts, containers, objects, static large objects and temporary URLs, as Swift 2.38 with its usual
//! pipeline answers (`tests/contract/swift/` holds what it said; the modules name its source files).
//!
//! What is mirrored with care is what a browser on another origin gets to see: Swift's CORS lives in the proxy server,
//! so whatever a middleware to the left of it answers (a refused manifest, a quota, a bulk report, a bad TempURL)
//! carries no CORS header at all ([`cors`]).
//!
//! What it leaves out: access lists, dynamic large objects, symlinks, versions, server-side copies, XML, archives that
//! are unpacked, inline data in manifests, form uploads. An object's bytes lie in one file; there are no replicas.

mod access;
mod account;
mod bulk;
mod call;
mod change;
mod container;
mod cors;
mod expirer;
mod files;
mod info;
mod listing;
mod manifest;
mod meta;
mod put;
mod quota;
mod read;
mod reply;
mod report;
mod slo_delete;
mod slo_put;
mod slo_read;
mod span;
mod stamp;
mod store;
mod stream;
mod tempurl;

use axum::Router;

use crate::state::Region;

pub(crate) use cors::{expose, preflight};
pub use expirer::resume;
pub(crate) use reply::error_page;
pub use store::SCHEMA;

/// Routes, relative to the service's root (`/object-store` or `/dev-2/object-store`). All of it is one function: an
/// object's name may hold anything, slashes too.
pub fn router() -> Router<Region> {
    Router::new().fallback(call::answer)
}
