//! `POST /v2/images`: a record without data.

use std::collections::HashMap;
use std::fmt;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::body::read_json;
use super::fault::{Answer, Fault};
use super::policy::{self, Caller};
use super::quota;
use super::record::{ImageRecord, Properties};
use super::schema;
use super::view;
use crate::auth::Scope;
use crate::state::{Endpoint, Region};

/// All stores of the cloud, the two that are not for users included, as Glance lists them.
const STORE_IDS: &str = "fast,slow,os_glance_staging_store,os_glance_tasks_store";

/// Glance's `image_property_quota` and `image_tag_quota`.
const MAX_PROPERTIES: usize = 128;
const MAX_TAGS: usize = 128;

/// `POST /v2/images`.
pub(super) async fn create(
    State(region): State<Region>,
    endpoint: Endpoint,
    scope: Scope,
    headers: HeaderMap,
    body: Body,
) -> Answer<Response> {
    let body = read_json::<InOrder>(&headers, body).await?;
    let InOrder::Object(fields) = body else {
        return Err(Fault::bad_request("Expected an image as a JSON object."));
    };
    let caller = Caller::from(&scope);
    let now = region.clock.now().as_second();
    let image = build(fields, &caller, now)?;
    let image = region
        .db
        .write(move |tx| {
            quota::images(tx, &caller)?;
            let mut image = image;
            if !image.insert(tx)? {
                let words = format!("Image ID {} already exists!", image.id);
                return Err(Fault::conflict(words));
            }
            Ok::<_, Fault>(image)
        })
        .await?;
    let methods = region.options.import_methods.join(",");
    let mut response = (StatusCode::CREATED, view::image(&image)).into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Ok(location) =
        HeaderValue::from_str(&format!("{}/v2/images/{}", endpoint.root, image.id))
    {
        out.insert(header::LOCATION, location);
    }
    const METHODS: HeaderName = HeaderName::from_static("openstack-image-import-methods");
    const STORES: HeaderName = HeaderName::from_static("openstack-image-store-ids");
    if let Ok(methods) = HeaderValue::from_str(&methods) {
        out.insert(METHODS, methods);
    }
    out.insert(STORES, HeaderValue::from_static(STORE_IDS));
    Ok(response)
}

/// Fields that a server of its own sets: given at create they are refused by the schema's reader or the image factory.
const DISALLOWED: [&str; 5] = ["direct_url", "self", "file", "schema", "stores"];
const READ_ONLY: [&str; 8] = [
    "created_at",
    "updated_at",
    "status",
    "checksum",
    "os_hash_algo",
    "os_hash_value",
    "size",
    "virtual_size",
];

/// The image that the body describes; checks in Glance's order.
fn build(fields: Vec<(String, Value)>, caller: &Caller, now: i64) -> Answer<ImageRecord> {
    for key in DISALLOWED {
        if fields.iter().any(|(k, _)| k == key) {
            return Err(Fault::forbidden(format!("Attribute '{key}' is read-only.")));
        }
    }
    for (key, value) in &fields {
        // Read-only numbers and texts are in the schema too; their refusal comes below.
        if !["size", "virtual_size"].contains(&key.as_str()) {
            schema::check(key, value)?;
        }
    }
    let base = |key: &str| READ_ONLY.contains(&key) || BASE.contains(&key);
    for (key, _) in fields.iter().filter(|(k, _)| !base(k)) {
        if key.chars().count() > 255 {
            let words = "Custom property should not be greater than 255 characters.";
            return Err(Fault::bad_request(words));
        }
        if ["location", "deleted", "deleted_at"].contains(&key.as_str())
            || key.starts_with("os_glance")
        {
            return Err(Fault::access_denied(format!("Attribute '{key}' is reserved.")));
        }
        if key == "locations" {
            return Err(Fault::policy("set_image_location"));
        }
    }
    let given: HashMap<&str, &Value> = fields.iter().map(|(k, v)| (k.as_str(), v)).collect();
    let text = |key: &str| given.get(key).and_then(|v| v.as_str()).map(str::to_owned);
    let flag = |key: &str| given.get(key) == Some(&&Value::Bool(true));
    let owner = text("owner").unwrap_or_else(|| caller.project_id.clone());
    policy::may_create(caller, &owner)?;
    let mut image = ImageRecord::new(text("id").unwrap_or_else(new_id).to_lowercase(), owner, now);
    if let Some(visibility) = text("visibility") {
        policy::may_set_visibility(caller, &image, &visibility)?;
        image.visibility = visibility;
    }
    if let Some(key) = READ_ONLY.iter().find(|key| given.contains_key(**key)) {
        return Err(Fault::forbidden(format!("Attribute '{key}' is read-only.")));
    }
    image.name = text("name");
    image.disk_format = text("disk_format");
    image.container_format = text("container_format");
    image.protected = flag("protected");
    image.os_hidden = flag("os_hidden");
    for (key, field) in [("min_disk", &mut image.min_disk), ("min_ram", &mut image.min_ram)] {
        if let Some(value) = given.get(key) {
            *field = non_negative(key, value)?;
        }
    }
    if let Some(tags) = given.get("tags") {
        image.tags = check_tags(tags)?;
    }
    for (key, value) in fields.iter().filter(|(k, _)| !base(k)) {
        image.properties.set(key, value.as_str().unwrap_or_default());
    }
    check_properties(&image.properties)?;
    Ok(image)
}

