//! Sizes of servers.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::call::Call;
use crate::client::Client;
use crate::decode::{Listing, null_as_default};
use crate::endpoint::Service;
use crate::error::ApiError;
use crate::ids::FlavorId;
use crate::microversion::Microversion;
use crate::query::Query;
use crate::transport::{Method, Transport};

/// A size of a server.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Flavor {
    /// Its id.
    pub id: FlavorId,
    /// Its name.
    pub name: String,
    /// Virtual processors.
    pub vcpus: u64,
    /// Memory.
    #[serde(rename = "ram")]
    pub ram_mib: u64,
    /// The local root disk; 0 means that a server boots from a volume (or a disk of the image's size, by policy).
    #[serde(rename = "disk")]
    pub disk_gib: u64,
    /// A second local disk.
    #[serde(default, rename = "OS-FLV-EXT-DATA:ephemeral", deserialize_with = "null_as_default")]
    pub ephemeral_gib: u64,
    /// Swap; Nova writes "" for none before 2.75.
    #[serde(default, rename = "swap", deserialize_with = "number_or_empty")]
    pub swap_mib: u64,
    /// Closed for new servers.
    #[serde(default, rename = "OS-FLV-DISABLED:disabled", deserialize_with = "null_as_default")]
    pub disabled: bool,
    /// In the operator's words (2.55).
    #[serde(default)]
    pub description: Option<String>,
    /// Scheduling hints of the operator (2.61), where policy shows them.
    #[serde(default, deserialize_with = "null_as_default")]
    pub extra_specs: BTreeMap<String, String>,
}

/// The sizes that the project may use, smallest memory first.
///
/// # Errors
/// As every call.
pub async fn flavors<T: Transport>(client: &Client<T>) -> Result<Listing<Flavor>, ApiError> {
    let query = Query::new().with("sort_key", "memory_mb").with("sort_dir", "asc");
    let call =
        Call::new("list sizes", Service::Compute, Method::Get, "/flavors/detail").query(query);
    // Description (2.55) and extra specs (2.61).
    client.all_pages(call.uses(Microversion::new(2, 61)), "flavors").await
}

fn number_or_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_u64().unwrap_or(0))
}
