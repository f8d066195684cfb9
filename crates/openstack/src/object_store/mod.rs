//! Swift: the container that an upload's segments go into, its objects, manifests and signed URLs.
//!
//! Segments themselves are not sent here: a body of many MiB with progress is the app's own request, and
//! [`object_put_request`] says where it goes and with which headers. Reference:
//! <https://docs.openstack.org/api-ref/object-store/>, and the source of openstack/swift where that is silent.
//!
//! Across origins a browser hides some of Swift's answers altogether (whatever a middleware left of the proxy's own
//! application makes: a refused manifest, a full quota, a rate limit), and some headers of the others. What is `Option`
//! here for that reason says so.

mod container;
mod info;
mod listing;
mod manifest;
mod object;
mod temp_url;

pub use container::{
    Container, ContainerSettings, container_create, container_delete, container_show,
    container_update,
};
pub use info::{Info, SloLimits, TempUrlLimits, info};
pub use listing::{ListedObject, ObjectsPage, list_all_objects, list_objects};
pub use manifest::{ManifestEntry, manifest_put};
pub use object::{
    Object, ObjectPut, PutRequest, http_date, object_delete, object_put, object_put_request,
    object_show,
};
pub use temp_url::{TempUrl, TempUrlDigest, temp_url};

use crate::client::Client;
use crate::endpoint::{Service, segment};
use crate::transport::Transport;

/// Whether this cloud has an object store in the region we work in. Without one every call here fails with
/// [`crate::ErrorKind::NoEndpoint`].
pub fn is_offered<T: Transport>(client: &Client<T>) -> bool {
    client.endpoints().base(Service::ObjectStore).is_some()
}

/// `/{container}`; a container's name holds no slash.
fn container_path(container: &str) -> String {
    format!("/{}", segment(container))
}

/// `/{container}/{name}`; the slashes of an object's name stay what they are.
fn object_path(container: &str, name: &str) -> String {
    let name: Vec<String> = name.split('/').map(segment).collect();
    format!("{}/{}", container_path(container), name.join("/"))
}

/// Swift quotes the ETag of a manifest and leaves those of other objects bare.
fn bare_etag(etag: &str) -> String {
    etag.trim().trim_matches('"').to_owned()
}
