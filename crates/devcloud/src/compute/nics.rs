//! From `networks` and `security_groups` to a server's plugs, with Nova's checks (`nova/network/neutron.py`).

use rusqlite::Connection;
use serde_json::{Map, Value};

use super::error::ComputeError;
use super::model::Nic;
use crate::network::{self, FoundGroup, Kind, flag, text};

/// What the request says of networks.
pub enum Wanted {
    /// `none`: no plug at all.
    None,
    /// `auto`: the project's one network, or one made for it.
    Auto,
    /// Nothing was said (before 2.37): the project's one network, if it has one.
    Unsaid,
    /// These, in this order.
    These(Vec<Wish>),
}

/// One entry of the list.
pub struct Wish {
    network_id: Option<String>,
    port_id: Option<String>,
    fixed_ip: Option<String>,
    tag: Option<String>,
}

/// Reads the field.
pub fn read(server: &Map<String, Value>, count: i64) -> Result<Wanted, ComputeError> {
    let list = match server.get("networks") {
        Some(Value::String(word)) => {
            return Ok(if word == "auto" { Wanted::Auto } else { Wanted::None });
        }
        Some(Value::Array(list)) if !list.is_empty() => list,
        _ => return Ok(Wanted::Unsaid),
    };
    let mut wishes = Vec::new();
    for entry in list {
        let string = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
        let wish = Wish {
            network_id: string("uuid"),
            port_id: string("port"),
            fixed_ip: string("fixed_ip"),
            tag: string("tag"),
        };
        if wish.port_id.is_some() && wish.fixed_ip.is_some() {
            return Err(ComputeError::bad_request(format!(
                "Specified Fixed IP '{}' cannot be used with port '{}': the two cannot be specified together.",
                wish.fixed_ip.unwrap_or_default(),
                wish.port_id.unwrap_or_default()
            )));
        }
        if wish.port_id.is_none() && wish.network_id.is_none() {
            return Err(ComputeError::bad_request("Bad network format: missing 'uuid'"));
        }
        if count > 1 && wish.fixed_ip.is_some() {
            return Err(ComputeError::bad_request(
                "Failed to launch instances: max_count cannot be greater than 1 if an fixed_ip is specified.",
            ));
        }
        if count > 1 && wish.port_id.is_some() {
            return Err(ComputeError::bad_request(
                "Failed to launch instances: Unable to launch multiple instances with a single configured port ID. \
                 Please launch your instance one by one with different ports.",
            ));
        }
        wishes.push(wish);
    }
    Ok(Wanted::These(wishes))
}

/// Finds the networks; refuses what the project cannot use.
pub fn resolve(
    conn: &Connection,
    project_id: &str,
    wanted: &Wanted,
    count: i64,
) -> Result<Vec<Nic>, ComputeError> {
    let nics = match wanted {
        Wanted::None => Vec::new(),
        Wanted::Auto | Wanted::Unsaid => the_one(conn, project_id, matches!(wanted, Wanted::Auto))?,
        Wanted::These(wishes) => these(conn, project_id, wishes)?,
    };
    let new_ports =
        i64::try_from(nics.iter().filter(|nic| nic.port_id.is_none()).count()).unwrap_or(i64::MAX);
    let free = network::quota_free(conn, project_id, Kind::Port)?;
    if new_ports.saturating_mul(count) > free {
        return Err(ComputeError::forbidden("Maximum number of ports exceeded"));
    }
    Ok(nics)
}

fn the_one(conn: &Connection, project_id: &str, automatic: bool) -> Result<Vec<Nic>, ComputeError> {
    let networks = network::usable_networks(conn, project_id)?;
    match networks.as_slice() {
        [] if automatic => Err(ComputeError::bad_request(format!(
            "Unable to automatically allocate a network for project {project_id}"
        ))),
        [] => Ok(Vec::new()),
        [one] => {
            expect_subnet(conn, text(one, "id"))?;
            let network_id = text(one, "id").to_owned();
            Ok(vec![Nic { network_id, port_id: None, fixed_ip: None, tag: None }])
        }
        _ => Err(ComputeError::conflict(
            "Multiple possible networks found, use a Network ID to be more specific.",
        )),
    }
}

