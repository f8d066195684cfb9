//! Ports: addresses from the subnets' pools, MAC addresses, and the functions by which Nova gets and frees them.

use std::net::Ipv4Addr;

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::NetworkError;
use super::security::ensure_default_group;
use super::store::{self, Kind, Object, flag, text};
use super::{quota, stamp};
use axum::http::StatusCode;

/// What is asked of a new port.
#[derive(Debug, Clone, Default)]
pub struct NewPort {
    /// The network that it plugs into.
    pub network_id: String,
    /// Its name; may be empty.
    pub name: String,
    /// Its description; may be empty.
    pub description: String,
    /// Addresses that it must have: of a subnet, or the very address, or both.
    pub fixed_ips: Option<Vec<FixedIp>>,
    /// Ids of security groups; `None` takes the project's default group.
    pub security_groups: Option<Vec<String>>,
    /// The device that it is for, a server's id; may be empty.
    pub device_id: String,
    /// What the device is, for example `compute:dev-1a`; may be empty.
    pub device_owner: String,
}

/// One wish or assignment of an address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FixedIp {
    /// The subnet; in a wish it may be left open.
    pub subnet_id: Option<String>,
    /// The address; in a wish it may be left open.
    pub ip_address: Option<String>,
}

/// Makes a port for `project_id`. The network must be visible to the project: check that first.
pub fn create_port(
    conn: &Connection,
    now: Timestamp,
    project_id: &str,
    wanted: &NewPort,
) -> Result<Object, NetworkError> {
    let Some(network) = store::get(conn, Kind::Network, &wanted.network_id)? else {
        let (kind, message) = Kind::Network.missing(&wanted.network_id);
        return Err(NetworkError::new(StatusCode::NOT_FOUND, kind, message));
    };
    quota::check(conn, project_id, Kind::Port)?;
    let fixed_ips = allocate(conn, &network, wanted.fixed_ips.as_deref())?;
    let secure = flag(&network, "port_security_enabled");
    let groups = match &wanted.security_groups {
        Some(groups) => groups.clone(),
        None if secure => vec![ensure_default_group(conn, now, project_id)?],
        None => Vec::new(),
    };
    let id = Uuid::new_v4();
    let [a, b, c, ..] = *id.as_bytes();
    let time = stamp(now);
    let addresses: Vec<Value> = fixed_ips
        .iter()
        .map(|ip| json!({"subnet_id": ip.subnet_id, "ip_address": ip.ip_address}))
        .collect();
    let port = json!({
        "id": id.to_string(),
        "name": wanted.name,
        "network_id": wanted.network_id,
        "project_id": project_id,
        "tenant_id": project_id,
        "mac_address": format!("fa:16:3e:{a:02x}:{b:02x}:{c:02x}"),
        "admin_state_up": true,
        "status": "DOWN",
        "device_id": wanted.device_id,
        "device_owner": wanted.device_owner,
        "fixed_ips": addresses,
        "allowed_address_pairs": [],
        "extra_dhcp_opts": [],
        "security_groups": groups,
        "description": wanted.description,
        "binding:vnic_type": "normal",
        "port_security_enabled": secure,
        "tags": [],
        "created_at": time,
        "updated_at": time,
        "revision_number": 1,
    });
    let Value::Object(port) = port else { return Err(NetworkError::no_such_path()) };
    store::put(conn, Kind::Port, &port)?;
    Ok(port)
}

/// Addresses for a new port on `network`: those that are wished, or else one of the first subnet with a free one.
pub fn allocate(
    conn: &Connection,
    network: &Object,
    wanted: Option<&[FixedIp]>,
) -> Result<Vec<FixedIp>, NetworkError> {
    let network_id = text(network, "id");
    let subnets: Vec<Object> = store::all(conn, Kind::Subnet)?
        .into_iter()
        .filter(|subnet| text(subnet, "network_id") == network_id)
        .collect();
    let taken = taken(conn, network_id)?;
    let Some(wanted) = wanted else {
        if subnets.is_empty() {
            return Ok(Vec::new());
        }
        let found = subnets.iter().find_map(|subnet| free_address(subnet, &taken));
        return found.map(|ip| vec![ip]).ok_or_else(|| exhausted(network_id));
    };
    let mut given: Vec<FixedIp> = Vec::new();
    for wish in wanted {
        let mut fitting = subnets.iter().filter(|subnet| match &wish.subnet_id {
            Some(id) => text(subnet, "id") == id,
            None => wish.ip_address.as_deref().is_none_or(|ip| contains(subnet, ip)),
        });
        let taken: Vec<String> = taken
            .iter()
            .cloned()
            .chain(given.iter().filter_map(|ip| ip.ip_address.clone()))
            .collect();
        let Some(subnet) = fitting.next() else {
            return Err(match (&wish.ip_address, &wish.subnet_id) {
                (_, Some(id)) => {
                    let (kind, message) = Kind::Subnet.missing(id);
                    NetworkError::new(StatusCode::NOT_FOUND, kind, message)
                }
                (ip, None) => not_valid_here(ip.as_deref().unwrap_or("")),
            });
        };
        match &wish.ip_address {
            Some(ip) if !contains(subnet, ip) => return Err(not_valid_here(ip)),
            Some(ip) if taken.contains(ip) => {
                let message =
                    format!("IP address {ip} already allocated in subnet {}", text(subnet, "id"));
                return Err(NetworkError::new(
                    StatusCode::CONFLICT,
                    "IpAddressAlreadyAllocated",
                    message,
                ));
            }
            Some(ip) => given.push(FixedIp {
                subnet_id: Some(text(subnet, "id").to_owned()),
                ip_address: Some(ip.clone()),
            }),
            None => given.push(free_address(subnet, &taken).ok_or_else(|| exhausted(network_id))?),
        }
    }
    Ok(given)
}

