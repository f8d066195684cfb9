//! The query string of Neutron's lists: filters by any attribute, `fields`, sorting and paging
//! (`neutron/api/api_common.py`). Pure: objects in, objects out.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::{
    error::NetworkError,
    store::{Kind, Object, text},
};
use crate::body_schema::repr;

/// Parameters that are not filters.
const CONTROLS: [&str; 7] =
    ["fields", "limit", "marker", "page_reverse", "sort_key", "sort_dir", "count"];

/// One page of a list, and the links to the next and the previous one.
pub struct Page {
    /// The objects of the page, reduced to `fields` if the query names some.
    pub items: Vec<Object>,
    /// `<collection>_links`, when there is a limit.
    pub links: Option<Vec<Value>>,
}

/// Applies the query to the visible objects. `url` is the list's own address without a query.
pub fn page(
    kind: Kind,
    mut items: Vec<Object>,
    query: &[(String, String)],
    url: &str,
) -> Result<Page, NetworkError> {
    let unknown: Vec<Value> = query
        .iter()
        .filter(|(name, _)| !CONTROLS.contains(&name.as_str()) && !is_filter(kind, name))
        .map(|(name, _)| Value::from(name.as_str()))
        .collect();
    if !unknown.is_empty() {
        let names = repr(&Value::Array(unknown));
        return Err(NetworkError::bad_request(format!(
            "{names} is invalid attribute for filtering"
        )));
    }
    items.retain(|item| matches_all(item, query));
    sort(&mut items, query)?;

    let limit = limit(query)?;
    let reverse = values(query, "page_reverse").any(|value| value.eq_ignore_ascii_case("true"));
    if let Some(marker) = values(query, "marker").next()
        && let Some(at) = items.iter().position(|item| text(item, "id") == marker)
    {
        if reverse {
            items.truncate(at);
        } else {
            items.drain(..=at);
        }
    }
    let mut links = None;
    if let Some(limit) = limit {
        if reverse {
            items.drain(..items.len().saturating_sub(limit));
        } else {
            items.truncate(limit);
        }
        links = Some(page_links(&items, limit, reverse, query, url));
    }
    let fields: Vec<&str> = values(query, "fields").collect();
    if !fields.is_empty() {
        for item in &mut items {
            item.retain(|name, _| fields.contains(&name.as_str()));
        }
    }
    Ok(Page { items, links })
}

fn values<'a>(query: &'a [(String, String)], name: &'a str) -> impl Iterator<Item = &'a str> {
    query.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn limit(query: &[(String, String)]) -> Result<Option<usize>, NetworkError> {
    let Some(limit) = values(query, "limit").next() else { return Ok(None) };
    match limit.parse::<i64>() {
        Ok(limit) if limit >= 0 => Ok(usize::try_from(limit).ok().filter(|limit| *limit > 0)),
        _ => Err(NetworkError::bad_request(format!(
            "Limit must be an integer 0 or greater and not '{limit}'"
        ))),
    }
}

/// All values of one parameter are alternatives; different parameters must all match.
fn matches_all(item: &Object, query: &[(String, String)]) -> bool {
    query.iter().filter(|(name, _)| !CONTROLS.contains(&name.as_str())).all(|(name, _)| {
        if matches!(name.as_str(), "tags" | "tags-any" | "not-tags" | "not-tags-any") {
            return matches_tags(item, name, query);
        }
        values(query, name).any(|wanted| match item.get(name) {
            Some(value) => matches_value(name, value, wanted),
            None => false,
        })
    })
}

fn matches_value(name: &str, value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(string) => string == wanted,
        Value::Bool(flag) => {
            let wanted = wanted.eq_ignore_ascii_case("true") || wanted == "1";
            *flag == wanted
        }
        Value::Number(number) => number.to_string() == wanted,
        Value::Null => wanted.is_empty() || wanted == "None",
        // `fixed_ips=ip_address=10.0.0.5`, `fixed_ips=subnet_id=…`
        Value::Array(entries) if name == "fixed_ips" => {
            let (key, wanted) = wanted.split_once('=').unwrap_or(("ip_address", wanted));
            entries.iter().any(|entry| {
                match (key, entry.get("ip_address").and_then(Value::as_str)) {
                    ("ip_address_substr", Some(address)) => address.contains(wanted),
                    _ => entry.get(key).and_then(Value::as_str) == Some(wanted),
                }
            })
        }
        Value::Array(entries) => entries.iter().any(|entry| entry.as_str() == Some(wanted)),
        Value::Object(_) => false,
    }
}

