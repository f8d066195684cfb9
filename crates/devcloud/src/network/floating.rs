//! Floating addresses: public ones from an external network, tied to a port of the project.

use axum::http::StatusCode;
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};
use uuid::Uuid;

use super::attributes::{expect_visible, string};
use super::error::NetworkError;
use super::store::{self, Kind, Object, flag, text};
use super::{ports, quota, stamp, touch};

/// Reads the body of `POST /floatingips` and gives the project an address.
pub fn create(
    conn: &Connection,
    now: Timestamp,
    project_id: &str,
    body: &Object,
) -> Result<Object, NetworkError> {
    let network_id = text(body, "floating_network_id");
    let network = expect_visible(conn, project_id, Kind::Network, network_id)?;
    if !flag(&network, "router:external") {
        return Err(bad(format!("Network {network_id} is not a valid external network")));
    }
    quota::check(conn, project_id, Kind::FloatingIp)?;
    let wish = body.get("floating_ip_address").and_then(Value::as_str).map(|address| {
        vec![ports::FixedIp { subnet_id: None, ip_address: Some(address.to_owned()) }]
    });
    let address = ports::allocate(conn, &network, wish.as_deref())?
        .into_iter()
        .find_map(|ip| ip.ip_address)
        .ok_or_else(|| {
            let message = format!("No more IP addresses available on network {network_id}.");
            NetworkError::new(StatusCode::CONFLICT, "IpAddressGenerationFailure", message)
        })?;
    let time = stamp(now);
    let object = json!({
        "id": Uuid::new_v4().to_string(), "tenant_id": project_id, "project_id": project_id,
        "floating_ip_address": address, "floating_network_id": network_id, "router_id": null,
        "port_id": null, "fixed_ip_address": null, "status": "DOWN",
        "description": text(body, "description"), "port_details": null, "tags": [],
        "created_at": time, "updated_at": time, "revision_number": 0,
    });
    let Value::Object(mut object) = object else { return Err(NetworkError::no_such_path()) };
    associate(conn, project_id, &mut object, body)?;
    store::put(conn, Kind::FloatingIp, &object)?;
    Ok(object)
}

/// Reads the body of `PUT /floatingips/{id}`: `port_id` ties the address, `null` frees it.
pub fn update(
    conn: &Connection,
    now: Timestamp,
    project_id: &str,
    mut object: Object,
    body: &Object,
) -> Result<Object, NetworkError> {
    if let Some(description) = string(body, "description")? {
        object.insert("description".to_owned(), json!(description));
    }
    associate(conn, project_id, &mut object, body)?;
    touch(&mut object, now);
    store::put(conn, Kind::FloatingIp, &object)?;
    Ok(object)
}

/// Frees the floating addresses of a port that goes away.
pub fn release_port(conn: &Connection, now: Timestamp, port_id: &str) -> rusqlite::Result<()> {
    for mut fip in store::all(conn, Kind::FloatingIp)? {
        if text(&fip, "port_id") == port_id {
            untie(&mut fip);
            touch(&mut fip, now);
            store::put(conn, Kind::FloatingIp, &fip)?;
        }
    }
    Ok(())
}

/// The floating addresses tied to a port: fixed and floating.
pub fn of_port(conn: &Connection, port_id: &str) -> rusqlite::Result<Vec<(String, String)>> {
    let mut fips = store::all(conn, Kind::FloatingIp)?;
    fips.retain(|fip| text(fip, "port_id") == port_id);
    let pair = |fip: &Object| {
        (text(fip, "fixed_ip_address").to_owned(), text(fip, "floating_ip_address").to_owned())
    };
    Ok(fips.iter().map(pair).collect())
}

/// What a body says of the port: named it ties the address, `null` frees it, nothing leaves it as it is.
fn associate(
    conn: &Connection,
    project_id: &str,
    object: &mut Object,
    body: &Object,
) -> Result<(), NetworkError> {
    let port = body.get("port_id");
    let fixed = body.get("fixed_ip_address").is_some_and(|fixed| !fixed.is_null());
    if fixed && port.is_none_or(Value::is_null) {
        return Err(bad("fixed_ip_address cannot be specified without a port_id".to_owned()));
    }
    match port {
        None => {}
        Some(Value::Null) => untie(object),
        Some(_) => tie(conn, project_id, object, body)?,
    }
    Ok(())
}

/// 400 `BadRequest` (neutron_lib/exceptions).
fn bad(reason: String) -> NetworkError {
    let message = format!("Bad floatingip request: {reason}.");
    NetworkError::new(StatusCode::BAD_REQUEST, "BadRequest", message)
}

