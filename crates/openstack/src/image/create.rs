//! Making an image record, and where its data goes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::list::path;
use super::model::{Image, Visibility};
use crate::call::Call;
use crate::client::Client;
use crate::endpoint::Service;
use crate::error::ApiError;
use crate::ids::ImageId;
use crate::transport::{Method, Transport};

/// A record to make. What is `None` or empty is left to Glance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateImage {
    /// At most 255 characters.
    pub name: String,
    /// `qcow2`, `raw`, …; needed before data is sent.
    pub disk_format: String,
    /// `bare` when `None`.
    pub container_format: Option<String>,
    /// Glance's own default is `shared`.
    pub visibility: Option<Visibility>,
    /// Refuse to be deleted.
    pub protected: bool,
    /// Left out of lists unless they are asked for hidden ones (`os_hidden`, since 2.7).
    pub hidden: bool,
    /// The smallest disk.
    pub min_disk_gib: u64,
    /// The smallest memory.
    pub min_ram_mib: u64,
    /// At most 128 by default.
    pub tags: Vec<String>,
    /// Any other property, as text.
    pub properties: BTreeMap<String, String>,
}

impl CreateImage {
    /// The body of `POST /v2/images`; also what a copyable command line is made from.
    pub fn body(&self) -> Value {
        let mut body: Map<String, Value> =
            self.properties.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        body.insert("name".into(), json!(self.name));
        body.insert("disk_format".into(), json!(self.disk_format));
        body.insert(
            "container_format".into(),
            json!(self.container_format.as_deref().unwrap_or("bare")),
        );
        body.insert("protected".into(), json!(self.protected));
        body.insert("min_disk".into(), json!(self.min_disk_gib));
        body.insert("min_ram".into(), json!(self.min_ram_mib));
        if self.hidden {
            body.insert("os_hidden".into(), json!(true));
        }
        if let Some(visibility) = &self.visibility {
            body.insert("visibility".into(), json!(visibility.as_str()));
        }
        if !self.tags.is_empty() {
            body.insert("tags".into(), json!(self.tags));
        }
        Value::Object(body)
    }
}

/// Makes a record without data; it is `queued`.
///
/// # Errors
/// 400 for a value the schema refuses, 403 for a visibility we may not set or a reserved property, 413 over quota.
pub async fn create<T: Transport>(
    client: &Client<T>,
    image: &CreateImage,
) -> Result<Image, ApiError> {
    let call =
        Call::new("create the image", Service::Image, Method::Post, "/images").json(&image.body());
    client.json(call).await
}

/// Where an image's data is sent, by the app's own request (`PUT`, the file as the body).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadRequest {
    /// The URL.
    pub url: String,
    /// The headers besides `X-Auth-Token` (take that from [`Client::token`] at the moment of sending). Nothing else may
    /// be added: Glance's CORS defaults allow no `x-openstack-image-size` and no `X-Image-Meta-Store`.
    pub headers: Vec<(String, String)>,
}

/// Where an image's data is fetched from, by the app's own request (`GET`, the data as the answer's body; 204 when there
/// is none). Whole only: Glance's CORS defaults allow no `Range`.
///
/// # Errors
/// [`crate::ErrorKind::NoEndpoint`].
pub fn download_url<T: Transport>(client: &Client<T>, id: &ImageId) -> Result<String, ApiError> {
    client.url("download the image", Service::Image, &path(id, "/file"))
}

/// The request for the data of a record.
///
/// # Errors
/// [`crate::ErrorKind::NoEndpoint`].
pub fn upload_request<T: Transport>(
    client: &Client<T>,
    id: &ImageId,
) -> Result<UploadRequest, ApiError> {
    let url = client.url("upload the image", Service::Image, &path(id, "/file"))?;
    Ok(UploadRequest {
        url,
        headers: vec![("Content-Type".into(), "application/octet-stream".into())],
    })
}
