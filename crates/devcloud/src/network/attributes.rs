//! The attributes that requests may name, and their values read with Neutron's words for wrong ones.

use axum::http::StatusCode;
use rusqlite::Connection;
use serde_json::Value;

use super::error::NetworkError;
use super::store::{self, Kind, Object};
use super::{FixedIp, visible};

/// The attributes that a request may name when it makes a resource.
pub fn known(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Network => &[
            "name",
            "admin_state_up",
            "shared",
            "router:external",
            "mtu",
            "description",
            "tenant_id",
            "project_id",
            "port_security_enabled",
            "availability_zone_hints",
            "is_default",
            "provider:network_type",
            "provider:physical_network",
            "provider:segmentation_id",
            "dns_domain",
            "vlan_transparent",
            "tags",
        ],
        Kind::Subnet => &[
            "name",
            "network_id",
            "ip_version",
            "cidr",
            "gateway_ip",
            "enable_dhcp",
            "allocation_pools",
            "dns_nameservers",
            "host_routes",
            "description",
            "tenant_id",
            "project_id",
            "subnetpool_id",
            "prefixlen",
            "ipv6_ra_mode",
            "ipv6_address_mode",
            "service_types",
            "segment_id",
            "use_default_subnetpool",
            "tags",
            "dns_publish_fixed_ip",
        ],
        Kind::Port => &[
            "name",
            "network_id",
            "admin_state_up",
            "mac_address",
            "fixed_ips",
            "device_id",
            "device_owner",
            "security_groups",
            "description",
            "tenant_id",
            "project_id",
            "allowed_address_pairs",
            "extra_dhcp_opts",
            "binding:vnic_type",
            "binding:host_id",
            "binding:profile",
            "port_security_enabled",
            "dns_name",
            "dns_domain",
            "qos_policy_id",
            "tags",
            "propagate_uplink_status",
            "numa_affinity_policy",
            "hints",
        ],
        Kind::SecurityGroup => {
            &["name", "description", "tenant_id", "project_id", "stateful", "tags"]
        }
        Kind::SecurityGroupRule => &[
            "security_group_id",
            "direction",
            "ethertype",
            "protocol",
            "port_range_min",
            "port_range_max",
            "remote_ip_prefix",
            "remote_group_id",
            "remote_address_group_id",
            "description",
            "tenant_id",
            "project_id",
        ],
        Kind::Router => &[
            "name",
            "admin_state_up",
            "external_gateway_info",
            "description",
            "tenant_id",
            "project_id",
        ],
        Kind::FloatingIp => &[
            "floating_network_id",
            "port_id",
            "fixed_ip_address",
            "floating_ip_address",
            "description",
            "tenant_id",
            "project_id",
            "subnet_id",
            "dns_name",
            "dns_domain",
            "qos_policy_id",
            "tags",
            "router_id",
        ],
    }
}

/// The attributes that a request must name when it makes a resource.
pub fn required(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Subnet => &["network_id", "ip_version"],
        Kind::Port => &["network_id"],
        Kind::SecurityGroupRule => &["security_group_id", "direction"],
        Kind::FloatingIp => &["floating_network_id"],
        _ => &[],
    }
}

/// The attributes that a request may change.
pub fn changeable(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Network => &["name", "description", "admin_state_up", "port_security_enabled"],
        Kind::Subnet => {
            &["name", "description", "enable_dhcp", "dns_nameservers", "gateway_ip", "host_routes"]
        }
        Kind::Port => &[
            "name",
            "description",
            "admin_state_up",
            "security_groups",
            "device_id",
            "device_owner",
            "port_security_enabled",
        ],
        Kind::SecurityGroup => &["name", "description"],
        Kind::FloatingIp => &["port_id", "fixed_ip_address", "description"],
        Kind::SecurityGroupRule | Kind::Router => &[],
    }
}

/// The resource, or the 404 for what the project may not see.
pub fn expect_visible(
    conn: &Connection,
    project_id: &str,
    kind: Kind,
    id: &str,
) -> Result<Object, NetworkError> {
    if let Some(object) = store::get(conn, kind, id)?
        && visible(conn, project_id, kind, &object)?
    {
        return Ok(object);
    }
    let (class, message) = kind.missing(id);
    Err(NetworkError::new(StatusCode::NOT_FOUND, class, message))
}

