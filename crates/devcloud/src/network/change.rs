//! Changing and removing resources of the project.

use axum::http::StatusCode;
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::attributes::{boolean, changeable, gateway, group_ids, list, string};
use super::error::NetworkError;
use super::store::{self, Kind, Object, text};
use super::{floating, ports, touch};

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
            "dns_nameservers" | "host_routes" => list(body, name)?,
            "gateway_ip" => gateway(body)?,
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
