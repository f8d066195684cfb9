//! What a cloud itself explains of image properties: Glance's metadata definitions.
//! Reference: <https://docs.openstack.org/api-ref/image/v2/metadefs-index.html>.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::call::Call;
use crate::client::Client;
use crate::decode::Listing;
use crate::endpoint::Service;
use crate::error::ApiError;
use crate::query::Query;
use crate::transport::{Method, Transport};

/// The resource type of images in Heat's words, which metadata definitions use.
const IMAGES: &str = "OS::Glance::Image";

/// A property that the cloud explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyDefinition {
    /// Its name on an image, prefix and all.
    pub key: String,
    /// In a word or two.
    pub title: Option<String>,
    /// In a sentence.
    pub description: Option<String>,
    /// The values it can have; empty when any.
    pub values: Vec<String>,
}

#[derive(Deserialize)]
struct Namespace {
    namespace: String,
}

/// The properties that the cloud explains for images, of all its namespaces. A cloud that has loaded none gives none.
///
/// # Errors
/// As every call; 403 where the policy hides them.
pub async fn property_definitions<T: Transport>(
    client: &Client<T>,
) -> Result<Vec<PropertyDefinition>, ApiError> {
    let what = "read the metadata definitions";
    let call = Call::new(what, Service::Image, Method::Get, "/metadefs/namespaces")
        .query(Query::new().with("resource_types", IMAGES));
    let namespaces: Listing<Namespace> = client.all_pages(call, "namespaces").await?;
    let mut all = Vec::new();
    for Namespace { namespace } in namespaces.items {
        // With the resource type Glance writes the prefix of the association before each name.
        let path = format!("/metadefs/namespaces/{namespace}");
        let call = Call::new(what, Service::Image, Method::Get, path)
            .query(Query::new().with("resource_type", IMAGES));
        let answer: Value = client.json(call).await?;
        all.extend(properties(&answer));
    }
    Ok(all)
}

/// The properties of one namespace. `scopes`, `objects` and types are left alone: a value is text on an image.
fn properties(namespace: &Value) -> Vec<PropertyDefinition> {
    let none = Map::new();
    let properties = namespace.get("properties").and_then(Value::as_object).unwrap_or(&none);
    let definition = |(key, value): (&String, &Value)| {
        let text = |field: &str| value.get(field).and_then(Value::as_str).map(str::to_owned);
        // A list has its values one level down.
        let values = value.get("enum").or_else(|| value.pointer("/items/enum"));
        let values = values.and_then(Value::as_array).into_iter().flatten();
        PropertyDefinition {
            key: key.clone(),
            title: text("title"),
            description: text("description"),
            values: values.filter_map(Value::as_str).map(str::to_owned).collect(),
        }
    };
    properties.iter().map(definition).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// As `etc/metadefs/compute-watchdog.json` is served.
    #[test]
    fn a_namespace_explains_its_properties() {
        let found = properties(&json!({
            "namespace": "OS::Compute::Watchdog",
            "display_name": "Watchdog Behavior",
            "resource_type_associations": [{"name": "OS::Glance::Image"}],
            "properties": {
                "hw_watchdog_action": {
                    "title": "Watchdog Action",
                    "description": "For the libvirt driver, you can enable and set the behavior of a watchdog.",
                    "type": "string",
                    "enum": ["disabled", "reset", "poweroff", "pause", "none"]
                },
                "hw_odd": {"type": "integer"}
            }
        }));
        assert_eq!(found.len(), 2);
        let watchdog = found.iter().find(|one| one.key == "hw_watchdog_action").unwrap();
        assert_eq!(watchdog.title.as_deref(), Some("Watchdog Action"));
        assert_eq!(watchdog.values.len(), 5);
        assert_eq!(properties(&json!({"namespace": "OS::Empty"})), vec![]);
    }
}