/// What a floating address shows of its port, as the port is now.
pub fn port_details(conn: &Connection, port_id: &str) -> rusqlite::Result<Value> {
    let Some(port) = store::get(conn, Kind::Port, port_id)? else { return Ok(Value::Null) };
    Ok(json!({
        "name": text(&port, "name"), "network_id": text(&port, "network_id"),
        "mac_address": text(&port, "mac_address"), "admin_state_up": flag(&port, "admin_state_up"),
        "status": text(&port, "status"), "device_id": text(&port, "device_id"),
        "device_owner": text(&port, "device_owner"),
    }))
}

fn untie(object: &mut Object) {
    for name in ["port_id", "fixed_ip_address", "router_id"] {
        object.insert(name.to_owned(), Value::Null);
    }
    object.insert("status".to_owned(), json!("DOWN"));
}

fn tie(
    conn: &Connection,
    project_id: &str,
    object: &mut Object,
    body: &Object,
) -> Result<(), NetworkError> {
    let port_id = text(body, "port_id");
    let port = store::get(conn, Kind::Port, port_id)?
        .filter(|port| text(port, "project_id") == project_id);
    let Some(port) = port else {
        let (kind, message) = Kind::Port.missing(port_id);
        return Err(NetworkError::new(StatusCode::NOT_FOUND, kind, message));
    };
    let addresses: Vec<(&str, &str)> = port
        .get("fixed_ips")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|ip| Some((ip.get("subnet_id")?.as_str()?, ip.get("ip_address")?.as_str()?)))
        .collect();
    let wanted = body.get("fixed_ip_address").and_then(Value::as_str);
    // `_internal_fip_assoc_data` in neutron/db/l3_db.py; all addresses here are IPv4.
    let (subnet_id, fixed) = match (wanted, addresses.as_slice()) {
        (Some(wanted), addresses) => {
            let found = addresses.iter().find(|(_, ip)| *ip == wanted);
            found.ok_or_else(|| bad(format!("Port {port_id} does not have fixed ip {wanted}")))?
        }
        (None, []) => {
            return Err(bad(format!(
                "Cannot add floating IP to port {port_id} that has no fixed IPv4 addresses"
            )));
        }
        (None, [only]) => only,
        (None, _) => {
            return Err(bad(format!(
                "Port {port_id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when \
                 assigning a floating IP"
            )));
        }
    };
    let network_id = text(object, "floating_network_id").to_owned();
    let Some(router_id) = router_between(conn, subnet_id, &network_id)? else {
        let message = format!(
            "External network {network_id} is not reachable from subnet {subnet_id}.  Therefore, cannot associate \
             Port {port_id} with a Floating IP."
        );
        return Err(NetworkError::new(
            StatusCode::NOT_FOUND,
            "ExternalGatewayForFloatingIPNotFound",
            message,
        ));
    };
    for other in store::all(conn, Kind::FloatingIp)? {
        if text(&other, "port_id") == port_id
            && text(&other, "fixed_ip_address") == *fixed
            && text(&other, "floating_network_id") == network_id
            && text(&other, "id") != text(object, "id")
        {
            let message = format!(
                "Cannot associate floating IP {} ({}) with port {port_id} using fixed IP {fixed}, as that fixed IP \
                 already has a floating IP on external network {network_id}.",
                text(object, "floating_ip_address"),
                text(object, "id"),
            );
            return Err(NetworkError::new(
                StatusCode::CONFLICT,
                "FloatingIPPortAlreadyAssociated",
                message,
            ));
        }
    }
    object.insert("port_id".to_owned(), json!(port_id));
    object.insert("fixed_ip_address".to_owned(), json!(fixed));
    object.insert("router_id".to_owned(), json!(router_id));
    object.insert("status".to_owned(), json!("ACTIVE"));
    Ok(())
}

/// The router with a gateway on the external network and an interface on the subnet.
fn router_between(
    conn: &Connection,
    subnet_id: &str,
    external: &str,
) -> rusqlite::Result<Option<String>> {
    let ports = store::all(conn, Kind::Port)?;
    for router in store::all(conn, Kind::Router)? {
        let gateway = router.get("external_gateway_info").and_then(|info| info.get("network_id"));
        let id = text(&router, "id");
        let joined = ports.iter().any(|port| {
            text(port, "device_id") == id
                && port.get("fixed_ips").and_then(Value::as_array).is_some_and(|ips| {
                    ips.iter()
                        .any(|ip| ip.get("subnet_id").and_then(Value::as_str) == Some(subnet_id))
                })
        });
        if gateway.and_then(Value::as_str) == Some(external) && joined {
            return Ok(Some(id.to_owned()));
        }
    }
    Ok(None)
}
