//! What a new region has: a network of the project's own behind a router, and per zone a network with public addresses
//! to plug into (`<zone>-direct`, shared) and one for floating addresses (named like the zone), as Binero offers them.

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::NetworkError;
use super::security::{self, Rule};
use super::store::{self, Kind, Object, text};
use super::{NewPort, ports, stamp};
use crate::db::DbError;
use crate::seed::{SeedError, well_known};
use crate::state::Region;

/// Owner of what the operator provides; no user is in it.
const OPERATOR: &str = "d3300000000040008000000000000009";

/// Fills an empty region.
pub async fn seed(region: &Region) -> Result<(), SeedError> {
    let now = region.clock.now();
    let zones = region.zones;
    // Documentation blocks (RFC 5737), a half for each zone; the second region takes the last quarter.
    let second = !region.prefix.is_empty();
    region
        .db
        .write(move |tx| -> Result<(), SeedFault> {
            let mut floating = None;
            for (index, zone) in zones.iter().enumerate() {
                let start = if second { 192 } else { index * 64 };
                let name = format!("{zone}-direct");
                let direct = network(tx, now, OPERATOR, &name, true, false)?;
                subnet(tx, now, &direct, &name, &format!("198.51.100.{start}/26"), true)?;
                let external = network(tx, now, OPERATOR, zone, false, true)?;
                let cidr = format!("203.0.113.{start}/26");
                subnet(tx, now, &external, zone, &cidr, false)?;
                floating.get_or_insert(external);
            }
            let own = network(tx, now, well_known::PROJECT_DEMO, "demo-internal", false, false)?;
            let inside = subnet(tx, now, &own, "demo-internal", "192.168.0.0/24", true)?;
            let other =
                network(tx, now, well_known::PROJECT_OTHER, "other-internal", false, false)?;
            subnet(tx, now, &other, "other-internal", "192.168.0.0/24", true)?;
            if let Some(external) = floating {
                router(tx, now, &external, &own, &inside)?;
            }
            security::ensure_default_group(tx, now, well_known::PROJECT_DEMO)?;
            let group = security::put_group(
                tx,
                now,
                well_known::PROJECT_DEMO,
                "allow-ssh",
                "SSH and ping from everywhere",
            )?;
            for (protocol, port) in [("tcp", Some(22)), ("icmp", None)] {
                let rule = Rule {
                    direction: "ingress",
                    protocol: Some(protocol),
                    ports: (port, port),
                    remote_ip_prefix: Some("0.0.0.0/0"),
                    description: Some(""),
                    ..Rule::default()
                };
                security::put_rule(tx, now, well_known::PROJECT_DEMO, &group, &rule)?;
            }
            Ok(())
        })
        .await
        .map_err(SeedError::from)
}

fn network(
    conn: &Connection,
    now: Timestamp,
    project: &str,
    name: &str,
    shared: bool,
    external: bool,
) -> rusqlite::Result<Object> {
    let time = stamp(now);
    let mut object = json!({
        "id": Uuid::new_v4().to_string(), "name": name, "tenant_id": project, "project_id": project,
        "admin_state_up": true, "mtu": if shared || external { 1500 } else { 1450 }, "status": "ACTIVE",
        "subnets": [], "shared": shared, "availability_zone_hints": [], "availability_zones": [],
        "ipv4_address_scope": null, "ipv6_address_scope": null, "router:external": external, "qinq": false,
        "vlan_transparent": false, "description": "", "port_security_enabled": true, "tags": [],
        "created_at": time, "updated_at": time, "revision_number": 2,
    });
    if external && let Some(object) = object.as_object_mut() {
        object.insert("is_default".to_owned(), json!(false));
    }
    keep(conn, Kind::Network, object)
}

