//! Static large objects: one object made of many (swift/common/middleware/slo.py).

use serde_json::{Value, json};

use super::object::{self, ObjectPut};
use super::object_path;
use crate::Timestamp;
use crate::call::Call;
use crate::client::Client;
use crate::endpoint::Service;
use crate::error::ApiError;
use crate::query::Query;
use crate::transport::{Method, Transport};

/// One reference of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestEntry {
    /// The container of what it refers to: a signed URL with a container's key reads no other container.
    pub container: String,
    /// The name of what it refers to; a segment, or another manifest.
    pub name: String,
    /// Its ETag as [`super::object_show`] tells it. Swift looks at the object and refuses another.
    pub etag: String,
    /// Its size; of a manifest, what it stands for.
    pub size_bytes: u64,
}

impl ManifestEntry {
    fn json(&self) -> Value {
        json!({
            // Neither percent-encoded nor beginning with the account.
            "path": format!("/{}/{}", self.container, self.name),
            "etag": self.etag,
            "size_bytes": self.size_bytes,
        })
    }
}

/// Makes an object of others. `etag` is the MD5 of the entries' ETags joined as text, in hexadecimal: the cloud refuses
/// the manifest when it counts another. No heartbeat is asked for, as a page of another origin could not read the answer.
///
/// # Errors
/// 400 with the entries that are missing or not what they should be, 413 when there are too many, 422 for another ETag.
/// A page of another origin sees none of these: it gets [`crate::ErrorKind::Unreachable`], and looks whether the object
/// is there with this ETag.
pub async fn manifest_put<T: Transport>(
    client: &Client<T>,
    container: &str,
    name: &str,
    entries: &[ManifestEntry],
    etag: Option<&str>,
    delete_at: Option<Timestamp>,
) -> Result<ObjectPut, ApiError> {
    let body: Vec<Value> = entries.iter().map(ManifestEntry::json).collect();
    let path = object_path(container, name);
    let mut call = Call::new("put the segments together", Service::ObjectStore, Method::Put, path)
        .query(Query::new().with("multipart-manifest", "put"))
        .json(&Value::Array(body));
    if let Some(etag) = etag {
        call = call.header("ETag", etag);
    }
    if let Some(time) = delete_at {
        call = call.header("X-Delete-At", time.as_second().to_string());
    }
    client.send(call).await.map(|response| object::put(&response))
}
