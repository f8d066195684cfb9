//! What is in a container.

use serde::Deserialize;
use serde_json::Value;

use super::{bare_etag, container_path};
use crate::Timestamp;
use crate::call::Call;
use crate::client::Client;
use crate::decode::{self, Listing};
use crate::endpoint::Service;
use crate::error::{ApiError, ErrorKind};
use crate::pagination::Marker;
use crate::query::Query;
use crate::transport::{Method, Transport};

/// A listing that does not end by then is broken (ten million rows).
const MOST_PAGES: usize = 1000;

/// A row of a container's listing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ListedObject {
    /// Its name.
    pub name: String,
    /// Its size; of a manifest, what it stands for.
    pub bytes: u64,
    /// Its MD5, in hexadecimal; of a manifest, that of the manifest itself.
    #[serde(default, deserialize_with = "decode::null_as_default")]
    pub hash: String,
    /// When it was written.
    #[serde(default, deserialize_with = "decode::time")]
    pub last_modified: Option<Timestamp>,
    /// Its media type.
    #[serde(default)]
    pub content_type: Option<String>,
    /// Of a static large object, its ETag: the MD5 of its segments' MD5s.
    #[serde(default, deserialize_with = "etag")]
    pub slo_etag: Option<String>,
}

/// Some rows of a listing.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectsPage {
    /// The rows.
    pub rows: Listing<ListedObject>,
    /// The name after which the next page starts; `None` when this one is empty, which is how a listing ends.
    pub next: Option<Marker>,
}

/// Objects whose names begin with `prefix`, in the order of their names, after `marker`; at most `limit`, or as many as
/// the cloud gives at once. A container that is not there is 404.
///
/// # Errors
/// As every call; 412 when `limit` is more than the cloud gives.
pub async fn list_objects<T: Transport>(
    client: &Client<T>,
    container: &str,
    prefix: &str,
    marker: Option<&Marker>,
    limit: Option<u32>,
) -> Result<ObjectsPage, ApiError> {
    let call = call(container, prefix, marker, limit);
    let (operation, service) = (call.operation, call.service);
    let response = client.send(call).await?;
    // 204 without a body: what older releases say of an empty container.
    if response.body.is_empty() {
        return Ok(ObjectsPage { rows: Listing::default(), next: None });
    }
    let rows: Vec<Value> = serde_json::from_slice(&response.body)
        .map_err(|why| ApiError::decode(operation, service, &response, why))?;
    let next = rows.last().and_then(|row| row.get("name")?.as_str()).map(Marker::new);
    Ok(ObjectsPage { rows: decode::each(rows), next })
}

/// Every object whose name begins with `prefix`. As Swift's own client does, it asks until nothing more comes: a page
/// may be shorter than another without being the last.
///
/// # Errors
/// As [`list_objects`]; half a list is none.
pub async fn list_all_objects<T: Transport>(
    client: &Client<T>,
    container: &str,
    prefix: &str,
) -> Result<Listing<ListedObject>, ApiError> {
    let mut all = Listing::default();
    let mut marker = None;
    for _ in 0..MOST_PAGES {
        let page = list_objects(client, container, prefix, marker.as_ref(), None).await?;
        all.append(page.rows);
        if page.next.is_none() || page.next == marker {
            return Ok(all);
        }
        marker = page.next;
    }
    Err(call(container, prefix, None, None)
        .error(ErrorKind::Decode, "the container's listing does not end"))
}

fn call(container: &str, prefix: &str, marker: Option<&Marker>, limit: Option<u32>) -> Call {
    let query = Query::new()
        .with("format", "json")
        .with_some("prefix", Some(prefix).filter(|prefix| !prefix.is_empty()))
        .with_some("marker", marker.map(Marker::as_str))
        .with_some("limit", limit.map(|rows| rows.to_string()));
    Call::new("list the container", Service::ObjectStore, Method::Get, container_path(container))
        .query(query)
}

fn etag<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(|etag| bare_etag(&etag)))
}
