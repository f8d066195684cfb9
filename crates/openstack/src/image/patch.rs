//! Changing an image.

use serde_json::{Value, json};

use super::list::path;
use super::model::{Image, Visibility};
use crate::call::Call;
use crate::client::Client;
use crate::endpoint::{Service, segment};
use crate::error::ApiError;
use crate::ids::ImageId;
use crate::transport::{Method, Transport};

/// The only media type but its 2.0 brother that Glance takes for a PATCH; anything else is 415.
const MEDIA_TYPE: &str = "application/openstack-images-v2.1-json-patch";

/// Changes to an image, sent as one: all of them happen or none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    changes: Vec<Value>,
}

impl Patch {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A new name.
    #[must_use]
    pub fn name(self, name: &str) -> Self {
        self.replace("name", json!(name))
    }

    /// Refuse to be deleted, or allow it again.
    #[must_use]
    pub fn protected(self, protected: bool) -> Self {
        self.replace("protected", json!(protected))
    }

    /// Hidden from lists, or shown again.
    #[must_use]
    pub fn hidden(self, hidden: bool) -> Self {
        self.replace("os_hidden", json!(hidden))
    }

    /// Who sees it.
    #[must_use]
    pub fn visibility(self, visibility: &Visibility) -> Self {
        self.replace("visibility", json!(visibility.as_str()))
    }

    /// The smallest disk.
    #[must_use]
    pub fn min_disk_gib(self, gib: u64) -> Self {
        self.replace("min_disk", json!(gib))
    }

    /// The smallest memory.
    #[must_use]
    pub fn min_ram_mib(self, mib: u64) -> Self {
        self.replace("min_ram", json!(mib))
    }

    /// All tags anew.
    #[must_use]
    pub fn tags(self, tags: &[String]) -> Self {
        self.replace("tags", json!(tags))
    }

    /// Sets a property, whether it is there or not: JSON patch's `add` does both.
    #[must_use]
    pub fn set_property(mut self, key: &str, value: &str) -> Self {
        self.changes.push(json!({"op": "add", "path": pointer(key), "value": value}));
        self
    }

    /// Gives a property that is there another value; one that is not there makes the whole patch fail with 409, so that
    /// what somebody else removed meanwhile does not come back unseen.
    #[must_use]
    pub fn replace_property(self, key: &str, value: &str) -> Self {
        self.replace(key, json!(value))
    }

    /// Removes a property; one that is not there makes the whole patch fail with 409.
    #[must_use]
    pub fn remove_property(mut self, key: &str) -> Self {
        self.changes.push(json!({"op": "remove", "path": pointer(key)}));
        self
    }

    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The JSON patch.
    pub fn body(&self) -> Value {
        Value::Array(self.changes.clone())
    }

    fn replace(mut self, key: &str, value: Value) -> Self {
        self.changes.push(json!({"op": "replace", "path": pointer(key), "value": value}));
        self
    }
}

/// A JSON pointer to a key of the image (RFC 6901: `~` and `/` are escaped).
fn pointer(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Changes an image and returns it as it is now.
///
/// # Errors
/// 400 by the schema, 403 for a field or visibility we may not set, 409 for a property that is not there.
pub async fn patch<T: Transport>(
    client: &Client<T>,
    id: &ImageId,
    changes: &Patch,
) -> Result<Image, ApiError> {
    let call = Call::new("change the image", Service::Image, Method::Patch, path(id, ""))
        .json_as(MEDIA_TYPE, &changes.body());
    client.json(call).await
}

/// Adds one tag; nothing happens when it is there.
///
/// # Errors
/// 413 beyond the number of tags the cloud allows.
pub async fn add_tag<T: Transport>(
    client: &Client<T>,
    id: &ImageId,
    tag: &str,
) -> Result<(), ApiError> {
    tag_call(client, "add the tag", Method::Put, id, tag).await
}

/// Removes one tag.
///
/// # Errors
/// 404 when it is not there.
pub async fn remove_tag<T: Transport>(
    client: &Client<T>,
    id: &ImageId,
    tag: &str,
) -> Result<(), ApiError> {
    tag_call(client, "remove the tag", Method::Delete, id, tag).await
}

async fn tag_call<T: Transport>(
    client: &Client<T>,
    operation: &'static str,
    method: Method,
    id: &ImageId,
    tag: &str,
) -> Result<(), ApiError> {
    let path = path(id, &format!("/tags/{}", segment(tag)));
    client.send(Call::new(operation, Service::Image, method, path)).await.map(drop)
}

/// Closes the image: its data cannot be had until it is reactivated. The cloud's policy decides who may.
///
/// # Errors
/// 403 by policy or when its state does not allow it.
pub async fn deactivate<T: Transport>(client: &Client<T>, id: &ImageId) -> Result<(), ApiError> {
    let call = Call::new(
        "deactivate the image",
        Service::Image,
        Method::Post,
        path(id, "/actions/deactivate"),
    );
    client.send(call).await.map(drop)
}

/// Opens a deactivated image again.
///
/// # Errors
/// As [`deactivate`].
pub async fn reactivate<T: Transport>(client: &Client<T>, id: &ImageId) -> Result<(), ApiError> {
    let call = Call::new(
        "reactivate the image",
        Service::Image,
        Method::Post,
        path(id, "/actions/reactivate"),
    );
    client.send(call).await.map(drop)
}