fn matches_tags(item: &Object, name: &str, query: &[(String, String)]) -> bool {
    let tags: Vec<&str> = item
        .get("tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let wanted: Vec<&str> = values(query, name).flat_map(|value| value.split(',')).collect();
    match name {
        "tags" => wanted.iter().all(|tag| tags.contains(tag)),
        "tags-any" => wanted.iter().any(|tag| tags.contains(tag)),
        "not-tags" => !wanted.iter().all(|tag| tags.contains(tag)),
        _ => !wanted.iter().any(|tag| tags.contains(tag)),
    }
}

fn sort(items: &mut [Object], query: &[(String, String)]) -> Result<(), NetworkError> {
    let keys: Vec<&str> = values(query, "sort_key").collect();
    let directions: Vec<&str> = values(query, "sort_dir").collect();
    if keys.len() != directions.len() {
        let message = "The number of sort_keys and sort_dirs must be same";
        return Err(NetworkError::bad_request(message));
    }
    if let Some(wrong) = directions.iter().find(|direction| !["asc", "desc"].contains(direction)) {
        return Err(NetworkError::bad_request(format!(
            "['{wrong}'] is invalid value for sort_dirs, valid value is 'asc' and 'desc'"
        )));
    }
    const UNSORTABLE: [&str; 5] =
        ["fixed_ips", "security_groups", "tags", "external_gateway_info", "allocation_pools"];
    if let Some(wrong) = keys.iter().find(|key| {
        UNSORTABLE.contains(key) || items.first().is_some_and(|item| !item.contains_key(**key))
    }) {
        let message = format!("['{wrong}'] is invalid attribute for sort_keys");
        return Err(NetworkError::bad_request(message));
    }
    // The id decides last, and alone when nothing is asked for.
    items.sort_by(|a, b| {
        for (key, direction) in keys.iter().zip(&directions) {
            let order = compare(a.get(*key), b.get(*key));
            let order = if *direction == "desc" { order.reverse() } else { order };
            if order != Ordering::Equal {
                return order;
            }
        }
        text(a, "id").cmp(text(b, "id"))
    });
    Ok(())
}

fn compare(a: Option<&Value>, b: Option<&Value>) -> Ordering {
    match (a, b) {
        (Some(Value::String(a)), Some(Value::String(b))) => a.cmp(b),
        (Some(Value::Bool(a)), Some(Value::Bool(b))) => a.cmp(b),
        (Some(Value::Number(a)), Some(Value::Number(b))) => {
            a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal)
        }
        (Some(Value::Null) | None, Some(Value::Null) | None) => Ordering::Equal,
        (Some(Value::Null) | None, _) => Ordering::Less,
        (_, Some(Value::Null) | None) => Ordering::Greater,
        _ => Ordering::Equal,
    }
}

fn page_links(
    items: &[Object],
    limit: usize,
    reverse: bool,
    query: &[(String, String)],
    url: &str,
) -> Vec<Value> {
    let (Some(first), Some(last)) = (items.first(), items.last()) else { return Vec::new() };
    let address = |marker: &Object, back: bool| {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        out.extend_pairs(
            query.iter().filter(|(name, _)| name != "marker" && name != "page_reverse"),
        );
        out.append_pair("marker", text(marker, "id"));
        if back {
            out.append_pair("page_reverse", "True");
        }
        format!("{url}?{}", out.finish())
    };
    let whole = items.len() >= limit;
    let mut links = Vec::new();
    if whole || reverse {
        links.push(json!({"rel": "next", "href": address(last, false)}));
    }
    if whole || !reverse {
        links.push(json!({"rel": "previous", "href": address(first, true)}));
    }
    links
}

/// The attributes that Neutron declares with `is_filter`.
fn is_filter(kind: Kind, name: &str) -> bool {
    const EVERYWHERE: [&str; 12] = [
        "id",
        "project_id",
        "tenant_id",
        "description",
        "tags",
        "tags-any",
        "not-tags",
        "not-tags-any",
        "revision_number",
        "created_at",
        "updated_at",
        "changed_since",
    ];
    let own: &[&str] = match kind {
        Kind::Network => &[
            "name",
            "admin_state_up",
            "status",
            "shared",
            "router:external",
            "mtu",
            "is_default",
            "port_security_enabled",
            "vlan_transparent",
            "provider:network_type",
            "provider:physical_network",
            "provider:segmentation_id",
            "ipv4_address_scope",
            "ipv6_address_scope",
        ],
        Kind::Subnet => &[
            "name",
            "network_id",
            "ip_version",
            "cidr",
            "gateway_ip",
            "enable_dhcp",
            "subnetpool_id",
            "ipv6_address_mode",
            "ipv6_ra_mode",
            "shared",
            "segment_id",
            "router:external",
        ],
        Kind::Port => &[
            "name",
            "network_id",
            "mac_address",
            "admin_state_up",
            "status",
            "device_id",
            "device_owner",
            "fixed_ips",
            "security_groups",
            "ip_allocation",
            "port_security_enabled",
            "binding:host_id",
            "binding:vnic_type",
        ],
        Kind::SecurityGroup => &["name", "shared", "stateful"],
        Kind::SecurityGroupRule => &[
            "security_group_id",
            "direction",
            "ethertype",
            "protocol",
            "port_range_min",
            "port_range_max",
            "remote_group_id",
            "remote_ip_prefix",
            "remote_address_group_id",
            "belongs_to_default_sg",
        ],
        Kind::Router => &["name", "admin_state_up", "status", "flavor_id", "enable_ndp_proxy"],
        Kind::FloatingIp => &[
            "floating_ip_address",
            "floating_network_id",
            "router_id",
            "port_id",
            "fixed_ip_address",
            "status",
        ],
    };
    EVERYWHERE.contains(&name) || own.contains(&name)
}
