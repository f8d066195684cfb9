//! What can be done to a server: `POST /servers/{id}/action`, renaming, deleting, and its console.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::Call;
use super::error::ComputeError;
use super::model::{Server, Task, VmState};
use super::{console, history, life, schemas, view};
use crate::network;
use crate::records;

/// `POST /servers/{id}/action`.
pub async fn act(call: &Call, server: Server, body: &Value) -> Result<Response, ComputeError> {
    let names: Vec<&String> = body.as_object().map(|map| map.keys().collect()).unwrap_or_default();
    let [name] = names.as_slice() else {
        return Err(ComputeError::bad_request("Malformed request body"));
    };
    let Some(schema) = schemas::action(name) else {
        return Err(ComputeError::bad_request(format!("There is no such action: {name}")));
    };
    schema.check(body).map_err(ComputeError::bad_request)?;
    let argument = body.get(name.as_str()).cloned().unwrap_or(Value::Null);
    match name.as_str() {
        "os-start" => change(call, &server.id, &START).await,
        "os-stop" => change(call, &server.id, &STOP).await,
        "reboot" => {
            let kind = argument.get("type").and_then(Value::as_str).unwrap_or("");
            let change_to =
                if kind.eq_ignore_ascii_case("hard") { &HARD_REBOOT } else { &SOFT_REBOOT };
            change(call, &server.id, change_to).await
        }
        "os-getConsoleOutput" => console_output(call, server, &argument).await,
        _ => {
            if call.since(6) {
                return Err(ComputeError::not_found("The resource could not be found."));
            }
            let kind = argument.get("type").cloned().unwrap_or(Value::Null);
            let url = console_url(call, &server, "os-remote-consoles")?;
            Ok(axum::Json(json!({"console": {"type": kind, "url": url}})).into_response())
        }
    }
}

/// One change of a server's state.
struct Change {
    /// Its word in Nova's messages and in the list of actions.
    name: &'static str,
    /// Its policy rule.
    rule: &'static str,
    /// The states that it starts from.
    from: &'static [VmState],
    /// What goes on meanwhile.
    task: Task,
    /// The step on the host.
    event: &'static str,
}

const START: Change = Change {
    name: "start",
    rule: "servers:start",
    from: &[VmState::Stopped],
    task: Task::PoweringOn,
    event: "compute_start_instance",
};

const STOP: Change = Change {
    name: "stop",
    rule: "servers:stop",
    from: &[VmState::Active],
    task: Task::PoweringOff,
    event: "compute_stop_instance",
};

const SOFT_REBOOT: Change = Change {
    name: "reboot",
    rule: "servers:reboot",
    from: &[VmState::Active],
    task: Task::Rebooting,
    event: "compute_reboot_instance",
};

const HARD_REBOOT: Change = Change {
    name: "reboot",
    rule: "servers:reboot",
    from: &[VmState::Active, VmState::Stopped, VmState::Error],
    task: Task::RebootingHard,
    event: "compute_reboot_instance",
};

async fn change(call: &Call, id: &str, wanted: &'static Change) -> Result<Response, ComputeError> {
    if !call.scope.can_write() {
        return Err(ComputeError::policy(wanted.rule));
    }
    let now = call.region.clock.now();
    let (caller, id) = (call.clone_for_work(), id.to_owned());
    let follow = id.clone();
    call.region
        .db
        .write(move |tx| -> Result<(), ComputeError> {
            let found = records::get::<Server>(tx, &id)?
                .filter(|server| server.vm_state != VmState::Deleted);
            let mut server = found.ok_or_else(|| ComputeError::no_server(&id))?;
            if !wanted.from.contains(&server.vm_state) {
                return Err(ComputeError::wrong_state(
                    wanted.name,
                    &id,
                    "vm_state",
                    server.vm_state.word(),
                ));
            }
            if let Some(task) = server.task {
                return Err(ComputeError::wrong_state(wanted.name, &id, "task_state", task.word()));
            }
            // A server that never ran (its build failed) has nothing to start.
            if server.launched.is_none() {
                return Err(ComputeError::wrong_state(
                    wanted.name,
                    &id,
                    "vm_state",
                    server.vm_state.word(),
                ));
            }
            server.action_id = Some(caller.request_id.clone());
            life::begin(&mut server, &caller.region, now, Some(wanted.task));
            records::put(tx, &server)?;
            history::begin(tx, now, &server, &caller.scope, &caller.request_id, wanted.name)?;
            Ok(history::begin_event(tx, now, &server, wanted.event)?)
        })
        .await?;
    life::follow(&call.region, follow);
    Ok((StatusCode::ACCEPTED, [(header::CONTENT_TYPE, "application/json")]).into_response())
}