fn these(conn: &Connection, project_id: &str, wishes: &[Wish]) -> Result<Vec<Nic>, ComputeError> {
    let mut nics = Vec::new();
    let mut missing = Vec::new();
    for wish in wishes {
        if let Some(port_id) = &wish.port_id {
            nics.push(own_port(conn, project_id, port_id, wish)?);
            continue;
        }
        let network_id = wish.network_id.clone().unwrap_or_default();
        let Some(found) = network::find(conn, project_id, Kind::Network, &network_id)? else {
            missing.push(network_id);
            continue;
        };
        if flag(&found, "router:external") && !flag(&found, "shared") {
            return Err(ComputeError::forbidden(format!(
                "It is not allowed to create an interface on external network {network_id}"
            )));
        }
        expect_subnet(conn, &network_id)?;
        if let Some(ip) = &wish.fixed_ip {
            check_address(conn, &network_id, ip)?;
        }
        nics.push(Nic {
            network_id,
            port_id: None,
            fixed_ip: wish.fixed_ip.clone(),
            tag: wish.tag.clone(),
        });
    }
    if missing.is_empty() {
        return Ok(nics);
    }
    Err(ComputeError::bad_request(format!("Network {} could not be found.", missing.join(", "))))
}

fn own_port(
    conn: &Connection,
    project_id: &str,
    port_id: &str,
    wish: &Wish,
) -> Result<Nic, ComputeError> {
    let Some(port) = network::find(conn, project_id, Kind::Port, port_id)? else {
        return Err(ComputeError::bad_request(format!("Port id {port_id} could not be found.")));
    };
    if !text(&port, "device_id").is_empty() {
        return Err(ComputeError::conflict(format!("Port {port_id} is still in use.")));
    }
    if port.get("fixed_ips").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        return Err(ComputeError::bad_request(format!(
            "Port {port_id} requires a FixedIP in order to be used."
        )));
    }
    Ok(Nic {
        network_id: text(&port, "network_id").to_owned(),
        port_id: Some(port_id.to_owned()),
        fixed_ip: None,
        tag: wish.tag.clone(),
    })
}

fn expect_subnet(conn: &Connection, network_id: &str) -> Result<(), ComputeError> {
    if network::has_subnet(conn, network_id)? {
        return Ok(());
    }
    Err(ComputeError::bad_request(format!(
        "Network {network_id} requires a subnet in order to boot instances on."
    )))
}

fn check_address(conn: &Connection, network_id: &str, ip: &str) -> Result<(), ComputeError> {
    match network::address_holder(conn, network_id, ip)? {
        None => Ok(()),
        Some(device) => Err(ComputeError::bad_request(format!(
            "Fixed IP address {ip} is already in use on instance {device}."
        ))),
    }
}

/// Ids of the groups that were named; `None` when none was, which gives each port the project's default group.
pub fn groups(
    conn: &Connection,
    project_id: &str,
    server: &Map<String, Value>,
) -> Result<Option<Vec<String>>, ComputeError> {
    let named = server.get("security_groups").and_then(Value::as_array);
    let mut ids: Vec<String> = Vec::new();
    let mut only_default = true;
    for name in
        named.into_iter().flatten().filter_map(|group| group.get("name").and_then(Value::as_str))
    {
        only_default &= name == "default";
        match network::find_group(conn, project_id, name)? {
            FoundGroup::One(id) if ids.contains(&id) => {}
            FoundGroup::One(id) => ids.push(id),
            // The default group comes into being with the first port.
            FoundGroup::None if name == "default" => {}
            FoundGroup::None => {
                return Err(ComputeError::bad_request(format!(
                    "Security group {name} not found for project {project_id}."
                )));
            }
            FoundGroup::Several => {
                return Err(ComputeError::conflict(format!(
                    "Multiple security groups found matching '{name}'. Use an ID to be more specific."
                )));
            }
        }
    }
    Ok((!only_default && !ids.is_empty()).then_some(ids))
}