fn subnet(
    conn: &Connection,
    now: Timestamp,
    network: &Object,
    name: &str,
    cidr: &str,
    dhcp: bool,
) -> rusqlite::Result<Object> {
    let time = stamp(now);
    let project = text(network, "project_id");
    let nth = |step: u32| {
        let first = ports::cidr_range(cidr).map_or(0, |(first, _)| u32::from(first));
        std::net::Ipv4Addr::from(first + step).to_string()
    };
    let last =
        ports::cidr_range(cidr).map_or(0, |(first, last)| u32::from(last) - u32::from(first));
    let object = json!({
        "id": Uuid::new_v4().to_string(), "name": name, "project_id": project, "network_id": text(network, "id"),
        "ip_version": 4, "subnetpool_id": null, "enable_dhcp": dhcp, "ipv6_ra_mode": null,
        "ipv6_address_mode": null, "gateway_ip": nth(1), "cidr": cidr,
        "allocation_pools": [{"start": nth(2), "end": nth(last.saturating_sub(1))}], "host_routes": [],
        "dns_nameservers": if dhcp { json!(["83.168.225.225", "83.168.226.226"]) } else { json!([]) },
        "description": "", "router:external": network.get("router:external"), "service_types": [], "tags": [],
        "created_at": time, "updated_at": time, "revision_number": 0, "tenant_id": project,
    });
    keep(conn, Kind::Subnet, object)
}

fn router(
    conn: &Connection,
    now: Timestamp,
    external: &Object,
    inside: &Object,
    subnet: &Object,
) -> Result<(), SeedFault> {
    let time = stamp(now);
    let project = well_known::PROJECT_DEMO;
    let id = Uuid::new_v4().to_string();
    let gateway = ports::allocate(conn, external, None)?;
    let fixed: Vec<Value> = gateway
        .iter()
        .map(|ip| json!({"subnet_id": ip.subnet_id, "ip_address": ip.ip_address}))
        .collect();
    let object = json!({
        "id": id, "name": "demo-router", "project_id": project, "admin_state_up": true, "status": "ACTIVE",
        "external_gateway_info": {
            "network_id": text(external, "id"), "external_fixed_ips": fixed, "enable_snat": true,
        },
        "description": "", "availability_zones": [], "availability_zone_hints": [], "routes": [],
        "flavor_id": null, "tags": [], "created_at": time, "updated_at": time, "revision_number": 3,
        "tenant_id": project,
    });
    keep(conn, Kind::Router, object)?;
    let interface = NewPort {
        network_id: text(inside, "id").to_owned(),
        fixed_ips: Some(vec![ports::FixedIp {
            subnet_id: Some(text(subnet, "id").to_owned()),
            ip_address: Some(text(subnet, "gateway_ip").to_owned()),
        }]),
        security_groups: Some(Vec::new()),
        device_id: id,
        device_owner: "network:router_interface".to_owned(),
        ..NewPort::default()
    };
    let port = ports::create_port(conn, now, project, &interface)?;
    let changes = [("status", json!("ACTIVE")), ("port_security_enabled", json!(false))];
    ports::update_port(conn, now, text(&port, "id"), &changes)?;
    Ok(())
}

fn keep(conn: &Connection, kind: Kind, object: Value) -> rusqlite::Result<Object> {
    let Value::Object(object) = object else { return Ok(Object::new()) };
    store::put(conn, kind, &object)?;
    Ok(object)
}

/// Why a region could not be filled.
enum SeedFault {
    Database(DbError),
    Refused(NetworkError),
}

impl From<DbError> for SeedFault {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl From<rusqlite::Error> for SeedFault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}

impl From<NetworkError> for SeedFault {
    fn from(error: NetworkError) -> Self {
        Self::Refused(error)
    }
}

impl From<SeedFault> for SeedError {
    fn from(fault: SeedFault) -> Self {
        match fault {
            SeedFault::Database(error) => Self::Database(error),
            SeedFault::Refused(error) => Self::Io(std::io::Error::other(error.message)),
        }
    }
}