const BASE: [&str; 11] = [
    "id",
    "name",
    "container_format",
    "disk_format",
    "min_disk",
    "min_ram",
    "tags",
    "owner",
    "visibility",
    "protected",
    "os_hidden",
];

fn new_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// A number of GiB or MiB that MariaDB's INT takes.
pub(super) fn non_negative(field: &str, value: &Value) -> Answer<i64> {
    let number = value.as_i64().or_else(|| value.as_f64().map(|f| f as i64)).unwrap_or_default();
    match number {
        n if n < 0 => Err(Fault::bad_request(format!(
            "Invalid value '{n}' for parameter '{field}': Cannot be a negative value"
        ))),
        n if n > i64::from(i32::MAX) => Err(Fault::bad_request(format!(
            "Invalid value '{n}' for parameter '{field}': Value out of range"
        ))),
        n => Ok(n),
    }
}

/// Each tag once, in the order given, no more than the quota.
pub(super) fn check_tags(value: &Value) -> Answer<Vec<String>> {
    let mut tags: Vec<String> = Vec::new();
    for tag in value.as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !tags.iter().any(|t| t == tag) {
            tags.push(tag.to_owned());
        }
    }
    tag_quota(tags.len())?;
    Ok(tags)
}

/// 413 when there are more tags than Glance's quota.
pub(super) fn tag_quota(attempted: usize) -> Answer<()> {
    if attempted <= MAX_TAGS {
        return Ok(());
    }
    Err(Fault::too_large(format!(
        "The limit has been exceeded on the number of allowed image tags. Attempted: {attempted}, Maximum: {MAX_TAGS}"
    )))
}

/// 413 when there are more properties than Glance's quota; its own do not count.
pub(super) fn check_properties(properties: &Properties) -> Answer<()> {
    let attempted = properties.iter().filter(|(name, _)| !name.starts_with("os_glance")).count();
    if attempted <= MAX_PROPERTIES {
        return Ok(());
    }
    Err(Fault::too_large(format!(
        "The limit has been exceeded on the number of allowed image properties. Attempted: {attempted}, Maximum: {MAX_PROPERTIES}"
    )))
}

/// A JSON body whose object keeps the order of its keys: properties are shown in the order in which they were given.
#[derive(Debug)]
enum InOrder {
    Object(Vec<(String, Value)>),
    List,
}

impl<'de> Deserialize<'de> for InOrder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = InOrder;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(super::body::LIST_OR_DICT)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<InOrder, A::Error> {
                let mut out: Vec<(String, Value)> = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, Value>()? {
                    out.retain(|(k, _)| *k != key);
                    out.push((key, value));
                }
                Ok(InOrder::Object(out))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<InOrder, A::Error> {
                while seq.next_element::<Value>()?.is_some() {}
                Ok(InOrder::List)
            }
        }
        deserializer.deserialize_any(Keys)
    }
}
