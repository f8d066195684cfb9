//! Bodies of `POST` and `PUT`: what is allowed in them, what is made of them.

use axum::http::StatusCode;
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::NetworkError;
use super::store::{self, Kind, Object, text};
use super::{FixedIp, NewPort, floating, ports, quota, security, stamp, touch, visible};

/// Makes a resource for the project out of a request body that was checked for unknown attributes.
pub fn create(
    conn: &Connection,
    now: Timestamp,
    project_id: &str,
    kind: Kind,
    body: &Object,
) -> Result<Object, NetworkError> {
    for name in required(kind) {
        if !body.contains_key(*name) {
            let message =
                format!("Failed to parse request. Required attribute '{name}' not specified");
            return Err(NetworkError::bad_request(message));
        }
    }
    match kind {
        Kind::Network => create_network(conn, now, project_id, body),
        Kind::Subnet => create_subnet(conn, now, project_id, body),
        Kind::Port => {
            let network_id = string(body, "network_id")?.unwrap_or("");
            expect_visible(conn, project_id, Kind::Network, network_id)?;
            let wanted = NewPort {
                network_id: network_id.to_owned(),
                name: string(body, "name")?.unwrap_or("").to_owned(),
                description: string(body, "description")?.unwrap_or("").to_owned(),
                fixed_ips: fixed_ips(body)?,
                security_groups: group_ids(conn, project_id, body)?,
                device_id: string(body, "device_id")?.unwrap_or("").to_owned(),
                device_owner: string(body, "device_owner")?.unwrap_or("").to_owned(),
            };
            ports::create_port(conn, now, project_id, &wanted)
        }
        Kind::SecurityGroup => {
            let name = string(body, "name")?.unwrap_or("");
            if name == "default" {
                let message = "Default security group already exists.";
                return Err(NetworkError::new(
                    StatusCode::CONFLICT,
                    "SecurityGroupDefaultAlreadyExists",
                    message,
                ));
            }
            quota::check(conn, project_id, kind)?;
            let id = security::put_group(
                conn,
                now,
                project_id,
                name,
                string(body, "description")?.unwrap_or(""),
            )?;
            store::get(conn, kind, &id)?.ok_or_else(NetworkError::no_such_path)
        }
        Kind::SecurityGroupRule => security::create_rule(conn, now, project_id, body),
        Kind::FloatingIp => floating::create(conn, now, project_id, body),
        Kind::Router => Err(NetworkError::no_such_method()),
    }
}

/// Changes a resource of the project.
pub fn update(
    conn: &Connection,
    now: Timestamp,
    project_id: &str,
    kind: Kind,
    mut object: Object,
    body: &Object,
) -> Result<Object, NetworkError> {
    let read_only = |name: &str| !changeable(kind).contains(&name);
    if let Some(name) = body.keys().find(|name| read_only(name)) {
        return Err(NetworkError::bad_request(format!("Cannot update read-only attribute {name}")));
    }
    if kind == Kind::FloatingIp {
        return floating::update(conn, now, project_id, object, body);
    }
    if kind == Kind::SecurityGroup
        && text(&object, "name") == "default"
        && body.contains_key("name")
    {
        let message = "Updating default security group not allowed.";
        return Err(NetworkError::new(
            StatusCode::CONFLICT,
            "SecurityGroupCannotUpdateDefault",
            message,
        ));
    }
    for (name, value) in body {
        let value = match name.as_str() {
            "name" | "description" | "device_id" | "device_owner" => {
                json!(string(body, name)?.unwrap_or(""))
            }
            "admin_state_up" | "port_security_enabled" | "enable_dhcp" => {
                json!(boolean(body, name)?)
            }
            "security_groups" => json!(group_ids(conn, project_id, body)?.unwrap_or_default()),
            _ => value.clone(),
        };
        object.insert(name.clone(), value);
    }
    touch(&mut object, now);
    store::put(conn, kind, &object)?;
    Ok(object)
}

