//! What this cloud's Glance can do: formats, import methods, stores, quota.

use serde::Deserialize;
use serde_json::Value;

use crate::call::Call;
use crate::client::Client;
use crate::decode::{self, Listing};
use crate::endpoint::Service;
use crate::error::{ApiError, ErrorKind};
use crate::transport::{Method, Transport};

/// The formats that an operator allows (`GET /v2/schemas/image`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Formats {
    /// `qcow2`, `raw`, …
    pub disk: Vec<String>,
    /// `bare`, …
    pub container: Vec<String>,
}

/// A place where image data is kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Store {
    /// Its id.
    pub id: String,
    /// In the operator's words.
    #[serde(default)]
    pub description: Option<String>,
    /// Whether it is the one used unless another is asked for. Glance writes the text "true".
    #[serde(default, rename = "default", deserialize_with = "true_text")]
    pub is_default: bool,
}

/// How much of a quota is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct UsageEntry {
    /// In use.
    #[serde(rename = "usage")]
    pub used: u64,
    /// At most; `None` without limit.
    #[serde(deserialize_with = "decode::limit")]
    pub limit: Option<u64>,
}

impl UsageEntry {
    /// What is left; `None` without limit.
    pub fn left(&self) -> Option<u64> {
        self.limit.map(|limit| limit.saturating_sub(self.used))
    }
}

/// The image quotas of the project (`GET /v2/info/usage`). What the cloud does not limit is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct ImageUsage {
    /// MiB of all images.
    #[serde(default, rename = "image_size_total")]
    pub size_total_mib: Option<UsageEntry>,
    /// MiB in the staging area.
    #[serde(default, rename = "image_stage_total")]
    pub stage_total_mib: Option<UsageEntry>,
    /// Number of images.
    #[serde(default, rename = "image_count_total")]
    pub count_total: Option<UsageEntry>,
    /// Number of images being uploaded at once.
    #[serde(default, rename = "image_count_uploading")]
    pub count_uploading: Option<UsageEntry>,
}

/// The formats of this cloud.
///
/// # Errors
/// As every call.
pub async fn formats<T: Transport>(client: &Client<T>) -> Result<Formats, ApiError> {
    let call = Call::new("read the image formats", Service::Image, Method::Get, "/schemas/image");
    let schema: Value = client.json(call).await?;
    let words = |field: &str| {
        let values = schema.pointer(&format!("/properties/{field}/enum")).and_then(Value::as_array);
        values.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    Ok(Formats { disk: words("disk_format"), container: words("container_format") })
}

/// The import methods of this cloud (`web-download`, `glance-direct`, …). An older cloud has none.
///
/// # Errors
/// As every call, but 404 is an empty list: Glance before 2.6 has no import.
pub async fn import_methods<T: Transport>(client: &Client<T>) -> Result<Vec<String>, ApiError> {
    let call = Call::new("read the import methods", Service::Image, Method::Get, "/info/import");
    let answer: Value = match client.json(call).await {
        Ok(answer) => answer,
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let values = answer.pointer("/import-methods/value").and_then(Value::as_array);
    Ok(values.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// The stores that may be chosen. A cloud with a single store answers 404: then the list is empty.
///
/// # Errors
/// As every call but 404.
pub async fn stores<T: Transport>(client: &Client<T>) -> Result<Listing<Store>, ApiError> {
    let call = Call::new("list the image stores", Service::Image, Method::Get, "/info/stores");
    match client.all_pages(call, "stores").await {
        Err(error) if error.kind == ErrorKind::NotFound => Ok(Listing::default()),
        other => other,
    }
}

/// The image quotas of the project; `None` where the cloud keeps no unified limits (404 before 2.13).
///
/// # Errors
/// As every call but 404.
pub async fn usage<T: Transport>(client: &Client<T>) -> Result<Option<ImageUsage>, ApiError> {
    let call = Call::new("read the image quota", Service::Image, Method::Get, "/info/usage");
    match client.json_under(call, "usage").await {
        Ok(usage) => Ok(Some(usage)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn true_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Bool(flag) => flag,
        Value::String(text) => text.eq_ignore_ascii_case("true"),
        _ => false,
    })
}