/// `DELETE /servers/{id}`, in any state.
pub async fn delete(call: &Call, id: &str) -> Result<Response, ComputeError> {
    if !call.scope.can_write() {
        return Err(ComputeError::policy("servers:delete"));
    }
    let now = call.region.clock.now();
    let (caller, id) = (call.clone_for_work(), id.to_owned());
    let follow = id.clone();
    call.region
        .db
        .write(move |tx| -> Result<(), ComputeError> {
            let found = records::get::<Server>(tx, &id)?
                .filter(|server| server.vm_state != VmState::Deleted);
            let mut server = found.ok_or_else(|| ComputeError::no_server(&id))?;
            if server.task == Some(Task::Deleting) {
                // Deleting twice is fine with Nova.
                return Ok(());
            }
            server.action_id = Some(caller.request_id.clone());
            life::begin(&mut server, &caller.region, now, Some(Task::Deleting));
            records::put(tx, &server)?;
            history::begin(tx, now, &server, &caller.scope, &caller.request_id, "delete")?;
            Ok(history::begin_event(tx, now, &server, "compute_terminate_instance")?)
        })
        .await?;
    life::follow(&call.region, follow);
    Ok((StatusCode::NO_CONTENT, [(header::CONTENT_TYPE, "application/json")]).into_response())
}

/// `PUT /servers/{id}`: name, description and hostname.
pub async fn update(call: &Call, id: &str, body: &Value) -> Result<Server, ComputeError> {
    if !call.scope.can_write() {
        return Err(ComputeError::policy("servers:update"));
    }
    let now = call.region.clock.now();
    let (id, wanted) = (id.to_owned(), body.get("server").cloned().unwrap_or(Value::Null));
    call.region
        .db
        .write(move |tx| -> Result<Server, ComputeError> {
            let found = records::get::<Server>(tx, &id)?
                .filter(|server| server.vm_state != VmState::Deleted);
            let mut server = found.ok_or_else(|| ComputeError::no_server(&id))?;
            let string = |name: &str| wanted.get(name).and_then(Value::as_str).map(str::to_owned);
            if let Some(name) = string("name") {
                server.name = name;
            }
            if let Some(hostname) = string("hostname") {
                server.hostname = hostname;
            }
            if wanted.get("description").is_some() {
                server.description = string("description");
            }
            if let Some(disk) = string("OS-DCF:diskConfig") {
                server.auto_disk_config = disk == "AUTO";
            }
            server.updated = now.as_microsecond();
            records::put(tx, &server)?;
            Ok(server)
        })
        .await
}

async fn console_output(
    call: &Call,
    server: Server,
    argument: &Value,
) -> Result<Response, ComputeError> {
    if !call.scope.can_write() {
        return Err(ComputeError::policy("os-console-output"));
    }
    if !server.placed || server.vm_state == VmState::Error {
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
pub fn remote_console(call: &Call, server: &Server, body: &Value) -> Result<Value, ComputeError> {
    schemas::remote_console().check(body).map_err(ComputeError::bad_request)?;
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
    let url = console_url(call, server, "os-remote-consoles")?;
    Ok(json!({"remote_console": {"protocol": protocol, "type": kind, "url": url}}))
}

fn console_url(call: &Call, server: &Server, rule: &str) -> Result<String, ComputeError> {
    if !call.scope.can_write() {
        return Err(ComputeError::policy(rule));
    }
    if server.vm_state != VmState::Active {
        return Err(ComputeError::conflict(format!("Instance {} is not ready", server.id)));
    }
    let token = Uuid::new_v4();
    Ok(format!("{}/vnc_auto.html?path=%3Ftoken%3D{token}", call.incoming.endpoint.origin))
}
