//! Following lists over several pages.
//!
//! Only the `marker` is taken from a `next` link; path and parameters stay our own. Three reasons: Glance's links drop
//! repeated parameters (`tag=a&tag=b`), links of Nova and Neutron carry the host name the service believes it has (wrong
//! behind a gateway), and Glance's are relative.

use serde_json::{Map, Value};

use crate::decode::{self, Listing};
use crate::query::value_in_link;

/// Where the next page starts: the id of the last row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker(String);

impl Marker {
    /// The id after which the next page starts.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// Its rows.
    pub rows: Listing<T>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<Marker>,
}

/// Reads `{key: […], "next": …}` (Glance, Keystone) or `{key: […], "…_links": [{"rel":"next","href":…}]}`.
///
/// # Errors
/// When the list itself is missing.
pub(crate) fn page<T: serde::de::DeserializeOwned>(
    mut object: Map<String, Value>,
    key: &str,
) -> Result<Page<T>, String> {
    let next = next_marker(&object);
    Ok(Page { rows: decode::rows(&mut object, key)?, next })
}

fn next_marker(object: &Map<String, Value>) -> Option<Marker> {
    let glance = object.get("next").and_then(Value::as_str);
    let link = match glance {
        Some(link) => link,
        // `servers_links`, `networks_links`; Cinder names some of them after a single row (`volume_type_links`).
        None => object
            .iter()
            .filter(|(name, _)| name.ends_with("_links"))
            .filter_map(|(_, links)| links.as_array())
            .flatten()
            .find(|link| link.get("rel").and_then(Value::as_str) == Some("next"))?
            .get("href")?
            .as_str()?,
    };
    value_in_link(link, "marker").map(Marker)
}
