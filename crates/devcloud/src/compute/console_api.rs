//! A server's console over HTTP: its log, and the address of its screen (`nova/api/openstack/compute/console_output.py`,
//! `remote_consoles.py`).

use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::Call;
use super::error::ComputeError;
use super::model::Server;
use super::states::VmState;
use super::{action_schemas, console, view};
use crate::network;

/// `os-getConsoleOutput`: the last lines, or all.
pub async fn output(
    call: &Call,
    server: Server,
    argument: &Value,
) -> Result<Response, ComputeError> {
    if !call.scope.can_write() {
        return Err(ComputeError::policy("os-console-output"));
    }
    // A server whose build failed has lost its host.
    let built = server.launched.is_some() || server.vm_state != VmState::Error;
    if !server.placed || !built {
        return Err(ComputeError::conflict(format!("Instance {} is not ready", server.id)));
    }
    let length = match argument.get("length") {
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(digits)) => digits.parse().ok(),
        _ => None,
    };
    let output = call
        .region
        .db
        .read(move |conn| {
            let ports = view::ports(conn, &server)?;
            let address = |port: &network::Object| {
                let ips = port.get("fixed_ips").and_then(Value::as_array);
                let mac = network::text(port, "mac_address").to_owned();
                let ip = ips
                    .into_iter()
                    .flatten()
                    .find_map(|ip| ip.get("ip_address")?.as_str().map(str::to_owned));
                ip.map(|ip| (mac, ip))
            };
            let addresses: Vec<(String, String)> = ports.iter().filter_map(address).collect();
            Ok(console::tail(&console::log(&server, &addresses), length))
        })
        .await?;
    Ok(axum::Json(json!({"output": output})).into_response())
}

/// `POST /servers/{id}/remote-consoles`. The address is well-formed, and there is nothing at it.
pub fn remote(call: &Call, server: &Server, body: &Value) -> Result<Value, ComputeError> {
    action_schemas::remote_console().check(body).map_err(ComputeError::bad_request)?;
    let part = |name: &str| {
        body.get("remote_console")
            .and_then(|console| console.get(name))
            .and_then(Value::as_str)
            .unwrap_or("")
    };
    let (protocol, kind) = (part("protocol"), part("type"));
    if (protocol, kind) != ("vnc", "novnc") {
        return Err(ComputeError::bad_request(format!("Unavailable console type {kind}.")));
    }
    let url = url(call, server, "os-remote-consoles")?;
    Ok(json!({"remote_console": {"protocol": protocol, "type": kind, "url": url}}))
}

pub fn url(call: &Call, server: &Server, rule: &str) -> Result<String, ComputeError> {
    if !call.scope.can_write() {
        return Err(ComputeError::policy(rule));
    }
    if !matches!(server.vm_state, VmState::Active | VmState::Rescued) {
        return Err(ComputeError::conflict(format!("Instance {} is not ready", server.id)));
    }
    let token = Uuid::new_v4();
    Ok(format!("{}/vnc_auto.html?path=%3Ftoken%3D{token}", call.incoming.endpoint.origin))
}
