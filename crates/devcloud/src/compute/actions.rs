//! What can be done to a server: `POST /servers/{id}/action`, renaming and deleting.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::call::Call;
use super::error::ComputeError;
use super::model::Server;
use super::states::{Task, VmState};
use super::{action_schemas, console_api, history, life, rescue, snapshot};
use crate::records;

/// `POST /servers/{id}/action`.
pub async fn act(call: &Call, server: Server, body: &Value) -> Result<Response, ComputeError> {
    let names: Vec<&String> = body.as_object().map(|map| map.keys().collect()).unwrap_or_default();
    let [name] = names.as_slice() else {
        return Err(ComputeError::bad_request("Malformed request body"));
    };
    let Some(schema) = action_schemas::action(name) else {
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
        "createImage" => snapshot::create(call, &server.id, &argument).await,
        "rescue" => rescue::rescue(call, server, &argument).await,
        "unrescue" => rescue::unrescue(call, &server.id).await,
        "os-getConsoleOutput" => console_api::output(call, server, &argument).await,
        _ => {
            if call.since(6) {
                return Err(ComputeError::not_found("The resource could not be found."));
            }
            let kind = argument.get("type").cloned().unwrap_or(Value::Null);
            let url = console_api::url(call, &server, "os-remote-consoles")?;
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
    /// What may be going on already; nothing, mostly.
    during: &'static [Task],
    /// What goes on meanwhile.
    task: Task,
    /// The step on the host.
    event: &'static str,
}

const START: Change = Change {
    name: "start",
    rule: "servers:start",
    from: &[VmState::Stopped],
    during: &[],
    task: Task::PoweringOn,
    event: "compute_start_instance",
};

const STOP: Change = Change {
    name: "stop",
    rule: "servers:stop",
    from: &[VmState::Active, VmState::Error],
    during: &[],
    task: Task::PoweringOff,
    event: "compute_stop_instance",
};

const SOFT_REBOOT: Change = Change {
    name: "reboot",
    rule: "servers:reboot",
    from: &[VmState::Active],
    during: &[],
    task: Task::Rebooting,
    event: "compute_reboot_instance",
};

const HARD_REBOOT: Change = Change {
    name: "reboot",
    rule: "servers:reboot",
    from: &[VmState::Active, VmState::Stopped, VmState::Error],
    // `ALLOW_REBOOT` in `nova/compute/task_states.py`: a soft reboot that does not come to its end.
    during: &[Task::Rebooting, Task::RebootingHard],
    task: Task::RebootingHard,
    event: "compute_reboot_instance",
};

/// The server, if it is more than history.
pub fn alive(conn: &Connection, id: &str) -> Result<Server, ComputeError> {
    let found =
        records::get::<Server>(conn, id)?.filter(|server| server.vm_state != VmState::Deleted);
    found.ok_or_else(|| ComputeError::no_server(id))
}

/// `check_instance_state` in `nova/compute/api.py`: the state, then what is going on, then whether it ever ran.
pub fn expect_state(
    server: &Server,
    action: &str,
    from: &[VmState],
    during: &[Task],
) -> Result<(), ComputeError> {
    let id = &server.id;
    if !from.contains(&server.vm_state) {
        let state = server.vm_state.word();
        return Err(ComputeError::wrong_state(action, id, "vm_state", state));
    }
    if let Some(task) = server.task.filter(|task| !during.contains(task)) {
        return Err(ComputeError::wrong_state(action, id, "task_state", task.word()));
    }
    if server.launched.is_none() {
        return Err(ComputeError::conflict(format!(
            "Instance {id} is in an invalid state for '{action}'"
        )));
    }
    Ok(())
}

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
            let mut server = alive(tx, &id)?;
            expect_state(&server, wanted.name, wanted.from, wanted.during)?;
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
            let mut server = alive(tx, &id)?;
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
            let mut server = alive(tx, &id)?;
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