/// Removes a resource of the project, unless something hangs on it.
pub fn delete(
    conn: &Connection,
    now: Timestamp,
    kind: Kind,
    object: &Object,
) -> Result<(), NetworkError> {
    let id = text(object, "id");
    let in_use =
        |kind, message: String| Err(NetworkError::new(StatusCode::CONFLICT, kind, message));
    let ports = store::all(conn, Kind::Port)?;
    match kind {
        Kind::Network => {
            if ports.iter().any(|port| text(port, "network_id") == id) {
                let message = format!(
                    "Unable to complete operation on network {id}. There are one or more ports still in use on the \
                     network."
                );
                return in_use("NetworkInUse", message);
            }
            for subnet in store::all(conn, Kind::Subnet)? {
                if text(&subnet, "network_id") == id {
                    store::remove(conn, text(&subnet, "id"))?;
                }
            }
        }
        Kind::Subnet => {
            let used = ports.iter().any(|port| {
                let ips = port.get("fixed_ips").and_then(Value::as_array);
                ips.into_iter()
                    .flatten()
                    .any(|ip| ip.get("subnet_id").and_then(Value::as_str) == Some(id))
            });
            if used {
                let message = format!(
                    "Unable to complete operation on subnet {id}: One or more ports have an IP allocation from this \
                     subnet."
                );
                return in_use("SubnetInUse", message);
            }
        }
        Kind::Port => {
            let owner = text(object, "device_owner");
            if owner.starts_with("network:router") {
                let message = format!(
                    "Port {id} cannot be deleted directly via the port API: has device owner {owner}."
                );
                return in_use("ServicePortInUse", message);
            }
            ports::delete_port(conn, now, id)?;
        }
        Kind::SecurityGroup => {
            if text(object, "name") == "default" {
                let message = "Insufficient rights for removing default security group.";
                return in_use("SecurityGroupCannotRemoveDefault", message.to_owned());
            }
            let used = ports.iter().any(|port| {
                let groups = port.get("security_groups").and_then(Value::as_array);
                groups.into_iter().flatten().any(|group| group.as_str() == Some(id))
            });
            if used {
                return in_use("SecurityGroupInUse", format!("Security Group {id} in use."));
            }
            for rule in store::all(conn, Kind::SecurityGroupRule)? {
                if text(&rule, "security_group_id") == id {
                    store::remove(conn, text(&rule, "id"))?;
                }
            }
        }
        Kind::Router => return Err(NetworkError::no_such_method()),
        Kind::SecurityGroupRule | Kind::FloatingIp => {}
    }
    Ok(store::remove(conn, id)?)
}

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

fn required(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Subnet => &["network_id", "ip_version"],
        Kind::Port => &["network_id"],
        Kind::SecurityGroupRule => &["security_group_id", "direction"],
        Kind::FloatingIp => &["floating_network_id"],
        _ => &[],
    }
}