/// A string of at most 255 characters; null is none.
pub fn string<'a>(body: &'a Object, name: &str) -> Result<Option<&'a str>, NetworkError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(string)) if string.chars().count() <= 255 => Ok(Some(string)),
        Some(Value::String(string)) => Err(NetworkError::bad_request(format!(
            "Invalid input for {name}. Reason: '{string}' exceeds maximum length of 255."
        ))),
        Some(other) => Err(NetworkError::bad_request(format!(
            "Invalid input for {name}. Reason: '{}' is not a valid string.",
            crate::body_schema::repr(other)
        ))),
    }
}

/// A boolean, or a word or number that stands for one.
pub fn boolean(body: &Object, name: &str) -> Result<Option<bool>, NetworkError> {
    let refused = |value: &Value| {
        let value = crate::body_schema::repr(value);
        NetworkError::bad_request(format!(
            "Invalid input for {name}. Reason: '{value}' cannot be converted to boolean."
        ))
    };
    match body.get(name) {
        None => Ok(None),
        Some(Value::Bool(flag)) => Ok(Some(*flag)),
        Some(value @ Value::String(word)) => match word.to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(Some(true)),
            "false" | "0" => Ok(Some(false)),
            _ => Err(refused(value)),
        },
        Some(value) => match value.as_i64() {
            Some(number @ (0 | 1)) => Ok(Some(number == 1)),
            _ => Err(refused(value)),
        },
    }
}

/// The addresses that a port is to have.
pub fn fixed_ips(body: &Object) -> Result<Option<Vec<FixedIp>>, NetworkError> {
    let wrong = || {
        NetworkError::bad_request(
            "Invalid input for fixed_ips. Reason: Invalid data format for fixed IP.",
        )
    };
    match body.get("fixed_ips") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(wishes)) => {
            let mut out = Vec::new();
            for wish in wishes {
                let wish = wish.as_object().ok_or_else(wrong)?;
                let part = |name: &str| match wish.get(name) {
                    None => Ok(None),
                    Some(Value::String(part)) => Ok(Some(part.clone())),
                    Some(_) => Err(wrong()),
                };
                out.push(FixedIp {
                    subnet_id: part("subnet_id")?,
                    ip_address: part("ip_address")?,
                });
            }
            Ok(Some(out))
        }
        Some(_) => Err(wrong()),
    }
}

/// The security groups that a port is to have; each must be the project's own.
pub fn group_ids(
    conn: &Connection,
    project_id: &str,
    body: &Object,
) -> Result<Option<Vec<String>>, NetworkError> {
    let Some(groups) = body.get("security_groups").filter(|groups| !groups.is_null()) else {
        return Ok(None);
    };
    let mut ids = Vec::new();
    for group in groups.as_array().into_iter().flatten() {
        let id = group.as_str().unwrap_or("");
        expect_visible(conn, project_id, Kind::SecurityGroup, id)?;
        ids.push(id.to_owned());
    }
    Ok(Some(ids))
}

/// A list, empty when nothing is said.
pub fn list(body: &Object, name: &str) -> Result<Value, NetworkError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(Value::Array(Vec::new())),
        Some(list @ Value::Array(_)) => Ok(list.clone()),
        Some(other) => Err(NetworkError::bad_request(format!(
            "Invalid input for {name}. Reason: '{}' is not a list.",
            crate::body_schema::repr(other)
        ))),
    }
}

/// A subnet's gateway: an IPv4 address, or null for none.
pub fn gateway(body: &Object) -> Result<Value, NetworkError> {
    match body.get("gateway_ip") {
        None | Some(Value::Null) => Ok(Value::Null),
        Some(Value::String(ip)) if ip.parse::<std::net::Ipv4Addr>().is_ok() => {
            Ok(Value::from(ip.as_str()))
        }
        Some(other) => Err(NetworkError::bad_request(format!(
            "Invalid input for gateway_ip. Reason: '{}' is not a valid IP address.",
            crate::body_schema::repr(other).trim_matches('\'')
        ))),
    }
}
