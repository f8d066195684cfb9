//! Import by the cloud itself, and the tasks that report on it.

use crate::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::list::path;
use crate::call::Call;
use crate::client::Client;
use crate::decode::{self, Listing};
use crate::endpoint::Service;
use crate::error::ApiError;
use crate::ids::ImageId;
use crate::transport::{Method, Transport};
use crate::words::words;

words! {
    /// The state of a task.
    TaskStatus {
        /// Not begun.
        Pending = "pending",
        /// Under way; it may still say so just after the image is active.
        Processing = "processing",
        /// Done.
        Success = "success",
        /// Failed; the message says little more.
        Failure = "failure",
    }
}

/// A task of an image (`GET /v2/images/{id}/tasks`, since 2.12). Its input is left out: it holds the source's URL, which
/// may be a secret.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ImportTask {
    /// Its id.
    pub id: String,
    /// Its state.
    pub status: TaskStatus,
    /// "Copied 12 MiB" once a minute while it goes on; after a failure what little Glance says.
    #[serde(default, deserialize_with = "decode::null_as_default")]
    pub message: String,
    /// When it was made.
    #[serde(default, deserialize_with = "decode::time")]
    pub created_at: Option<Timestamp>,
    /// When it last changed.
    #[serde(default, deserialize_with = "decode::time")]
    pub updated_at: Option<Timestamp>,
    /// The request that began it, for the operator.
    #[serde(default)]
    pub request_id: Option<String>,
}

/// Lets the cloud fetch an image's data (`web-download`); the record must be `queued`. Success means that it was begun.
///
/// # Errors
/// 400 for a URL that the cloud's filter refuses (scheme, host, port), 403 by policy, 409 in the wrong state.
pub async fn import_from_url<T: Transport>(
    client: &Client<T>,
    id: &ImageId,
    url: &str,
) -> Result<(), ApiError> {
    let call = Call::new("import the image", Service::Image, Method::Post, path(id, "/import"))
        .json(&json!({"method": {"name": "web-download", "uri": url}}));
    client.send(call).await.map(drop)
}

/// The tasks of an image, in no promised order: see [`newest_task`].
///
/// # Errors
/// 404 also where the cloud is older than the call.
pub async fn tasks<T: Transport>(
    client: &Client<T>,
    id: &ImageId,
) -> Result<Listing<ImportTask>, ApiError> {
    let call = Call::new("list the image's tasks", Service::Image, Method::Get, path(id, "/tasks"));
    client.all_pages(call, "tasks").await
}

/// The task that was made last: the one of the last import.
pub fn newest_task(tasks: &[ImportTask]) -> Option<&ImportTask> {
    tasks.iter().max_by_key(|task| task.created_at)
}
