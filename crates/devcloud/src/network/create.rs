//! Bodies of `POST` and `PUT`: what is allowed in them, what is made of them.

use axum::http::StatusCode;
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};
use uuid::Uuid;

use super::attributes::{
    boolean, expect_visible, fixed_ips, gateway, group_ids, list, required, string,
};
use super::error::NetworkError;
use super::store::{self, Kind, Object, text};
use super::{NewPort, floating, ports, quota, security, stamp};

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
    let gateway_ip = match body.get("gateway_ip") {
        Some(_) => gateway(body)?,
        None => json!(nth(first, 1)),
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
        "gateway_ip": gateway_ip, "cidr": format!("{first}/{}", cidr.split_once('/').map_or("", |(_, length)| length)),
        "allocation_pools": pools, "host_routes": list(body, "host_routes")?,
        "dns_nameservers": list(body, "dns_nameservers")?,
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
