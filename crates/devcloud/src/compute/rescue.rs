//! Rescue: a server runs of another image, with its own disk beside (`nova/api/openstack/compute/rescue.py`,
//! `rescue` and `unrescue` in `nova/compute/api.py`).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::actions::{alive, expect_state};
use super::call::Call;
use super::error::ComputeError;
use super::failures::{self, Failure};
use super::model::{Fault, Server, Source};
use super::states::{Task, VmState};
use super::{history, life, naming};
use crate::image;
use crate::image_facts::ImageFacts;
use crate::records;

const FROM: &[VmState] = &[VmState::Active, VmState::Stopped, VmState::Error];

/// `POST /servers/{id}/action`, `rescue`: 200 with the password.
pub async fn rescue(
    call: &Call,
    server: Server,
    argument: &Value,
) -> Result<Response, ComputeError> {
    if !call.scope.can_write() {
        return Err(ComputeError::policy("os-rescue"));
    }
    let given = argument.get("adminPass").and_then(Value::as_str).map(str::to_owned);
    let password = given.unwrap_or_else(naming::password);
    expect_state(&server, "rescue", FROM, &[])?;
    let facts = match argument.get("rescue_image_ref").and_then(Value::as_str) {
        Some(id) => Some(usable(call, id).await?),
        None => None,
    };
    if server.on_volume() {
        // Before 2.87 it was not possible at all; since then the image must say how its disk is to be plugged.
        let says =
            |name: &str| facts.as_ref().is_some_and(|facts| facts.properties.contains_key(name));
        if !(call.since(87) && says("hw_rescue_bus") && says("hw_rescue_device")) {
            return Err(ComputeError::bad_request(format!(
                "Instance {} cannot be rescued: Cannot rescue a volume-backed instance",
                server.id
            )));
        }
    }
    let facts = facts.or_else(|| own_image(&server)).unwrap_or_default();
    let (caller, now) = (call.clone_for_work(), call.region.clock.now());
    let (id, follow) = (server.id.clone(), server.id);
    call.region
        .db
        .write(move |tx| -> Result<(), ComputeError> {
            let mut server = alive(tx, &id)?;
            expect_state(&server, "rescue", FROM, &[])?;
            server.rescue = Some(Box::new(facts));
            server.action_id = Some(caller.request_id.clone());
            life::begin(&mut server, &caller.region, now, Some(Task::Rescuing));
            records::put(tx, &server)?;
            history::begin(tx, now, &server, &caller.scope, &caller.request_id, "rescue")?;
            Ok(history::begin_event(tx, now, &server, "compute_rescue_instance")?)
        })
        .await?;
    life::follow(&call.region, follow);
    Ok(axum::Json(json!({"adminPass": password})).into_response())
}

/// The image that is asked for; one that points to snapshots of volumes has nothing to boot of.
async fn usable(call: &Call, id: &str) -> Result<ImageFacts, ComputeError> {
    let found = image::show_for(&call.region, &call.scope, id).await?;
    found.filter(|facts| !facts.properties.contains_key("block_device_mapping")).ok_or_else(|| {
        ComputeError::bad_request(format!("Requested rescue image '{id}' is not supported"))
    })
}

/// Without a word about it a server is rescued with the image that it was made of.
fn own_image(server: &Server) -> Option<ImageFacts> {
    match &server.disks.first()?.source {
        Source::Image(facts) => Some((**facts).clone()),
        _ => None,
    }
}

/// `POST /servers/{id}/action`, `unrescue`.
pub async fn unrescue(call: &Call, id: &str) -> Result<Response, ComputeError> {
    if !call.scope.can_write() {
        return Err(ComputeError::policy("os-unrescue"));
    }
    let (caller, now) = (call.clone_for_work(), call.region.clock.now());
    let (id, follow) = (id.to_owned(), id.to_owned());
    call.region
        .db
        .write(move |tx| -> Result<(), ComputeError> {
            let mut server = alive(tx, &id)?;
            expect_state(&server, "unrescue", &[VmState::Rescued], &[])?;
            server.action_id = Some(caller.request_id.clone());
            life::begin(&mut server, &caller.region, now, Some(Task::Unrescuing));
            records::put(tx, &server)?;
            history::begin(tx, now, &server, &caller.scope, &caller.request_id, "unrescue")?;
            Ok(history::begin_event(tx, now, &server, "compute_unrescue_instance")?)
        })
        .await?;
    life::follow(&call.region, follow);
    Ok((StatusCode::ACCEPTED, [(header::CONTENT_TYPE, "application/json")]).into_response())
}

/// The rescue image has started, or could not be.
pub fn begun(conn: &Connection, now: Timestamp, server: &mut Server) -> Result<(), ComputeError> {
    let active = server.rescue.as_ref().is_some_and(|facts| facts.status == "active");
    if active && failures::asked_for(&server.name) != Some(Failure::Rescue) {
        life::settle(server, now, VmState::Rescued);
        server.launched = Some(now.as_microsecond());
        life::activate_ports(conn, now, server, true)?;
        return Ok(history::end_event(conn, now, server, None)?);
    }
    server.rescue = None;
    let message = Failure::Rescue.message(&server.id, "");
    history::end_event(conn, now, server, Some(&message))?;
    life::settle(server, now, VmState::Error);
    server.fault = Some(Fault { code: 400, created: now.as_microsecond(), message });
    Ok(())
}

/// Its own disk has started again.
pub fn ended(conn: &Connection, now: Timestamp, server: &mut Server) -> Result<(), ComputeError> {
    server.rescue = None;
    life::settle(server, now, VmState::Active);
    server.boots += 1;
    life::activate_ports(conn, now, server, true)?;
    Ok(history::end_event(conn, now, server, None)?)
}