/// The ports of a device (a server), oldest first.
pub fn ports_of_device(conn: &Connection, device_id: &str) -> rusqlite::Result<Vec<Object>> {
    let mut ports = store::all(conn, Kind::Port)?;
    ports.retain(|port| text(port, "device_id") == device_id);
    Ok(ports)
}

/// Changes a port: each pair of `changes` replaces an attribute.
pub fn update_port(
    conn: &Connection,
    now: Timestamp,
    id: &str,
    changes: &[(&str, Value)],
) -> rusqlite::Result<()> {
    let Some(mut port) = store::get(conn, Kind::Port, id)? else { return Ok(()) };
    for (name, value) in changes {
        port.insert((*name).to_owned(), value.clone());
    }
    super::touch(&mut port, now);
    store::put(conn, Kind::Port, &port)
}

/// Removes a port and takes floating addresses off it.
pub fn delete_port(conn: &Connection, now: Timestamp, id: &str) -> rusqlite::Result<()> {
    super::floating::release_port(conn, now, id)?;
    store::remove(conn, id)
}

/// The address as Neutron compares it, if it lies in the subnet.
pub fn contains(subnet: &Object, ip: &str) -> bool {
    let (Ok(ip), Some((first, last))) = (ip.parse::<Ipv4Addr>(), cidr_range(text(subnet, "cidr")))
    else {
        return false;
    };
    (u32::from(first) + 1..u32::from(last)).contains(&u32::from(ip))
}

/// First and last address of an IPv4 block with its prefix length at most 30.
pub fn cidr_range(cidr: &str) -> Option<(Ipv4Addr, Ipv4Addr)> {
    let (address, length) = cidr.split_once('/')?;
    let address = u32::from(address.parse::<Ipv4Addr>().ok()?);
    let length: u32 = length.parse().ok().filter(|length| *length <= 30)?;
    let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
    Some((Ipv4Addr::from(address & mask), Ipv4Addr::from(address | !mask)))
}

/// Every address in use on a network: ports, gateways and floating addresses.
pub fn taken(conn: &Connection, network_id: &str) -> rusqlite::Result<Vec<String>> {
    let mut taken = Vec::new();
    for port in store::all(conn, Kind::Port)? {
        if text(&port, "network_id") == network_id {
            let ips = port.get("fixed_ips").and_then(Value::as_array).into_iter().flatten();
            taken.extend(ips.filter_map(|ip| ip.get("ip_address")?.as_str().map(str::to_owned)));
        }
    }
    for fip in store::all(conn, Kind::FloatingIp)? {
        if text(&fip, "floating_network_id") == network_id {
            taken.push(text(&fip, "floating_ip_address").to_owned());
        }
    }
    for router in store::all(conn, Kind::Router)? {
        let info = router.get("external_gateway_info");
        let ips = info.and_then(|info| info.get("external_fixed_ips")).and_then(Value::as_array);
        taken.extend(
            ips.into_iter()
                .flatten()
                .filter_map(|ip| Some(ip.get("ip_address")?.as_str()?.to_owned())),
        );
    }
    Ok(taken)
}

fn free_address(subnet: &Object, taken: &[String]) -> Option<FixedIp> {
    let gateway = text(subnet, "gateway_ip");
    let pools = subnet.get("allocation_pools").and_then(Value::as_array)?;
    for pool in pools {
        let bound = |name: &str| pool.get(name)?.as_str()?.parse::<Ipv4Addr>().ok().map(u32::from);
        let (Some(start), Some(end)) = (bound("start"), bound("end")) else { continue };
        for address in start..=end {
            let address = Ipv4Addr::from(address).to_string();
            if address != gateway && !taken.contains(&address) {
                return Some(FixedIp {
                    subnet_id: Some(text(subnet, "id").to_owned()),
                    ip_address: Some(address),
                });
            }
        }
    }
    None
}

fn exhausted(network_id: &str) -> NetworkError {
    let message = format!("No more IP addresses available on network {network_id}.");
    NetworkError::new(StatusCode::CONFLICT, "IpAddressGenerationFailure", message)
}

fn not_valid_here(ip: &str) -> NetworkError {
    let message = format!(
        "IP address {ip} is not a valid IP for any of the subnets on the specified network."
    );
    NetworkError::new(StatusCode::BAD_REQUEST, "InvalidIpForNetwork", message)
}