fn changeable(kind: Kind) -> &'static [&'static str] {
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

fn create_network(
    conn: &Connection,
    now: Timestamp,
    project_id: &str,
    body: &Object,
) -> Result<Object, NetworkError> {
    quota::check(conn, project_id, Kind::Network)?;
    let time = stamp(now);
    let object = json!({
        "id": Uuid::new_v4().to_string(), "name": string(body, "name")?.unwrap_or(""),
        "tenant_id": project_id, "project_id": project_id,
        "admin_state_up": boolean(body, "admin_state_up")?.unwrap_or(true),
        "mtu": 1450, "status": "ACTIVE", "subnets": [], "shared": false, "availability_zone_hints": [],
        "availability_zones": [], "ipv4_address_scope": null, "ipv6_address_scope": null,
        "router:external": false, "qinq": false, "vlan_transparent": false,
        "description": string(body, "description")?.unwrap_or(""),
        "port_security_enabled": boolean(body, "port_security_enabled")?.unwrap_or(true),
        "tags": [], "created_at": time, "updated_at": time, "revision_number": 1,
    });
    keep(conn, Kind::Network, object)
}

fn create_subnet(
    conn: &Connection,
    now: Timestamp,
    project_id: &str,
    body: &Object,
) -> Result<Object, NetworkError> {
    let network_id = string(body, "network_id")?.unwrap_or("");
    let network = expect_visible(conn, project_id, Kind::Network, network_id)?;
    if text(&network, "project_id") != project_id {
        return Err(NetworkError::policy("rule:create_subnet"));
    }
    if body.get("ip_version").and_then(Value::as_i64) != Some(4) {
        return Err(NetworkError::invalid_input("only IPv4 subnets are offered by this cloud"));
    }
    let Some(cidr) = string(body, "cidr")? else {
        return Err(NetworkError::new(
            StatusCode::BAD_REQUEST,
            "BadRequest",
            "Bad subnets request: a subnetpool must be specified in the absence of a cidr.",
        ));
    };
    let Some((first, last)) = ports::cidr_range(cidr) else {
        return Err(NetworkError::bad_request(format!(
            "Invalid input for cidr. Reason: '{cidr}' is not a valid IP subnet."
        )));
    };
    for subnet in store::all(conn, Kind::Subnet)? {
        let overlaps =
            ports::cidr_range(text(&subnet, "cidr")).is_some_and(|(a, b)| a <= last && first <= b);
        if text(&subnet, "network_id") == network_id && overlaps {
            return Err(NetworkError::invalid_input(format!(
                "Requested subnet with cidr: {cidr} for network: {network_id} overlaps with another subnet"
            )));
        }
    }
    quota::check(conn, project_id, Kind::Subnet)?;
    let nth = |base: std::net::Ipv4Addr, step: i64| {
        let number = i64::from(u32::from(base)) + step;
        std::net::Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX)).to_string()
    };
    let gateway = match body.get("gateway_ip") {
        Some(Value::Null) => Value::Null,
        Some(Value::String(ip)) => json!(ip),
        _ => json!(nth(first, 1)),
    };
    let pools = match body.get("allocation_pools") {
        Some(Value::Array(pools)) if !pools.is_empty() => json!(pools),
        _ => json!([{"start": nth(first, 2), "end": nth(last, -1)}]),
    };
    let time = stamp(now);
    let object = json!({
        "id": Uuid::new_v4().to_string(), "name": string(body, "name")?.unwrap_or(""), "project_id": project_id,
        "network_id": network_id, "ip_version": 4, "subnetpool_id": null,
        "enable_dhcp": boolean(body, "enable_dhcp")?.unwrap_or(true), "ipv6_ra_mode": null, "ipv6_address_mode": null,
        "gateway_ip": gateway, "cidr": format!("{first}/{}", cidr.split_once('/').map_or("", |(_, length)| length)),
        "allocation_pools": pools, "host_routes": body.get("host_routes").cloned().unwrap_or(json!([])),
        "dns_nameservers": body.get("dns_nameservers").cloned().unwrap_or(json!([])),
        "description": string(body, "description")?.unwrap_or(""), "router:external": false, "service_types": [],
        "tags": [], "created_at": time, "updated_at": time, "revision_number": 0, "tenant_id": project_id,
    });
    keep(conn, Kind::Subnet, object)
}

fn keep(conn: &Connection, kind: Kind, object: Value) -> Result<Object, NetworkError> {
    let Value::Object(object) = object else { return Err(NetworkError::no_such_path()) };
    store::put(conn, kind, &object)?;
    Ok(object)
}

fn expect_visible(
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

fn string<'a>(body: &'a Object, name: &str) -> Result<Option<&'a str>, NetworkError> {
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

fn boolean(body: &Object, name: &str) -> Result<Option<bool>, NetworkError> {
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

fn fixed_ips(body: &Object) -> Result<Option<Vec<FixedIp>>, NetworkError> {
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

fn group_ids(
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
