//! Single objects.

use super::{bare_etag, object_path};
use crate::Timestamp;
use crate::call::Call;
use crate::client::Client;
use crate::endpoint::Service;
use crate::error::{ApiError, ErrorKind};
use crate::transport::{Method, Response, Transport};

const OCTETS: &str = "application/octet-stream";
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// An object as its headers describe it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// Its size; of a manifest, what it stands for.
    pub bytes: Option<u64>,
    /// Its ETag without quotes: its MD5, or of a static large object the MD5 of its segments' MD5s.
    pub etag: Option<String>,
    /// Whether it is known to be a static large object. A page of another origin sees that only where the container
    /// exposes `X-Static-Large-Object`.
    pub is_slo: bool,
    /// When it was written, by the cloud's clock.
    pub last_modified: Option<Timestamp>,
    /// When it deletes itself.
    pub delete_at: Option<Timestamp>,
}

/// What the cloud says of an object that was just written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectPut {
    /// Its ETag without quotes.
    pub etag: Option<String>,
    /// When, by the cloud's clock: how we learn how far ours is off, as no page of another origin sees `Date`.
    pub last_modified: Option<Timestamp>,
}

/// Where an object's bytes are sent, by the app's own request (`PUT`, the bytes as the body).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutRequest {
    /// The URL.
    pub url: String,
    /// The headers besides `X-Auth-Token`, which is taken from [`Client::token`] at the moment of sending.
    pub headers: Vec<(String, String)>,
}

/// An object; `None` when it, or its container, is not there.
///
/// # Errors
/// As every call but 404.
pub async fn object_show<T: Transport>(
    client: &Client<T>,
    container: &str,
    name: &str,
) -> Result<Option<Object>, ApiError> {
    match client.send(call("look at the object", Method::Head, container, name)).await {
        Ok(response) => Ok(Some(read(&response))),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a small object with headers of its own (`X-Delete-At`, `If-None-Match: *`).
///
/// # Errors
/// 404 without the container, 412 when `If-None-Match: *` met an object, 413 over quota, 422 when an `ETag` is not the
/// body's MD5.
pub async fn object_put<T: Transport>(
    client: &Client<T>,
    container: &str,
    name: &str,
    body: Vec<u8>,
    headers: &[(&str, &str)],
) -> Result<ObjectPut, ApiError> {
    let call = call("write the object", Method::Put, container, name).bytes(OCTETS, body);
    let call = headers.iter().fold(call, |call, (name, value)| call.header(name, *value));
    client.send(call).await.map(|response| put(&response))
}

/// The request for an object's bytes. The cloud compares their MD5 (hexadecimal) and answers 422 when it is another;
/// the object deletes itself at `delete_at`.
///
/// # Errors
/// [`ErrorKind::NoEndpoint`].
pub fn object_put_request<T: Transport>(
    client: &Client<T>,
    container: &str,
    name: &str,
    md5: &str,
    delete_at: Option<Timestamp>,
) -> Result<PutRequest, ApiError> {
    let path = object_path(container, name);
    let url = client.url("send the segment", Service::ObjectStore, &path)?;
    let mut headers =
        vec![("Content-Type".to_owned(), OCTETS.to_owned()), ("ETag".to_owned(), md5.to_owned())];
    headers.extend(delete_at.map(|time| ("X-Delete-At".to_owned(), time.as_second().to_string())));
    Ok(PutRequest { url, headers })
}

/// Deletes an object; of a static large object the manifest only.
///
/// # Errors
/// 404 when it is gone.
pub async fn object_delete<T: Transport>(
    client: &Client<T>,
    container: &str,
    name: &str,
) -> Result<(), ApiError> {
    client.send(call("delete the object", Method::Delete, container, name)).await.map(drop)
}

/// A time as HTTP's headers have it (`Sun, 22 Nov 2026 17:56:46 GMT`, RFC 9110 `IMF-fixdate`).
pub fn http_date(text: &str) -> Option<Timestamp> {
    let (_, date) = text.trim().split_once(", ")?;
    let mut words = date.split(' ');
    let (day, month, year, time) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if words.next()? != "GMT" || words.next().is_some() {
        return None;
    }
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    format!("{year}-{month:02}-{day}T{time}Z").parse().ok()
}

/// The answer to an object's `PUT`.
pub(super) fn put(response: &Response) -> ObjectPut {
    ObjectPut {
        etag: response.header("etag").map(bare_etag),
        last_modified: response.header("last-modified").and_then(http_date),
    }
}

fn read(response: &Response) -> Object {
    let ObjectPut { etag, last_modified } = put(response);
    Object {
        bytes: response.header("content-length").and_then(|bytes| bytes.trim().parse().ok()),
        etag,
        is_slo: response
            .header("x-static-large-object")
            .is_some_and(|value| value.trim().eq_ignore_ascii_case("true")),
        last_modified,
        delete_at: response
            .header("x-delete-at")
            .and_then(|seconds| seconds.trim().parse::<i64>().ok())
            .map(|seconds| Timestamp::from_millisecond(seconds.saturating_mul(1000))),
    }
}

fn call(operation: &'static str, method: Method, container: &str, name: &str) -> Call {
    Call::new(operation, Service::ObjectStore, method, object_path(container, name))
}
